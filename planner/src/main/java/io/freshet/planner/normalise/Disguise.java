package io.freshet.planner.normalise;

import io.freshet.planner.functions.FunctionInfo;
import io.freshet.planner.functions.PgAggregate;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlCountAggFunction;

/**
 * Dresses a plan for Calcite's decorrelator, and undresses it. Literals become calls of functions that nothing is known of: the
 * decorrelator runs rules whose builder simplifies comparisons with literals, and compares texts by Java's order and not by the
 * collation's. PostgreSQL's count becomes Calcite's, which it knows to be 0 for no rows.
 */
final class Disguise {
    /** PostgreSQL's aggregates that are not NULL for no rows, count apart. */
    private static final Set<String> NEVER_NULL = Set.of("regr_count");

    private static final class Literal extends SqlFunction {
        private final RexLiteral literal;

        Literal(RexLiteral literal) {
            super(literal.toString(), SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.SYSTEM);
            this.literal = literal;
        }
    }

    private static final class Count extends SqlCountAggFunction {
        private final PgAggregate count;

        Count(PgAggregate count) {
            super(count.getName());
            this.count = count;
        }
    }

    private Disguise() {
    }

    /** Whether every aggregate gives NULL for no rows, or is count: the decorrelator knows no other kind. */
    static boolean fits(RelNode plan) {
        boolean fits = !(plan instanceof Aggregate aggregate)
                || aggregate.getAggCallList().stream().allMatch(Disguise::isNullForNoRows);
        return fits && plan.getInputs().stream().allMatch(Disguise::fits);
    }

    private static boolean isNullForNoRows(AggregateCall call) {
        return !(call.getAggregation() instanceof PgAggregate aggregate) || aggregate.info().isBuiltIn()
                && aggregate.info().kind() != FunctionInfo.Kind.HYPOTHETICAL_SET_AGGREGATE
                && !NEVER_NULL.contains(aggregate.info().name());
    }

    static RelNode dress(RelNode plan) {
        return rewrite(plan, new RexShuttle() {
            @Override
            public RexNode visitLiteral(RexLiteral literal) {
                boolean condition = literal.isAlwaysTrue() || literal.isAlwaysFalse();
                return condition
                        ? literal
                        : plan.getCluster().getRexBuilder().makeCall(literal.getType(), new Literal(literal), List.of());
            }
        }, f -> f instanceof PgAggregate count && f.getKind() == SqlKind.COUNT ? new Count(count) : f);
    }

    static RelNode undress(RelNode plan) {
        return rewrite(plan, new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                return call.getOperator() instanceof Literal hidden ? hidden.literal : super.visitCall(call);
            }
        }, f -> f instanceof Count hidden ? hidden.count : f);
    }

    private static RelNode rewrite(RelNode plan, RexShuttle expressions, UnaryOperator<SqlAggFunction> functions) {
        return plan.accept(new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
                return switch (super.visit(other)) {
                    // Its limit is no expression to simplify, and must stay a literal.
                    case Sort sort -> sort;
                    case Aggregate aggregate -> aggregate.copy(aggregate.getTraitSet(), aggregate.getInput(),
                            aggregate.getGroupSet(),
                            aggregate.getGroupSets(), aggregate.getAggCallList().stream().map(c -> with(c, functions)).toList());
                    case RelNode visited -> visited.accept(expressions);
                };
            }
        });
    }

    private static AggregateCall with(AggregateCall call, UnaryOperator<SqlAggFunction> functions) {
        return AggregateCall.create(call.getParserPosition(), functions.apply(call.getAggregation()), call.isDistinct(),
                call.isApproximate(),
                call.ignoreNulls(), call.rexList, call.getArgList(), call.filterArg, call.distinctKeys, call.getCollation(),
                call.getType(),
                call.getName());
    }
}
