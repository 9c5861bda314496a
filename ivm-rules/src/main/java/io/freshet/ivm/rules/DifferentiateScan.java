package io.freshet.ivm.rules;

import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.Pair;

/**
 * A table's delta is what its change table holds of the epochs after the stream table's.
 *
 * <pre>
 * Scan(R)
 *
 * Project(R's columns, __pgt_weight)
 *   Filter(__pgt_epoch &gt; :__pgt_from_epoch)
 *     Scan(pgtrickle_changes.R)
 * </pre>
 *
 * Right because capture writes a change row for each row version that goes (-1) or comes (+1), whatever statement caused it: R' = R + dR.
 * A change table is co-located with its source, so the term lies where the scan did.
 */
final class DifferentiateScan {
    private DifferentiateScan() {
    }

    static Delta apply(TableScan scan, Set<TableName> changed) {
        TableName source = Scans.nameOf(scan);
        if (!changed.contains(source)) {
            return Delta.none();
        }
        RelNode changes = Scans.of(scan.getCluster(), ChangeTable.nameFor(source), changeRow(scan));
        RexBuilder rex = scan.getCluster().getRexBuilder();
        RexNode later = rex.makeCall(SqlStdOperatorTable.GREATER_THAN, rex.makeInputRef(changes, 0),
                Placeholders.fromEpoch(scan.getCluster()));
        RelNode recent = LogicalFilter.create(changes, later);
        int width = scan.getRowType().getFieldCount();
        List<RexNode> columns = new ArrayList<>(Weights.references(recent, 2, width));
        return Delta.of(Weights.project(recent, columns, rex.makeInputRef(recent, 1), scan.getRowType().getFieldNames()));
    }

    private static List<Pair<String, RelDataType>> changeRow(TableScan scan) {
        List<Pair<String, RelDataType>> columns = new ArrayList<>();
        columns.add(Pair.of(ChangeTable.EPOCH, Weights.epochType(scan.getCluster())));
        columns.add(Pair.of(ChangeTable.WEIGHT, Weights.type(scan.getCluster())));
        for (RelDataTypeField field : scan.getRowType().getFieldList()) {
            columns.add(Pair.of(field.getName(), field.getType()));
        }
        return columns;
    }
}
