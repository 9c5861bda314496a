package io.freshet.planner.types;

import org.apache.calcite.rel.type.RelDataType;

/** What other packages ask of an expression's type. */
public final class PgTypes {

    private PgTypes() {
    }

    /**
     * The type's text as {@code format_type} writes it, with the modifier, user-defined types with their schema: {@code numeric(10,2)},
     * {@code timestamp without time zone}, {@code public.mood[]}. It can stand in {@code CAST(x AS ..)}. A row is {@code record}.
     */
    public static String text(RelDataType type) {
        return type.isStruct() ? "record" : of(type).text();
    }

    /** The same type as what it always is. */
    public static PgType of(RelDataType type) {
        if (type instanceof PgType known) {
            return known;
        }
        throw new IllegalArgumentException("not a PostgreSQL type: " + type.getFullTypeString());
    }

    public static PgType withNullability(PgType type, boolean nullable) {
        return type.withNullability(nullable);
    }

    public static boolean isNumber(RelDataType type) {
        return type instanceof PgType known && known.info().category() == 'N';
    }

    /** Whether smallint, integer, bigint or numeric. */
    public static boolean isExactNumber(RelDataType type) {
        return type instanceof PgType known && switch (known.oid()) {
            case Oids.INT2, Oids.INT4, Oids.INT8, Oids.NUMERIC -> true;
            default -> false;
        };
    }

    /** Whether values can be compared with {@code =}, as GROUP BY, DISTINCT and UNION do. */
    public static boolean hasEquality(RelDataType type) {
        return switch (type) {
            case PgType known -> known.element().map(PgTypes::hasEquality).orElse(known.info().operatorClasses().equality());
            default -> type.isStruct() && type.getFieldList().stream().allMatch(f -> hasEquality(f.getType()));
        };
    }

    /** Whether there is a default hash operator class: without one, DISTINCT and joins only sort. */
    public static boolean isHashable(RelDataType type) {
        return switch (type) {
            case PgType known -> known.element().map(PgTypes::isHashable).orElse(known.info().operatorClasses().hash());
            default -> type.isStruct() && type.getFieldList().stream().allMatch(f -> isHashable(f.getType()));
        };
    }

    /** Whether there is a default btree operator class: without one, no index with a unique constraint and no ORDER BY. */
    public static boolean isOrderable(RelDataType type) {
        return switch (type) {
            case PgType known -> known.element().map(PgTypes::isOrderable).orElse(known.info().operatorClasses().btree());
            default -> type.isStruct() && type.getFieldList().stream().allMatch(f -> isOrderable(f.getType()));
        };
    }
}
