package io.freshet.it.cluster;

import io.freshet.planner.print.Quoting;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database of a cluster: of this name on every server. SQL goes to the coordinator; {@link #on} is one server's view of it.
 */
public final class Database implements AutoCloseable {
    private static final String IN_USE = "55006";
    private static final int DROP_ATTEMPTS = 5;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Cluster cluster;
    private final String name;

    private Database(Cluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    static Database create(Cluster cluster, String prefix) {
        String name = prefix + "_" + NUMBER.incrementAndGet();
        for (Server server : cluster.servers()) {
            new Session(server, "postgres").execute("CREATE DATABASE \"" + name + "\"");
        }
        return new Database(cluster, name);
    }

    public Cluster cluster() {
        return cluster;
    }

    public String name() {
        return name;
    }

    /** The JDBC URL of the coordinator. */
    public String url() {
        return url(cluster.coordinator(), name);
    }

    /** The coordinator's address as libpq's programs and Freshet's command line take it. */
    public String libpqUrl() {
        return "postgresql://" + Server.SUPERUSER + "@" + Server.HOST + ":" + cluster.coordinator().port() + "/" + name;
    }

    static String url(Server server, String database) {
        return "jdbc:postgresql://" + Server.HOST + ":" + server.port() + "/" + database + "?user=" + Server.SUPERUSER;
    }

    public Connection connect() throws SQLException {
        return on(cluster.coordinator()).connect();
    }

    /** This database on one server. */
    public Session on(Server server) {
        return new Session(server, name);
    }

    /** Daemons that start from now on capture the workers' changes this way: the value of {@code pg_trickle.capture}. */
    public void captureBy(String way) {
        execute("ALTER DATABASE " + Quoting.identifier(name) + " SET pg_trickle.capture = " + Quoting.literal(way));
    }

    /** Runs a script of one or more statements, as psql would. */
    public void execute(String script) {
        on(cluster.coordinator()).execute(script);
    }

    /** The rows of a query, each value in PostgreSQL's text form, NULL as {@code null}, joined by {@code |}. */
    public List<String> rows(String query) {
        return on(cluster.coordinator()).rows(query);
    }

    /** The rows of a query that Citus may send whole tables for, to join them. */
    public List<String> rowsOfAnyJoin(String query) {
        return on(cluster.coordinator()).rows(query, "&options=-c%20citus.enable_repartition_joins=on");
    }

    /** The value of a query that yields one. */
    public String value(String query) {
        return on(cluster.coordinator()).value(query);
    }

    /** Drops the database on every server, with its slots. */
    @Override
    public void close() {
        for (Server server : cluster.servers()) {
            Session maintenance = new Session(server, "postgres");
            String own = " FROM pg_replication_slots WHERE database = '" + name + "'";
            maintenance.execute("SELECT pg_terminate_backend(active_pid, 10000)" + own + " AND active");
            maintenance.execute("SELECT pg_drop_replication_slot(slot_name)" + own);
            drop(maintenance);
        }
    }

    /** Citus's background processes come back at once when they are ended, and a session may take longer to end than DROP waits. */
    private void drop(Session maintenance) {
        for (int attempt = 1;; attempt++) {
            try {
                maintenance.execute("DROP DATABASE \"" + name + "\" WITH (FORCE)");
                return;
            } catch (SqlFailure e) {
                if (!e.state().equals(IN_USE) || attempt == DROP_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** One-statement sessions on one server. A statement's failure is thrown as it is, unchecked. */
    public record Session(Server server, String database) {

        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url(server, database));
        }

        public void execute(String script) {
            // The extended protocol, which the driver cuts statements apart for: of a batch, Citus would send all to the workers.
            try (Connection connection = connect(); Statement statement = connection.createStatement()) {
                statement.execute(script);
            } catch (SQLException e) {
                throw new SqlFailure(script, e);
            }
        }

        public List<String> rows(String query) {
            return rows(query, "");
        }

        private List<String> rows(String query, String parameters) {
            // The simple protocol gives every value in PostgreSQL's own text form.
            try (Connection connection = DriverManager
                    .getConnection(url(server, database) + "&preferQueryMode=simple" + parameters);
                    Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(query)) {
                List<String> rows = new ArrayList<>();
                while (result.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        values.add(String.valueOf(result.getString(i)));
                    }
                    rows.add(String.join("|", values));
                }
                return rows;
            } catch (SQLException e) {
                throw new SqlFailure(query, e);
            }
        }

        public String value(String query) {
            List<String> rows = rows(query);
            if (rows.size() != 1) {
                throw new IllegalStateException(rows.size() + " rows from " + query);
            }
            return rows.getFirst();
        }
    }

    /** A statement that failed, with its text; the cause is the server's error. */
    public static final class SqlFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SqlFailure(String sql, SQLException cause) {
            super(cause.getMessage() + "\nin: " + sql, cause);
        }

        /** The server's SQLSTATE. */
        public String state() {
            return ((SQLException) getCause()).getSQLState();
        }
    }
}
