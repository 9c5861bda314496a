package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import io.freshet.it.daemon.Writers;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Sources that come into being in ways that Citus's decoder stumbles over. It asks once per shard and connection which table the shard belongs
 * to, and remembers the answer: also "none", which is what it finds in a transaction that creates the table and writes to it.
 */
class NewTableIT {
    private static final String QUERY = "SELECT b, count(*) AS n, sum(a) AS s FROM t GROUP BY b";

    private final Database database = Clusters.citus().createDatabase("newtable");
    private final StreamTables streamTables = new StreamTables(database);

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void oneThatIsCreatedDistributedAndFilledInOneTransaction() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            // Streams begin with the first stream table's source at the latest.
            database.execute("CREATE TABLE other (a int PRIMARY KEY); ALTER TABLE other REPLICA IDENTITY FULL;"
                    + "SELECT create_distributed_table('other', 'a')");
            streamTables.create("others", "SELECT a FROM other");
            createInOneTransaction("t", "SELECT create_distributed_table('t', 'a')");
            streamTables.create("st", QUERY);
            streamTables.create("beside", "SELECT a, b FROM t", "output_distribution_column => 'a'");
            follows("st", "beside", "others");
            daemon.kill();
        }
        database.execute("INSERT INTO t SELECT i, 7 FROM generate_series(1001, 1050) AS i");
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            follows("st", "beside", "others");
        }
    }

    @Test
    void oneThatHadDataWhenItWasDistributed() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createInOneTransaction("t", "SELECT 1");
            database.execute("SELECT create_distributed_table('t', 'a')");
            streamTables.create("st", QUERY);
            streamTables.create("beside", "SELECT a, b FROM t", "output_distribution_column => 'a'");
            follows("st", "beside");
        }
    }

    /** Citus copies it while others write, by a split of its own. */
    @Test
    void oneThatIsDistributedWhileOthersWrite() {
        Operation.allowCitusToCopyByItsDecoder(database);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createInOneTransaction("t", "SELECT 1");
            // Without this the copy ends at an UPDATE: see limits.md on splits that do not block.
            database.execute("ALTER TABLE t REPLICA IDENTITY DEFAULT");
            try (Writers writers = new Writers()) {
                AtomicLong written = new AtomicLong();
                writers.start(() -> write(writers, written));
                awaitMore(written, writers);
                database.rows("SELECT create_distributed_table_concurrently('t', 'a')");
                database.execute("ALTER TABLE t REPLICA IDENTITY FULL");
                streamTables.create("st", QUERY);
                streamTables.create("beside", "SELECT a, b FROM t", "output_distribution_column => 'a'");
                awaitMore(written, writers);
                writers.stop();
            }
            follows("st", "beside");
        }
    }

    @Test
    void oneWithANeighbourThatIsNamedLikeAShard() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createInOneTransaction("t", "SELECT create_distributed_table('t', 'a')");
            String lookalike = "neighbour_"
                    + database.value("SELECT min(shardid) FROM pg_dist_shard WHERE logicalrelid = 't'::regclass");
            database.execute("CREATE TABLE " + lookalike + " (a int PRIMARY KEY, b int)");
            assertThatThrownBy(() -> streamTables.create("st", QUERY)).hasMessageContaining(lookalike)
                    .hasMessageContaining("named like a shard");
            database.execute("ALTER TABLE " + lookalike + " RENAME TO neighbour");
            Server worker = database.cluster().workers().getFirst();
            // A session of its own: what is set in it is gone afterwards.
            database.on(worker)
                    .execute("SET citus.enable_ddl_propagation = off; CREATE TABLE " + lookalike + " (a int PRIMARY KEY)");
            assertThatThrownBy(() -> streamTables.create("st", QUERY)).hasMessageContaining(lookalike)
                    .hasMessageContaining(":" + worker.port());
            database.on(worker).execute("SET citus.enable_ddl_propagation = off; DROP TABLE " + lookalike);
            streamTables.create("st", QUERY);
            database.execute("INSERT INTO neighbour VALUES (1, 1)");
            follows("st");
        }
    }

    /** The decoder would show its changes as those of the other table, which may be no source. */
    @Test
    void oneThatIsItselfNamedLikeAShard() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            // Of the same form: the decoder loses its way at another one.
            database.execute("CREATE TABLE other (a int PRIMARY KEY, b int); SELECT create_distributed_table('other', 'a')");
            String named = "events_"
                    + database.value("SELECT max(shardid) FROM pg_dist_shard WHERE logicalrelid = 'other'::regclass");
            createInOneTransaction(named, "SELECT 1");
            String query = "SELECT b, count(*) AS n FROM " + named + " GROUP BY b";
            assertThatThrownBy(() -> streamTables.create("st", query)).hasMessageContaining("table " + named)
                    .hasMessageContaining("named like a shard of other");
            database.execute("ALTER TABLE " + named + " RENAME TO t");
            streamTables.create("st", QUERY);
            follows("st");
        }
    }

    /** The decoder would show its changes as the source's, and epochs would take them. */
    @Test
    void oneThatIsLaterNamedLikeAShardOfASource() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createInOneTransaction("t", "SELECT create_distributed_table('t', 'a')");
            streamTables.create("st", QUERY);
            String lookalike = "events_"
                    + database.value("SELECT max(shardid) FROM pg_dist_shard WHERE logicalrelid = 't'::regclass");
            createInOneTransaction(lookalike, "SELECT 1");
            Await.until("it is told", () -> healthErrors()
                    .contains("table public." + lookalike + " is named like a shard of public.t"));
            database.execute("ALTER TABLE " + lookalike + " RENAME TO events");
            Await.until("the stream table goes on", () -> healthErrors().isEmpty());
            database.execute("INSERT INTO events VALUES (1000, 1)");
            follows("st");
        }
    }

    /** Nobody can find its name any more; but what it shows comes from a node that has no part of the source. */
    @Test
    void oneThatWasNamedLikeAShardWhileNobodyLooked() {
        createInOneTransaction("t", "SELECT create_distributed_table('t', 'a')");
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("st", QUERY);
            follows("st");
            daemon.kill();
        }
        String lookalike = "events_"
                + database.value("SELECT max(shardid) FROM pg_dist_shard WHERE logicalrelid = 't'::regclass");
        createInOneTransaction(lookalike, "SELECT 1");
        database.execute("DROP TABLE " + lookalike);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            follows("st");
            assertThat(database.value("SELECT rebuild_reason FROM pgtrickle.pgt_status()")).contains("named like one");
        }
    }

    @Test
    void oneThatIsLaterNamedLikeAShardOnAWorker() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createInOneTransaction("t", "SELECT create_distributed_table('t', 'a')");
            streamTables.create("st", QUERY);
            Server worker = database.cluster().workers().getFirst();
            // The decoder reads the number as C does.
            String lookalike = "events_0x"
                    + database.value("SELECT to_hex(max(shardid)) FROM pg_dist_shard WHERE logicalrelid = 't'::regclass");
            database.on(worker)
                    .execute("SET citus.enable_ddl_propagation = off; CREATE TABLE " + lookalike + " (a int PRIMARY KEY, b int)");
            Await.until("it is told",
                    () -> healthErrors().matches(".*table public\\." + lookalike + " on worker \\S+:" + worker.port()
                            + " is named like a shard of public\\.t.*"));
            database.on(worker).execute("SET citus.enable_ddl_propagation = off; ALTER TABLE " + lookalike + " RENAME TO events");
            Await.until("the stream table goes on", () -> healthErrors().isEmpty());
            database.on(worker).execute("INSERT INTO events VALUES (1000, 1)");
            follows("st");
        }
    }

    /** Citus names a shard of the schema public without its schema. */
    @Test
    void oneIsKnownFromItsShardsWhateverTheSearchPathIs() {
        createInOneTransaction("t", "SELECT create_distributed_table('t', 'a')");
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("st", QUERY);
            daemon.kill();
        }
        database.execute("ALTER DATABASE " + database.name() + " SET search_path = pg_catalog");
        database.execute("UPDATE public.t SET b = b + 1");
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            assertThat(streamTables.verify("public.st").differingRows()).isZero();
            assertThat(healthErrors()).isEmpty();
        }
    }

    /** It is a source already, and others go on to insert. */
    @Test
    void aLocalSourceThatIsDistributedWhileOthersInsert() {
        Operation.allowCitusToCopyByItsDecoder(database);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createInOneTransaction("t", "SELECT 1");
            streamTables.create("st", QUERY);
            try (Writers writers = new Writers()) {
                AtomicLong written = new AtomicLong();
                writers.start(() -> {
                    while (!writers.areStopping()) {
                        long next = written.get();
                        database.execute("INSERT INTO t VALUES (" + (10_000 + next) + ", " + next % 5 + ")");
                        written.incrementAndGet();
                    }
                });
                awaitMore(written, writers);
                database.rows("SELECT create_distributed_table_concurrently('t', 'a')");
                awaitMore(written, writers);
                writers.stop();
            }
            follows("st");
            assertThat(database.value("SELECT rebuild_reason FROM pgtrickle.pgt_status()"))
                    .contains("public.t");
        }
    }

    @Test
    void aLocalSourceThatBecomesAReferenceTableAndIsLocalAgain() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createInOneTransaction("t", "SELECT 1");
            streamTables.create("st", QUERY);
            follows("st");
            database.execute("SELECT create_reference_table('t')");
            follows("st");
            database.execute("SELECT undistribute_table('t')");
            follows("st");
        }
    }

    /** Rows above those of {@link #createInOneTransaction}: they come, change and go. */
    private void write(Writers writers, AtomicLong written) {
        for (int i = 0; !writers.areStopping(); i++) {
            int a = 200 + i % 100;
            database.execute("INSERT INTO t VALUES (%1$d, 3) ON CONFLICT (a) DO UPDATE SET b = t.b + 1".formatted(a));
            database.execute("DELETE FROM t WHERE a = %d".formatted(a - 50));
            written.incrementAndGet();
        }
    }

    private static void awaitMore(AtomicLong written, Writers writers) {
        long enough = written.get() + 20;
        Await.until("more rows are written", () -> written.get() >= enough || writers.anyEnded());
    }

    private String healthErrors() {
        return database
                .value("SELECT coalesce(string_agg(detail, '; '), '') FROM pgtrickle.health_check() WHERE severity = 'ERROR'");
    }

    private void createInOneTransaction(String table, String distribution) {
        database.execute("""
                         BEGIN;
                         CREATE TABLE %1$s (a int PRIMARY KEY, b int);
                         ALTER TABLE %1$s REPLICA IDENTITY FULL;
                         %2$s;
                         INSERT INTO %1$s SELECT i, i %% 5 FROM generate_series(1, 100) AS i;
                         COMMIT
                         """.formatted(table, distribution));
    }

    /** Writes to every shard, and finds it in the stream tables. */
    private void follows(String... names) {
        database.execute("INSERT INTO t SELECT i, 8 FROM generate_series(2001, 2050) AS i");
        database.execute("UPDATE t SET b = b + 1 WHERE a <= 40");
        database.execute("DELETE FROM t WHERE a BETWEEN 2001 AND 2050 OR a BETWEEN 50 AND 60");
        for (String name : names) {
            streamTables.refresh(name);
        }
        equal("st", QUERY);
        for (String name : names) {
            assertThat(streamTables.verify(name).differingRows()).as(name).isZero();
        }
        assertThat(streamTables.errors()).isEmpty();
    }

    private void equal(String name, String query) {
        assertThat(database.rows("SELECT b, n, s FROM " + name + " ORDER BY 1")).isEqualTo(database.rows(query + " ORDER BY 1"));
    }
}
