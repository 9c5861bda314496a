package io.freshet.planner.print;

import io.freshet.planner.print.Block.Grouping;
import java.util.BitSet;
import java.util.List;

/** Writes GROUP BY. */
final class GroupByLayout {
    private final ExprLayout expressions;

    GroupByLayout(ExprLayout expressions) {
        this.expressions = expressions;
    }

    Lines clause(Grouping grouping) {
        if (grouping.isSimple()) {
            return grouping.keys().isEmpty()
                    ? Lines.of("GROUP BY ()")
                    : expressions.list("GROUP BY", grouping.keys().stream().map(expressions::lines).toList());
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
