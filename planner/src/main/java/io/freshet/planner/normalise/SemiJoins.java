package io.freshet.planner.normalise;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * Makes semi-joins of EXISTS and IN, and anti-joins of NOT EXISTS, where they are conjuncts of a filter and refer to the outer row in
 * their topmost filters only.
 *
 * <pre>
 * Filter(a.x &gt; 1 AND EXISTS (Filter(b.k = $cor.k, b)))       Filter(a.x &gt; 1)
 *   a                                                    ->    SemiJoin(a.k = b.k)
 *                                                                a
 *                                                                b
 * </pre>
 *
 * A row passes EXISTS when one row of the sub-query passes its filter: the definition of the semi-join. In a filter, IN's NULL is as
 * good as false, so IN is EXISTS with the equality as one more condition. NOT IN is another thing, because of NULLs, and stays. The
 * condition can be any expression; other decorrelation would join with the distinct outer rows first.
 */
final class SemiJoins extends RelHomogeneousShuttle {

    /** A sub-query without its topmost filters, and those that refer to the outer row. */
    private record Unfiltered(RelNode plan, List<RexNode> conditions, List<RexNode> columns, Set<CorrelationId> outer) {
    }

    @Override
    public RelNode visit(LogicalFilter filter) {
        RelNode input = filter.getInput().accept(this);
        Filter current = filter.copy(filter.getTraitSet(), input, filter.getCondition());
        List<RexNode> rest = new ArrayList<>();
        RelNode joined = input;
        for (RexNode conjunct : RelOptUtil.conjunctions(current.getCondition())) {
            Optional<RelNode> join = join(joined, conjunct, filter.getVariablesSet());
            if (join.isPresent()) {
                joined = join.get();
            } else {
                rest.add(conjunct);
            }
        }
        if (joined == input) {
            return current;
        }
        RexNode condition = RexUtil.composeConjunction(filter.getCluster().getRexBuilder(), rest);
        return rest.isEmpty() ? joined : LogicalFilter.create(joined, condition, usedBy(condition, filter));
    }

    private static ImmutableSet<CorrelationId> usedBy(RexNode condition, LogicalFilter filter) {
        return RexUtil.SubQueryFinder.find(condition) == null
                ? ImmutableSet.of()
                : ImmutableSet.copyOf(filter.getVariablesSet());
    }

    private Optional<RelNode> join(RelNode left, RexNode conjunct, Set<CorrelationId> variables) {
        boolean negated = conjunct.getKind() == SqlKind.NOT;
        RexNode tested = negated ? ((RexCall) conjunct).getOperands().getFirst() : conjunct;
        if (!(tested instanceof RexSubQuery query)
                || !(query.getKind() == SqlKind.EXISTS || query.getKind() == SqlKind.IN && !negated)) {
            return Optional.empty();
        }
        boolean nested = query.getOperands().stream().anyMatch(o -> RexUtil.SubQueryFinder.find(o) != null);
        return nested
                ? Optional.empty()
                : unfiltered(query.rel, variables).map(u -> join(left, query, u, negated ? JoinRelType.ANTI : JoinRelType.SEMI));
    }

    private RelNode join(RelNode left, RexSubQuery query, Unfiltered right, JoinRelType type) {
        RexBuilder rex = left.getCluster().getRexBuilder();
        int offset = left.getRowType().getFieldCount();
        List<RexNode> conditions = new ArrayList<>();
        for (int i = 0; i < query.getOperands().size(); i++) {
            conditions.add(rex.makeCall(SqlStdOperatorTable.EQUALS, query.getOperands().get(i),
                    RexUtil.shift(right.columns().get(i), offset)));
        }
        right.conditions().forEach(c -> conditions.add(c.accept(new OuterReferences(left, right.outer(), offset))));
        RelNode inner = right.plan().accept(this);
        return LogicalJoin.create(left, inner, List.of(), RexUtil.composeConjunction(rex, conditions), Set.of(), type);
    }

    /** Empty when the sub-query refers to the outer row elsewhere. */
    private static Optional<Unfiltered> unfiltered(RelNode query, Set<CorrelationId> variables) {
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < query.getRowType().getFieldCount(); i++) {
            columns.add(RexInputRef.of(i, query.getRowType()));
        }
        RelNode plan = query;
        if (plan instanceof Project project && !project.containsOver()) {
            columns = new ArrayList<>(project.getProjects());
            plan = project.getInput();
        }
        List<RexNode> outer = new ArrayList<>();
        List<RexNode> inner = new ArrayList<>();
        if (plan instanceof Filter filter) {
            for (RexNode conjunct : RelOptUtil.conjunctions(filter.getCondition())) {
                (refersTo(conjunct, variables) ? outer : inner).add(conjunct);
            }
            plan = inner.isEmpty()
                    ? filter.getInput()
                    : LogicalFilter.create(filter.getInput(),
                            RexUtil.composeConjunction(query.getCluster().getRexBuilder(), inner),
                            ImmutableSet.copyOf(filter.getVariablesSet()));
        }
        boolean deeper = RelOptUtil.getVariablesUsed(plan).stream().anyMatch(variables::contains)
                || columns.stream().anyMatch(c -> refersTo(c, variables))
                || outer.stream().anyMatch(c -> RexUtil.SubQueryFinder.find(c) != null)
                || columns.stream().anyMatch(c -> RexUtil.SubQueryFinder.find(c) != null);
        return deeper ? Optional.empty() : Optional.of(new Unfiltered(plan, outer, columns, variables));
    }

    private static boolean refersTo(RexNode node, Set<CorrelationId> variables) {
        RelOptUtil.VariableUsedVisitor visitor = new RelOptUtil.VariableUsedVisitor(null) {
            @Override
            public RexNode visitSubQuery(RexSubQuery query) {
                variables.addAll(RelOptUtil.getVariablesUsed(query.rel));
                return super.visitSubQuery(query);
            }
        };
        node.accept(visitor);
        return visitor.variables.stream().anyMatch(variables::contains);
    }

    /** References to the outer row become references to the join's left side, those to the own row move behind it. */
    private static final class OuterReferences extends RexShuttle {
        private final RelNode left;
        private final Set<CorrelationId> variables;
        private final int offset;

        OuterReferences(RelNode left, Set<CorrelationId> variables, int offset) {
            this.left = left;
            this.variables = variables;
            this.offset = offset;
        }

        @Override
        public RexNode visitFieldAccess(RexFieldAccess access) {
            return access.getReferenceExpr() instanceof RexCorrelVariable variable && variables.contains(variable.id)
                    ? RexInputRef.of(access.getField().getIndex(), left.getRowType())
                    : super.visitFieldAccess(access);
        }

        @Override
        public RexNode visitInputRef(RexInputRef reference) {
            return new RexInputRef(reference.getIndex() + offset, reference.getType());
        }
    }
}
