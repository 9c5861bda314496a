package io.freshet.planner.catalog;

import java.util.Optional;

/**
 * A column of a relation.
 *
 * @param type as PostgreSQL's {@code format_type} writes it, for instance {@code numeric(10,2)} or {@code public.mood[]}
 * @param generated the expression of a stored generated column
 */
public record Column(String name, String type, boolean notNull, Optional<String> generated, Collation collation) {

    /** What the column's collation says of equality. */
    public enum Collation {
        /** Equal strings are the same string; also for types without a collation. */
        DETERMINISTIC,
        /** Different strings can be equal, for instance those that differ in case. */
        NOT_DETERMINISTIC
    }

    public Column(String name, String type, boolean notNull, Optional<String> generated) {
        this(name, type, notNull, generated, Collation.DETERMINISTIC);
    }

    public static Column of(String name, String type) {
        return new Column(name, type, false, Optional.empty());
    }

    public static Column notNull(String name, String type) {
        return new Column(name, type, true, Optional.empty());
    }
}
