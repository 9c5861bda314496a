package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What cannot be followed is filled again, with the reason; and nothing else is. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplacedShardsIT {
    private static final String TOTALS = "SELECT b, count(*) AS n, sum(c) AS s FROM t GROUP BY b";
    private static final String ROWS = "SELECT a, b, c FROM t WHERE b <> 3";
    /** Of {@code t}: by groups, distributed as it is, and by another column. */
    private static final List<String> READERS = List.of("totals", "beside", "elsewhere");

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
        }
    }

    @Test
    void aSourceGetsAnotherNumberOfShards() {
        try (DaemonProcess daemon = DaemonProcess.start(database); TableWriters writers = startWriters()) {
            createStreamTables();
            replaceAndVerify(writers, "SELECT alter_distributed_table('t', shard_count => 6, cascade_to_colocated => true)");
            replaceAndVerify(writers, "SELECT alter_distributed_table('t', shard_count => 8, cascade_to_colocated => false)");
            // The stream table that was made to lie beside its source does so again.
            assertThat(database.value("SELECT count(DISTINCT colocationid) FROM pg_dist_partition"
                    + " WHERE logicalrelid IN ('t'::regclass, 'beside'::regclass)")).isEqualTo("1");
            daemon.kill();
            writers.awaitMore();
            try (DaemonProcess another = DaemonProcess.start(database)) {
                writers.awaitMore();
                writers.stop();
                assertRight();
            }
        }
    }

    @Test
    void aSourceIsDistributedByAnotherColumnAndUndistributed() {
        try (DaemonProcess daemon = DaemonProcess.start(database); TableWriters writers = startWriters()) {
            createStreamTables();
            replaceAndVerify(writers,
                    "SELECT alter_distributed_table('t', distribution_column => 'b', cascade_to_colocated => false)");
            replaceAndVerify(writers, "SELECT undistribute_table('t')");
            replaceAndVerify(writers, "SELECT create_distributed_table('t', 'a', colocate_with => 'none')");
            writers.stop();
            assertRight();
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
        streamTables.create("elsewhere", ROWS, "output_distribution_column => 'b'");
        streamTables.create("others", "SELECT a FROM other");
        assertThat(fills("totals")).isEqualTo("1|null");
    }

    private TableWriters startWriters() {
        TableWriters writers = TableWriters.start(database, List.of(ReplacedShardsIT::write, ReplacedShardsIT::write,
                random -> List.of("INSERT INTO other VALUES (" + random.nextInt() + ") ON CONFLICT DO NOTHING")),
                TableWriters.LOST_NODES);
        writers.awaitMore();
        return writers;
    }

    /** A transaction that is right however {@code t} is distributed: it updates no key. */
    private static List<String> write(Random random) {
        int a = random.nextInt(150);
        return switch (random.nextInt(4)) {
            case 0 -> List.of("DELETE FROM t WHERE a = " + a);
            case 1 -> List.of("UPDATE t SET c = c + 1 WHERE a % 30 = " + a % 30);
            default -> List.of("INSERT INTO t VALUES (%1$d, %2$d, %1$d) ON CONFLICT (a, b) DO UPDATE SET c = t.c + 1".formatted(a,
                    random.nextInt(5)));
        };
    }

    /** Does it while others write. What reads the source is filled again, for that reason, and right while they go on. */
    private void replaceAndVerify(TableWriters writers, String sql) {
        writers.awaitMore();
        Map<String, Fill> before = READERS.stream().collect(Collectors.toMap(Function.identity(), this::lastFill));
        Operation.perform(database, sql);
        for (String name : READERS) {
            Await.until(name + " is filled again", () -> lastFill(name).isAfter(before.get(name)));
            assertThat(lastFill(name).reason()).as(sql).startsWith("public.t has been replaced");
        }
        writers.awaitMore();
        for (String name : READERS) {
            assertThat(streamTables.verify(name).differingRows()).as(name + " after " + sql).isZero();
        }
        assertThat(fills("others")).isEqualTo("1|null");
    }

    /** @param askedAt when it was decided, for the reason */
    private record Fill(int times, String askedAt, String reason) {
        boolean isAfter(Fill other) {
            return times > other.times && !askedAt.equals(other.askedAt);
        }
    }

    private Fill lastFill(String name) {
        String[] row = database.value("SELECT full_refreshes, rebuild_asked_at, rebuild_reason FROM pgtrickle.pgt_stream_tables"
                + " WHERE table_name = '" + name + "'").split("\\|");
        return new Fill(Integer.parseInt(row[0]), row[1], row[2]);
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
        READERS.forEach(streamTables::refresh);
        assertThat(sorted("SELECT b, n, s FROM totals")).isEqualTo(sorted(TOTALS));
        assertThat(sorted("SELECT a, b, c FROM beside")).isEqualTo(sorted(ROWS));
        assertThat(sorted("SELECT a, b, c FROM elsewhere")).isEqualTo(sorted(ROWS));
        for (String name : READERS) {
            assertThat(streamTables.verify(name).differingRows()).as(name).isZero();
        }
        assertThat(streamTables.errors()).isEmpty();
        assertThat(fills("others")).isEqualTo("1|null");
    }

    private List<String> sorted(String query) {
        return database.rows(query).stream().sorted().toList();
    }
}
