package io.freshet.ivm.program;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How rows of two tables meet by a key. PostgreSQL can hash and merge on {@code =} but only loop on {@code IS NOT DISTINCT FROM}; so keys
 * that can hold NULL need two statements, one for the rows without NULL and one, mostly for a few rows, for those with.
 */
record KeyMatch(List<Column> columns) {

    /** A key column, named alike in all tables but perhaps the stream table. */
    record Column(String left, String right, Nulls nulls) {
    }

    /** Whether a column can hold NULL. */
    enum Nulls {
        NEVER,
        POSSIBLE
    }

    /** Which rows a statement is for. */
    enum Rows {
        WITHOUT_NULLS,
        WITH_NULLS
    }

    KeyMatch {
        columns = List.copyOf(columns);
    }

    /** The statements that are needed. */
    List<Rows> variants() {
        return columns.stream().anyMatch(c -> c.nulls() == Nulls.POSSIBLE) ? List.of(Rows.values()) : List.of(Rows.WITHOUT_NULLS);
    }

    /** The conditions under which a row of {@code left} and one of {@code right} have the same key. */
    List<String> conditions(String left, String right, Rows rows) {
        List<Column> nullable = columns.stream().filter(c -> c.nulls() == Nulls.POSSIBLE).toList();
        if (rows == Rows.WITHOUT_NULLS) {
            return columns.stream().map(c -> equal(left, right, c, " = ")).toList();
        }
        List<String> conditions = new ArrayList<>();
        columns.stream().filter(c -> c.nulls() == Nulls.NEVER).forEach(c -> conditions.add(equal(left, right, c, " = ")));
        if (nullable.size() == 1) {
            conditions.add(Sql.name(left, nullable.getFirst().left()) + " IS NULL");
            conditions.add(Sql.name(right, nullable.getFirst().right()) + " IS NULL");
        } else {
            nullable.forEach(c -> conditions.add(equal(left, right, c, " IS NOT DISTINCT FROM ")));
            conditions.add(nullable.stream().map(c -> Sql.name(right, c.right()) + " IS NULL")
                    .collect(Collectors.joining(" OR ", "(", ")")));
        }
        return conditions;
    }

    /** For a step's comment. */
    static String suffix(Rows rows) {
        return rows == Rows.WITH_NULLS ? " (keys with NULL)" : "";
    }

    private static String equal(String left, String right, Column column, String operator) {
        return Sql.name(left, column.left()) + operator + Sql.name(right, column.right());
    }
}
