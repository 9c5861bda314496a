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
    private static final String TALL_SUM = "SELECT kind, count(*) AS n, sum(v) AS total FROM tall GROUP BY kind";
    private static final String BOTH = "SELECT kind, count(*) AS n, sum(v) AS total"
            + " FROM (SELECT kind, v FROM tall UNION ALL SELECT kind, v FROM first) AS u GROUP BY kind";
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

    /** What the other node tells meanwhile is not kept: it only says that the stream table is to be refreshed. */
    @Test
    void whatIsRefreshedInFullKnowsThatItsSourceHasChangedMeanwhile() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("full")) {
            database.execute("CREATE TABLE wide (id int PRIMARY KEY, v int); ALTER TABLE wide REPLICA IDENTITY FULL;"
                    + " SET citus.shard_count = 8; SELECT create_distributed_table('wide', 'id');"
                    + " CREATE TABLE here (id int); ALTER TABLE here REPLICA IDENTITY FULL");
            StreamTables streamTables = new StreamTables(database);
            Server two = cluster.workers().get(1);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                streamTables.create("ranked", "SELECT id, rank() OVER (ORDER BY v, id) AS r FROM wide");
                streamTables.create("local", "SELECT id FROM here");
                assertThat(streamTables.mode("ranked")).startsWith("FULL");
                two.kill();
                Await.until("it waits", () -> status(database, "ranked").equals("WAITING"));
                database.execute(
                        "INSERT INTO wide SELECT g, g FROM generate_series(1, 40) g WHERE " + doesNotLieOn("wide", "g", two));
                database.execute("INSERT INTO here VALUES (1)");
                Await.until("an epoch has passed", () -> database.value("SELECT count(*) FROM local").equals("1"));
                two.restart();
                Await.until("it has its node again", () -> status(database, "ranked").equals("ACTIVE"));
                Await.until("it is refreshed by itself", () -> database.value("SELECT count(*) FROM ranked")
                        .equals(database.value("SELECT count(*) FROM wide")));
                assertThat(database.value("SELECT count(*) FROM ranked")).isNotEqualTo("0");
            }
        }
    }

    private static String status(Database database, String name) {
        return database.value("SELECT status FROM pgtrickle.pgt_status() WHERE name = 'public." + name + "'");
    }

    /**
     * What is held back is older than what is done to its source before it is written: in between somebody alters, empties or writes the source while no
     * daemon runs. A stream table over a held source and another one takes the latter's changes with the former's; one over a waiting stream table reads
     * that as it is.
     */
    @Test
    void whatIsDoneToAHeldSourceBeforeTheDaemonIsBackIsTakenUp() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("altered")) {
            Parts parts = new Parts(database);
            StreamTables streamTables = parts.streamTables();
            database.execute(
                    "CREATE TABLE tall (id int PRIMARY KEY, kind int NOT NULL, v int); ALTER TABLE tall REPLICA IDENTITY FULL;"
                            + " SET citus.shard_count = 8; SELECT create_distributed_table('tall', 'id', colocate_with => 'none');"
                            + " INSERT INTO tall SELECT g, g % 7, g FROM generate_series(1, 400) g");
            List<String> more = List.of("tall_sum", "of_both", "over_wide");
            try (PartWriters writers = PartWriters.start(database)) {
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    parts.createStreamTables();
                    streamTables.create("tall_sum", TALL_SUM);
                    streamTables.create("of_both", BOTH);
                    streamTables.create("over_wide", "SELECT kind, n FROM wide_sum WHERE kind < 4");
                    parts.verify(Parts.all());
                    parts.verify(more);
                    parts.two().kill();
                    Await.until("those wait that need the second worker",
                            () -> parts.withStatus("WAITING").size() == Parts.withTwo().size() + 2);
                    assertThat(parts.withStatus("WAITING")).contains("tall_sum", "of_both").doesNotContain("over_wide");
                    for (String id : database
                            .rows("SELECT g FROM generate_series(1, 60) g WHERE " + doesNotLieOn("tall", "g", parts.two()))) {
                        database.execute("UPDATE tall SET v = v + 1000 WHERE id = " + id);
                    }
                    writers.awaitMore("wide", 5);
                    writers.awaitMore("first", 20);
                    Await.until("changes are held", () -> database
                            .rows("SELECT DISTINCT source_table FROM pgtrickle.pgt_held_changes")
                            .containsAll(List.of("tall", "wide")));
                    List<String> ofBoth = database.rows("SELECT * FROM of_both ORDER BY 1");
                    database.execute("TRUNCATE here; ALTER TABLE here ADD COLUMN extra int DEFAULT 5");
                    writers.awaitMore("here", 20);
                    parts.verify(Parts.withoutTwo());
                    parts.verify(List.of("over_wide"));
                    assertThat(database.rows("SELECT * FROM of_both ORDER BY 1")).isEqualTo(ofBoth);
                    daemon.kill();
                }
                parts.two().restart();
                // sum(smallint) is the bigint that sum(int) is: the stream table's own tables stay, what is held has another type.
                database.execute("ALTER TABLE tall ALTER COLUMN v TYPE smallint");
                database.execute("DELETE FROM tall WHERE id % 3 = 0");
                database.execute("ALTER TABLE wide ADD COLUMN extra int DEFAULT 7");
                database.execute("TRUNCATE second");
                writers.awaitMore("second", 20);
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    Await.until("all are well again",
                            () -> parts.withStatus("ACTIVE").size() == Parts.all().size() + more.size());
                    parts.verify(Parts.all());
                    parts.verify(more);
                    writers.stop();
                    parts.compareAll();
                    assertThat(database.rows("SELECT * FROM tall_sum ORDER BY 1"))
                            .isEqualTo(database.rows(TALL_SUM + " ORDER BY 1"));
                    assertThat(database.rows("SELECT * FROM of_both ORDER BY 1"))
                            .isEqualTo(database.rows(BOTH + " ORDER BY 1"));
                }
            }
        }
    }

    /** A source was altered while no daemon ran, and its change table cannot follow while a worker is down. */
    @Test
    void anAlteredSourceThatCannotBeFollowedStopsNoOther() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("unfollowed")) {
            Parts parts = new Parts(database);
            database.execute(
                    "CREATE TABLE third (id int PRIMARY KEY, kind int NOT NULL, v int); ALTER TABLE third REPLICA IDENTITY FULL");
            parts.place("third", cluster.workers().get(0));
            database.execute("INSERT INTO third SELECT g, g % 7, g FROM generate_series(1, 100) g");
            try (PartWriters writers = PartWriters.start(database)) {
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    parts.createStreamTables();
                    parts.streamTables().create("third_sum", "SELECT kind, sum(v) AS total FROM third GROUP BY kind");
                }
                database.execute("ALTER TABLE third ALTER COLUMN v TYPE smallint");
                parts.two().kill();
                try (DaemonProcess daemon = DaemonProcess.start(database)) {
                    theOthersGoOn(database, parts, writers);
                    Await.until("that one says what it waits for", () -> parts.streamTables().errors().stream()
                            .anyMatch(e -> e.startsWith("public.third_sum|FAILING|") && e.contains("its tables cannot follow")));
                    parts.two().restart();
                    Await.until("all are well again", () -> parts.withStatus("ACTIVE").size() == Parts.all().size() + 1);
                    parts.verify(Parts.all());
                    parts.verify(List.of("third_sum"));
                    writers.stop();
                    parts.compareAll();
                }
            }
        }
    }

    private static String held(Database database) {
        return database.value("SELECT count(*) FROM pgtrickle.pgt_held_changes");
    }

    /** Those of these ids that do not lie on {@code down}. */
    private static void insert(Database database, Server down, int from, int to) {
        database.execute("INSERT INTO big SELECT g, g FROM generate_series(" + from + ", " + to + ") g WHERE "
                + doesNotLieOn("big", "g", down));
    }

    private static String doesNotLieOn(String table, String id, Server down) {
        return "get_shard_id_for_distribution_column('" + table + "', " + id
                + ") IN (SELECT shardid FROM pg_dist_shard_placement WHERE nodeport <> " + down.port() + ")";
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
