package io.freshet.runtime.capture;

import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.postgresql.PGConnection;

/** A real server with logical decoding, shared by the tests of this package; every test drops what it made. */
final class CaptureServer {
    static final String SLOT = "freshet_test";
    static final String PUBLICATION = "freshet test";
    static final Duration LIMIT = Duration.ofSeconds(20);

    private static final CaptureServer SHARED = new CaptureServer();

    private final Node node;
    private final Connections connections;

    private CaptureServer() {
        try {
            // Stops when the JVM ends.
            EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical")
                    .setServerConfig("max_prepared_transactions", "20").setServerConfig("max_replication_slots", "4")
                    .setServerConfig("max_wal_senders", "4").start();
            node = new Node(Node.COORDINATOR_GROUP, "localhost", postgres.getPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections = new Connections(ConnectionUrl.parse("postgresql://postgres@localhost:" + node.port() + "/postgres"));
    }

    static CaptureServer shared() {
        return SHARED;
    }

    Node node() {
        return node;
    }

    Connections connections() {
        return connections;
    }

    Connection connect() throws SQLException {
        return connections.coordinator();
    }

    CaptureSettings settings() {
        return CaptureSettings.of(PUBLICATION);
    }

    NodeCapture capture(CaptureSettings settings) {
        return capture(Way.STREAMING, settings);
    }

    /** How the server is read. */
    enum Way {
        STREAMING,
        POLLING
    }

    NodeCapture capture(Way way, CaptureSettings settings) {
        return switch (way) {
            case STREAMING -> new StreamingCapture(connections::openReplication, settings);
            // Short of memory, answers are short, too: transactions then come in several.
            case POLLING -> new PollingCapture(new PollingStarter(connections::session, settings.publication(),
                    Duration.ofMillis(50), new AnswerSizes((int) Math.min(1 << 20, settings.transactionMemory()))), settings);
        };
    }

    /** The position below which the slot does not send again. */
    Lsn confirmed() throws SQLException {
        try (Connection connection = connect()) {
            return Slots.require(NodeSession.of(connection), node, SLOT).confirmed();
        }
    }

    /** Ends the connection that reads the slot, as a lost network or a dying server would. */
    void terminateStream() throws SQLException {
        execute("SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE slot_name = '" + SLOT + "'",
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                        + " WHERE query LIKE '%pg_logical_slot_peek_binary_changes%' AND pid <> pg_backend_pid()");
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = connect()) {
            execute(connection, statements);
        }
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    String text(String query) throws SQLException {
        try (Connection connection = connect()) {
            return text(connection, query);
        }
    }

    /** A publication of the tables, and a slot, in this order: what a slot decodes, it sees with the catalog of its time. */
    void publish(String tables) throws SQLException {
        execute("CREATE PUBLICATION \"" + PUBLICATION + "\" FOR TABLE " + tables);
        try (Connection connection = connect()) {
            Slots.create(NodeSession.of(connection), node, SLOT);
        }
    }

    PgSnapshot snapshot() throws SQLException {
        return PgSnapshot.parse(text("SELECT pg_current_snapshot()"));
    }

    /** An epoch's view of the node: one snapshot, and a barrier that was written after it. */
    Anchor anchor() throws SQLException {
        Connection connection = connect();
        execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ");
        PgSnapshot snapshot = PgSnapshot.parse(text(connection, "SELECT pg_current_snapshot()"));
        String token = UUID.randomUUID().toString();
        text(connection, "SELECT pg_logical_emit_message(false, 'freshet', '" + token + "', true)");
        return new Anchor(connection, snapshot, token);
    }

    /** See {@link #anchor}. */
    record Anchor(Connection connection, PgSnapshot snapshot, String token) implements AutoCloseable {
        Tuples content(String query) throws SQLException, IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            connection.unwrap(PGConnection.class).getCopyAPI()
                    .copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)", bytes);
            return Tuples.ofCopy(bytes.toByteArray());
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /** Drops slot, publication, prepared transactions and everything in schema public. */
    void reset() throws SQLException {
        try (Connection connection = connect()) {
            try (Statement statement = connection.createStatement();
                    ResultSet gids = statement.executeQuery("SELECT gid FROM pg_prepared_xacts")) {
                while (gids.next()) {
                    execute(connection, "ROLLBACK PREPARED '" + gids.getString(1) + "'");
                }
            }
            terminateStream();
            Slots.drop(NodeSession.of(connection), SLOT);
            execute(connection, "DROP PUBLICATION IF EXISTS \"" + PUBLICATION + "\"", "DROP SCHEMA public CASCADE",
                    "CREATE SCHEMA public", "DROP SCHEMA IF EXISTS pgtrickle_changes CASCADE");
        }
    }
}
