package io.freshet.planner.types;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.type.AbstractSqlType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL type with its modifier, as the type of an expression: the only type of any expression or column of a plan (row types
 * apart). Calcite sees an approximation through {@link #getSqlTypeName()}: booleans, numbers and strings are what they are, arrays are
 * arrays, everything else is {@code OTHER}. Two are equal when text and nullability are.
 */
public final class PgType extends AbstractSqlType {
    private final TypeInfo info;
    private final int modifier;
    private final Optional<PgType> element;
    private final String text;

    PgType(TypeInfo info, int modifier, boolean nullable, Optional<PgType> element) {
        super(typeName(info), nullable, null);
        this.info = info;
        this.modifier = modifier;
        this.element = element;
        this.text = element.map(e -> e.text() + "[]").orElseGet(() -> text(info, modifier));
        computeDigest();
    }

    public TypeInfo info() {
        return info;
    }

    public int oid() {
        return info.oid();
    }

    /** The packed modifier, {@link TypeModifiers#NONE} for none; an array's is its elements'. */
    public int modifier() {
        return modifier;
    }

    /** The element type of an array. */
    public Optional<PgType> element() {
        return element;
    }

    /** As {@code format_type} writes it, user-defined types with their schema. */
    public String text() {
        return text;
    }

    PgType withNullability(boolean nullable) {
        return nullable == isNullable ? this : new PgType(info, modifier, nullable, element);
    }

    @Override
    public @Nullable RelDataType getComponentType() {
        return element.orElse(null);
    }

    @Override
    public int getPrecision() {
        return info.oid() == Oids.NUMERIC && modifier >= 0 ? TypeModifiers.numericPrecision(modifier) : PRECISION_NOT_SPECIFIED;
    }

    @Override
    public int getScale() {
        return info.oid() == Oids.NUMERIC && modifier >= 0 ? TypeModifiers.numericScale(modifier) : SCALE_NOT_SPECIFIED;
    }

    @Override
    public @Nullable Charset getCharset() {
        return typeName == SqlTypeName.VARCHAR ? StandardCharsets.UTF_8 : null;
    }

    @Override
    public @Nullable SqlCollation getCollation() {
        return typeName == SqlTypeName.VARCHAR ? SqlCollation.IMPLICIT : null;
    }

    @Override
    protected void generateTypeString(StringBuilder digest, boolean withDetail) {
        digest.append(text);
    }

    private static SqlTypeName typeName(TypeInfo info) {
        if (info.kind() == TypeInfo.Kind.ARRAY) {
            return SqlTypeName.ARRAY;
        }
        return switch (info.oid()) {
            case Oids.BOOL -> SqlTypeName.BOOLEAN;
            case Oids.INT2 -> SqlTypeName.SMALLINT;
            case Oids.INT4 -> SqlTypeName.INTEGER;
            case Oids.INT8 -> SqlTypeName.BIGINT;
            case Oids.NUMERIC -> SqlTypeName.DECIMAL;
            case Oids.FLOAT4 -> SqlTypeName.REAL;
            case Oids.FLOAT8 -> SqlTypeName.DOUBLE;
            case Oids.TEXT, Oids.VARCHAR, Oids.BPCHAR, Oids.UNKNOWN -> SqlTypeName.VARCHAR;
            default -> SqlTypeName.OTHER;
        };
    }

    private static String text(TypeInfo info, int modifier) {
        String modifiers = TypeModifiers.text(info.oid(), modifier);
        return switch (info.oid()) {
            case Oids.BOOL -> "boolean";
            case Oids.INT2 -> "smallint";
            case Oids.INT4 -> "integer";
            case Oids.INT8 -> "bigint";
            case Oids.FLOAT4 -> "real";
            case Oids.FLOAT8 -> "double precision";
            case Oids.VARCHAR -> "character varying" + modifiers;
            case Oids.BPCHAR -> modifiers.isEmpty() ? "bpchar" : "character" + modifiers;
            case Oids.INTERNAL_CHAR -> "\"char\"";
            // Without a length the keyword would mean bit(1).
            case Oids.BIT -> modifiers.isEmpty() ? "\"bit\"" : "bit" + modifiers;
            case Oids.VARBIT -> "bit varying" + modifiers;
            case Oids.TIME -> "time" + modifiers + " without time zone";
            case Oids.TIMETZ -> "time" + modifiers + " with time zone";
            case Oids.TIMESTAMP -> "timestamp" + modifiers + " without time zone";
            case Oids.TIMESTAMPTZ -> "timestamp" + modifiers + " with time zone";
            case Oids.INTERVAL -> "interval" + modifiers;
            // Keywords, which would be quoted.
            case Oids.NUMERIC -> "numeric" + modifiers;
            case Oids.JSON -> "json";
            default -> info.qualifiedName() + modifiers;
        };
    }
}
