package io.freshet.runtime.lifecycle;

import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.StreamTableStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes change tables, and lets them follow their sources' columns. Where a column does not fit any more, a distributed change table is made anew and all its
 * readers are filled again: a distributed table must never have a dropped column, Citus's decoder crashes on it.
 */
final class ChangeTables {
    private ChangeTables() {
    }

    /** The change table of a source has a column for each of the source's. In the connection's transaction. */
    static void provide(Connection connection, Table source) throws SQLException {
        TableName name = ChangeTable.nameFor(source.name());
        if (!exists(connection, name)) {
            create(connection, source);
            return;
        }
        String table = Quoting.table(name);
        Map<String, String> wanted = new HashMap<>();
        source.columns().forEach(c -> wanted.put(c.name(), description(c.type(), c.generated())));
        Map<String, String> found = columns(connection, table);
        List<String> unfit = found.keySet().stream().filter(c -> !found.get(c).equals(wanted.get(c))).toList();
        if (!unfit.isEmpty() && isKnownToCitus(connection, table)) {
            Jdbc.execute(connection, "DROP TABLE " + table);
            create(connection, source);
            StreamTableStore.emptyReaders(connection, source.name(), "it is filled again: " + source.name() + " was altered");
            return;
        }
        for (String column : unfit) {
            Jdbc.execute(connection,
                    "ALTER TABLE " + table + " DROP COLUMN IF EXISTS " + Quoting.identifier(column) + " CASCADE");
        }
        Map<String, String> kept = unfit.isEmpty() ? found : columns(connection, table);
        for (Column column : source.columns()) {
            if (!kept.containsKey(column.name())) {
                Jdbc.execute(connection, "ALTER TABLE " + table + " ADD COLUMN " + ChangeTable.column(column));
            }
        }
    }

    private static void create(Connection connection, Table source) throws SQLException {
        for (String statement : ChangeTable.createStatements(source)) {
            Jdbc.execute(connection, statement);
        }
    }

    private static boolean isKnownToCitus(Connection connection, String table) throws SQLException {
        boolean citus = Jdbc.first(connection, "SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL",
                row -> row.getBoolean(1)).orElseThrow();
        return citus && Jdbc.first(connection, "SELECT 1 FROM pg_catalog.pg_dist_partition WHERE logicalrelid = ?::regclass",
                row -> row.getInt(1), table).isPresent();
    }

    /** Of these sources those that lack a column of their change table, or have one of another type: a change would not fit. */
    static List<TableName> outdated(Connection connection, Collection<TableName> sources) throws SQLException {
        TableName[] names = sources.toArray(TableName[]::new);
        List<Integer> outdated = Jdbc.list(connection,
                """
                SELECT DISTINCT n.i::int
                FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS n (source, changes, i)
                JOIN pg_catalog.pg_attribute c ON c.attrelid = to_regclass(n.changes) AND c.attnum > 0 AND NOT c.attisdropped
                 AND c.attname NOT IN (?, ?)
                LEFT JOIN pg_catalog.pg_attribute s ON s.attrelid = to_regclass(n.source) AND s.attname = c.attname AND NOT s.attisdropped
                WHERE to_regclass(n.source) IS NOT NULL AND (s.atttypid, s.atttypmod) IS DISTINCT FROM (c.atttypid, c.atttypmod)
                """,
                row -> row.getInt(1) - 1, texts(connection, List.of(names)),
                texts(connection, sources.stream().map(ChangeTable::nameFor).toList()), ChangeTable.EPOCH, ChangeTable.WEIGHT);
        return outdated.stream().map(i -> names[i]).toList();
    }

    private static java.sql.Array texts(Connection connection, List<TableName> names) throws SQLException {
        return connection.createArrayOf("text", names.stream().map(Quoting::table).toArray());
    }

    /** The columns that hold a source's values, and what each is like. In the connection's transaction. */
    private static Map<String, String> columns(Connection connection, String table) throws SQLException {
        Map<String, String> columns = new HashMap<>();
        // Users' types are written with their schema, as those of the source are, only where the search path does not find them.
        String path = Jdbc.first(connection, "SELECT current_setting('search_path')", row -> row.getString(1)).orElseThrow();
        Jdbc.execute(connection, "SET LOCAL search_path = pg_catalog");
        Jdbc.list(connection,
                """
                SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.pg_get_expr(d.adbin, d.adrelid)
                FROM pg_catalog.pg_attribute a
                LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated <> ''
                WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped
                """, row -> columns.put(row.getString(1), description(row.getString(2), Optional.ofNullable(row.getString(3)))),
                table);
        Jdbc.first(connection, "SELECT set_config('search_path', ?, true)", row -> row.getString(1), path);
        columns.remove(ChangeTable.EPOCH);
        columns.remove(ChangeTable.WEIGHT);
        return columns;
    }

    private static String description(String type, Optional<String> generated) {
        return type + generated.map(expression -> " = " + expression).orElse("");
    }

    private static boolean exists(Connection connection, TableName table) throws SQLException {
        return Jdbc.first(connection, "SELECT to_regclass(?) IS NOT NULL", row -> row.getBoolean(1), Quoting.table(table))
                .orElseThrow();
    }
}
