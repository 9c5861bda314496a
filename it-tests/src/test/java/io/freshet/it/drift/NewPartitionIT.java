package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Partitions that sources on Citus get: which of them may do without a fill, and which only look so. */
class NewPartitionIT {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::citus);

    private final Database database = DATABASE.get();
    private final StreamTables streamTables = new StreamTables(database);
    private final Readers readers = new Readers(database);

    /** What is empty when the streams have begun anew behind it needs no fill; what is not, or was a table of its own, does. */
    @Test
    void aNewPartitionThatIsEmptyIsFollowedAsItIs() {
        database.execute("""
                         CREATE TABLE daily (k int, day int, v int, PRIMARY KEY (k, day)) PARTITION BY RANGE (day);
                         CREATE TABLE daily_1 PARTITION OF daily FOR VALUES FROM (0) TO (10);
                         SELECT create_distributed_table('daily', 'k', colocate_with => 'none');
                         ALTER TABLE daily REPLICA IDENTITY FULL;
                         ALTER TABLE daily_1 REPLICA IDENTITY FULL;
                         """);
        List<String> names = List.of("daily_rows", "daily_days");
        try (DaemonProcess daemon = DaemonProcess.start(database);
                TableWriters writers = TableWriters.start(2, database, NewPartitionIT::writeDaily,
                        PartitionIT.WITHOUT_A_PARTITION)) {
            streamTables.create("daily_rows", "SELECT k, day, v FROM daily WHERE v > 1", "output_distribution_column => 'k'");
            streamTables.create("daily_days", "SELECT day, count(*) AS n, max(v) AS most FROM daily GROUP BY day");
            database.execute("BEGIN; CREATE TABLE daily_2 PARTITION OF daily FOR VALUES FROM (10) TO (20);"
                    + "ALTER TABLE daily_2 REPLICA IDENTITY FULL; COMMIT");
            awaitFollowed(3);
            readers.amongWriters(writers, names, "INSERT INTO daily SELECT i, 10 + i % 10, i FROM generate_series(1000, 1100) i");
            assertThat(fillsOfDaily()).isEqualTo(Clusters.arePolled() ? "2 2" : "1 1");
            database.execute("BEGIN; CREATE TABLE daily_3 PARTITION OF daily FOR VALUES FROM (20) TO (30);"
                    + "ALTER TABLE daily_3 REPLICA IDENTITY FULL; INSERT INTO daily SELECT i, 25, 9 FROM generate_series(1, 50) i; COMMIT");
            readers.amongWriters(writers, names, "DELETE FROM daily WHERE day = 25 AND k > 20");
            assertThat(fillsOfDaily()).isEqualTo(Clusters.arePolled() ? "3 3" : "2 2");
            database.execute("CREATE TABLE daily_4 (LIKE daily INCLUDING ALL); ALTER TABLE daily_4 REPLICA IDENTITY FULL;"
                    + "ALTER TABLE daily ATTACH PARTITION daily_4 FOR VALUES FROM (30) TO (40)");
            readers.amongWriters(writers, names, "INSERT INTO daily SELECT 2000 + i, 35, 4 FROM generate_series(1, 50) i");
            assertThat(fillsOfDaily()).isEqualTo(Clusters.arePolled() ? "4 4" : "3 3");
            daemon.kill();
            database.execute("CREATE TABLE daily_5 PARTITION OF daily FOR VALUES FROM (40) TO (50);"
                    + "ALTER TABLE daily_5 REPLICA IDENTITY FULL");
            try (DaemonProcess next = DaemonProcess.start(database)) {
                readers.amongWriters(writers, names, "INSERT INTO daily SELECT 2000 + i, 45, 4 FROM generate_series(1, 50) i");
                assertThat(fillsOfDaily()).isEqualTo(Clusters.arePolled() ? "5 5" : "4 4");
                writers.stop();
                readers.follow(names, "UPDATE daily SET v = v + 1 WHERE day > 10");
                assertThat(streamTables.errors()).isEmpty();
                names.forEach(streamTables::drop);
            }
        }
        database.execute("DROP TABLE daily");
    }

    /** Each of these is empty when the streams have begun anew, and yet they have shown only a part of what became of it. */
    @Test
    void aNewPartitionThatWasNotAlwaysEmptyIsSeenThrough() throws SQLException {
        database.execute("""
                         CREATE TABLE seen (k int, day int, v int, PRIMARY KEY (k, day)) PARTITION BY RANGE (day);
                         CREATE TABLE seen_1 PARTITION OF seen FOR VALUES FROM (0) TO (10);
                         SELECT create_distributed_table('seen', 'k', colocate_with => 'none');
                         ALTER TABLE seen REPLICA IDENTITY FULL;
                         ALTER TABLE seen_1 REPLICA IDENTITY FULL;
                         CREATE TABLE stage (k int, day int, v int, PRIMARY KEY (k, day));
                         SELECT create_distributed_table('stage', 'k', colocate_with => 'seen');
                         ALTER TABLE stage REPLICA IDENTITY FULL;
                         INSERT INTO stage SELECT i, 35, i FROM generate_series(1, 20) i;
                         CREATE TABLE local (k int, day int, v int, PRIMARY KEY (k, day)) PARTITION BY RANGE (day);
                         CREATE TABLE local_1 PARTITION OF local FOR VALUES FROM (0) TO (10);
                         ALTER TABLE local REPLICA IDENTITY FULL;
                         ALTER TABLE local_1 REPLICA IDENTITY FULL;
                         CREATE TABLE beside (k int PRIMARY KEY);
                         ALTER TABLE beside REPLICA IDENTITY FULL;
                         """);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("seen_sum", "SELECT count(*) AS n, sum(v) AS total FROM seen");
            streamTables.create("local_sum", "SELECT count(*) AS n, sum(v) AS total FROM local");
            streamTables.create("beside_rows", "SELECT k FROM beside");
            List<String> names = List.of("seen_sum", "local_sum", "beside_rows");
            database.execute("INSERT INTO seen SELECT i, 1, i FROM generate_series(1, 20) i; INSERT INTO local VALUES (1, 1, 1)");
            readers.follow(names, "INSERT INTO beside VALUES (0)");
            whileTheStreamsWait("BEGIN; ALTER TABLE stage RENAME TO seen_4;"
                    + "ALTER TABLE seen ATTACH PARTITION seen_4 FOR VALUES FROM (30) TO (40); COMMIT", "DELETE FROM seen_4");
            readers.follow(names, "INSERT INTO seen VALUES (1, 31, 1)");
            whileTheStreamsWait("BEGIN; CREATE TABLE seen_5 PARTITION OF seen FOR VALUES FROM (40) TO (50);"
                    + "ALTER TABLE seen_5 REPLICA IDENTITY FULL; COMMIT", "INSERT INTO seen VALUES (1, 41, 100)",
                    "DROP TABLE seen_5");
            readers.follow(names, "INSERT INTO seen VALUES (2, 31, 1)");
            whileTheStreamsWait("CREATE TABLE seen_6 PARTITION OF seen FOR VALUES FROM (50) TO (60)",
                    "INSERT INTO seen VALUES (1, 51, 100), (2, 51, 100)", "DELETE FROM seen_6 WHERE k = 1",
                    "ALTER TABLE seen_6 REPLICA IDENTITY FULL", "DELETE FROM seen_6");
            Await.until("it has its replica identity", () -> database
                    .value("SELECT status FROM pgtrickle.pgt_status() WHERE name = 'public.seen_sum'").equals("ACTIVE"));
            readers.follow(names, "INSERT INTO seen VALUES (3, 31, 1)");
            whileTheStreamsWait("BEGIN; CREATE TABLE local_2 PARTITION OF local FOR VALUES FROM (10) TO (20);"
                    + "ALTER TABLE local_2 REPLICA IDENTITY FULL; INSERT INTO local VALUES (1, 11, 100);"
                    + "TRUNCATE local_2; COMMIT");
            readers.follow(names, "INSERT INTO local VALUES (2, 1, 1)");
            whileTheStreamsWait("BEGIN; CREATE TABLE seen_7 PARTITION OF seen FOR VALUES FROM (60) TO (70);"
                    + "ALTER TABLE seen_7 REPLICA IDENTITY FULL; COMMIT",
                    "ALTER TABLE seen DETACH PARTITION seen_7; INSERT INTO seen_7 VALUES (1, 61, 100);"
                            + "ALTER TABLE seen ATTACH PARTITION seen_7 FOR VALUES FROM (60) TO (70)",
                    "DELETE FROM seen_7");
            readers.follow(names, "INSERT INTO seen VALUES (4, 31, 1)");
            database.execute("BEGIN; ALTER TABLE local DETACH PARTITION local_1; UPDATE local_1 SET v = v + 10;"
                    + "ALTER TABLE local ATTACH PARTITION local_1 FOR VALUES FROM (0) TO (10); COMMIT");
            readers.follow(names, "INSERT INTO local VALUES (3, 1, 1)");
            names.forEach(streamTables::drop);
        }
        database.execute("DROP TABLE seen, local, beside; DROP TABLE IF EXISTS stage");
    }

    /** Streams begin anew when the transactions have ended that ran when the partition was found. Each statement is seen by an epoch. */
    private void whileTheStreamsWait(String... statements) throws SQLException {
        String next = "INSERT INTO beside SELECT max(k) + 1 FROM beside";
        try (Connection open = database.connect(); Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute(next);
            statement.execute("SELECT pg_current_xact_id()");
            for (String each : statements) {
                database.execute(each);
                database.execute("INSERT INTO beside SELECT min(k) - 1 FROM beside");
                assertThat(streamTables.verify("beside_rows").differingRows()).isZero();
            }
            open.commit();
        }
    }

    private void awaitFollowed(int relations) {
        String followed = "SELECT count(*) FROM pgtrickle.pgt_followed WHERE source_table = 'daily' AND relation <> 0";
        Await.until("the streams follow the new partition", () -> database.value(followed).equals(Integer.toString(relations)));
    }

    private String fillsOfDaily() {
        return database.value(
                "SELECT string_agg(full_refreshes::text, ' ') FROM pgtrickle.pgt_stream_tables WHERE table_name LIKE 'daily%'");
    }

    private static String writeDaily(Random random) {
        int k = 1 + random.nextInt(120);
        return switch (random.nextInt(4)) {
            case 0 -> "DELETE FROM daily WHERE day < 10 AND k = " + k;
            case 1 -> "UPDATE daily SET v = v + 1 WHERE k = " + k;
            default -> "INSERT INTO daily AS d VALUES (" + k + ", " + random.nextInt(10) + ", " + random.nextInt(7)
                    + ") ON CONFLICT (k, day) DO UPDATE SET v = d.v + 1";
        };
    }
}
