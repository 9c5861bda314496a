package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.joins.JoinRegion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * Rows of a region's product as far as it is made: a plan, where in it the region's columns are, and the weight, over the plan; rows without one are
 * live and weigh 1.
 *
 * @param at positions by column
 */
record ChainRows(JoinRegion region, RelNode node, Map<Integer, Integer> at, Optional<RexNode> weight) {
    ChainRows {
        at = Map.copyOf(at);
    }

    /** The number, in {@code at}, of a column that is none of the region's: the value by which rows were sent to their shard. */
    static int sentBy(JoinRegion region) {
        return region.width();
    }

    /** An input's rows alone. */
    static ChainRows of(JoinRegion region, int input, Optional<RelNode> delta) {
        RelNode node = delta.orElse(region.inputs().get(input));
        Map<Integer, Integer> at = new HashMap<>();
        region.columnsOf(input).forEach(c -> at.put(c, c - region.offset(input)));
        int width = region.inputs().get(input).getRowType().getFieldCount();
        Optional<RexNode> weight = delta.map(d -> d.getCluster().getRexBuilder().makeInputRef(d, width));
        return new ChainRows(region, node, at, weight);
    }

    /** Only rows for which all conditions are true. */
    ChainRows filtered(List<RexNode> conditions) {
        return conditions.isEmpty()
                ? this
                : new ChainRows(region, LogicalFilter.create(node, conjunction(conditions, at)), at, weight);
    }

    /**
     * The rows with those of another input that they meet. The weights are multiplied.
     *
     * @param conditions over the region's columns, all of which either side has
     */
    ChainRows joinedWith(ChainRows other, List<RexNode> conditions) {
        int width = node.getRowType().getFieldCount();
        Map<Integer, Integer> both = new HashMap<>(at);
        other.at.forEach((column, position) -> both.put(column, position + width));
        RelNode joined = LogicalJoin.create(node, other.node, List.of(), conjunction(conditions, both), Set.of(),
                JoinRelType.INNER);
        Optional<RexNode> theirs = other.weight.map(w -> RexUtil.shift(w, width));
        Optional<RexNode> product = weight.isPresent() && theirs.isPresent()
                ? Optional.of(rex().makeCall(weightType(), SqlStdOperatorTable.MULTIPLY, List.of(weight.get(), theirs.get())))
                : weight.or(() -> theirs);
        return new ChainRows(region, joined, both, product);
    }

    /** The same rows to be taken away. */
    ChainRows negated() {
        RexNode value = weight.orElseGet(this::one);
        return new ChainRows(region, node, at,
                Optional.of(rex().makeCall(weightType(), SqlStdOperatorTable.UNARY_MINUS, List.of(value))));
    }

    /** Only rows that have a value in the column. */
    ChainRows with(int column) {
        return new ChainRows(region, LogicalFilter.create(node, rex().makeCall(SqlStdOperatorTable.IS_NOT_NULL, value(column))),
                at,
                weight);
    }

    RexNode value(int column) {
        return new RexInputRef(at.get(column), region.field(column).getType());
    }

    /**
     * That the value by which rows were sent equals a distribution column. The condition that they were sent for says the same, but of a column of
     * another type, by which Citus does not see that they lie together.
     */
    Optional<RexNode> sentTo(int distributionColumn) {
        RexNode target = region.reference(distributionColumn);
        return at.containsKey(sentBy(region))
                ? Optional
                        .of(rex().makeCall(SqlStdOperatorTable.EQUALS, new RexInputRef(sentBy(region), target.getType()), target))
                : Optional.empty();
    }

    /** The values of expressions over the region's columns. */
    RelNode select(List<RexNode> expressions, List<String> names) {
        return LogicalProject.create(node, List.of(), expressions.stream().map(e -> over(e, at)).toList(), names, Set.of());
    }

    /** The same, and the weight as the last column. */
    RelNode selectWeighted(List<RexNode> expressions, List<String> names) {
        List<RexNode> columns = new ArrayList<>(expressions.stream().map(e -> over(e, at)).toList());
        columns.add(weight.orElseGet(this::one));
        List<String> all = new ArrayList<>(names);
        all.add(ChangeTable.WEIGHT);
        return LogicalProject.create(node, List.of(), columns, all, Set.of());
    }

    private RexNode conjunction(List<RexNode> conditions, Map<Integer, Integer> positions) {
        return RexUtil.composeConjunction(rex(), conditions.stream().map(c -> over(c, positions)).toList());
    }

    private static RexNode over(RexNode expression, Map<Integer, Integer> positions) {
        return expression.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return new RexInputRef(positions.get(reference.getIndex()), reference.getType());
            }
        });
    }

    private RexNode one() {
        return rex().makeExactLiteral(BigDecimal.ONE, weightType());
    }

    private RelDataType weightType() {
        return weightType(node);
    }

    static RelDataType weightType(RelNode node) {
        RelDataTypeFactory types = node.getCluster().getTypeFactory();
        return types.createTypeWithNullability(types.createSqlType(SqlTypeName.INTEGER), false);
    }

    private RexBuilder rex() {
        return node.getCluster().getRexBuilder();
    }
}
