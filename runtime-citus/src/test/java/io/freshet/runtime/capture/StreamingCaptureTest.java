package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.catalog.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamingCaptureTest {
    private static final TableName T = new TableName("public", "t");
    private final CaptureServer server = CaptureServer.shared();
    private NodeCapture capture;
    private final Tuples taken = new Tuples();

    CaptureServer.Way way() {
        return CaptureServer.Way.STREAMING;
    }

    @BeforeEach
    void createTable() throws SQLException, CaptureBrokenException {
        server.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "ALTER TABLE t REPLICA IDENTITY FULL");
        server.publish("t");
        capture = server.capture(way(), server.settings());
        capture.start(server.node(), CaptureServer.SLOT, server.snapshot());
    }

    @AfterEach
    void reset() throws SQLException {
        capture.close();
        server.reset();
    }

    /** One committed epoch: its changes are added to what was taken before, and the sum must be the table. */
    private NodeChanges epoch() throws Exception {
        try (CaptureServer.Anchor anchor = server.anchor()) {
            Lsn barrier = capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            NodeChanges changes = capture.take(server.node(), anchor.snapshot());
            if (changes.rows().containsKey(T)) {
                taken.add(changes.rows().get(T));
            }
            assertThat(taken).isEqualTo(anchor.content("SELECT * FROM t"));
            capture.committed(server.node(), anchor.snapshot(), barrier);
            return changes;
        }
    }

    @Test
    void takesInsertsUpdatesAndDeletes() throws Exception {
        server.execute("INSERT INTO t SELECT g, 'a' || g FROM generate_series(1, 100) g");
        assertThat(epoch().changes()).isEqualTo(100);
        server.execute("UPDATE t SET v = NULL WHERE id <= 10", "DELETE FROM t WHERE id > 95");
        assertThat(epoch().transactions()).isEqualTo(2);
    }

    @Test
    void netsWhatCancelsOut() throws Exception {
        server.execute("INSERT INTO t VALUES (1, 'a')", "UPDATE t SET v = 'b'", "UPDATE t SET v = 'a'", "UPDATE t SET v = 'a'");
        NodeChanges changes = epoch();
        assertThat(changes.changes()).isEqualTo(3);
        assertThat(changes.rows().get(T).size()).isEqualTo(1);
        server.execute("DELETE FROM t", "INSERT INTO t VALUES (1, 'a')");
        assertThat(epoch().isEmpty()).isTrue();
    }

    @Test
    void waitsForWhatTheSnapshotDoesNotSee() throws Exception {
        try (Connection writer = server.connect()) {
            CaptureServer.execute(writer, "BEGIN", "INSERT INTO t VALUES (1, 'late')");
            server.execute("INSERT INTO t VALUES (2, 'early')");
            assertThat(epoch().transactions()).isEqualTo(1);
            CaptureServer.execute(writer, "COMMIT");
        }
        capture.awaitChanges(CaptureServer.LIMIT);
        assertThat(epoch().transactions()).isEqualTo(1);
        assertThat(epoch().isEmpty()).isTrue();
    }

    @Test
    void handsOutAgainWhatARolledBackEpochTook() throws Exception {
        server.execute("INSERT INTO t VALUES (1, 'a')");
        try (CaptureServer.Anchor anchor = server.anchor()) {
            capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            assertThat(capture.take(server.node(), anchor.snapshot()).changes()).isEqualTo(1);
        }
        server.execute("INSERT INTO t VALUES (2, 'b')");
        assertThat(epoch().changes()).isEqualTo(2);
    }

    @Test
    void holdsPreparedTransactionsUntilTheyCommit() throws Exception {
        server.execute("BEGIN", "INSERT INTO t VALUES (1, 'a')", "PREPARE TRANSACTION 'one'", //
                "BEGIN", "INSERT INTO t VALUES (2, 'b')", "PREPARE TRANSACTION 'two'");
        assertThat(epoch().isEmpty()).isTrue();
        assertThat(capture.status(server.node()).orElseThrow().prepared()).isEqualTo(2);
        server.execute("COMMIT PREPARED 'two'", "ROLLBACK PREPARED 'one'");
        assertThat(epoch().changes()).isEqualTo(1);
        assertThat(capture.status(server.node()).orElseThrow().prepared()).isZero();
    }

    @Test
    void forgetsRolledBackSavepoints() throws Exception {
        server.execute("BEGIN", "INSERT INTO t VALUES (1, 'a')", "SAVEPOINT s", "INSERT INTO t VALUES (2, 'b')",
                "ROLLBACK TO SAVEPOINT s", "SAVEPOINT r", "INSERT INTO t VALUES (3, 'c')", "COMMIT", //
                "BEGIN", "INSERT INTO t VALUES (4, 'd')", "ROLLBACK");
        assertThat(epoch().changes()).isEqualTo(2);
    }

    @Test
    void isNotWokenByTransactionsWithoutAChange() throws Exception {
        server.execute("CREATE TABLE other (id int)", "BEGIN", "INSERT INTO other VALUES (1)", "PREPARE TRANSACTION 'x'",
                "COMMIT PREPARED 'x'", "SELECT pg_logical_emit_message(true, 'else', 'x')");
        assertThat(epoch().isEmpty()).isTrue();
        assertThat(capture.awaitChanges(Duration.ofMillis(20))).isFalse();
    }
}
