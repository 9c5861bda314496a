package io.freshet.it.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import io.freshet.it.daemon.Writers;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * While one worker is down, another has nothing left that an epoch anchors: the co-location group of its shards has a part on the lost one. It runs
 * distributed transactions all the same, and the epochs that see their other parts see all of them or none.
 */
class AsideInitiatorIT {
    private static final int IDS = 20;
    private static final long SUM = 2L * IDS * 100;
    private static final int WRITERS = 2;
    private static final int EPOCHS = 25;

    @Test
    void whatAWorkerAsideHasRunIsSeenWhole() {
        run("streaming");
    }

    @Test
    void whatAWorkerAsideHasRunIsSeenWholeWhenWorkersArePolled() {
        run("polling");
    }

    private static void run(String capture) {
        try (Cluster cluster = Clusters.ownCitus(3, Map.of()); Database database = cluster.createDatabase("aside")) {
            database.captureBy(capture);
            Server one = cluster.workers().get(0);
            Server two = cluster.workers().get(1);
            Server three = cluster.workers().get(2);
            for (String table : List.of("wide", "first", "book")) {
                database.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, v int NOT NULL); ALTER TABLE " + table
                        + " REPLICA IDENTITY FULL; INSERT INTO " + table + " SELECT g, 100 FROM generate_series(1, " + IDS
                        + ") g");
            }
            distribute(database, "wide", two, three);
            distribute(database, "first", one);
            database.rows("SELECT citus_add_local_table_to_metadata('book')");
            String there = database.value("SELECT min(id) FROM generate_series(1, " + IDS
                    + ") id WHERE get_shard_id_for_distribution_column('wide', id)"
                    + " IN (SELECT shardid FROM pg_dist_shard_placement WHERE nodeport = " + three.port() + ")");
            StreamTables streamTables = new StreamTables(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                streamTables.create("in_first", "SELECT sum(v) AS total FROM first");
                streamTables.create("in_book", "SELECT sum(v) AS total FROM book");
                streamTables.create("in_wide", "SELECT sum(v) AS total FROM wide");
                two.kill();
                Await.until("what needs the lost worker waits", () -> status(database).equals(List.of("in_wide")));
                AtomicLong committed = new AtomicLong();
                try (Writers transfers = new Writers()) {
                    transfer(transfers, database.on(three), there, committed);
                    Set<String> epochs = new HashSet<>();
                    Await.until(EPOCHS + " epochs", () -> {
                        String[] state = database.value("SELECT (SELECT epoch FROM pgtrickle.pgt_anchor_local),"
                                + " (SELECT total FROM in_first) + (SELECT total FROM in_book), (SELECT total FROM in_book)")
                                .split("\\|");
                        assertThat(Long.parseLong(state[1])).as("epoch %s", state[0]).isEqualTo(SUM);
                        if (epochs.isEmpty() || !state[2].equals(Long.toString(SUM / 2))) {
                            epochs.add(state[0]);
                        }
                        return epochs.size() >= EPOCHS;
                    });
                    transfers.stop();
                    System.out.println("aside: " + committed.get() + " transfers, "
                            + database.value(
                                    "SELECT count(*) || ' epochs, ' || sum(torn_cuts) || ' torn cuts' FROM pgtrickle.pgt_epochs"));
                }
                assertThat(status(database)).containsExactly("in_wide");
                assertThat(daemon.log()).doesNotContain("a defect stopped");
                two.restart();
                Await.until("nothing waits", () -> status(database).isEmpty());
                for (String name : List.of("in_first", "in_book", "in_wide")) {
                    assertThat(streamTables.verify(name).differingRows()).as(name).isZero();
                }
                assertThat(database.value("SELECT total FROM in_wide")).isEqualTo(database.value("SELECT sum(v) FROM wide"));
                assertThat(streamTables.errors()).isEmpty();
            }
        }
    }

    private static List<String> status(Database database) {
        return database.rows("SELECT replace(name, 'public.', '') FROM pgtrickle.pgt_status() WHERE status <> 'ACTIVE'");
    }

    /** One shard on each of these workers. */
    private static void distribute(Database database, String table, Server... workers) {
        database.execute("SET citus.shard_count = " + workers.length + "; SELECT create_distributed_table('" + table
                + "', 'id', colocate_with => 'none')");
        List<String> shards = database
                .rows("SELECT shardid, nodeport FROM pg_dist_shard JOIN pg_dist_shard_placement USING (shardid)"
                        + " WHERE logicalrelid = '" + table + "'::regclass ORDER BY 1");
        for (int i = 0; i < workers.length; i++) {
            String[] shard = shards.get(i).split("\\|");
            if (!shard[1].equals(Integer.toString(workers[i].port()))) {
                database.rows("SELECT citus_move_shard_placement(" + shard[0] + ", '" + Server.HOST + "', " + shard[1] + ", '"
                        + Server.HOST
                        + "', " + workers[i].port() + ", 'block_writes')");
            }
        }
    }

    /** Amounts that go from the book to the first worker, run by another; each is written down on that one, too. */
    private static void transfer(Writers writers, Database.Session initiator, String there, AtomicLong committed) {
        for (int writer = 0; writer < WRITERS; writer++) {
            int offset = writer;
            writers.start(() -> {
                for (int turn = 0; !writers.areStopping(); turn++) {
                    int id = 1 + (turn * WRITERS + offset) % IDS;
                    initiator.execute("BEGIN; UPDATE book SET v = v - 1 WHERE id = " + id
                            + "; UPDATE first SET v = v + 1 WHERE id = " + id + "; UPDATE wide SET v = v + 1 WHERE id = " + there
                            + "; COMMIT");
                    committed.incrementAndGet();
                }
            });
        }
    }
}
