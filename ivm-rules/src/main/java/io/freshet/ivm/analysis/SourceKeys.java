package io.freshet.ivm.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.util.mapping.Mappings;

/**
 * A key of a linear query's result: a key of every table it joins, since a row of a join stands for one row of each, less those tables
 * that are joined on their key, which have one row for each of the others. The plan is made to
 * carry those columns to the top: a column that the query selects anyway is used where it is, the others follow the query's columns.
 *
 * <p>UNION ALL has no key: the same row may come from both branches.
 */
public final class SourceKeys {
    /** The prefix of the names of columns that the query does not select. */
    public static final String HIDDEN = "__pgt_k";

    private SourceKeys() {
    }

    /**
     * A plan with its key.
     *
     * @param plan the original's columns first, then the hidden ones
     * @param key the positions of the key's columns in {@code plan}
     */
    public record Keyed(RelNode plan, List<Integer> key) {
        public Keyed {
            key = List.copyOf(key);
        }
    }

    /**
     * The plan with its key, or empty when it has none.
     *
     * @param keyOf a table's key as column positions, empty when it has none
     */
    public static Optional<Keyed> derive(RelNode plan, Function<TableScan, Optional<List<Integer>>> keyOf) {
        return carry(plan, keyOf).map(carried -> named(plan, carried));
    }

    private static Optional<Keyed> carry(RelNode node, Function<TableScan, Optional<List<Integer>>> keyOf) {
        return switch (node) {
            case TableScan scan -> keyOf.apply(scan).map(key -> new Keyed(scan, key));
            case Filter filter -> carry(filter.getInput(), keyOf)
                    .map(input -> new Keyed(LogicalFilter.create(input.plan(), filter.getCondition()), input.key()));
            case Project project -> carry(project.getInput(), keyOf).map(input -> project(project, input));
            case Join join -> carry(join.getLeft(), keyOf)
                    .flatMap(left -> carry(join.getRight(), keyOf).map(right -> joinByKeys(join, left, right)));
            default -> Optional.empty();
        };
    }

    private static Keyed project(Project project, Keyed input) {
        RexBuilder rex = project.getCluster().getRexBuilder();
        List<RexNode> columns = new ArrayList<>(project.getProjects());
        List<String> names = new ArrayList<>(project.getRowType().getFieldNames());
        List<Integer> key = new ArrayList<>();
        for (int position : input.key()) {
            int known = referenceTo(columns, position);
            key.add(known < 0 ? columns.size() : known);
            if (known < 0) {
                columns.add(rex.makeInputRef(input.plan(), position));
                names.add(input.plan().getRowType().getFieldNames().get(position));
            }
        }
        return new Keyed(LogicalProject.create(input.plan(), List.of(), columns, names, Set.of()), key);
    }

    private static int referenceTo(List<RexNode> columns, int position) {
        return IntStream.range(0, columns.size())
                .filter(i -> columns.get(i) instanceof RexInputRef reference && reference.getIndex() == position).findFirst()
                .orElse(-1);
    }

    /** A side whose key the condition equates with the other side's columns has at most one row for each of those: it adds nothing. */
    private static Keyed joinByKeys(Join join, Keyed left, Keyed right) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        List<Equal> across = Equal.in(join.getCondition()).stream().filter(e -> e.left() < leftWidth && e.right() >= leftWidth)
                .toList();
        if (across.stream().map(e -> e.right() - leftWidth).collect(Collectors.toSet()).containsAll(right.key())) {
            return join(join, left, new Keyed(join.getRight(), List.of()));
        }
        if (across.stream().map(Equal::left).collect(Collectors.toSet()).containsAll(left.key())) {
            return join(join, new Keyed(join.getLeft(), List.of()), right);
        }
        return join(join, left, right);
    }

    /** The join of the extended inputs, its columns in the order: left, right, hidden of the left, hidden of the right. */
    private static Keyed join(Join join, Keyed left, Keyed right) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        int width = leftWidth + join.getRight().getRowType().getFieldCount();
        int leftExtended = left.plan().getRowType().getFieldCount();
        int extended = leftExtended + right.plan().getRowType().getFieldCount();
        RexNode condition = RexUtil.apply(
                Mappings.target(i -> i < leftWidth ? i : i - leftWidth + leftExtended, width, extended), join.getCondition());
        RelNode joined = LogicalJoin.create(left.plan(), right.plan(), List.of(), condition, Set.of(), join.getJoinType());

        List<Integer> order = new ArrayList<>();
        IntStream.range(0, leftWidth).forEach(order::add);
        IntStream.range(leftExtended, leftExtended + width - leftWidth).forEach(order::add);
        IntStream.range(leftWidth, leftExtended).forEach(order::add);
        IntStream.range(leftExtended + width - leftWidth, extended).forEach(order::add);

        List<Integer> key = new ArrayList<>();
        left.key().forEach(position -> key.add(order.indexOf(position)));
        right.key().forEach(position -> key.add(order.indexOf(leftExtended + position)));
        return new Keyed(reordered(joined, order), key);
    }

    private static RelNode reordered(RelNode node, List<Integer> order) {
        RexBuilder rex = node.getCluster().getRexBuilder();
        List<RexNode> columns = order.stream().map(i -> (RexNode) rex.makeInputRef(node, i)).toList();
        List<String> names = order.stream().map(node.getRowType().getFieldNames()::get).toList();
        return LogicalProject.create(node, List.of(), columns, names, Set.of());
    }

    /** The query's names for its columns, {@code __pgt_k1}.. for the hidden ones; a join's names at the top are not the query's. */
    private static Keyed named(RelNode original, Keyed carried) {
        RexBuilder rex = carried.plan().getCluster().getRexBuilder();
        int width = original.getRowType().getFieldCount();
        List<RexNode> columns = new ArrayList<>();
        List<String> names = new ArrayList<>(original.getRowType().getFieldNames());
        for (int i = 0; i < carried.plan().getRowType().getFieldCount(); i++) {
            columns.add(rex.makeInputRef(carried.plan(), i));
            if (i >= width) {
                names.add(HIDDEN + (i - width + 1));
            }
        }
        return new Keyed(LogicalProject.create(carried.plan(), List.of(), columns, names, Set.of()), carried.key());
    }
}
