package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What cannot be followed is filled again, with the reason; and nothing else is. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplacedShardsIT {
    private static final String TOTALS = "SELECT b, count(*) AS n, sum(c) AS s FROM t GROUP BY b";
    private static final String ROWS = "SELECT a, b, c FROM t WHERE b <> 3";

    private final Database database = Clusters.citus().createDatabase("replaced");
    private final StreamTables streamTables = new StreamTables(database);
    private int next = 1000;

    @BeforeEach
    void createSources() {
        database.execute(
                "SET citus.shard_count = 4; CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b)); CREATE TABLE other (a int PRIMARY KEY);"
                        + "ALTER TABLE t REPLICA IDENTITY FULL; ALTER TABLE other REPLICA IDENTITY FULL;"
                        + "SELECT create_distributed_table('t', 'a', colocate_with => 'none');"
                        + "SELECT create_distributed_table('other', 'a', colocate_with => 'none')");
        database.execute("INSERT INTO t SELECT i, i % 5, i FROM generate_series(1, 100) AS i");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void aShardIsSplitWhileNobodyReadsIt() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createStreamTables();
            change();
        }
        change();
        for (String shard : database.rows("SELECT shardid FROM pg_dist_shard WHERE logicalrelid = 't'::regclass")) {
            database.execute(
                    """
                    SELECT citus_split_shard_by_split_points(shardid, ARRAY[((shardminvalue::bigint + shardmaxvalue::bigint) / 2)::text],
                        ARRAY(SELECT nodeid FROM pg_dist_node WHERE groupid > 0 ORDER BY 1), 'block_writes')
                    FROM pg_dist_shard WHERE shardid = %s
                    """.formatted(
                            shard));
        }
        for (Server worker : database.cluster().workers()) {
            // Now the decoder can't know any more to which table the former shards belonged.
            database.on(worker).execute("VACUUM pg_dist_shard");
        }
        change();
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            assertFilledAgain("shards of public.t were split");
            assertRight();
            assertThat(fills("others")).isEqualTo("1|null");
        }
    }

    @Test
    void aSourceGetsAnotherNumberOfShards() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createStreamTables();
            change();
            database.execute("SELECT alter_distributed_table('t', shard_count => 6, cascade_to_colocated => true)");
            change();
            assertFilledAgain("public.t has been replaced");
            assertRight();
            database.execute("SELECT alter_distributed_table('t', shard_count => 8, cascade_to_colocated => false)");
            change();
            assertRight();
            // The stream table that was made to lie beside its source does so again.
            assertThat(database.value("SELECT count(DISTINCT colocationid) FROM pg_dist_partition"
                    + " WHERE logicalrelid IN ('t'::regclass, 'beside'::regclass)")).isEqualTo("1");
            assertThat(fills("others")).isEqualTo("1|null");
            daemon.kill();
        }
        change();
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            assertRight();
        }
    }

    @Test
    void aSourceIsDistributedByAnotherColumnAndUndistributed() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("totals", TOTALS);
            streamTables.create("others", "SELECT a FROM other");
            change();
            database.execute("SELECT alter_distributed_table('t', distribution_column => 'b', cascade_to_colocated => false)");
            change();
            assertFilledAgain("public.t has been replaced");
            assertRight("totals");
            database.execute("SELECT undistribute_table('t')");
            change();
            assertRight("totals");
            database.execute("SELECT create_distributed_table('t', 'a', colocate_with => 'none')");
            change();
            assertRight("totals");
            assertThat(fills("others")).isEqualTo("1|null");
        }
    }

    @Test
    void aPartitionIsMadeAndFilledInOneTransaction() {
        database.execute("CREATE TABLE parted (a int, day date) PARTITION BY RANGE (day);"
                + "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');"
                + "SELECT create_distributed_table('parted', 'a', colocate_with => 'none');"
                + "ALTER TABLE parted REPLICA IDENTITY FULL; ALTER TABLE parted_1 REPLICA IDENTITY FULL");
        String query = "SELECT day, count(*) AS n FROM parted GROUP BY day";
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("days", query);
            database.execute("INSERT INTO parted SELECT i, '2026-01-05' FROM generate_series(1, 50) AS i");
            database.execute("BEGIN; CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');"
                    + "ALTER TABLE parted_2 REPLICA IDENTITY FULL;"
                    + "INSERT INTO parted SELECT i, '2026-02-05' FROM generate_series(1, 50) AS i; COMMIT");
            streamTables.refresh("days");
            for (int i = 0; i < 3; i++) {
                database.execute("INSERT INTO parted SELECT i, '2026-02-07' FROM generate_series(1, 50) AS i");
                // By itself, as its schedule says: a refresh that is asked for would find it all.
                Await.until("the stream table follows", () -> database.rows("SELECT day, n FROM days ORDER BY 1")
                        .equals(database.rows(query + " ORDER BY 1")));
            }
        }
    }

    private void createStreamTables() {
        streamTables.create("totals", TOTALS);
        streamTables.create("beside", ROWS, "output_distribution_column => 'a'");
        streamTables.create("others", "SELECT a FROM other");
        assertThat(fills("totals")).isEqualTo("1|null");
    }

    /** Writes to every shard. */
    private void change() {
        database.execute("INSERT INTO t SELECT i, i %% 5, 1 FROM generate_series(%d, %d) AS i".formatted(next, next + 29));
        database.execute("UPDATE t SET c = c + 1 WHERE a <= 40; DELETE FROM t WHERE a % 50 = 7");
        database.execute("INSERT INTO other VALUES (" + next + ")");
        next += 30;
    }

    private String fills(String name) {
        return database.value(
                "SELECT full_refreshes, rebuild_reason FROM pgtrickle.pgt_stream_tables WHERE table_name = '" + name + "'");
    }

    private void assertFilledAgain(String reason) {
        Await.until("totals is filled again", () -> fills("totals").startsWith("2|"));
        assertThat(fills("totals")).startsWith("2|" + reason);
    }

    private void assertRight() {
        assertRight("totals", "beside");
        assertThat(sorted("SELECT a, b, c FROM beside")).isEqualTo(sorted(ROWS));
    }

    private void assertRight(String... names) {
        for (String name : names) {
            streamTables.refresh(name);
        }
        assertThat(sorted("SELECT b, n, s FROM totals")).isEqualTo(sorted(TOTALS));
        for (String name : names) {
            assertThat(streamTables.verify(name).differingRows()).as(name).isZero();
        }
        assertThat(streamTables.errors()).isEmpty();
    }

    private List<String> sorted(String query) {
        return database.rows(query).stream().sorted().toList();
    }
}
