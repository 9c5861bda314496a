package io.freshet.it.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A worker that stops holds up the stream tables that need it, and no others. */
class FailureIsolationIT {
    private static final String CONTENT = "SELECT 'wide', * FROM wide_sum UNION ALL SELECT 'second', * FROM second_sum ORDER BY 1, 2";
    private static final String PLACES = "SELECT name, epoch FROM pgtrickle.pgt_status() WHERE status = 'WAITING' ORDER BY 1";

    @Test
    void aStoppedWorkerHoldsUpOnlyWhatNeedsIt() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("isolation")) {
            Parts parts = new Parts(database);
            try (PartWriters writers = PartWriters.start(database)) {
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    parts.createStreamTables();
                    parts.verify(Parts.all());
                    parts.two().kill();
                    theOthersGoOn(database, parts, writers);
                    theWaitingSaySo(database, parts, daemon);
                    daemon.kill();
                }
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    theOthersGoOn(database, parts, writers);
                    parts.two().restart();
                    parts.awaitAllActive();
                    parts.verify(Parts.all());
                    writers.stop();
                    parts.compareAll();
                    assertThat(parts.rebuilt("-infinity")).isEmpty();
                }
            }
        }
    }

    @Test
    void whatIsHeldHasALimitBeyondWhichTheSourceIsReadInFull() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("held")) {
            database.execute("ALTER DATABASE \"" + database.name() + "\" SET pg_trickle.held_changes_limit = '1MB'");
            database.execute("CREATE TABLE big (id int PRIMARY KEY, v int); ALTER TABLE big REPLICA IDENTITY FULL;"
                    + " SET citus.shard_count = 8; SELECT create_distributed_table('big', 'id')");
            StreamTables streamTables = new StreamTables(database);
            Server two = cluster.workers().get(1);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                streamTables.create("big_sum", "SELECT id % 5 AS k, count(*) AS n, sum(v) AS total FROM big GROUP BY id % 5");
                two.kill();
                Await.until("the stream table waits",
                        () -> database.value("SELECT status FROM pgtrickle.pgt_status()").equals("WAITING"));
                insert(database, two, 1, 1_000);
                Await.until("changes are held", () -> !held(database).equals("0"));
                insert(database, two, 1_001, 200_000);
                Await.until("they are too many", () -> !database
                        .rows("SELECT FROM pgtrickle.pgt_status() WHERE rebuild_reason LIKE 'more than 1MB of changes%'")
                        .isEmpty());
                assertThat(held(database)).isEqualTo("0");
                insert(database, two, 200_001, 201_000);
                two.restart();
                Await.until("the stream table is well again",
                        () -> database.value("SELECT status FROM pgtrickle.pgt_status()").equals("ACTIVE"));
                assertThat(streamTables.verify("big_sum").differingRows()).isZero();
                assertThat(database.value("SELECT sum(n) FROM big_sum")).isEqualTo(database.value("SELECT count(*) FROM big"));
                database.execute("DELETE FROM big WHERE id % 2 = 0");
                assertThat(streamTables.verify("big_sum").differingRows()).isZero();
            }
        }
    }

    private static String held(Database database) {
        return database.value("SELECT count(*) FROM pgtrickle.pgt_held_changes");
    }

    /** Those of these ids that do not lie on {@code down}. */
    private static void insert(Database database, Server down, int from, int to) {
        database.execute("INSERT INTO big SELECT g, g FROM generate_series(" + from + ", " + to + ") g"
                + " WHERE get_shard_id_for_distribution_column('big', g) IN (SELECT shardid FROM pg_dist_shard_placement WHERE nodeport <> "
                + down.port() + ")");
    }

    private static void theOthersGoOn(Database database, Parts parts, PartWriters writers) {
        Await.until("those wait that need the second worker",
                () -> parts.withStatus("WAITING").size() == Parts.withTwo().size());
        assertThat(parts.withStatus("WAITING")).containsExactlyInAnyOrderElementsOf(Parts.withTwo());
        List<String> content = database.rows(CONTENT);
        List<String> places = database.rows(PLACES);
        StreamTables streamTables = parts.streamTables();
        for (int round = 0; round < 5; round++) {
            long epoch = streamTables.epoch();
            writers.awaitMore("first", 20);
            writers.awaitMore("here", 20);
            Await.until("epochs go on", () -> streamTables.epoch() > epoch + 2);
            parts.verify(Parts.withoutTwo());
        }
        String held = "SELECT count(*) FROM pgtrickle.pgt_held_changes WHERE source_table = 'wide'";
        writers.awaitMore("wide", 5);
        Await.until("changes of the first worker are held", () -> !database.value(held).equals("0"));
        assertThat(database.rows(CONTENT)).isEqualTo(content);
        assertThat(database.rows(PLACES)).isEqualTo(places).hasSize(Parts.withTwo().size());
    }

    private static void theWaitingSaySo(Database database, Parts parts, DaemonProcess daemon) {
        String node = "worker 127.0.0.1:" + parts.two().port();
        for (String name : Parts.withTwo()) {
            assertThat(database.value(
                    "SELECT waiting_since < clock_timestamp(), waiting_for FROM pgtrickle.pgt_status() WHERE name = 'public."
                            + name + "'"))
                    .startsWith("t|" + node + ": ");
            assertThatThrownBy(() -> parts.streamTables().refresh(name))
                    .hasMessageContaining("FR306: stream table public." + name).hasMessageContaining(node);
        }
        assertThat(
                database.rows("SELECT DISTINCT stream_table FROM pgtrickle.citus_status WHERE stream_table_status = 'WAITING'"))
                .hasSize(Parts.withTwo().size());
        Await.until("the worker is given up", () -> daemon.log().contains(node + " has not been read for 5 looks in a row"));
        Await.until("that is recorded and shown", () -> database
                .rows("SELECT severity FROM pgtrickle.health_check() WHERE detail LIKE '% waits at epoch %" + node + "%'")
                .equals(List.of("ERROR", "ERROR", "ERROR", "ERROR")));
        assertThat(
                database.value("SELECT failures >= 5 AND failing_since IS NOT NULL FROM pgtrickle.pgt_node_states WHERE port = "
                        + parts.two().port()))
                .isEqualTo("t");
        // What needs the worker is not created; what does not is, if Citus can make its tables.
        assertThatThrownBy(() -> parts.streamTables().create("late", "SELECT id FROM wide")).hasMessageContaining("FR306")
                .hasMessageContaining(node);
        assertThatThrownBy(
                () -> parts.streamTables().create("late", "SELECT id FROM first", "output_distribution_column => 'id'"))
                .hasMessageContaining("FR306").hasMessageContaining(node);
        parts.streamTables().create("late", "SELECT first.id FROM first");
        parts.verify(List.of("late"));
        parts.streamTables().drop("late");
    }
}
