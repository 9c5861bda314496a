package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Database;
import io.freshet.planner.print.Quoting;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** The oracle: a query evaluated again, its rows as text, sorted. It knows nothing of programs, keys or weights. */
final class Recompute {
    private Recompute() {
    }

    /** The stream table holds the rows of its query, as often as the query yields them. Nobody writes meanwhile. */
    static void assertEqual(Database database, StreamTableCase streamTable) {
        assertThat(content(database, streamTable)).as("%s and its query", streamTable.name())
                .containsExactlyElementsOf(sorted(database.rowsOfAnyJoin(streamTable.query())));
    }

    /** The same against another database with the same source rows: a server may evaluate a query wrongly twice in the same way. */
    static void assertEqual(Database database, StreamTableCase streamTable, Database elsewhere) {
        assertThat(content(database, streamTable)).as("%s and its query on another server", streamTable.name())
                .containsExactlyElementsOf(sorted(elsewhere.rows(streamTable.query())));
    }

    /** Copies the source tables' rows to a database that has the tables, empty; without the columns that it has not. */
    static void copySources(Database from, Database to) {
        for (String name : SourceTables.NAMES) {
            String table = name + " (" + list(columns(to, "SELECT * FROM " + name)) + ")";
            try (Connection source = from.connect(); Connection target = to.connect()) {
                StringWriter rows = new StringWriter();
                source.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY " + table + " TO STDOUT", rows);
                target.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY " + table + " FROM STDIN",
                        new StringReader(rows.toString()));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The query's columns of the stream table: it may have hidden ones besides. */
    private static List<String> content(Database database, StreamTableCase streamTable) {
        String columns = list(columns(database, streamTable.query()));
        return sorted(database.rows("SELECT " + columns + " FROM " + Quoting.identifier(streamTable.name())));
    }

    private static List<String> columns(Database database, String query) {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            statement.execute("SET citus.enable_repartition_joins = on");
            try (ResultSet result = statement.executeQuery("SELECT * FROM (" + query + ") AS q LIMIT 0")) {
                ResultSetMetaData meta = result.getMetaData();
                List<String> names = new ArrayList<>();
                for (int i = 1; i <= meta.getColumnCount(); i++) {
                    names.add(meta.getColumnLabel(i));
                }
                return names;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String list(List<String> columns) {
        return columns.stream().map(Quoting::identifier).collect(Collectors.joining(", "));
    }

    private static List<String> sorted(List<String> rows) {
        return rows.stream().sorted().toList();
    }
}
