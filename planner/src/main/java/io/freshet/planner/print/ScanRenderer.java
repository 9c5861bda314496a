package io.freshet.planner.print;

import java.util.Optional;
import org.apache.calcite.rel.RelNode;

/** Says how a leaf of the plan is printed: a table scan as another relation, or a kind of leaf that this package does not know. */
@FunctionalInterface
public interface ScanRenderer {
    /** Every table scan is printed as its table. */
    ScanRenderer PLAIN = leaf -> Optional.empty();

    /** The relation in the place of {@code leaf}; empty for a table scan that is to be printed as its table. */
    Optional<Relation> render(RelNode leaf);
}
