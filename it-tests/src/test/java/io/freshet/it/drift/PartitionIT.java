package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Partitioned sources on Citus, distributed and local: increments, and rows that come and go with a partition. */
class PartitionIT {
    /** Conflicts, and rows that have no partition just then: there is none for the value, or it is not there any more, or a key is there twice. */
    static final Set<String> WITHOUT_A_PARTITION = Set.of("40P01", "55P03", "40001", "23514", "42P01", "23505");

    /** By the shards, or by the catalog: both are looked at. */
    private static final Set<String> ITS_PARTITIONS = Set.of(
            "public.busy has been replaced, distributed anew, or has other partitions",
            "table public.busy or a partition of it was replaced, rewritten or truncated by itself");

    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::citus);

    private final Database database = DATABASE.get();
    private final StreamTables streamTables = new StreamTables(database);
    private final Readers readers = new Readers(database);

    @Test
    void theirStreamTablesFollowRowsAndPartitions() {
        database.execute("""
                         CREATE TABLE facts (k int, day int, v int, PRIMARY KEY (k, day)) PARTITION BY RANGE (day);
                         CREATE TABLE facts_1 PARTITION OF facts FOR VALUES FROM (0) TO (10);
                         CREATE TABLE facts_2 PARTITION OF facts FOR VALUES FROM (10) TO (20);
                         CREATE TABLE plain (k int, day int, v int, PRIMARY KEY (k, day)) PARTITION BY LIST (day);
                         CREATE TABLE plain_1 PARTITION OF plain FOR VALUES IN (1, 2, 3);
                         CREATE TABLE plain_2 PARTITION OF plain DEFAULT;
                         SELECT create_distributed_table('facts', 'k');
                         ALTER TABLE facts REPLICA IDENTITY FULL;
                         ALTER TABLE plain REPLICA IDENTITY FULL;
                         ALTER TABLE facts_1 REPLICA IDENTITY FULL;
                         """);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            assertThatThrownBy(() -> streamTables.create("refused", "SELECT k, day, v FROM facts"))
                    .hasMessageContaining("REPLICA IDENTITY")
                    .hasStackTraceContaining("ALTER TABLE public.facts_2 REPLICA IDENTITY FULL;");
            database.execute("""
                             ALTER TABLE facts_2 REPLICA IDENTITY FULL;
                             ALTER TABLE plain_1 REPLICA IDENTITY FULL;
                             ALTER TABLE plain_2 REPLICA IDENTITY FULL;
                             INSERT INTO facts SELECT i, i % 20, i FROM generate_series(1, 60) i;
                             INSERT INTO plain SELECT i, i % 5, i FROM generate_series(1, 20) i;
                             """);
            List<String> names = List.of("kept", "grouped", "beside", "local_kept", "joined");
            streamTables.create("kept", "SELECT k, day, v FROM facts WHERE v > 3");
            streamTables.create("grouped", "SELECT day, count(*) AS n, max(v) AS most FROM facts GROUP BY day");
            streamTables.create("beside", "SELECT k, sum(v) AS total FROM facts GROUP BY k", "output_distribution_column => 'k'");
            streamTables.create("local_kept", "SELECT k, day, v FROM plain");
            streamTables.create("joined", "SELECT f.k, f.day, p.v FROM facts f JOIN plain p ON p.day = f.day");
            for (String name : names) {
                assertThat(streamTables.mode(name)).as(name).isEqualTo("DIFFERENTIAL");
            }
            readers.follow(names,
                    """
                    UPDATE facts SET v = v + 1 WHERE k < 20; UPDATE facts SET day = (day + 10) % 20 WHERE k > 50;
                    DELETE FROM plain WHERE k = 3; UPDATE plain SET day = 4 WHERE day = 1; INSERT INTO plain VALUES (99, 2, 99);
                    """);
            readers.follow(names, "ALTER TABLE facts DETACH PARTITION facts_2; ALTER TABLE plain DETACH PARTITION plain_1");
            readers.follow(names, "INSERT INTO facts VALUES (1000, 1, 1); UPDATE plain_2 SET v = 0");
            readers.follow(names, """
                                  ALTER TABLE facts ATTACH PARTITION facts_2 FOR VALUES FROM (10) TO (20);
                                  UPDATE plain_1 SET v = 5;
                                  ALTER TABLE plain ATTACH PARTITION plain_1 FOR VALUES IN (1, 2, 3);
                                  """);
            readers.follow(names, "UPDATE facts SET v = 7 WHERE day = 12; DELETE FROM plain WHERE day = 2");
            readers.follow(names, """
                                  CREATE TABLE facts_3 PARTITION OF facts FOR VALUES FROM (20) TO (30);
                                  ALTER TABLE facts_3 REPLICA IDENTITY FULL;
                                  INSERT INTO facts VALUES (7, 21, 1), (8, 22, 2);
                                  DROP TABLE facts_1;
                                  """);
            readers.follow(names, "UPDATE facts SET v = 100 WHERE day > 20; DELETE FROM facts WHERE day = 22");
            assertThat(streamTables.errors()).isEmpty();
            daemon.assertStepsRunAsTheySay();
            names.forEach(streamTables::drop);
        }
        database.execute("DROP TABLE facts, plain");
    }

    /** Rows that are written while their partition comes, goes or moves are neither lost nor doubled. */
    @Test
    void theirStreamTablesFollowWhileOthersWrite() {
        database.execute("""
                         CREATE TABLE busy (k int, day int, v int, PRIMARY KEY (k, day)) PARTITION BY RANGE (day);
                         CREATE TABLE busy_1 PARTITION OF busy FOR VALUES FROM (0) TO (10);
                         CREATE TABLE busy_2 PARTITION OF busy FOR VALUES FROM (10) TO (20);
                         CREATE TABLE busy_3 PARTITION OF busy FOR VALUES FROM (20) TO (30);
                         CREATE TABLE names (day int PRIMARY KEY, name text);
                         SELECT create_distributed_table('busy', 'k', colocate_with => 'none');
                         SELECT create_reference_table('names');
                         ALTER TABLE busy REPLICA IDENTITY FULL;
                         ALTER TABLE busy_1 REPLICA IDENTITY FULL;
                         ALTER TABLE busy_2 REPLICA IDENTITY FULL;
                         ALTER TABLE busy_3 REPLICA IDENTITY FULL;
                         ALTER TABLE names REPLICA IDENTITY FULL;
                         INSERT INTO busy SELECT i, i % 30, i % 7 FROM generate_series(1, 100) i;
                         INSERT INTO names SELECT i, 'day ' || i % 4 FROM generate_series(0, 29) i;
                         """);
        List<String> names = List.of("busy_rows", "busy_days", "busy_keys", "busy_names");
        try (DaemonProcess daemon = DaemonProcess.start(database);
                TableWriters writers = TableWriters.start(2, database, PartitionIT::write, WITHOUT_A_PARTITION)) {
            streamTables.create("busy_rows", "SELECT k, day, v FROM busy WHERE v > 1", "output_distribution_column => 'k'");
            streamTables.create("busy_days", "SELECT day, count(*) AS n, max(v) AS most FROM busy GROUP BY day");
            streamTables.create("busy_keys", "SELECT k, sum(v) AS total FROM busy GROUP BY k",
                    "output_distribution_column => 'k'");
            streamTables.create("busy_names", "SELECT b.k, b.v, n.name FROM busy b JOIN names n ON n.day = b.day");
            for (String change : List.of("DETACH PARTITION busy_2", "ATTACH PARTITION busy_2 FOR VALUES FROM (10) TO (20)")) {
                int fills = fills("busy_days");
                readers.amongWriters(writers, names, "ALTER TABLE busy " + change);
                assertThat(fills("busy_days")).as(change).isGreaterThan(fills);
                assertThat(database.rows("SELECT rebuild_reason FROM pgtrickle.pgt_stream_tables WHERE table_name LIKE 'busy%'"))
                        .hasSize(names.size()).isSubsetOf(ITS_PARTITIONS);
            }
            readers.amongWriters(writers, names, "TRUNCATE busy");
            readers.amongWriters(writers, names, "TRUNCATE busy_1");
            Random random = new Random(Scenario.seed());
            for (String mode : List.of("block_writes", "force_logical")) {
                Operation.moveAShard(database, "busy", mode, random);
                readers.amongWriters(writers, names, "UPDATE names SET name = '" + mode + "' WHERE day % 3 = 0");
            }
            readers.amongWriters(writers, names, "DROP TABLE busy_3");
            writers.stop();
            readers.follow(names, "UPDATE busy SET v = v + 1 WHERE k < 50");
            assertThat(streamTables.errors()).isEmpty();
            daemon.assertStepsRunAsTheySay();
            names.forEach(streamTables::drop);
        }
        database.execute("DROP TABLE busy, names; DROP TABLE IF EXISTS busy_2");
    }

    /** Once its root is read, too, its changes come under the root's name alone. */
    @Test
    void aPartitionThatIsReadByItsOwnNameIsRefreshedBesideItsRoot() {
        database.execute("""
                         CREATE TABLE whole (k int, v int, PRIMARY KEY (k)) PARTITION BY RANGE (k);
                         CREATE TABLE low PARTITION OF whole FOR VALUES FROM (0) TO (100);
                         CREATE TABLE high PARTITION OF whole FOR VALUES FROM (100) TO (200);
                         SELECT create_distributed_table('whole', 'k', colocate_with => 'none');
                         ALTER TABLE whole REPLICA IDENTITY FULL;
                         ALTER TABLE low REPLICA IDENTITY FULL;
                         ALTER TABLE high REPLICA IDENTITY FULL;
                         """);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("of_low", "SELECT count(*) AS n FROM low");
            database.execute("INSERT INTO whole VALUES (1, 1)");
            Await.until("it is refreshed", () -> database.value("SELECT n FROM of_low").equals("1"));
            streamTables.create("of_whole", "SELECT k, v FROM whole");
            database.execute("INSERT INTO whole VALUES (2, 2), (102, 2)");
            Await.until("it is refreshed again", () -> database.value("SELECT n FROM of_low").equals("2"));
            database.execute("INSERT INTO low VALUES (3, 3)");
            Await.until("and again", () -> database.value("SELECT n FROM of_low").equals("3"));
            database.execute("TRUNCATE low");
            Await.until("and when it is emptied", () -> database.value("SELECT n FROM of_low").equals("0"));
            database.execute("INSERT INTO whole VALUES (1, 1), (2, 2), (3, 3)");
            streamTables.drop("of_whole");
            database.execute("INSERT INTO whole VALUES (4, 4)");
            Await.until("and without the other", () -> database.value("SELECT n FROM of_low").equals("4"));
            streamTables.drop("of_low");
        }
        database.execute("DROP TABLE whole");
    }

    /** What a subtransaction does has an id that no snapshot lists. */
    @Test
    void aPartitionThatIsEmptiedInASubtransactionIsSeen() throws SQLException {
        database.execute("""
                         CREATE TABLE parts (k int, day int, PRIMARY KEY (k, day)) PARTITION BY RANGE (day);
                         CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
                         CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);
                         SELECT create_distributed_table('parts', 'k', colocate_with => 'none');
                         ALTER TABLE parts REPLICA IDENTITY FULL;
                         ALTER TABLE parts_1 REPLICA IDENTITY FULL;
                         ALTER TABLE parts_2 REPLICA IDENTITY FULL;
                         INSERT INTO parts SELECT i, i % 20 FROM generate_series(1, 100) i;
                         CREATE TABLE beside (k int PRIMARY KEY);
                         SELECT create_distributed_table('beside', 'k');
                         ALTER TABLE beside REPLICA IDENTITY FULL;
                         """);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("of_parts", "SELECT count(*) AS n FROM parts");
            streamTables.create("beside_rows", "SELECT k FROM beside");
            try (Connection worker = database.on(database.cluster().workers().getFirst()).connect();
                    Statement statement = worker.createStatement()) {
                worker.setAutoCommit(false);
                statement.execute("SELECT pg_current_xact_id()");
                statement.execute("SAVEPOINT a");
                statement.execute("TRUNCATE parts_1");
                database.execute("INSERT INTO beside SELECT i FROM generate_series(1, 50) i");
                assertThat(streamTables.verify("beside_rows").differingRows()).isZero();
                worker.commit();
            }
            Await.until("it is filled again", () -> database.value("SELECT n FROM of_parts")
                    .equals(database.value("SELECT count(*) FROM parts")));
            assertThat(database.value("SELECT n FROM of_parts")).isEqualTo("50");
            List.of("of_parts", "beside_rows").forEach(streamTables::drop);
        }
        database.execute("DROP TABLE parts, beside");
    }

    /** Where a partition has partitions, and both are read. */
    @Test
    void aPartitionWithPartitionsIsRefreshedBesideItsRoot() {
        database.execute("""
                         CREATE TABLE tree (k int, v int, PRIMARY KEY (k)) PARTITION BY RANGE (k);
                         CREATE TABLE branch PARTITION OF tree FOR VALUES FROM (0) TO (100) PARTITION BY RANGE (k);
                         CREATE TABLE leaf PARTITION OF branch FOR VALUES FROM (0) TO (100);
                         ALTER TABLE tree REPLICA IDENTITY FULL;
                         ALTER TABLE branch REPLICA IDENTITY FULL;
                         ALTER TABLE leaf REPLICA IDENTITY FULL;
                         """);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("of_branch", "SELECT count(*) AS n FROM branch");
            streamTables.create("of_tree", "SELECT k, v FROM tree");
            database.execute("INSERT INTO leaf VALUES (1, 1)");
            Await.until("it is refreshed", () -> database.value("SELECT n FROM of_branch").equals("1"));
            database.execute("UPDATE tree SET v = 2; INSERT INTO tree VALUES (2, 2)");
            Await.until("it is refreshed again", () -> database.value("SELECT n FROM of_branch").equals("2"));
            database.execute("TRUNCATE leaf");
            Await.until("it is emptied", () -> database.value("SELECT n FROM of_branch").equals("0"));
            streamTables.drop("of_branch");
            streamTables.drop("of_tree");
        }
        database.execute("DROP TABLE tree");
    }

    /** To the root, from one partition to another, and now and then to a partition by its own name. */
    private static String write(Random random) {
        int k = 1 + random.nextInt(120);
        int day = random.nextInt(30);
        return switch (random.nextInt(6)) {
            case 0 -> "DELETE FROM busy WHERE k = " + k;
            case 1 -> "UPDATE busy SET day = (day + 10) % 30 WHERE k = " + k;
            case 2 -> "UPDATE busy_" + (1 + day / 10) + " SET v = v + 1 WHERE k = " + k;
            default -> "INSERT INTO busy AS b VALUES (" + k + ", " + day + ", " + random.nextInt(7)
                    + ") ON CONFLICT (k, day) DO UPDATE SET v = b.v + 1";
        };
    }

    private int fills(String name) {
        return Integer.parseInt(database
                .value("SELECT full_refreshes FROM pgtrickle.pgt_stream_tables WHERE table_name = '" + name + "'"));
    }
}
