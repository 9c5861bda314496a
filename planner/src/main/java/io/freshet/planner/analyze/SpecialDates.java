package io.freshet.planner.analyze;

import io.freshet.planner.functions.PgCast;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelVisitor;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.jspecify.annotations.Nullable;

/** Finds literals such as {@code date 'today'}, whose value is that of the moment they are read. */
final class SpecialDates {
    private static final Set<Integer> TIME_TYPES = Set.of(Oids.DATE, Oids.TIME, Oids.TIMETZ, Oids.TIMESTAMP, Oids.TIMESTAMPTZ);
    private static final Pattern WORD = Pattern.compile("(?i).*\\b(now|today|tomorrow|yesterday)\\b.*", Pattern.DOTALL);

    private SpecialDates() {
    }

    static void log(RelNode plan, FunctionLog log) {
        RexShuttle finder = new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                PgCast.operand(call).filter(o -> isSpecial(o, call)).ifPresent(o -> log.valueFunction(
                        RexLiteral.stringValue(o) + "::" + PgCast.targetText(call), Optional.empty()));
                return super.visitCall(call);
            }

            @Override
            public RexNode visitSubQuery(RexSubQuery query) {
                SpecialDates.log(query.rel, log);
                return super.visitSubQuery(query);
            }
        };
        new RelVisitor() {
            @Override
            public void visit(RelNode node, int ordinal, @Nullable RelNode parent) {
                node.accept(finder);
                super.visit(node, ordinal, parent);
            }
        }.go(plan);
    }

    private static boolean isSpecial(RexNode operand, RexCall cast) {
        return operand instanceof RexLiteral literal && !literal.isNull() && cast.getType() instanceof PgType type
                && TIME_TYPES.contains(type.oid()) && WORD.matcher(RexLiteral.stringValue(literal)).matches();
    }
}
