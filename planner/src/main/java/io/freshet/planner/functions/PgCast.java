package io.freshet.planner.functions;

import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;

/**
 * A cast: a function of one operand, one per target type, of kind {@code OTHER_FUNCTION}. It is not Calcite's CAST, which its rules fold
 * and simplify by rules that are not PostgreSQL's.
 */
public final class PgCast extends SqlFunction {
    private final Volatility volatility;

    private PgCast(String target, Volatility volatility) {
        super("::" + target, SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.SYSTEM);
        this.volatility = volatility;
    }

    /** The cast of {@code operand} to {@code target}; the call's type is the target, as nullable as the operand is. */
    public static RexNode of(RexBuilder rex, RexNode operand, PgType target) {
        return of(rex, operand, target, Volatility.IMMUTABLE);
    }

    /** The same, knowing whether the conversion depends on settings such as the time zone. */
    public static RexNode of(RexBuilder rex, RexNode operand, PgType target, Coercions coercions) {
        Volatility volatility = operand.getType() instanceof PgType source
                ? coercions.volatility(source, target)
                : Volatility.IMMUTABLE;
        return of(rex, operand, target, volatility);
    }

    private static RexNode of(RexBuilder rex, RexNode operand, PgType target, Volatility volatility) {
        RelDataType type = rex.getTypeFactory().createTypeWithNullability(target, operand.getType().isNullable());
        return rex.makeCall(type, new PgCast(target.text(), volatility), List.of(operand));
    }

    /** What is cast, when the expression is a cast; the target type is the expression's. */
    public static Optional<RexNode> operand(RexNode node) {
        return isCast(node) ? Optional.of(((RexCall) node).getOperands().getFirst()) : Optional.empty();
    }

    public static boolean isCast(RexNode node) {
        return node instanceof RexCall call && call.getOperator() instanceof PgCast;
    }

    /** The text of a cast's target type. */
    public static String targetText(RexCall cast) {
        return PgTypes.text(cast.getType());
    }

    @Override
    public boolean isDynamicFunction() {
        return volatility != Volatility.IMMUTABLE;
    }
}
