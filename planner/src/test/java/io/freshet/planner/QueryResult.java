package io.freshet.planner;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a query gives: its columns' names and types, and its rows as text. */
record QueryResult(List<String> names, List<String> types, List<List<String>> rows) {

    static QueryResult of(Connection connection, String sql) throws SQLException {
        List<String> names = new ArrayList<>();
        List<String> typeNames = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData columns = result.getMetaData();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                names.add(columns.getColumnLabel(i));
                typeNames.add(columns.getColumnTypeName(i));
            }
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.add(String.valueOf(result.getString(i)));
                }
                rows.add(row);
            }
        }
        return new QueryResult(names, typeNames.contains("record") ? typeNames : exactTypes(connection, sql, names.size()), rows);
    }

    /** With modifiers, as a view has them; user-defined types with their schema. */
    private static List<String> exactTypes(Connection connection, String sql, int columns) throws SQLException {
        String names = IntStream.range(0, columns).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP VIEW type_oracle(" + names + ") AS " + sql);
            statement.execute("SET LOCAL search_path = pg_catalog");
            List<String> types = new ArrayList<>();
            try (ResultSet result = statement.executeQuery("SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
                    + "WHERE attrelid = 'pg_temp.type_oracle'::regclass ORDER BY attnum")) {
                while (result.next()) {
                    types.add(result.getString(1));
                }
            }
            return types;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}
