package io.freshet.ivm.compiler;

import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.print.Quoting;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A database of an embedded PostgreSQL. Row triggers play capture: every row version that goes or comes is written into the change table
 * of its table, under the epoch that {@link #epoch(long)} says.
 */
final class TestDatabase implements AutoCloseable {
    private static final EmbeddedPostgres SERVER = start();

    private final Connection connection;

    private TestDatabase(Connection connection) {
        this.connection = connection;
    }

    static TestDatabase create(String name, String schema) throws SQLException {
        try (Connection admin = SERVER.getPostgresDatabase().getConnection(); Statement statement = admin.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + name);
            statement.execute("CREATE DATABASE " + name);
        }
        TestDatabase database = new TestDatabase(SERVER.getDatabase("postgres", name).getConnection());
        database.execute("CREATE SCHEMA pgtrickle_changes");
        database.execute("CREATE SCHEMA pgtrickle_state");
        database.execute(schema);
        return database;
    }

    Catalog catalog() throws SQLException {
        return LiveCatalog.load(connection);
    }

    /** Makes the change table of a source and the triggers that fill it. */
    void capture(Table source) throws SQLException {
        for (String statement : ChangeTable.createStatements(source)) {
            execute(statement);
        }
        String changes = Quoting.table(ChangeTable.nameFor(source.name()));
        String function = Quoting.table(new TableName("pgtrickle_changes", "capture_" + source.name().name()));
        String columns = String.join(", ",
                source.columns().stream().filter(c -> c.generated().isEmpty()).map(c -> Quoting.identifier(c.name())).toList());
        String old = String.join(", ", source.columns().stream().filter(c -> c.generated().isEmpty())
                .map(c -> "OLD." + Quoting.identifier(c.name())).toList());
        String target = "INSERT INTO " + changes + " (__pgt_epoch, __pgt_weight, " + columns
                + ") VALUES (current_setting('test.epoch')::bigint, ";
        execute("CREATE FUNCTION " + function
                + "() RETURNS trigger LANGUAGE plpgsql AS $capture$ BEGIN IF TG_OP <> 'INSERT' THEN " + target
                + "-1, " + old + "); END IF; IF TG_OP <> 'DELETE' THEN " + target + "1, " + old.replace("OLD.", "NEW.")
                + "); END IF; RETURN NULL; END $capture$");
        execute("CREATE TRIGGER capture AFTER INSERT OR UPDATE OR DELETE ON " + Quoting.table(source.name())
                + " FOR EACH ROW EXECUTE FUNCTION "
                + function + "()");
    }

    /** The epoch of the changes that follow. */
    void epoch(long epoch) throws SQLException {
        execute("SET test.epoch = " + epoch);
    }

    /** Returns how many rows were written. */
    int execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return statement.getUpdateCount();
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + "\n" + sql, e.getSQLState(), e);
        }
    }

    long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + "\n" + sql, e.getSQLState(), e);
        }
    }

    /** The names of a query's columns, quoted. */
    List<String> columns(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                columns.add(Quoting.identifier(result.getMetaData().getColumnName(i)));
            }
            return columns;
        }
    }

    /** The rows of a query as texts, sorted. */
    List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement
                        .executeQuery("SELECT ROW(q.*)::text FROM (" + sql.replace(";", "") + "\n) AS q ORDER BY 1")) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + "\n" + sql, e.getSQLState(), e);
        }
        return rows;
    }

    void inTransaction(SqlAction action) throws SQLException {
        connection.setAutoCommit(false);
        try {
            action.run();
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    interface SqlAction {
        void run() throws SQLException;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
