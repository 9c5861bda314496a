package io.freshet.ivm.rules;

import io.freshet.ivm.ChangeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;

/** The weight column: the last of every term. */
final class Weights {
    private Weights() {
    }

    static RelDataType type(RelOptCluster cluster) {
        return notNull(cluster, SqlTypeName.INTEGER);
    }

    static RelDataType epochType(RelOptCluster cluster) {
        return notNull(cluster, SqlTypeName.BIGINT);
    }

    /** The weight of a term's rows. */
    static RexNode of(RelNode term) {
        return term.getCluster().getRexBuilder().makeInputRef(term, width(term));
    }

    /** How many columns a term has, the weight not counted. */
    static int width(RelNode term) {
        return term.getRowType().getFieldCount() - 1;
    }

    static RexNode product(RexBuilder rex, RexNode left, RexNode right) {
        return rex.makeCall(left.getType(), SqlStdOperatorTable.MULTIPLY, List.of(left, right));
    }

    static RexNode negated(RexBuilder rex, RexNode weight) {
        return rex.makeCall(weight.getType(), SqlStdOperatorTable.UNARY_MINUS, List.of(weight));
    }

    static List<RexNode> references(RelNode input, int start, int count) {
        RexBuilder rex = input.getCluster().getRexBuilder();
        return IntStream.range(start, start + count).mapToObj(i -> (RexNode) rex.makeInputRef(input, i)).toList();
    }

    /** A term of these columns and this weight. */
    static RelNode project(RelNode input, List<RexNode> columns, RexNode weight, List<String> names) {
        List<RexNode> all = new ArrayList<>(columns);
        all.add(weight);
        List<String> allNames = new ArrayList<>(names);
        allNames.add(ChangeTable.WEIGHT);
        return LogicalProject.create(input, List.of(), all, allNames, Set.of());
    }

    private static RelDataType notNull(RelOptCluster cluster, SqlTypeName name) {
        RelDataTypeFactory types = cluster.getTypeFactory();
        return types.createTypeWithNullability(types.createSqlType(name), false);
    }
}
