package io.freshet.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.PostgresCluster;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Servers that do not allow capture. The daemon, or else the creation of a stream table, names the setting and its cure. */
class BadServerIT {

    @Test
    void walLevelIsNotLogical() {
        try (PostgresCluster cluster = PostgresCluster.start(Map.of("wal_level", "replica"));
                Database database = cluster.createDatabase("server")) {
            refused(database, ErrorCode.WAL_LEVEL, "ALTER SYSTEM SET wal_level = logical;");
        }
    }

    @Test
    void noReplicationSlotIsFree() {
        try (PostgresCluster cluster = PostgresCluster.start(Map.of("max_replication_slots", "1"));
                Database database = cluster.createDatabase("server")) {
            database.rows("SELECT pg_create_physical_replication_slot('another')");
            refused(database, ErrorCode.NO_FREE_SLOT, "ALTER SYSTEM SET max_replication_slots = 11;");
        }
    }

    @Test
    void noWalsenderIsFree() {
        try (PostgresCluster cluster = PostgresCluster.start(Map.of("max_wal_senders", "0"));
                Database database = cluster.createDatabase("server")) {
            refused(database, ErrorCode.NO_FREE_WALSENDER, "ALTER SYSTEM SET max_wal_senders = 10;");
        }
    }

    @Test
    void changeDataCaptureOfCitusIsOff() {
        try (CitusCluster cluster = Clusters.ownCitus(1, Map.of("citus.enable_change_data_capture", "off"));
                Database database = cluster.createDatabase("server")) {
            refused(database, ErrorCode.CITUS_CDC_DISABLED, "ALTER SYSTEM SET citus.enable_change_data_capture = on;");
        }
    }

    @Test
    void changeDataCaptureOfAWorkerIsTurnedOffForAWhile() {
        try (CitusCluster cluster = Clusters.ownCitus(1, Map.of());
                Database database = cluster.createDatabase("server");
                DaemonProcess daemon = DaemonProcess.start(database)) {
            database.execute("CREATE TABLE t (a int PRIMARY KEY); SELECT create_distributed_table('t', 'a');"
                    + " ALTER TABLE t REPLICA IDENTITY FULL");
            StreamTables streamTables = new StreamTables(database);
            streamTables.create("st", "SELECT a FROM t");
            Database.Session worker = database.on(cluster.workers().getFirst());
            worker.execute("ALTER SYSTEM SET citus.enable_change_data_capture = off");
            worker.rows("SELECT pg_reload_conf()");
            String errors = "SELECT coalesce(string_agg(detail, '; '), '') FROM pgtrickle.health_check() WHERE severity = 'ERROR'";
            Await.until("it is told", () -> database.value(errors).contains("citus.enable_change_data_capture of worker"));
            database.execute("INSERT INTO t VALUES (1)");
            worker.execute("ALTER SYSTEM RESET citus.enable_change_data_capture");
            worker.rows("SELECT pg_reload_conf()");
            Await.until("it is filled again", () -> database.value("SELECT count(*) FROM st").equals("1"));
            database.execute("INSERT INTO t VALUES (2)");
            assertThat(streamTables.verify("st").differingRows()).isZero();
        }
    }

    /** Then the sessions of others that move shards do not mark the rows that they copy. */
    @Test
    void changeDataCaptureOfCitusIsOnForTheDaemonsRoleOnly() {
        try (CitusCluster cluster = Clusters.ownCitus(1, Map.of("citus.enable_change_data_capture", "off"));
                Database database = cluster.createDatabase("server")) {
            for (Server server : cluster.servers()) {
                database.on(server).execute("SET citus.enable_ddl_propagation = off;"
                        + " ALTER ROLE CURRENT_USER SET citus.enable_change_data_capture = on");
            }
            refused(database, ErrorCode.CITUS_CDC_DISABLED, "is not known to be on for everybody",
                    "ALTER SYSTEM SET citus.enable_change_data_capture = on;",
                    "ALTER ROLE postgres RESET citus.enable_change_data_capture;");
            for (Server server : cluster.servers()) {
                Database.Session node = database.on(server);
                node.execute("ALTER SYSTEM SET citus.enable_change_data_capture = on");
                node.rows("SELECT pg_reload_conf()");
                node.execute("SET citus.enable_ddl_propagation = off; ALTER ROLE postgres RESET citus.enable_change_data_capture;"
                        + " CREATE ROLE mover; ALTER ROLE mover IN DATABASE " + database.name()
                        + " SET citus.enable_change_data_capture = off; ALTER ROLE mover SET statement_timeout = '30s'");
            }
            refused(database, ErrorCode.CITUS_CDC_DISABLED, "is not known to be on for everybody",
                    "ALTER ROLE mover IN DATABASE " + database.name() + " RESET citus.enable_change_data_capture;");
        }
    }

    @Test
    void oneWorkerDoesNotAllowIt() {
        try (CitusCluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("server")) {
            Server worker = cluster.workers().getLast();
            set(database, worker, "wal_level", "replica");
            refused(database, ErrorCode.WAL_LEVEL, "worker 127.0.0.1:" + worker.port(), "ALTER SYSTEM SET wal_level = logical;");
            set(database, worker, "wal_level", "logical");
            set(database, worker, "citus.enable_change_data_capture", "off");
            refused(database, ErrorCode.CITUS_CDC_DISABLED, "worker 127.0.0.1:" + worker.port(),
                    "ALTER SYSTEM SET citus.enable_change_data_capture = on;");
        }
    }

    private static void set(Database database, Server server, String setting, String value) {
        database.on(server).execute("ALTER SYSTEM SET " + setting + " = " + value);
        server.shutDown();
        server.restart();
    }

    @Test
    void preparedTransactionsAreDisabled() {
        // Without workers: Citus does not take a node in while they are disabled.
        try (CitusCluster cluster = Clusters.ownCitus(0, Map.of("max_prepared_transactions", "0"));
                Database database = cluster.createDatabase("server")) {
            refused(database, ErrorCode.PREPARED_TRANSACTIONS_DISABLED, "ALTER SYSTEM SET max_prepared_transactions =");
        }
    }

    @Test
    void noDaemonRuns() {
        try (Database database = Clusters.postgres().createDatabase("server")) {
            DaemonProcess.start(database).close();
            SqlFailure failure = catchThrowableOfType(SqlFailure.class,
                    () -> new StreamTables(database).create("st", "SELECT 1 AS a"));
            assertThat(failure).isNotNull();
            assertThat(Refusal.of(failure).code()).isEqualTo(ErrorCode.DAEMON_NOT_RUNNING.code());
            assertThat(Refusal.of(failure).hint()).contains("./freshet daemon --url postgresql://");
        }
    }

    private static void refused(Database database, ErrorCode code, String... told) {
        try (DaemonProcess daemon = DaemonProcess.launch(database)) {
            assertThat(daemon.awaitExit()).as(daemon.log()).isNotZero();
            assertThat(daemon.log()).contains(code.code() + ":", "HINT:").contains(told).doesNotContain("\tat ");
        }
        for (Server server : database.cluster().servers()) {
            List<String> slots = database.on(server)
                    .rows("SELECT slot_name FROM pg_replication_slots WHERE slot_name <> 'another'");
            assertThat(slots).isEmpty();
        }
    }
}
