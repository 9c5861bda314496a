package io.freshet.ivm.analysis;

import io.freshet.errors.SourcePosition;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.planner.SyntaxPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.util.ImmutableBitSet;

/** Finds the shape of a plan, or every reason why it has none. */
public final class ShapeFinder {
    private final RelNode plan;
    private final List<String> names;
    private final MissingRules missing;

    /**
     * What was found.
     *
     * @param shape empty if there are reasons
     */
    public record Finding(Optional<QueryShape> shape, List<FullRefreshReason> reasons) {
        public Finding {
            reasons = List.copyOf(reasons);
        }
    }

    private ShapeFinder(RelNode plan, MissingRules missing) {
        this.plan = plan;
        this.missing = missing;
        this.names = plan.getRowType().getFieldNames();
    }

    /** @param positions where the first part of a kind stands in the query */
    public static Finding find(RelNode plan, Function<SyntaxPart, Optional<SourcePosition>> positions) {
        return new ShapeFinder(withoutOrder(plan), new MissingRules(positions)).find();
    }

    private Finding find() {
        List<RexNode> outputs = IntStream.range(0, names.size())
                .mapToObj(i -> (RexNode) plan.getCluster().getRexBuilder().makeInputRef(plan, i)).toList();
        List<RexNode> conditions = new ArrayList<>();
        RelNode node = plan;
        while (true) {
            switch (node) {
                case Project project -> {
                    if (!missing.ofExpressions(project).isEmpty()) {
                        return withoutShape();
                    }
                    outputs = RelOptUtil.pushPastProject(outputs, project);
                    conditions = new ArrayList<>(RelOptUtil.pushPastProject(conditions, project));
                    node = project.getInput();
                }
                case Filter filter -> {
                    if (!missing.ofExpressions(filter).isEmpty()) {
                        return withoutShape();
                    }
                    conditions.add(filter.getCondition());
                    node = filter.getInput();
                }
                case Sort sort -> {
                    if (sort.fetch != null || sort.offset != null) {
                        return withoutShape();
                    }
                    node = sort.getInput();
                }
                case Aggregate aggregate -> {
                    return grouped(aggregate, outputs, conditions);
                }
                case Union union -> {
                    return union.all ? linear() : grouped(distinct(union), outputs, conditions);
                }
                default -> {
                    return linear();
                }
            }
        }
    }

    private Finding linear() {
        List<FullRefreshReason> reasons = missing.below(plan);
        if (reasons.isEmpty() && !readsATable(plan)) {
            reasons = List
                    .of(new FullRefreshReason("query without a table", "The query reads no table, so nothing can change it.",
                            Optional.empty(), Optional.empty()));
        }
        return reasons.isEmpty()
                ? new Finding(Optional.of(new QueryShape.Linear(plan)), List.of())
                : new Finding(Optional.empty(), reasons);
    }

    private Finding grouped(Aggregate aggregate, List<RexNode> outputs, List<RexNode> conditions) {
        List<FullRefreshReason> reasons = new ArrayList<>(missing.below(aggregate.getInput()));
        if (aggregate.getGroupType() != Aggregate.Group.SIMPLE) {
            reasons.add(missing.groupingSets());
        }
        if (reasons.isEmpty() && !readsATable(aggregate)) {
            return linear();
        }
        if (!reasons.isEmpty()) {
            return new Finding(Optional.empty(), reasons);
        }
        Optional<RexNode> having = conditions.isEmpty()
                ? Optional.empty()
                : Optional.of(RexUtil.composeConjunction(plan.getCluster().getRexBuilder(), conditions));
        return new Finding(Optional.of(new QueryShape.Grouped(aggregate, outputs, names, having)), List.of());
    }

    private Finding withoutShape() {
        return new Finding(Optional.empty(), missing.below(plan));
    }

    /** UNION is UNION ALL grouped by all columns; one inside another adds nothing. */
    private static Aggregate distinct(Union union) {
        RelNode all = LogicalUnion.create(branches(union).toList(), true);
        return LogicalAggregate.create(all, List.of(), ImmutableBitSet.range(all.getRowType().getFieldCount()), null, List.of());
    }

    private static Stream<RelNode> branches(RelNode node) {
        return node instanceof Union union ? union.getInputs().stream().flatMap(ShapeFinder::branches) : Stream.of(node);
    }

    /** A table has no order: an ORDER BY that cuts nothing off is dropped where it decides nothing else. */
    private static RelNode withoutOrder(RelNode node) {
        return switch (node) {
            case Sort sort -> sort.fetch == null && sort.offset == null ? withoutOrder(sort.getInput()) : sort;
            case Project project -> LogicalProject.create(withoutOrder(project.getInput()), List.of(), project.getProjects(),
                    project.getRowType().getFieldNames(), Set.of());
            default -> node;
        };
    }

    private static boolean readsATable(RelNode node) {
        return node instanceof TableScan || node.getInputs().stream().anyMatch(ShapeFinder::readsATable);
    }

}
