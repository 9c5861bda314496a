package io.freshet.ivm.program;

import io.freshet.planner.print.Relation;
import java.util.List;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.util.Pair;

/** A leaf of a plan that is written as SQL already. */
final class SqlLeaf extends AbstractRelNode {
    private final Relation relation;

    private SqlLeaf(RelOptCluster cluster, RelDataType row, Relation relation) {
        super(cluster, cluster.traitSetOf(Convention.NONE));
        this.relation = relation;
        this.rowType = row;
    }

    /** @param columns the columns that the query or table has, in their order */
    static SqlLeaf of(RelOptCluster cluster, Relation relation, List<Pair<String, RelDataType>> columns) {
        return new SqlLeaf(cluster, cluster.getTypeFactory().createStructType(Pair.right(columns), Pair.left(columns)), relation);
    }

    Relation relation() {
        return relation;
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("sql", relation);
    }
}
