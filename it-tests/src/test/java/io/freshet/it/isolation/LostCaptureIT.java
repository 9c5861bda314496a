package io.freshet.it.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What breaks capture costs as little as it must: a broken stream goes on where it was, and only a lost slot has its readers filled again. */
class LostCaptureIT {
    private static final String SLOTS = " FROM pg_replication_slots WHERE slot_name LIKE 'freshet%'";

    @Test
    void onlyTheReadersOfALostSlotAreFilledAgain() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("lost")) {
            Parts parts = new Parts(database);
            Database.Session two = database.on(parts.two());
            try (PartWriters writers = PartWriters.start(database)) {
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    parts.createStreamTables();
                }
                writers.awaitMore("wide", 20);
                two.rows("SELECT pg_drop_replication_slot(slot_name)" + SLOTS);
                writers.awaitMore("second", 20);
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    onlyReadersOfTwoAreFilledAgain(database, parts, "-infinity", "does not exist");
                    String then = parts.now();
                    // Under the daemon's feet: its stream ends when the slot is taken away.
                    Await.until("the slot is dropped", () -> isDropped(two));
                    onlyReadersOfTwoAreFilledAgain(database, parts, then, "does not exist");
                }
                String then = parts.now();
                invalidate(two);
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    onlyReadersOfTwoAreFilledAgain(database, parts, then, "wal_removed");
                    writers.stop();
                    parts.compareAll();
                }
            }
        }
    }

    private static boolean isDropped(Database.Session node) {
        node.rows("SELECT pg_terminate_backend(active_pid)" + SLOTS + " AND active");
        try {
            return !node.rows("SELECT pg_drop_replication_slot(slot_name)" + SLOTS + " AND NOT active").isEmpty();
        } catch (Database.SqlFailure takenAgain) {
            return false;
        }
    }

    private static void invalidate(Database.Session node) {
        node.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
        node.execute("SELECT pg_reload_conf()");
        Await.until("the slot is invalidated", () -> {
            node.rows(
                    "SELECT count(pg_logical_emit_message(false, 'ballast', repeat('x', 1000000))) FROM generate_series(1, 20)");
            node.rows("SELECT pg_switch_wal()");
            node.execute("CHECKPOINT");
            return node.value("SELECT invalidation_reason IS NOT NULL" + SLOTS).equals("t");
        });
        node.execute("ALTER SYSTEM RESET max_slot_wal_keep_size");
        node.execute("SELECT pg_reload_conf()");
    }

    private static void onlyReadersOfTwoAreFilledAgain(Database database, Parts parts, String since, String reason) {
        Await.until("the readers of the second worker are marked", () -> parts.rebuilt(since).size() >= Parts.withTwo().size());
        parts.awaitAllActive();
        parts.verify(Parts.all());
        assertThat(parts.rebuilt(since)).containsExactlyInAnyOrderElementsOf(Parts.withTwo());
        assertThat(database
                .rows("SELECT DISTINCT rebuild_reason FROM pgtrickle.pgt_status() WHERE rebuild_asked_at > '" + since + "'"))
                .singleElement().asString().startsWith("worker 127.0.0.1:" + parts.two().port() + ": slot ").contains(reason);
    }

    /** Its rows are older than the others', and so are Freshet's own there: anchors, change tables, stream tables. */
    @Test
    void aWorkerThatComesBackFromABackupIsReadAsItIs() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("restored")) {
            Parts parts = new Parts(database);
            try (PartWriters writers = PartWriters.start(database)) {
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    parts.createStreamTables();
                    parts.two().save();
                    parts.awaitAllActive();
                    assertThat(parts.rebuilt("-infinity")).isEmpty();
                    comesBack(database, parts, writers, "-infinity");
                    parts.two().save();
                    parts.awaitAllActive();
                }
                String then = parts.now();
                writers.awaitMore("second", 20);
                parts.two().restore();
                writers.awaitMore("second", 20);
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    onlyReadersOfTwoAreFilledAgain(database, parts, then, "does not exist");
                    writers.stop();
                    parts.compareAll();
                }
            }
        }
    }

    private static void comesBack(Database database, Parts parts, PartWriters writers, String since) {
        awaitEpochs(parts, writers);
        parts.two().restore();
        onlyReadersOfTwoAreFilledAgain(database, parts, since, "does not exist");
        awaitEpochs(parts, writers);
        parts.verify(Parts.all());
    }

    @Test
    void aBrokenStreamGoesOnWhereItWas() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("broken")) {
            Parts parts = new Parts(database);
            try (PartWriters writers = PartWriters.start(database); DaemonProcess daemon = DaemonProcess.start(database)) {
                parts.createStreamTables();
                for (Server server : cluster.servers()) {
                    terminateWalsender(database.on(server));
                    awaitEpochs(parts, writers);
                    parts.verify(Parts.all());
                }
                inDoubt(database, parts, writers);
                cluster.coordinator().kill();
                cluster.coordinator().restart();
                awaitEpochs(parts, writers);
                parts.verify(Parts.all());
                writers.stop();
                parts.compareAll();
                assertThat(parts.rebuilt("-infinity")).isEmpty();
            }
        }
    }

    private static void terminateWalsender(Database.Session node) {
        String read = "SELECT active_pid" + SLOTS + " AND active";
        String walsender = node.value(read);
        node.rows("SELECT pg_terminate_backend(" + walsender + ")");
        Await.until("the slot is read again", () -> {
            List<String> now = node.rows(read);
            return now.size() == 1 && !now.getFirst().equals(walsender);
        });
    }

    /** A transaction that is prepared on a worker is not in any cut until it is committed, and is not lost by then. */
    private static void inDoubt(Database database, Parts parts, PartWriters writers) {
        Database.Session two = database.on(parts.two());
        String shard = two.value("SELECT 'second_' || shardid FROM pg_dist_shard WHERE logicalrelid = 'second'::regclass");
        two.execute("SET citus.enable_manual_changes_to_shards = on; BEGIN; INSERT INTO " + shard
                + " VALUES (-1, 5, 7); PREPARE TRANSACTION 'in_doubt'");
        awaitEpochs(parts, writers);
        parts.verify(Parts.all());
        parts.two().kill();
        parts.two().restart();
        parts.awaitAllActive();
        awaitEpochs(parts, writers);
        parts.verify(Parts.all());
        String seen = "SELECT count(*) FROM second_rows WHERE id = -1";
        assertThat(database.value(seen)).isEqualTo("0");
        assertThat(two.value("SELECT confirmed_flush_lsn < pg_current_wal_lsn()" + SLOTS)).isEqualTo("t");
        two.execute("COMMIT PREPARED 'in_doubt'");
        Await.until("the transaction is followed", () -> database.value(seen).equals("1"));
        parts.verify(Parts.withTwo());
    }

    private static void awaitEpochs(Parts parts, PartWriters writers) {
        for (String source : Parts.SOURCES) {
            long epoch = parts.streamTables().epoch();
            writers.awaitMore(source, 5);
            Await.until("an epoch after " + epoch, () -> parts.streamTables().epoch() > epoch + 1);
        }
    }
}
