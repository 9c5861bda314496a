package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Transactions whose order of beginning is not that of committing. */
class LongTransactionIT {
    private static final String QUERY = "SELECT a, count(*) AS n FROM t GROUP BY a";
    private static final int LIMIT_SECONDS = 60;

    static Stream<Named<Supplier<? extends Cluster>>> clusters() {
        return Stream.of(Named.of("PostgreSQL", Clusters::postgres), Named.of("Citus", Clusters::citus));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void oneThatBeganBeforeTheFirstStreamTableIsNotLost(Supplier<? extends Cluster> cluster) throws Exception {
        try (Database database = source(cluster);
                DaemonProcess daemon = DaemonProcess.start(database);
                Connection old = database.connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            StreamTables streamTables = new StreamTables(database);
            insert(old, 1);
            Future<?> creation = threads.submit(() -> streamTables.create("st", QUERY));
            // The source enters the publication first; the old transaction wrote before that, so its row is not in any stream.
            // Or nothing is, as long as a daemon that rests waits for its slot.
            Await.until("the source is published",
                    () -> creation.isDone() || daemon.log().contains("waits for transactions that are open on coordinator")
                            || !database.rows("SELECT FROM pg_publication_tables WHERE tablename = 't'").isEmpty());
            if (!database.cluster().workers().isEmpty()) {
                // Nor is there a slot on its node before it has ended: it can last longer than anybody waits for a slot in one go.
                Await.until("a slot waits for it",
                        () -> creation.isDone() || daemon.log().contains("is read when the transactions"));
            }
            insert(old, 2);
            old.commit();
            creation.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            streamTables.refresh("st");
            assertThat(rows(database)).containsExactly("1|1", "2|1");
        }
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void oneThatBeganBeforeAnotherStreamTableOnTheSameSourceIsNotLost(Supplier<? extends Cluster> cluster) throws Exception {
        try (Database database = source(cluster);
                DaemonProcess daemon = DaemonProcess.start(database);
                Connection old = database.connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            StreamTables streamTables = new StreamTables(database);
            streamTables.create("first", "SELECT a FROM t");
            insert(old, 1);
            Future<?> creation = threads.submit(() -> streamTables.create("st", QUERY));
            Await.until("the second stream table is asked for",
                    () -> creation.isDone() || !streamTables.database()
                            .rows("SELECT FROM pgtrickle.pgt_requests WHERE kind = 'create' AND answered_at IS NULL").isEmpty());
            insert(old, 2);
            old.commit();
            creation.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            streamTables.refresh("st");
            assertThat(rows(database)).containsExactly("1|1", "2|1");
        }
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void oneThatCommitsBelowLaterOnesIsNotLost(Supplier<? extends Cluster> cluster) throws Exception {
        try (Database database = source(cluster);
                DaemonProcess daemon = DaemonProcess.start(database);
                Connection old = database.connect()) {
            StreamTables streamTables = new StreamTables(database);
            streamTables.create("st", QUERY);
            insert(old, 1);
            old.setSavepoint();
            insert(old, 2);
            for (int later = 0; later < 5; later++) {
                database.execute("INSERT INTO t SELECT generate_series(10, 19)");
                streamTables.refresh("st");
            }
            assertThat(rows(database)).hasSize(10).allMatch(row -> row.endsWith("|5"));
            old.commit();
            streamTables.refresh("st");
            assertThat(rows(database)).hasSize(12).contains("1|1", "2|1");
            assertThat(streamTables.verify("st").differingRows()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void oneThatIsOpenWhileTheDaemonIsKilledIsNotLost(Supplier<? extends Cluster> cluster) throws Exception {
        try (Database database = source(cluster); Connection old = database.connect()) {
            StreamTables streamTables = new StreamTables(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                streamTables.create("st", QUERY);
                insert(old, 1);
                database.execute("INSERT INTO t VALUES (2)");
                streamTables.refresh("st");
                daemon.kill();
            }
            old.commit();
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                streamTables.refresh("st");
                assertThat(rows(database)).containsExactly("1|1", "2|1");
            }
        }
    }

    private static Database source(Supplier<? extends Cluster> cluster) {
        Database database = cluster.get().createDatabase("long");
        database.execute("CREATE TABLE t (a int)");
        if (SourceTables.of(database.cluster()) == SourceTables.DISTRIBUTED) {
            database.execute("SET citus.shard_count = 8; SELECT create_distributed_table('t', 'a')");
        }
        database.execute("ALTER TABLE t REPLICA IDENTITY FULL");
        return database;
    }

    private static void insert(Connection connection, int a) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t VALUES (" + a + ")");
        }
    }

    private static List<String> rows(Database database) {
        return database.rows("SELECT a, n FROM st ORDER BY a");
    }
}
