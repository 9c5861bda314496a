package io.freshet.planner.normalise;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;

/**
 * Removes the check that a scalar sub-query has one row at most per group where the group is a key, so that it cannot have more. The
 * check has no text in SQL: a plan that still has it must not be used.
 */
final class SingleValues extends RelHomogeneousShuttle {

    @Override
    public RelNode visit(RelNode other) {
        RelNode visited = super.visit(other);
        return visited instanceof Aggregate aggregate && isCheck(aggregate) && hasOneRowPerGroup(aggregate)
                ? columns(aggregate)
                : visited;
    }

    private static boolean isCheck(Aggregate aggregate) {
        return aggregate.getGroupType() == Aggregate.Group.SIMPLE && !aggregate.getGroupSet().isEmpty()
                && aggregate.getAggCallList().stream().allMatch(c -> c.getAggregation().getKind() == SqlKind.SINGLE_VALUE);
    }

    private static boolean hasOneRowPerGroup(Aggregate aggregate) {
        return Boolean.TRUE.equals(
                aggregate.getCluster().getMetadataQuery().areColumnsUnique(aggregate.getInput(), aggregate.getGroupSet()));
    }

    private static RelNode columns(Aggregate aggregate) {
        RexBuilder rex = aggregate.getCluster().getRexBuilder();
        List<RexNode> columns = new ArrayList<>();
        aggregate.getGroupSet().forEach(i -> columns.add(rex.makeInputRef(aggregate.getInput(), i)));
        for (AggregateCall call : aggregate.getAggCallList()) {
            columns.add(rex.makeInputRef(aggregate.getInput(), call.getArgList().getFirst()));
        }
        return LogicalProject.create(aggregate.getInput(), List.of(), columns, aggregate.getRowType().getFieldNames(), Set.of());
    }

    /** Whether the check is anywhere in the plan. */
    static boolean areIn(RelNode plan) {
        boolean here = plan instanceof Aggregate aggregate
                && aggregate.getAggCallList().stream().anyMatch(c -> c.getAggregation().getKind() == SqlKind.SINGLE_VALUE);
        return here || plan.getInputs().stream().anyMatch(SingleValues::areIn);
    }
}
