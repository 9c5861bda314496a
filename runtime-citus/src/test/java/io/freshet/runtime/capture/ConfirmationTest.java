package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How far the slot is confirmed, and what a new connection starts with. */
class ConfirmationTest {
    private static final TableName T = new TableName("public", "t");

    private final CaptureServer server = CaptureServer.shared();
    private NodeCapture capture;

    CaptureServer.Way way() {
        return CaptureServer.Way.STREAMING;
    }

    @BeforeEach
    void start() throws SQLException, CaptureBrokenException {
        server.execute("CREATE TABLE t (id int)", "ALTER TABLE t REPLICA IDENTITY FULL", "CREATE TABLE other (id int)");
        server.publish("t");
        CaptureSettings settings = server.settings();
        capture = server.capture(way(),
                new CaptureSettings(settings.publication(), settings.transactionMemory(), settings.totalMemory(),
                        settings.nettingMemory(), settings.spoolDirectory(), Duration.ofMillis(200)));
        capture.start(server.node(), CaptureServer.SLOT, server.snapshot());
    }

    @AfterEach
    void reset() throws SQLException {
        capture.close();
        server.reset();
    }

    private Lsn now() throws SQLException {
        return Lsn.parse(server.text("SELECT pg_current_wal_insert_lsn()"));
    }

    private void awaitConfirmed(Lsn least) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + CaptureServer.LIMIT.toNanos();
        while (server.confirmed().isBefore(least)) {
            assertThat(System.nanoTime()).as("confirmed %s, not yet %s", server.confirmed(), least).isLessThan(deadline);
            capture.awaitChanges(Duration.ofMillis(10));
        }
    }

    private NodeChanges epoch() throws Exception {
        try (CaptureServer.Anchor anchor = server.anchor()) {
            Lsn barrier = capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            NodeChanges changes = capture.take(server.node(), anchor.snapshot());
            capture.committed(server.node(), anchor.snapshot(), barrier);
            return changes;
        }
    }

    private void barrier() throws Exception {
        try (CaptureServer.Anchor anchor = server.anchor()) {
            capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
        }
    }

    @Test
    void anIdleSlotAdvances() throws Exception {
        server.execute("INSERT INTO other SELECT generate_series(1, 1000)", "BEGIN", "INSERT INTO other VALUES (1)",
                "PREPARE TRANSACTION 'x'", "COMMIT PREPARED 'x'");
        awaitConfirmed(now());
    }

    @Test
    void aTransactionThatNoEpochTookHoldsTheSlot() throws Exception {
        Lsn before = now();
        server.execute("INSERT INTO t VALUES (1)");
        Lsn after = now();
        server.execute("INSERT INTO other SELECT generate_series(1, 1000)");
        barrier();
        awaitConfirmed(before);
        assertThat(server.confirmed()).isLessThan(after);
        assertThat(epoch().changes()).isEqualTo(1);
        awaitConfirmed(after);
    }

    @Test
    void aPreparedTransactionHoldsTheSlotAtItsPrepare() throws Exception {
        Lsn before = now();
        server.execute("BEGIN", "INSERT INTO t VALUES (1)", "PREPARE TRANSACTION 'x'");
        Lsn prepared = now();
        server.execute("INSERT INTO t VALUES (2)");
        assertThat(epoch().changes()).isEqualTo(1);
        awaitConfirmed(before);
        assertThat(server.confirmed()).isLessThan(prepared);
        server.execute("COMMIT PREPARED 'x'");
        barrier();
        assertThat(server.confirmed()).isLessThan(prepared);
        assertThat(epoch().changes()).isEqualTo(1);
        awaitConfirmed(prepared);
    }

    @Test
    void aRolledBackPreparedTransactionLetsTheSlotGo() throws Exception {
        server.execute("BEGIN", "INSERT INTO t VALUES (1)", "PREPARE TRANSACTION 'x'");
        barrier();
        server.execute("ROLLBACK PREPARED 'x'");
        awaitConfirmed(now());
        assertThat(epoch().isEmpty()).isTrue();
    }

    @Test
    void committedEpochsAreConfirmedAtOnce() throws Exception {
        server.execute("INSERT INTO t VALUES (1)");
        Lsn after = now();
        long start = System.nanoTime();
        epoch();
        awaitConfirmed(after);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aTransactionPreparedBeforeTheSlotWasMadeIsTakenWhole() throws Exception {
        capture.close();
        server.reset();
        server.execute("CREATE TABLE t (id int)", "ALTER TABLE t REPLICA IDENTITY FULL", "CREATE PUBLICATION \""
                + CaptureServer.PUBLICATION + "\" FOR TABLE t");
        server.execute("BEGIN", "INSERT INTO t VALUES (1)", "PREPARE TRANSACTION 'old'");
        PgSnapshot before = server.snapshot();
        // Making the slot waits for all transactions, prepared ones too: one that is prepared meanwhile is decoded at its commit.
        Thread creation = Thread.ofPlatform().start(() -> {
            try (var connection = server.connect()) {
                Slots.create(NodeSession.of(connection), server.node(), CaptureServer.SLOT);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        awaitWaiting(creation);
        server.execute("BEGIN", "INSERT INTO t VALUES (2)", "PREPARE TRANSACTION 'young'", "COMMIT PREPARED 'old'");
        awaitWaiting(creation);
        server.execute("BEGIN", "INSERT INTO t VALUES (3)", "PREPARE TRANSACTION 'youngest'", "COMMIT PREPARED 'young'");
        creation.join();
        capture = server.capture(way(), server.settings());
        capture.start(server.node(), CaptureServer.SLOT, before);
        assertThat(epoch().rows()).isEmpty();
        server.execute("COMMIT PREPARED 'youngest'");
        NodeChanges changes = epoch();
        assertThat(changes.rows().get(T).size()).isEqualTo(1);
    }

    private void awaitWaiting(Thread creation) throws SQLException {
        while (creation.isAlive()
                && server.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'").equals("0")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aBrokenStreamSaysSoAndStartsAnew() throws Exception {
        PgSnapshot stored = server.snapshot();
        server.execute("INSERT INTO t VALUES (1)");
        barrier();
        server.terminateStream();
        try (CaptureServer.Anchor anchor = server.anchor()) {
            assertThatThrownBy(() -> capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT))
                    .isInstanceOf(CaptureBrokenException.class);
            assertThatThrownBy(() -> capture.take(server.node(), anchor.snapshot())).isInstanceOf(CaptureBrokenException.class);
        }
        assertThat(capture.broken()).containsExactly(server.node());
        capture.start(server.node(), CaptureServer.SLOT, stored);
        assertThat(capture.broken()).isEmpty();
        assertThat(epoch().changes()).isEqualTo(1);
    }

    @Test
    void aBrokenStreamWakesTheEpoch() throws Exception {
        barrier();
        server.terminateStream();
        long start = System.nanoTime();
        assertThat(capture.awaitChanges(CaptureServer.LIMIT)).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CaptureServer.LIMIT);
        assertThat(capture.broken()).containsExactly(server.node());
    }

    @Test
    void aLostSlotIsNotTriedAgain() throws Exception {
        capture.stop(server.node());
        try (var connection = server.connect()) {
            Slots.drop(NodeSession.of(connection), CaptureServer.SLOT);
        }
        assertThatThrownBy(() -> capture.start(server.node(), CaptureServer.SLOT, server.snapshot()))
                .isInstanceOfSatisfying(FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLOT_LOST));
        assertThat(capture.broken()).containsExactly(server.node());
    }

    @Test
    void requestsReachTheListenerAtOnce() throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        capture.onRequest(content -> requests.add(new String(content, java.nio.charset.StandardCharsets.UTF_8)));
        String request = UUID.randomUUID().toString();
        server.execute("BEGIN", "SELECT pg_logical_emit_message(false, 'freshet.request', '" + request + "')", "ROLLBACK",
                "SELECT pg_logical_emit_message(false, 'flush', '', true)");
        assertThat(requests.poll(CaptureServer.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(request);
    }

    @Test
    void aServerThatDecodesForALongTimeIsWaitedFor() throws Exception {
        startBehind();
        capture.awaitBarrier(server.node(), "behind", Duration.ofMillis(50));
    }

    /** The server decodes for a while before the barrier "behind" shows. */
    private void startBehind() throws SQLException, CaptureBrokenException {
        capture.stop(server.node());
        server.execute("INSERT INTO other SELECT generate_series(1, 600000)",
                "SELECT pg_logical_emit_message(false, 'freshet', 'behind', true)");
        capture.start(server.node(), CaptureServer.SLOT, server.snapshot());
        while (server.text("SELECT active FROM pg_replication_slots WHERE slot_name = '" + CaptureServer.SLOT + "'")
                .equals("f")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aServerThatDecodesInVainIsNotWaitedFor() throws Exception {
        startBehind();
        capture.onStandstill(() -> Optional.of("a column was dropped"));
        assertThatThrownBy(() -> capture.awaitBarrier(server.node(), "behind", Duration.ofMillis(1)))
                .isInstanceOfSatisfying(CaptureBrokenException.class, e -> assertThat(e.node()).isEqualTo(server.node()))
                .hasMessageContaining("is not waited for any more: a column was dropped");
    }

    @Test
    void aServerThatDecodesIsNotWaitedForWhenAnotherStreamHasEnded() throws Exception {
        Node lost = new Node(7, server.node().host(), server.node().port());
        assertThatThrownBy(() -> capture.start(lost, "lost", server.snapshot())).isInstanceOf(FreshetException.class);
        startBehind();
        assertThatThrownBy(() -> capture.awaitBarrier(server.node(), "behind", Duration.ofMillis(1)))
                .isInstanceOfSatisfying(CaptureBrokenException.class, e -> assertThat(e.node()).isEqualTo(lost));
        assertThat(capture.broken()).containsExactly(lost);
    }

    @Test
    void aBarrierThatDoesNotComeIsAnError() {
        assertThatThrownBy(() -> capture.awaitBarrier(server.node(), "never", Duration.ofMillis(10)))
                .isInstanceOf(CaptureBrokenException.class).hasMessageContaining("nor anything else for 10 ms");
    }
}
