package io.freshet.ivm.program;

import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Mirror;
import io.freshet.ivm.rules.Delta;
import io.freshet.ivm.rules.Placeholders;
import io.freshet.ivm.rules.Scans;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Relation;
import io.freshet.planner.print.SqlPrinter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalUnion;

/** Plans as SQL. A change table is called after its source: {@code orders_delta}. Some sources are printed as their mirrors. */
public final class PlanText {
    private static final int CHECKSUM = "_00000000".length();

    private final SqlPrinter printer;
    private final Set<TableName> mirrored;

    /** @param mirrored the sources that are read through mirrors */
    public PlanText(Set<TableName> mirrored) {
        this.mirrored = Set.copyOf(mirrored);
        this.printer = SqlPrinter.with(this::relation).withAliases(PlanText::alias).withParameters(Placeholders::text);
    }

    private Optional<Relation> relation(RelNode leaf) {
        return switch (leaf) {
            case SqlLeaf written -> Optional.of(written.relation());
            case TableScan scan when mirrored.contains(Scans.nameOf(scan)) ->
                Optional.of(Relation.Named.of(Mirror.nameFor(Scans.nameOf(scan))).as(Scans.nameOf(scan).name()));
            default -> Optional.empty();
        };
    }

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
