package io.freshet.planner.normalise;

import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * Makes {@code =} of {@code IS NOT DISTINCT FROM} in join conditions where a side is never NULL: then both are false or unknown for the
 * same rows, and a condition takes unknown for false. PostgreSQL has nested loops only for the latter.
 */
final class NullSafeEquality extends RelHomogeneousShuttle {

    @Override
    public RelNode visit(RelNode other) {
        RelNode visited = super.visit(other);
        return visited instanceof Join join ? join.accept(new Equality(visited)) : visited;
    }

    private static final class Equality extends RexShuttle {
        private final RelNode plan;

        Equality(RelNode plan) {
            this.plan = plan;
        }

        @Override
        public RexNode visitCall(RexCall call) {
            return switch (call.getKind()) {
                case AND -> super.visitCall(call);
                case IS_NOT_DISTINCT_FROM -> equal(call);
                case OR -> RelOptUtil.collapseExpandedIsNotDistinctFromExpr(call,
                        plan.getCluster().getRexBuilder()) instanceof RexCall collapsed
                        && collapsed.getKind() == SqlKind.IS_NOT_DISTINCT_FROM ? equal(collapsed) : call;
                default -> call;
            };
        }

        private RexNode equal(RexCall call) {
            List<RexNode> sides = call.getOperands();
            return sides.stream().allMatch(s -> s.getType().isNullable())
                    ? call
                    : plan.getCluster().getRexBuilder().makeCall(SqlStdOperatorTable.EQUALS, sides);
        }
    }
}
