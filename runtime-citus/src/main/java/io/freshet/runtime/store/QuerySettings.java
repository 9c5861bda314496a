package io.freshet.runtime.store;

import io.freshet.planner.print.Quoting;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The settings of the creator's session that decide what a query's text means: in which schemas its names are looked up, which moment
 * {@code '2026-01-01'} is, how a date is written. A query means the same for ever, whoever runs the daemon and where.
 *
 * @param values by their names; only such that cannot do harm
 */
public record QuerySettings(SortedMap<String, String> values) {
    private static final String SEARCH_PATH = "search_path";

    /** What a caller may choose. Those that a setting of the server may forbid are not among them. */
    private static final List<String> NAMES = List.of("TimeZone", "DateStyle", "IntervalStyle", "extra_float_digits",
            "bytea_output",
            "lc_monetary", "default_text_search_config", "xmloption", "xmlbinary", "array_nulls", "transform_null_equals");

    public QuerySettings {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /**
     * @param schemas the search path
     * @param session what is known of the others; unknown ones are left out
     */
    public static QuerySettings of(List<String> schemas, Map<String, String> session) {
        SortedMap<String, String> values = new TreeMap<>(session);
        values.keySet().retainAll(NAMES);
        values.put(SEARCH_PATH, schemas.stream().map(Quoting::identifier).collect(Collectors.joining(", ")));
        return new QuerySettings(values);
    }

    /** Quoted schema names, separated by commas. */
    public String searchPath() {
        return values.getOrDefault(SEARCH_PATH, "");
    }

    /** How long settings hold. */
    public enum Scope {
        SESSION,
        TRANSACTION
    }

    public void apply(Connection connection, Scope scope) throws SQLException {
        Jdbc.list(connection, "SELECT set_config(s.name, s.value, ?) FROM unnest(?::text[], ?::text[]) AS s (name, value)",
                row -> row.getString(1), scope == Scope.TRANSACTION,
                connection.createArrayOf("text", values.keySet().toArray()),
                connection.createArrayOf("text", values.values().toArray()));
    }
}
