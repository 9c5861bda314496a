package io.freshet.planner.print;

import io.freshet.planner.print.Block.Grouping;
import io.freshet.planner.print.Layout.Output;
import java.util.BitSet;
import java.util.List;

/** Writes GROUP BY. */
final class GroupByLayout {
    private final ExprLayout expressions;

    GroupByLayout(ExprLayout expressions) {
        this.expressions = expressions;
    }

    /** Empty where an aggregate in the statement says by itself that all rows are one group. */
    Lines clause(Grouping grouping, List<Output> outputs) {
        if (grouping.isSimple()) {
            if (!grouping.keys().isEmpty()) {
                return expressions.list("GROUP BY", grouping.keys().stream().map(expressions::lines).toList());
            }
            boolean aggregates = outputs.stream().anyMatch(output -> output.expr().has(Expr.Trait.AGGREGATE));
            return aggregates ? new Lines(List.of()) : Lines.of("GROUP BY ()");
        }
        return expressions.list("GROUP BY",
                List.of(Lines.of("GROUPING SETS (").then(join(grouping.sets().stream().map(set -> set(grouping, set)).toList()))
                        .then(")")));
    }

    private Lines set(Grouping grouping, BitSet set) {
        return Lines.of("(").then(join(set.stream().mapToObj(i -> expressions.lines(grouping.keys().get(i))).toList())).then(")");
    }

    private static Lines join(List<Lines> items) {
        Lines all = new Lines(List.of());
        for (Lines item : items) {
            all = all.lines().isEmpty() ? item : all.then(", ").then(item);
        }
        return all;
    }
}
