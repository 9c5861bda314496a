package io.freshet.it.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.PostgresCluster;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** No slot, publication or table of Freshet's stays on any node when its last stream table, or Freshet itself, goes. */
class LeftoversIT {
    private static final int REFUSED = 3;

    /** What may stay on the coordinator until Freshet is uninstalled. */
    private static final String CATALOG = "pgtrickle";

    private static final List<String> TRACES = List.of(
            "SELECT 'slot ' || slot_name FROM pg_replication_slots WHERE database = current_database()",
            "SELECT 'publication ' || pubname FROM pg_publication",
            "SELECT 'relation ' || oid::regclass FROM pg_class WHERE relnamespace::regnamespace::text IN ('pgtrickle', 'pgtrickle_state',"
                    + " 'pgtrickle_changes') AND relkind IN ('r', 'p', 'v')",
            "SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname IN ('pgtrickle', 'pgtrickle_state', 'pgtrickle_changes')",
            "SELECT 'stream table ' || oid::regclass FROM pg_class WHERE relname ~ '^(st|big|joined|of_tenant)(_[0-9]+)?$'",
            // The one table that lies in a user's schema.
            "SELECT 'relation ' || oid::regclass FROM pg_class WHERE relname ~ '^pgtrickle_anchor' AND relkind = 'r'",
            "SELECT 'prepared ' || gid FROM pg_prepared_xacts WHERE database = current_database()");

    @Test
    void nothingIsLeftOnPostgres() {
        try (PostgresCluster cluster = PostgresCluster.start(Map.of()); Database database = cluster.createDatabase("leftovers")) {
            leavesNothing(database);
        }
    }

    @Test
    void nothingIsLeftOnAnyNodeOfCitus() {
        try (CitusCluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("leftovers")) {
            leavesNothing(database);
            aWorkerThatIsDownIsNamed(database, cluster.workers().getLast());
            aDaemonThatRestsSaysThatItNeedsEveryNode(database, cluster.workers().getLast());
            aNodeThatIsDisabledOrRemovedBehindTheDaemonsBackKeepsNoSlot(database, cluster.workers().getLast());
            aNodeThatIsRemovedKeepsNothing(database, cluster.workers().getLast());
        }
    }

    private static void leavesNothing(Database database) {
        createSources(database);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createStreamTables(database);
            StreamTables streamTables = new StreamTables(database);
            names(database).forEach(streamTables::drop);
            Await.until("nothing is left while the daemon runs", () -> withoutCatalog(traces(database)).isEmpty());
            theDaemonRests(database);
            // It starts again from nothing.
            createStreamTables(database);
            database.execute("INSERT INTO a SELECT i, 1 FROM generate_series(1000, 1100) i");
            assertThat(streamTables.verify("joined").differingRows()).isZero();
            names(database).forEach(streamTables::drop);
        }
        assertThat(withoutCatalog(traces(database))).isEmpty();
        uninstallAfterAKill(database);
        whatAnEarlierInstallationLeftGoes(database);
    }

    private static void theDaemonRests(Database database) {
        Await.until("no slot is expected", () -> database.rows("SELECT group_id FROM pgtrickle.pgt_worker_slots").isEmpty());
        assertThat(database.rows("SELECT group_id FROM pgtrickle.pgt_cut")).isEmpty();
        assertThat(database.rows("SELECT * FROM pgtrickle.health_check() WHERE severity <> 'OK'")).isEmpty();
    }

    private static void createSources(Database database) {
        database.execute("""
                         CREATE TABLE a (k int PRIMARY KEY, v int);
                         CREATE TABLE b (k int PRIMARY KEY, w int);
                         ALTER TABLE a REPLICA IDENTITY FULL;
                         ALTER TABLE b REPLICA IDENTITY FULL;
                         """);
        if (!database.cluster().workers().isEmpty()) {
            database.execute(
                    "SELECT create_distributed_table('a', 'k'); SELECT create_distributed_table('b', 'k', colocate_with => 'a')");
            database.execute("CREATE SCHEMA tenant");
            database.rows("SELECT citus_schema_distribute('tenant')");
            database.execute("CREATE TABLE tenant.c (k int PRIMARY KEY, v int)");
            database.execute("ALTER TABLE tenant.c REPLICA IDENTITY FULL");
        }
        database.execute(
                "INSERT INTO a SELECT i, i % 5 FROM generate_series(1, 100) i; INSERT INTO b SELECT i, i FROM generate_series(1, 100) i");
    }

    private static void createStreamTables(Database database) {
        StreamTables streamTables = new StreamTables(database);
        streamTables.create("st", "SELECT v, count(*) AS n FROM a GROUP BY v");
        streamTables.create("big", "SELECT k, sum(v) AS s, avg(v) AS m FROM a GROUP BY k", distributed(database));
        streamTables.create("joined", "SELECT a.k, a.v, b.w FROM a JOIN b ON b.k = a.k", distributed(database));
        if (!database.cluster().workers().isEmpty()) {
            streamTables.create("of_tenant", "SELECT k, v FROM tenant.c");
            assertThat(traces(database)).anyMatch(trace -> trace.contains("pgtrickle_anchor"));
        }
    }

    private static List<String> names(Database database) {
        return database.cluster().workers().isEmpty()
                ? List.of("joined", "big", "st")
                : List.of("joined", "big", "st", "of_tenant");
    }

    private static String[] distributed(Database database) {
        return database.cluster().workers().isEmpty() ? new String[0] : new String[]{"output_distribution_column => 'k'"};
    }

    /** The daemon runs, then is killed and has cleaned up nothing. */
    private static void uninstallAfterAKill(Database database) {
        DaemonProcess daemon = DaemonProcess.start(database);
        createStreamTables(database);
        Output refused = freshet(database, "uninstall");
        assertThat(refused.code()).isEqualTo(REFUSED);
        assertThat(refused.text()).contains("a daemon is running");
        assertThat(traces(database)).anyMatch(trace -> trace.contains("slot"));
        daemon.kill();
        Await.until("the daemon's session is gone",
                () -> database.value("SELECT pgtrickle.pgt_daemon_incarnation() IS NULL").equals("t"));
        assertThat(freshet(database, "uninstall").code()).isZero();
        assertThat(traces(database)).isEmpty();
        assertThat(database.value("SELECT count(*) FROM a")).isEqualTo("201");
    }

    private static void whatAnEarlierInstallationLeftGoes(Database database) {
        for (Server server : database.cluster().servers()) {
            database.on(server).rows("SELECT pg_create_logical_replication_slot('freshet_0badcafe', 'pgoutput')");
            database.on(server).rows("SELECT pg_create_logical_replication_slot('freshet_of_the_user', 'pgoutput')");
        }
        database.execute("CREATE PUBLICATION freshet_0badcafe");
        Output output = freshet(database, "uninstall");
        assertThat(output.code()).isZero();
        assertThat(output.text()).contains("slot freshet_0badcafe of ", "publication freshet_0badcafe");
        List<String> left = new ArrayList<>();
        for (Server server : database.cluster().servers()) {
            left.add(server.port() + " slot freshet_of_the_user");
        }
        assertThat(traces(database)).containsExactlyInAnyOrderElementsOf(left);
        for (Server server : database.cluster().servers()) {
            database.on(server).rows("SELECT pg_drop_replication_slot('freshet_of_the_user')");
        }
    }

    private static void aWorkerThatIsDownIsNamed(Database database, Server worker) {
        DaemonProcess daemon = DaemonProcess.start(database);
        createStreamTables(database);
        daemon.kill();
        worker.kill();
        Await.until("the daemon's session is gone",
                () -> database.value("SELECT pgtrickle.pgt_daemon_incarnation() IS NULL").equals("t"));
        Output refused = freshet(database, "uninstall");
        assertThat(refused.code()).isNotZero();
        assertThat(refused.text()).contains(":" + worker.port(), "SELECT pg_drop_replication_slot(slot_name)");
        worker.restart();
        assertThat(freshet(database, "uninstall").code()).isZero();
        assertThat(traces(database)).isEmpty();
    }

    private static void aDaemonThatRestsSaysThatItNeedsEveryNode(Database database, Server worker) {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            StreamTables streamTables = new StreamTables(database);
            Await.until("the daemon rests", () -> withoutCatalog(traces(database)).isEmpty());
            worker.kill();
            assertThatThrownBy(() -> streamTables.create("st", "SELECT v, count(*) AS n FROM a GROUP BY v"))
                    .hasMessageContaining(ErrorCode.NODE_UNREACHABLE.code() + ":").hasMessageContaining(":" + worker.port());
            worker.restart();
            Await.until("it rests again",
                    () -> daemon.log().lastIndexOf("nothing is read until") > daemon.log().lastIndexOf("WARN"));
            createStreamTables(database);
            assertThat(streamTables.verify("joined").differingRows()).isZero();
            names(database).forEach(streamTables::drop);
            Await.until("nothing is left", () -> withoutCatalog(traces(database)).isEmpty());
        }
    }

    /** Nobody but {@code uninstall} knows of it then. */
    private static void aNodeThatIsDisabledOrRemovedBehindTheDaemonsBackKeepsNoSlot(Database database, Server worker) {
        String node = node(worker);
        database.rows("SELECT citus_drain_node(" + node + ", shard_transfer_mode => 'block_writes')");
        uninstallAfter(database, worker, "SELECT citus_remove_node(" + node + ")");
        assertThat(ofFreshetsOwn(traces(database))).isEmpty();
        database.rows("SELECT citus_add_node(" + node + ")");
        assertThat(traces(database)).isEmpty();
        List<String> others = new ArrayList<>();
        uninstallAfter(database, worker, "SELECT citus_remove_node(" + node + ")",
                () -> others.addAll(serveAnotherCluster(database, worker)));
        assertThat(ofFreshetsOwn(traces(database, worker))).containsExactlyInAnyOrderElementsOf(others);
        serveNoClusterAgain(database, worker);
        database.rows("SELECT citus_add_node(" + node + ")");
        database.on(worker).rows("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
        uninstallAfter(database, worker, "SELECT citus_disable_node(" + node + ", synchronous => true)");
        assertThat(slots(database, worker)).isEmpty();
        // Citus cannot drop anything there while it is disabled, and what it has been told to drop it does not know afterwards.
        database.rows("SELECT citus_activate_node(" + node + ")");
        Output removed = uninstallAfter(database, worker, "SELECT citus_remove_node(" + node + ")", worker::kill);
        assertThat(removed.text()).contains(":" + worker.port() + " is not used by the cluster and cannot be reached",
                "SELECT pg_drop_replication_slot(slot_name)");
        worker.restart();
        assertThat(slots(database, worker)).hasSize(1);
        database.on(worker).rows("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
        database.rows("SELECT citus_add_node(" + node + ")");
        database.rows("SELECT rebalance_table_shards(shard_transfer_mode => 'block_writes')");
        assertThat(traces(database)).noneMatch(trace -> trace.contains(" slot "));
        for (String publication : database.on(worker).rows("SELECT pubname FROM pg_publication")) {
            database.on(worker).execute("SET citus.enable_ddl_propagation = off; DROP PUBLICATION " + publication);
        }
    }

    private static Output uninstallAfter(Database database, Server worker, String change, Runnable... more) {
        DaemonProcess daemon = DaemonProcess.start(database);
        createStreamTables(database);
        daemon.kill();
        assertThat(slots(database, worker)).hasSize(1);
        database.rows(change);
        List.of(more).forEach(Runnable::run);
        Await.until("the daemon's session is gone",
                () -> database.value("SELECT pgtrickle.pgt_daemon_incarnation() IS NULL").equals("t"));
        Output output = freshet(database, "uninstall");
        assertThat(output.code()).as(output.text()).isZero();
        return output;
    }

    /** Another coordinator gives it the group id that it had, and another Freshet has its slot there. */
    private static List<String> serveAnotherCluster(Database database, Server worker) {
        Database.Session session = database.on(worker);
        session.execute("UPDATE pg_dist_node SET nodename = 'another.example' WHERE groupid = 0");
        session.rows("SELECT pg_create_logical_replication_slot('freshet_0badcafe', 'pgoutput')");
        return ofFreshetsOwn(traces(database, worker)).stream()
                .filter(trace -> !trace.contains(" slot ") || trace.endsWith("freshet_0badcafe")).toList();
    }

    private static void serveNoClusterAgain(Database database, Server worker) {
        database.on(worker).execute("UPDATE pg_dist_node SET nodename = '" + Server.HOST + "' WHERE groupid = 0");
    }

    private static List<String> slots(Database database, Server server) {
        return database.on(server).rows("SELECT slot_name FROM pg_replication_slots WHERE slot_name LIKE 'freshet%'");
    }

    private static String node(Server worker) {
        return "'" + Server.HOST + "', " + worker.port();
    }

    /** Although nothing is written that would make an epoch necessary. */
    private static void aNodeThatIsRemovedKeepsNothing(Database database, Server worker) {
        String node = node(worker);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            createStreamTables(database);
            database.rows("SELECT citus_drain_node(" + node + ", shard_transfer_mode => 'block_writes')");
            assertThat(new StreamTables(database).verify("joined").differingRows()).isZero();
            database.rows("SELECT citus_remove_node(" + node + ")");
            Await.until("nothing is left on the node that has left",
                    () -> ofFreshetsOwn(traces(database, worker)).isEmpty());
            Await.until("it is not expected to have one", () -> database
                    .rows("SELECT port FROM pgtrickle.pgt_worker_slots WHERE port = " + worker.port()).isEmpty());
            names(database).forEach(new StreamTables(database)::drop);
        }
    }

    private static List<String> traces(Database database) {
        return database.cluster().servers().stream().flatMap(server -> traces(database, server).stream()).toList();
    }

    private static List<String> traces(Database database, Server server) {
        List<String> traces = new ArrayList<>();
        TRACES.forEach(query -> database.on(server).rows(query).forEach(trace -> traces.add(server.port() + " " + trace)));
        return traces;
    }

    /** Without the stream tables themselves: a removed node keeps the user's tables, and these are among them. */
    private static List<String> ofFreshetsOwn(List<String> traces) {
        return traces.stream().filter(trace -> !trace.contains(" stream table ")).toList();
    }

    /** The coordinator's catalog stays until Freshet is uninstalled, and with it the schemas, on every node. */
    private static List<String> withoutCatalog(List<String> traces) {
        return traces.stream().filter(trace -> !trace.contains(" schema ") && !trace.contains(" relation " + CATALOG + "."))
                .toList();
    }

    private record Output(int code, String text) {
    }

    private static Output freshet(Database database, String command) {
        try {
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1", "-Dcalcite.default.charset=UTF-8", "-cp", System.getProperty("java.class.path"),
                    "io.freshet.runtime.cli.Freshet", command, "--url", database.libpqUrl()).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
