package io.freshet.ivm.program;

import io.freshet.ivm.analysis.Equality;
import io.freshet.planner.print.Quoting;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Compares a stream table with its query, as bags, reading each once. */
public final class Verification {
    /**
     * Significant digits of a floating-point number that are compared: how a sum of them rounds depends on the order of its summands, which
     * PostgreSQL does not promise.
     */
    private static final String DIGITS = "9.9999999EEEE";

    private Verification() {
    }

    /** How a column is compared. */
    public enum Comparison {
        BY_VALUE,
        BY_TEXT,
        ROUNDED
    }

    /** A column of the query. */
    public record Column(String name, Comparison comparison) {

        /** By value where there is an {@code =}; numbers that depend on the order of evaluation are rounded. */
        public static Column of(StoredColumn stored) {
            return new Column(stored.name(), stored.equality() == Equality.TEXT_ONLY ? Comparison.BY_TEXT : Comparison.BY_VALUE);
        }

        public Column rounded() {
            return new Column(name, Comparison.ROUNDED);
        }

        private String value(String alias) {
            String column = alias + '.' + Quoting.identifier(name);
            return switch (comparison) {
                case BY_VALUE -> column;
                case BY_TEXT -> column + "::text";
                case ROUNDED -> "CASE WHEN " + column + " = 0 THEN '0' WHEN " + column
                        + " IN ('NaN', 'Infinity', '-Infinity') THEN " + column + "::text ELSE to_char(" + column
                        + ", '" + DIGITS + "') END";
            };
        }
    }

    /** One bigint: the number of rows that only one side has. */
    public static String sql(Workshop workshop, List<Column> columns) {
        List<String> names = columns.stream().map(Column::name).toList();
        String aliases = IntStream.rangeClosed(1, columns.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        return "SELECT coalesce(sum(abs(difference.weight)), 0)::bigint\nFROM (\n    SELECT sum(both_sides.weight) AS weight\n    FROM (\n"
                + "        SELECT " + values("stored", columns) + ", 1\n        FROM " + stored(workshop)
                + " AS stored\n        UNION ALL\n"
                + "        SELECT " + values("query", columns) + ", -1\n        FROM " + workshop.query().derived("query", names)
                + "\n    ) AS both_sides (" + aliases + ", weight)\n    GROUP BY " + aliases
                + "\n    HAVING sum(both_sides.weight) <> 0\n) AS difference";
    }

    /**
     * Citus (13.2) can take the union of two co-located tables that are distributed by different columns for one that each shard groups by itself: equal rows
     * would not meet. With an OFFSET it brings the stream table's rows together first. They need not be co-located when the stream table is made: a source
     * that is altered joins a group that fits.
     */
    private static String stored(Workshop workshop) {
        return switch (workshop.home()) {
            case Home.Elsewhere elsewhere -> "(SELECT * FROM " + workshop.table() + " OFFSET 0)";
            case Home.Beside beside -> workshop.table();
            case Home.OnEveryNode everywhere -> workshop.table();
            case Home.OnCoordinator coordinator -> workshop.table();
        };
    }

    private static String values(String alias, List<Column> columns) {
        return columns.stream().map(c -> c.value(alias)).collect(Collectors.joining(", "));
    }
}
