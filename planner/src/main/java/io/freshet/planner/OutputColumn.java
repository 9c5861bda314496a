package io.freshet.planner;

/**
 * A column of a query's result.
 *
 * @param type as {@code format_type} writes it, user-defined types with their schema
 * @param nullable false when no row can have NULL in it
 */
public record OutputColumn(String name, String type, boolean nullable) {
}
