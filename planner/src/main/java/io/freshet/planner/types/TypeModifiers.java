package io.freshet.planner.types;

import java.util.List;

/**
 * Type modifiers as PostgreSQL packs them into one integer ({@code atttypmod}), and their text. -1 is "none". The packings are those of
 * {@code numerictypmodin}, {@code varchartypmodin}, {@code intervaltypmodin} and the like.
 */
public final class TypeModifiers {
    public static final int NONE = -1;

    private static final int VARLENA_HEADER = 4;
    private static final int SCALE_MASK = 0x7ff;
    private static final int SCALE_SIGN = 1024;
    private static final int FULL_INTERVAL_RANGE = 0x7fff;
    private static final int FULL_INTERVAL_PRECISION = 0xffff;
    private static final int MAX_TIME_PRECISION = 6;

    private static final int MONTH = 1 << 1;
    private static final int YEAR = 1 << 2;
    private static final int DAY = 1 << 3;
    private static final int HOUR = 1 << 10;
    private static final int MINUTE = 1 << 11;
    private static final int SECOND = 1 << 12;

    private record IntervalField(String text, int mask) {
    }

    private static final List<IntervalField> INTERVAL_FIELDS = List.of(new IntervalField("year", YEAR),
            new IntervalField("month", MONTH),
            new IntervalField("day", DAY), new IntervalField("hour", HOUR), new IntervalField("minute", MINUTE),
            new IntervalField("second", SECOND), new IntervalField("year to month", YEAR | MONTH),
            new IntervalField("day to hour", DAY | HOUR), new IntervalField("day to minute", DAY | HOUR | MINUTE),
            new IntervalField("day to second", DAY | HOUR | MINUTE | SECOND), new IntervalField("hour to minute", HOUR | MINUTE),
            new IntervalField("hour to second", HOUR | MINUTE | SECOND), new IntervalField("minute to second", MINUTE | SECOND));

    private TypeModifiers() {
    }

    /** {@code numeric(10,2)}: 10 and 2. */
    public static int numeric(int precision, int scale) {
        return (precision << 16 | scale & SCALE_MASK) + VARLENA_HEADER;
    }

    /** {@code varchar(10)}, {@code char(10)}. */
    public static int length(int characters) {
        return characters + VARLENA_HEADER;
    }

    /** {@code interval day to second(3)}; either part may be absent (empty, negative). */
    public static int interval(String fields, int precision) {
        int range = fields.isEmpty()
                ? FULL_INTERVAL_RANGE
                : INTERVAL_FIELDS.stream().filter(f -> f.text().equals(fields)).findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(fields)).mask();
        if (range == FULL_INTERVAL_RANGE && precision < 0) {
            return NONE;
        }
        int digits = precision < 0 ? FULL_INTERVAL_PRECISION : Math.min(precision, MAX_TIME_PRECISION);
        return range << 16 | digits;
    }

    /** What stands in a type's text after (or, for time types, within) its name; empty for none. */
    static String text(int oid, int modifier) {
        if (modifier < 0) {
            return "";
        }
        return switch (oid) {
            case Oids.NUMERIC -> "(" + numericPrecision(modifier) + "," + numericScale(modifier) + ")";
            case Oids.VARCHAR, Oids.BPCHAR -> "(" + (modifier - VARLENA_HEADER) + ")";
            case Oids.BIT, Oids.VARBIT, Oids.TIME, Oids.TIMETZ, Oids.TIMESTAMP, Oids.TIMESTAMPTZ -> "(" + modifier + ")";
            case Oids.INTERVAL -> intervalText(modifier);
            default -> "(" + modifier + ")";
        };
    }

    static int numericPrecision(int modifier) {
        return modifier - VARLENA_HEADER >> 16 & 0xffff;
    }

    static int numericScale(int modifier) {
        return (modifier - VARLENA_HEADER & SCALE_MASK ^ SCALE_SIGN) - SCALE_SIGN;
    }

    private static String intervalText(int modifier) {
        int range = modifier >> 16 & FULL_INTERVAL_RANGE;
        int precision = modifier & FULL_INTERVAL_PRECISION;
        String fields = INTERVAL_FIELDS.stream().filter(f -> f.mask() == range).map(f -> " " + f.text()).findFirst().orElse("");
        return fields + (precision == FULL_INTERVAL_PRECISION ? "" : "(" + precision + ")");
    }
}
