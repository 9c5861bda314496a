package io.freshet.planner.catalog;

import java.util.Optional;

/**
 * A column of a relation.
 *
 * @param type as PostgreSQL's {@code format_type} writes it, for instance {@code numeric(10,2)} or {@code public.mood[]}
 * @param generated the expression of a stored generated column
 */
public record Column(String name, String type, boolean notNull, Optional<String> generated) {

    public static Column of(String name, String type) {
        return new Column(name, type, false, Optional.empty());
    }

    public static Column notNull(String name, String type) {
        return new Column(name, type, true, Optional.empty());
    }
}
