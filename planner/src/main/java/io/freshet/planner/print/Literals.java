package io.freshet.planner.print;

import io.freshet.planner.print.Expr.Trait;
import java.math.BigDecimal;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.TimeString;
import org.apache.calcite.util.TimestampString;

/** Writes literals with exactly their value and type. */
final class Literals {
    private static final BigDecimal MIN_INT = BigDecimal.valueOf(Integer.MIN_VALUE);
    private static final BigDecimal MAX_INT = BigDecimal.valueOf(Integer.MAX_VALUE);

    private final TypeText types;

    Literals(TypeText types) {
        this.types = types;
    }

    Expr of(RexLiteral literal) {
        if (literal.isNull()) {
            return nullOf(literal.getType());
        }
        RelDataType type = literal.getType();
        return switch (literal.getTypeName()) {
            case BOOLEAN ->
                Expr.atom(Boolean.TRUE.equals(literal.getValueAs(Boolean.class)) ? "TRUE" : "FALSE").with(Trait.CONSTANT);
            case DECIMAL -> number(value(literal, BigDecimal.class), type);
            case DOUBLE -> cast(number(literal), type);
            case CHAR -> text(literal);
            case BINARY -> cast(text("\\x" + value(literal, ByteString.class).toString(16)), type);
            case DATE -> cast(text(value(literal, DateString.class).toString()), type);
            case TIME -> cast(text(value(literal, TimeString.class).toString()), type);
            case TIMESTAMP -> cast(text(value(literal, TimestampString.class).toString()), type);
            case SYMBOL -> Expr.atom(String.valueOf(literal.getValue())).with(Trait.CONSTANT);
            default -> throw Unprintable.because("the literal " + literal + " of type " + type);
        };
    }

    /** NULL of a type. */
    Expr nullOf(RelDataType type) {
        Expr untyped = Expr.atom("NULL").with(Trait.CONSTANT);
        return switch (type.getSqlTypeName()) {
            case NULL, ANY, UNKNOWN -> untyped.with(Trait.UNTYPED);
            default -> cast(untyped, type);
        };
    }

    /** A text literal whose type PostgreSQL infers. */
    static Expr text(String value) {
        return Expr.atom(Quoting.literal(value)).with(Trait.CONSTANT).with(Trait.UNTYPED);
    }

    /** {@code value::type}; a constant stays one. */
    Expr cast(Expr value, RelDataType type) {
        Expr cast = new Expr.Builder().add(value.atLeast(Precedence.CAST)).text("::" + types.of(type)).build(Precedence.CAST);
        return value.has(Trait.CONSTANT) ? cast.with(Trait.CONSTANT) : cast;
    }

    private static Expr text(RexLiteral literal) {
        return text(value(literal, NlsString.class).getValue());
    }

    private Expr number(BigDecimal value, RelDataType type) {
        Expr number = number(value);
        boolean isInt = value.scale() <= 0 && value.compareTo(MIN_INT) >= 0 && value.compareTo(MAX_INT) <= 0;
        return switch (type.getSqlTypeName()) {
            case INTEGER -> isInt ? number : cast(number, type);
            case BIGINT -> isInt ? cast(number, type) : number;
            case DECIMAL -> value.scale() > 0
                    ? number
                    : new Expr.Builder().add(number.atLeast(Precedence.CAST)).text("::numeric")
                            .build(Precedence.CAST).with(Trait.CONSTANT);
            default -> cast(number, type);
        };
    }

    private static Expr number(BigDecimal value) {
        Expr number = Expr.atom(value.toPlainString()).with(Trait.CONSTANT);
        return value.signum() < 0 ? number.with(Precedence.UNARY_MINUS) : number;
    }

    private static Expr number(RexLiteral literal) {
        Object value = literal.getValue();
        return switch (value) {
            case BigDecimal decimal -> number(decimal);
            case Double floating -> floatingPoint(floating);
            case null, default -> throw Unprintable.because("the literal " + literal);
        };
    }

    private static Expr floatingPoint(double value) {
        return Double.isFinite(value) ? number(BigDecimal.valueOf(value)) : text(Double.toString(value));
    }

    private static <T> T value(RexLiteral literal, Class<T> type) {
        T value = literal.getValueAs(type);
        if (value == null) {
            throw Unprintable.because("the literal " + literal);
        }
        return value;
    }
}
