package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.joins.JoinRegion;
import io.freshet.ivm.rules.Delta;
import io.freshet.planner.print.Relation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.Pair;

/** A subquery that Citus evaluates by itself and sends to every node: OFFSET 0 keeps it from becoming part of the query around it. */
final class Fence {
    private Fence() {
    }

    /** The sum of some rows, only these columns of them, as one leaf. */
    static ChainRows around(List<ChainRows> rows, List<Integer> needed, PlanText text) {
        JoinRegion region = rows.getFirst().region();
        boolean weighted = rows.stream().anyMatch(r -> r.weight().isPresent());
        // Citus cannot send rows without columns.
        List<Integer> columns = needed.isEmpty() && !weighted
                ? List.of(Collections.min(rows.getFirst().at().keySet()))
                : needed;
        List<String> all = region.names(Set.of(ChangeTable.WEIGHT));
        List<String> names = new ArrayList<>(columns.stream().map(all::get).toList());
        List<RelNode> terms = rows.stream().map(r -> {
            List<RexNode> values = columns.stream().map(region::reference).toList();
            return weighted ? r.selectWeighted(values, names) : r.select(values, names);
        }).toList();
        List<Pair<String, RelDataType>> fields = new ArrayList<>();
        Map<Integer, Integer> at = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            fields.add(Pair.of(names.get(i), region.field(columns.get(i)).getType()));
            at.put(columns.get(i), i);
        }
        RelNode first = terms.getFirst();
        if (weighted) {
            names.add(ChangeTable.WEIGHT);
            fields.add(Pair.of(ChangeTable.WEIGHT, ChainRows.weightType(first)));
        }
        String sql = text.of(new Delta(terms), names) + "\nOFFSET 0";
        RelNode leaf = SqlLeaf.of(first.getCluster(), Relation.Query.of(sql).as("moved"), fields);
        Optional<RexNode> weight = weighted
                ? Optional.of(first.getCluster().getRexBuilder().makeInputRef(leaf, columns.size()))
                : Optional.empty();
        return new ChainRows(region, leaf, at, weight);
    }
}
