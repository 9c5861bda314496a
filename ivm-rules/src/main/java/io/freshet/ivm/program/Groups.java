package io.freshet.ivm.program;

import io.freshet.ivm.analysis.QueryShape;
import io.freshet.ivm.analysis.SourceKeys;
import io.freshet.ivm.rules.Delta;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * The groups of an aggregate: their keys, and the plans that read them.
 *
 * @param neverNull positions among the keys of those that cannot hold NULL
 */
public record Groups(QueryShape.Grouped shape, Set<Integer> neverNull) {
    /** The prefix of the names of group keys in stage and state. */
    static final String KEY = SourceKeys.HIDDEN;

    public Groups {
        neverNull = Set.copyOf(neverNull);
    }

    Aggregate aggregate() {
        return shape.aggregate();
    }

    RelOptCluster cluster() {
        return shape.aggregate().getCluster();
    }

    /** How many keys there are; 0 for an aggregate without GROUP BY. */
    int count() {
        return shape.aggregate().getGroupCount();
    }

    /** Where the keys are in the aggregate's input. */
    List<Integer> inputPositions() {
        return shape.aggregate().getGroupSet().asList();
    }

    /** The keys as columns of stage and state. */
    List<StoredColumn> keyColumns() {
        return IntStream.range(0, count()).mapToObj(i -> StoredColumn.of(keyName(i), keyType(i))).toList();
    }

    List<String> keyNames() {
        return IntStream.range(0, count()).mapToObj(Groups::keyName).toList();
    }

    static String keyName(int key) {
        return KEY + (key + 1);
    }

    RelDataType keyType(int key) {
        return shape.aggregate().getRowType().getFieldList().get(key).getType();
    }

    /** The output column that is this key and nothing else. */
    Optional<Integer> outputOf(int key) {
        return IntStream.range(0, shape.outputs().size())
                .filter(i -> shape.outputs().get(i) instanceof RexInputRef reference && reference.getIndex() == key).boxed()
                .findFirst();
    }

    /** The key's name in the stream table: an output column's, or a hidden one's. */
    String storedKeyName(int key) {
        return outputOf(key).map(shape.names()::get).orElse(keyName(key));
    }

    /** The stream table's columns: the query's, then the keys that it does not select. */
    List<StoredColumn> storedColumns() {
        List<StoredColumn> columns = new ArrayList<>();
        for (int i = 0; i < shape.outputs().size(); i++) {
            columns.add(StoredColumn.of(shape.names().get(i), shape.outputs().get(i).getType()));
        }
        hiddenKeys().forEach(key -> columns.add(StoredColumn.of(keyName(key), keyType(key))));
        return columns;
    }

    List<Integer> hiddenKeys() {
        return IntStream.range(0, count()).filter(key -> outputOf(key).isEmpty()).boxed().toList();
    }

    /** Key columns of the stream table (left) and of stage or state (right). */
    KeyMatch storedMatch() {
        return match(this::storedKeyName);
    }

    /** Key columns of stage and state. */
    KeyMatch companionMatch() {
        return match(Groups::keyName);
    }

    private KeyMatch match(IntFunction<String> left) {
        return new KeyMatch(IntStream.range(0, count()).mapToObj(key -> new KeyMatch.Column(left.apply(key), keyName(key),
                neverNull.contains(key) ? KeyMatch.Nulls.NEVER : KeyMatch.Nulls.POSSIBLE)).toList());
    }

    /** The aggregate over other rows than its own input's, with the same columns. */
    RelNode over(RelNode rows) {
        return rows == aggregate().getInput() ? aggregate() : aggregate().copy(aggregate().getTraitSet(), List.of(rows));
    }

    /** The stream table's rows from groups: what {@code groups} yields are rows of the aggregate. */
    RelNode stored(RelNode groups) {
        List<RexNode> columns = new ArrayList<>(shape.outputs());
        List<String> names = new ArrayList<>(shape.names());
        for (int key : hiddenKeys()) {
            columns.add(rex().makeInputRef(groups, key));
            names.add(keyName(key));
        }
        RelNode shown = shape.having().<RelNode>map(condition -> LogicalFilter.create(groups, condition)).orElse(groups);
        return LogicalProject.create(shown, List.of(), columns, names, Set.of());
    }

    /** The keys of the groups that HAVING does not show. */
    RelNode hiddenByHaving(RelNode groups, RexNode having) {
        RelNode hidden = LogicalFilter.create(groups, rex().makeCall(SqlStdOperatorTable.IS_NOT_TRUE, having));
        List<RexNode> keys = IntStream.range(0, count()).mapToObj(key -> (RexNode) rex().makeInputRef(hidden, key)).toList();
        return LogicalProject.create(hidden, List.of(), keys, keyNames(), Set.of());
    }

    /** The rows below the aggregate, only those of the groups whose keys {@code keys} yields. */
    RelNode rowsOf(RelNode keys, KeyMatch.Rows rows) {
        RelNode input = shape.aggregate().getInput();
        int width = input.getRowType().getFieldCount();
        List<Integer> nullable = IntStream.range(0, count()).filter(key -> !neverNull.contains(key)).boxed().toList();
        List<RexNode> conditions = new ArrayList<>();
        List<RexNode> isNull = new ArrayList<>();
        for (int key = 0; key < count(); key++) {
            RexNode left = rex().makeInputRef(input, inputPositions().get(key));
            RexNode right = rex().makeInputRef(keyType(key), width + key);
            if (rows == KeyMatch.Rows.WITHOUT_NULLS || neverNull.contains(key)) {
                conditions.add(rex().makeCall(SqlStdOperatorTable.EQUALS, left, right));
            } else {
                // With one key that can be NULL, it is NULL here; with several, some are.
                conditions.add(nullable.size() == 1
                        ? rex().makeCall(SqlStdOperatorTable.IS_NULL, left)
                        : rex().makeCall(SqlStdOperatorTable.IS_NOT_DISTINCT_FROM, left, right));
                isNull.add(rex().makeCall(SqlStdOperatorTable.IS_NULL, right));
            }
        }
        if (!isNull.isEmpty()) {
            conditions.add(RexUtil.composeDisjunction(rex(), isNull));
        }
        RelNode joined = LogicalJoin.create(input, keys, List.of(), RexUtil.composeConjunction(rex(), conditions), Set.of(),
                JoinRelType.INNER);
        List<RexNode> columns = IntStream.range(0, width).mapToObj(i -> (RexNode) rex().makeInputRef(joined, i)).toList();
        return LogicalProject.create(joined, List.of(), columns, input.getRowType().getFieldNames(), Set.of());
    }

    /** The delta's terms with only the keys, named as in the stage. */
    Delta keysOf(Delta delta) {
        return new Delta(delta.terms().stream().map(term -> columns(term, inputPositions(), keyNames())).toList());
    }

    /** Some columns of a plan. */
    RelNode columns(RelNode plan, List<Integer> positions, List<String> names) {
        List<RexNode> columns = positions.stream().map(i -> (RexNode) rex().makeInputRef(plan, i)).toList();
        return LogicalProject.create(plan, List.of(), columns, names, Set.of());
    }

    /** The column of stage and state that shards them, when output column {@code name} shards the stream table. */
    Optional<String> companionColumn(String name) {
        return IntStream.range(0, count()).filter(key -> outputOf(key).map(shape.names()::get).filter(name::equals).isPresent())
                .mapToObj(Groups::keyName).findFirst();
    }

    private RexBuilder rex() {
        return cluster().getRexBuilder();
    }

    static <T> List<T> concat(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
