package io.freshet.ivm.program;

import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.rules.Delta;
import io.freshet.ivm.rules.Placeholders;
import io.freshet.ivm.rules.Scans;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.SqlPrinter;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalUnion;

/** Plans as SQL. A change table is called after its source: {@code orders_delta}. */
public final class PlanText {
    private static final int CHECKSUM = "_00000000".length();

    private final SqlPrinter printer = SqlPrinter
            .with(leaf -> leaf instanceof SqlLeaf written ? Optional.of(written.relation()) : Optional.empty())
            .withAliases(PlanText::alias).withParameters(Placeholders::text);

    /** The plan with its own column names. */
    public String of(RelNode plan) {
        return printer.print(plan);
    }

    /** The sum of a delta's terms, its columns called {@code names}: the branches of a union have names of their own. */
    String of(Delta delta, List<String> names) {
        List<RelNode> terms = delta.terms();
        return printer.print(terms.size() == 1 ? terms.getFirst() : LogicalUnion.create(terms, true), names);
    }

    private static Optional<String> alias(RelNode leaf) {
        if (!(leaf instanceof TableScan scan)) {
            return Optional.empty();
        }
        TableName name = Scans.nameOf(scan);
        return name.schema().equals(ManagedNames.CHANGES_SCHEMA)
                ? Optional.of(name.name().substring(0, name.name().length() - CHECKSUM) + "_delta")
                : Optional.empty();
    }
}
