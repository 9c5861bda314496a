package io.freshet.ivm.rules;

import io.freshet.planner.catalog.TableName;
import java.util.List;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.prepare.RelOptTableImpl;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.util.Pair;

/** Scans of tables by name, among them tables that no catalog knows: change tables, staging tables, state. */
public final class Scans {
    private Scans() {
    }

    /** The table's name; plans hold it as schema and name. */
    public static TableName nameOf(TableScan scan) {
        List<String> path = scan.getTable().getQualifiedName();
        return new TableName(path.get(path.size() - 2), path.get(path.size() - 1));
    }

    /** A scan of a managed table with these columns. */
    public static RelNode of(RelOptCluster cluster, TableName name, List<Pair<String, RelDataType>> columns) {
        RelDataType row = cluster.getTypeFactory().createStructType(Pair.right(columns), Pair.left(columns));
        RelOptTable table = RelOptTableImpl.create(null, row, List.of(name.schema(), name.name()),
                Expressions.constant(name.toString()));
        return LogicalTableScan.create(cluster, table, List.of());
    }
}
