package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.runtime.capture.TransactionPart.Content;
import io.freshet.runtime.capture.TransactionPart.Fate;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a stream tells of the parts of distributed transactions. */
class DistributedPartsTest {
    private static final DistributedTransactionId ID = new DistributedTransactionId(3, 4711, 12);
    private static final String GID = "citus_3_4711_12_0";

    private final CaptureServer server = CaptureServer.shared();
    private NodeCapture capture;

    @BeforeEach
    void start() throws SQLException, CaptureBrokenException {
        server.execute("CREATE TABLE t (id int)", "ALTER TABLE t REPLICA IDENTITY FULL", "CREATE TABLE other (id int)");
        server.publish("t");
        restart();
    }

    private void restart() throws SQLException, CaptureBrokenException {
        if (capture != null) {
            capture.close();
        }
        CaptureSettings settings = server.settings();
        capture = server.capture(new CaptureSettings(settings.publication(), settings.transactionMemory(), settings.totalMemory(),
                settings.nettingMemory(), settings.spoolDirectory(), Duration.ofMillis(200)));
        capture.start(server.node(), CaptureServer.SLOT, server.snapshot());
    }

    @AfterEach
    void reset() throws SQLException {
        capture.close();
        server.reset();
    }

    private void prepare(String gid, String table) throws SQLException {
        server.execute("BEGIN", "INSERT INTO " + table + " VALUES (1)", "PREPARE TRANSACTION '" + gid + "'");
    }

    /** What an epoch finds now; it commits. */
    private NodeParts epoch() throws Exception {
        try (CaptureServer.Anchor anchor = server.anchor()) {
            Lsn barrier = capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            NodeParts parts = capture.parts(server.node(), barrier);
            capture.take(server.node(), anchor.snapshot());
            capture.committed(server.node(), anchor.snapshot(), barrier);
            return parts;
        }
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

    @Test
    void aPartIsKnownFromItsPrepareUntilAnEpochSeesIt() throws Exception {
        prepare(GID, "t");
        List<TransactionPart> prepared = epoch().parts();
        assertThat(prepared).hasSize(1);
        TransactionPart part = prepared.getFirst();
        assertThat(part).isEqualTo(new TransactionPart(ID, GID, part.xid(), Content.CHANGES, Fate.PREPARED));
        assertThat(server.snapshot().sees(part.xid())).isFalse();
        server.execute("COMMIT PREPARED '" + GID + "'");
        assertThat(server.snapshot().sees(part.xid())).isTrue();
        assertThat(epoch().parts()).containsExactly(part.committed());
        assertThat(epoch().parts()).isEmpty();
    }

    @Test
    void anEmptyPartIsKnownAndWakesNobody() throws Exception {
        prepare(GID, "other");
        NodeParts parts = epoch();
        assertThat(parts.parts()).hasSize(1).allMatch(p -> p.content() == Content.NOTHING && p.fate() == Fate.PREPARED);
        server.execute("COMMIT PREPARED '" + GID + "'");
        try (CaptureServer.Anchor anchor = server.anchor()) {
            capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
        }
        assertThat(capture.awaitChanges(Duration.ZERO)).isFalse();
        assertThat(epoch().parts()).hasSize(1).allMatch(p -> p.fate() == Fate.COMMITTED);
        assertThat(epoch().parts()).isEmpty();
    }

    /** As PostgreSQL 18 tells one that took locks and changed nothing. */
    @Test
    void anEmptyPartMayComeWithoutABeginning() throws Exception {
        PgSnapshot snapshot = PgSnapshot.parse("100:100:");
        PendingTransactions pending = new PendingTransactions(new Ingested(snapshot, new Lsn(1000), 100));
        StreamEvents nobody = new StreamEvents() {
            @Override
            public void changed() {
            }

            @Override
            public void broken() {
            }

            @Override
            public void requested(byte[] content) {
            }
        };
        try (ChangeStore store = new ChangeStore(server.settings())) {
            TransactionAssembler assembler = new TransactionAssembler(pending, store, new Layouts(), nobody);
            assembler.accept(new PgOutputMessage.Prepare(900, 950, 99, "citus_3_4711_11_0"));
            assembler.accept(new PgOutputMessage.Prepare(2000, 2100, 200, GID));
            assertThat(assembler.isOutside()).isTrue();
            assertThat(pending.parts(new Lsn(3000)).parts())
                    .containsExactly(new TransactionPart(ID, GID, 200, Content.NOTHING, Fate.PREPARED));
        }
    }

    @Test
    void aPartThatIsRolledBackIsNone() throws Exception {
        prepare(GID, "t");
        prepare("citus_3_4711_12_1", "other");
        assertThat(epoch().parts()).hasSize(2);
        server.execute("ROLLBACK PREPARED '" + GID + "'", "ROLLBACK PREPARED 'citus_3_4711_12_1'");
        assertThat(epoch().parts()).isEmpty();
    }

    @Test
    void aUsersOwnPreparedTransactionIsNoPart() throws Exception {
        prepare("citus", "t");
        prepare("mine_3_4711_12_0", "other");
        assertThat(epoch().parts()).isEmpty();
    }

    @Test
    void theNodesOwnTransactionsAreToldApart() throws Exception {
        prepare(GID, "t");
        String own = server.text("INSERT INTO t VALUES (1) RETURNING pg_current_xact_id()::text");
        server.execute("COMMIT PREPARED '" + GID + "'", "INSERT INTO other VALUES (1)");
        assertThat(epoch().own()).containsExactly((int) Long.parseLong(own));
        assertThat(epoch().own()).isEmpty();
    }

    @Test
    void whatCameAfterTheBarrierIsLeftOut() throws Exception {
        try (CaptureServer.Anchor first = server.anchor()) {
            Lsn barrier = capture.awaitBarrier(server.node(), first.token(), CaptureServer.LIMIT);
            prepare(GID, "t");
            prepare("citus_3_4711_12_1", "other");
            server.execute("INSERT INTO t VALUES (2)");
            try (CaptureServer.Anchor second = server.anchor()) {
                Lsn later = capture.awaitBarrier(server.node(), second.token(), CaptureServer.LIMIT);
                assertThat(capture.parts(server.node(), barrier)).isEqualTo(new NodeParts(List.of(), java.util.Set.of()));
                assertThat(capture.parts(server.node(), later).parts()).hasSize(2);
                assertThat(capture.parts(server.node(), later).own()).hasSize(1);
            }
        }
    }

    @Test
    void anEmptyPartHoldsTheSlotWhileItIsInDoubtSoThatARestartKnowsIt() throws Exception {
        prepare(GID, "other");
        Lsn prepared = now();
        server.execute("INSERT INTO t VALUES (1)");
        epoch();
        assertThat(server.confirmed()).isLessThan(prepared);
        restart();
        assertThat(epoch().parts()).hasSize(1).allMatch(p -> p.gid().equals(GID) && p.fate() == Fate.PREPARED);
        server.execute("COMMIT PREPARED '" + GID + "'");
        awaitConfirmed(prepared);
    }

    @Test
    void anEmptyPartInDoubtStopsNothingWhenAStreamBegins() throws Exception {
        capture.stop(server.node());
        prepare(GID, "other");
        server.execute("INSERT INTO t VALUES (1)");
        capture.start(server.node(), CaptureServer.SLOT, PgSnapshot.parse("1:1:"));
        try (CaptureServer.Anchor anchor = server.anchor()) {
            Lsn barrier = capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            assertThat(capture.take(server.node(), anchor.snapshot()).changes()).isEqualTo(1);
            capture.committed(server.node(), anchor.snapshot(), barrier);
        }
        server.execute("INSERT INTO t VALUES (2)");
        assertThat(epoch().own()).hasSize(1);
    }

    @Test
    void manyEmptyPartsNeitherFillTheMemoryNorHoldTheSlot() {
        DistributedParts parts = new DistributedParts();
        ChangeStore store = new ChangeStore(server.settings());
        int many = DistributedParts.FINISHED_KEPT + 10;
        for (int xid = 1; xid <= many; xid++) {
            parts.prepared(new Transaction(xid, xid, store.newLog()), "citus_0_1_" + xid + "_0");
            parts.committed(xid);
        }
        Lsn end = new Lsn(many + 1);
        assertThat(parts.before(end)).hasSize(DistributedParts.FINISHED_KEPT).noneMatch(p -> p.xid() <= 10);
        assertThat(parts.confirmable(many + 1)).isEqualTo(many + 1);
        store.close();
    }

    @Test
    void anEmptyPartThatStaysInDoubtLetsTheSlotGoAtLast() {
        DistributedParts parts = new DistributedParts();
        ChangeStore store = new ChangeStore(server.settings());
        parts.prepared(new Transaction(1, 100, store.newLog()), GID);
        assertThat(parts.confirmable(100 + DistributedParts.HELD_BYTES)).isEqualTo(100);
        long later = 101 + DistributedParts.HELD_BYTES;
        assertThat(parts.confirmable(later)).isEqualTo(later);
        parts.prepared(new Transaction(2, later - 1, store.newLog()), GID);
        assertThat(parts.confirmable(later)).isEqualTo(later - 1);
        store.close();
    }

    @Test
    void gidsOfCitusAreRead() {
        assertThat(DistributedTransactionId.ofGid("citus_0_4711_18446_2"))
                .contains(new DistributedTransactionId(0, 4711, 18446));
        assertThat(DistributedTransactionId.ofGid("citus_0_4711_18446")).isEmpty();
        assertThat(DistributedTransactionId.ofGid("citus_-1_4711_1_2")).isEmpty();
        assertThat(DistributedTransactionId.ofGid("Citus_0_4711_1_2")).isEmpty();
    }
}
