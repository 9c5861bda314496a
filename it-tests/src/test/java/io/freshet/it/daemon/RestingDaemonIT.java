package io.freshet.it.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.PostgresCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A daemon without stream tables has no slot. It makes one for whoever asks, and what keeps it from that is told. */
class RestingDaemonIT {
    private static final String QUERY = "SELECT a, count(*) AS n FROM t GROUP BY a";

    @Test
    void isWokenByACreation() {
        try (Database database = source(Clusters.postgres()); DaemonProcess daemon = DaemonProcess.start(database)) {
            StreamTables streamTables = new StreamTables(database);
            for (int round = 0; round < 2; round++) {
                rests(database);
                database.execute("INSERT INTO t VALUES (1)");
                streamTables.create("st", QUERY);
                database.execute("INSERT INTO t VALUES (2)");
                assertThat(streamTables.verify("st").differingRows()).isZero();
                streamTables.drop("st");
            }
        }
    }

    @Test
    void whoAsksForWhatIsNotThereIsToldSo() {
        try (Database database = source(Clusters.postgres()); DaemonProcess daemon = DaemonProcess.start(database)) {
            rests(database);
            assertThat(refusal(() -> new StreamTables(database).refresh("gone")))
                    .contains(ErrorCode.UNDEFINED_STREAM_TABLE.code() + ":");
            rests(database);
        }
    }

    @Test
    void waitsForOldTransactions() throws Exception {
        try (Database database = source(Clusters.postgres());
                DaemonProcess daemon = DaemonProcess.start(database);
                Connection old = database.connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            StreamTables streamTables = new StreamTables(database);
            rests(database);
            insert(old);
            Future<?> creation = threads.submit(() -> streamTables.create("st", QUERY));
            Await.until("the slot waits",
                    () -> creation.isDone() || daemon.log().contains("waits for transactions that are open"));
            insert(old);
            old.commit();
            creation.get();
            assertThat(database.rows("SELECT a, n FROM st")).containsExactly("7|2");
        }
    }

    @Test
    void doesNotWaitForOldTransactionsForEver() throws Exception {
        try (Database database = source(Clusters.postgres())) {
            database.execute("ALTER DATABASE " + database.name() + " SET pg_trickle.create_timeout = '1s'");
            try (DaemonProcess daemon = DaemonProcess.start(database); Connection old = database.connect()) {
                StreamTables streamTables = new StreamTables(database);
                rests(database);
                insert(old);
                assertThat(refusal(() -> streamTables.create("st", QUERY)))
                        .contains(ErrorCode.OLD_TRANSACTIONS.code() + ":").contains("pg_terminate_backend(pid)");
                rests(database);
                old.commit();
                streamTables.create("st", QUERY);
                assertThat(database.rows("SELECT a, n FROM st")).containsExactly("7|1");
            }
        }
    }

    @Test
    void stopsAlthoughASlotWaits() throws Exception {
        try (Database database = source(Clusters.postgres());
                Connection old = database.connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> creation;
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                rests(database);
                insert(old);
                creation = threads.submit(() -> refusal(() -> new StreamTables(database).create("st", QUERY)));
                Await.until("the slot waits",
                        () -> creation.isDone() || daemon.log().contains("waits for transactions that are open"));
            }
            assertThat(creation.get()).contains(ErrorCode.DAEMON_NOT_RUNNING.code() + ":");
            assertThat(slots(database)).isEmpty();
        }
    }

    @Test
    void namesTheCureWhenNoSlotIsFree() {
        try (PostgresCluster cluster = PostgresCluster.start(Map.of("max_replication_slots", "1"));
                Database database = source(cluster);
                DaemonProcess daemon = DaemonProcess.start(database)) {
            rests(database);
            database.rows("SELECT pg_create_physical_replication_slot('another')");
            StreamTables streamTables = new StreamTables(database);
            assertThat(refusal(() -> streamTables.create("st", QUERY))).contains(ErrorCode.NO_FREE_SLOT.code() + ":")
                    .contains("ALTER SYSTEM SET max_replication_slots = 11;");
            database.rows("SELECT pg_drop_replication_slot('another')");
            streamTables.create("st", QUERY);
            assertThat(streamTables.verify("st").differingRows()).isZero();
        }
    }

    /** Nobody is left who could take it away. */
    @Test
    void leavesNothingWhenItIsKilled() {
        try (Database database = source(Clusters.postgres()); DaemonProcess daemon = DaemonProcess.start(database)) {
            rests(database);
            daemon.kill();
            assertThat(slots(database)).isEmpty();
        }
    }

    private static Database source(Cluster cluster) {
        Database database = cluster.createDatabase("resting");
        database.execute("CREATE TABLE t (a int); ALTER TABLE t REPLICA IDENTITY FULL");
        return database;
    }

    private static void insert(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t VALUES (7)");
        }
    }

    private static void rests(Database database) {
        Await.until("the daemon has no slot", () -> slots(database).isEmpty());
        Await.until("and no publication", () -> database.rows("SELECT pubname FROM pg_publication").isEmpty());
    }

    private static List<String> slots(Database database) {
        return database.rows("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()");
    }

    private static String refusal(Runnable action) {
        SqlFailure failure = catchThrowableOfType(SqlFailure.class, action::run);
        assertThat(failure).isNotNull();
        return failure.getMessage();
    }
}
