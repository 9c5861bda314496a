package io.freshet.runtime.capture;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The columns of change rows that go into a change table. The bytes of a value say nothing of its type, and the source may have been altered
 * since the change table was made, so the types are compared first.
 *
 * @param names in the order of the rows' fields
 * @param mapping takes the other fields out of a tuple, if there are any
 */
record ChangeColumns(List<String> names, Optional<LayoutMapping> mapping) {
    /** Oids from here on are given out when a server is set up, or later: they mean something else on another one. */
    private static final int FIRST_GENERATED_OID = 10_000;

    /** @throws FreshetException SOURCE_CHANGED */
    static ChangeColumns of(Connection connection, TableName source, ChangeRows rows) throws SQLException {
        Map<String, Integer> wanted = columnsOfTable(connection, source);
        List<String> columns = rows.columns();
        int[] kept = IntStream.range(0, columns.size()).filter(i -> wanted.containsKey(columns.get(i))).toArray();
        requireOrder(connection, source, IntStream.of(kept).mapToObj(columns::get).toList());
        for (int i : kept) {
            int type = rows.types().get(i);
            int expected = wanted.remove(columns.get(i));
            if (type != expected && (isBuiltIn(type) || isBuiltIn(expected))) {
                throw changed(source, "column \"" + columns.get(i) + "\" has another type");
            }
        }
        if (!wanted.isEmpty()) {
            throw changed(source, "column \"" + wanted.keySet().iterator().next() + "\" is gone");
        }
        return kept.length == columns.size()
                ? new ChangeColumns(columns, Optional.empty())
                : new ChangeColumns(IntStream.of(kept).mapToObj(columns::get).toList(),
                        Optional.of(LayoutMapping.keeping(columns.size(), kept)));
    }

    /** A table's columns keep their order for ever: where two stand in another one, they had each other's names when the rows were written. */
    private static void requireOrder(Connection connection, TableName source, List<String> columns) throws SQLException {
        List<String> now = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT attname FROM pg_catalog.pg_attribute"
                + " WHERE attrelid = pg_catalog.to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum")) {
            statement.setString(1, Quoting.table(source));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    now.add(row.getString(1));
                }
            }
        }
        List<String> then = new ArrayList<>(columns);
        then.retainAll(now);
        now.retainAll(columns);
        if (!then.equals(now)) {
            throw changed(source, "its columns have other names");
        }
    }

    /** The change table's columns that hold values of the source, with their types. */
    private static Map<String, Integer> columnsOfTable(Connection connection, TableName source) throws SQLException {
        Map<String, Integer> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection
                .prepareStatement("SELECT attname, atttypid::bigint FROM pg_catalog.pg_attribute"
                        + " WHERE attrelid = pg_catalog.to_regclass(?) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''")) {
            statement.setString(1, Quoting.table(ChangeTable.nameFor(source)));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    columns.put(row.getString(1), (int) row.getLong(2));
                }
            }
        }
        columns.remove(ChangeTable.EPOCH);
        columns.remove(ChangeTable.WEIGHT);
        return columns;
    }

    static boolean isBuiltIn(int type) {
        return Integer.compareUnsigned(type, FIRST_GENERATED_OID) < 0;
    }

    static FreshetException changed(TableName source, String what) {
        return FreshetException.of(ErrorCode.SOURCE_CHANGED, "\"" + source + "\" was altered: " + what)
                .withHint("Drop the stream tables that read " + source + " and create them again.");
    }
}
