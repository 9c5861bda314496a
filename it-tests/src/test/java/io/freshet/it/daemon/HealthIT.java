package io.freshet.it.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.PostgresCluster;
import io.freshet.it.cluster.Server;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What SQL tells of nodes, slots and stream tables is what is the case, also while a worker is down and without a daemon. */
class HealthIT {
    private static final String FINE = "SELECT bool_and(severity = 'OK') FROM pgtrickle.health_check()";

    @Test
    void healthOfPostgres() {
        try (PostgresCluster cluster = PostgresCluster.start(Map.of())) {
            run(cluster, List.of("0"), "streaming");
        }
    }

    @Test
    void healthOfCitusWhileAWorkerIsDown() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of())) {
            run(cluster, List.of("0", "1", "2"), "streaming");
        }
    }

    @Test
    void healthOfCitusWhenWorkersArePolled() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of())) {
            run(cluster, List.of("0", "1", "2"), "polling");
        }
    }

    private static void run(Cluster cluster, List<String> groups, String capture) {
        try (Database database = cluster.createDatabase("health")) {
            database.captureBy(capture);
            database.execute(
                    "ALTER DATABASE %1$s SET pg_trickle.slot_lag_warning = '1MB'; ALTER DATABASE %1$s SET pg_trickle.slot_lag_error = '2MB';"
                            .formatted(database.name()) + " ALTER DATABASE " + database.name()
                            + " SET pg_trickle.citus_worker_retry_ticks = 3");
            database.execute("CREATE TABLE events (id bigint PRIMARY KEY, kind int NOT NULL, body text STORAGE EXTERNAL)");
            database.execute("ALTER TABLE events REPLICA IDENTITY FULL");
            if (!cluster.workers().isEmpty()) {
                database.execute("SELECT create_distributed_table('events', 'id')");
            }
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                streamTables.create("per_kind", "SELECT kind, count(*) AS n FROM events GROUP BY kind", "schedule => '1h'");
                everythingIsFine(database, groups);
                assertThat(database.rows("SELECT group_id, capture FROM pgtrickle.pgt_worker_slots ORDER BY 1")).isEqualTo(
                        groups.stream().map(group -> group + (group.equals("0") ? "|streaming" : "|" + capture)).toList());
                lagGrowsAndGoes(database, streamTables, groups);
                foreignSlotsAreReported(database);
                if (!cluster.workers().isEmpty()) {
                    aKilledWorkerIsTold(database, cluster.workers().getFirst());
                    assertThat(daemon.log()).contains("has not been read for 3 looks in a row");
                }
                everythingIsFine(database, groups);
                assertThat(streamTables.verify("per_kind").differingRows()).isZero();
            }
            aStoppedDaemonIsTold(database, groups);
        }
    }

    private static void everythingIsFine(Database database, List<String> groups) {
        await(database, "t", FINE, "SELECT * FROM pgtrickle.health_check()");
        assertThat(database.rows("SELECT group_id FROM pgtrickle.pgt_worker_slots WHERE active AND health = 'OK' ORDER BY 1"))
                .isEqualTo(groups);
        assertThat(database.rows("""
                                 SELECT group_id FROM pgtrickle.citus_status
                                 WHERE stream_table = 'public.per_kind' AND source = 'public.events' AND health = 'OK'
                                   AND lease_holder IS NOT NULL AND last_polled_at > clock_timestamp() - interval '10 seconds'
                                 ORDER BY 1
                                 """)).isEqualTo(groups);
        assertThat(database.rows("SELECT group_id, status, wal_status FROM pgtrickle.check_cdc_health()"))
                .isEqualTo(groups.stream().map(group -> group + "|OK|reserved").toList());
        for (Server server : database.cluster().servers()) {
            // What is shown is a second old, and the slot may have gone on meanwhile.
            Await.until("the frontier of " + server.port() + " is that of its slot", () -> isFrontierOfSlot(database, server));
        }
    }

    private static boolean isFrontierOfSlot(Database database, Server server) {
        String[] shown = database
                .value("SELECT slot_name, frontier_lsn FROM pgtrickle.pgt_worker_slots WHERE port = " + server.port())
                .split("\\|");
        return database.on(server).value("SELECT '" + shown[1] + "' BETWEEN confirmed_flush_lsn AND pg_current_wal_lsn()"
                + " FROM pg_replication_slots WHERE slot_name = '" + shown[0] + "'").equals("t");
    }

    /** The changes wait for the schedule, so the slots wait too. */
    private static void lagGrowsAndGoes(Database database, StreamTables streamTables, List<String> groups) {
        String behind = "SELECT bool_or(lag_bytes > 2000000) FROM pgtrickle.pgt_worker_slots";
        assertThat(database.value(behind)).isEqualTo("f");
        // In several transactions: a slot may go on until the first of those ends that wait.
        for (int i = 0; i < 8; i++) {
            database.execute("INSERT INTO events SELECT i, i %% 7, repeat(md5(i::text), 100) FROM generate_series(%d, %d) AS i"
                    .formatted(1000 * i + 1, 1000 * i + 1000));
        }
        await(database, "t", behind, "SELECT * FROM pgtrickle.pgt_worker_slots");
        await(database, "t",
                "SELECT bool_and(lag_bytes > 1000000) FROM pgtrickle.pgt_worker_slots WHERE group_id > 0 OR " + groups.size()
                        + " = 1",
                "SELECT * FROM pgtrickle.pgt_worker_slots");
        await(database, "t", "SELECT bool_or(status = 'ERROR' AND detail LIKE '%behind') FROM pgtrickle.check_cdc_health()",
                "SELECT * FROM pgtrickle.check_cdc_health()");
        assertThat(database.rows("SELECT DISTINCT health FROM pgtrickle.pgt_worker_slots WHERE lag_bytes > 2000000"))
                .containsExactly("BEHIND");
        streamTables.refresh("per_kind");
        await(database, "f", behind, "SELECT * FROM pgtrickle.pgt_worker_slots");
    }

    private static void foreignSlotsAreReported(Database database) {
        String reported = "SELECT string_agg(group_id || ' ' || status, ', ') FROM pgtrickle.check_cdc_health() WHERE slot_name = 'freshet_deadbeef'";
        List<Server> servers = database.cluster().servers();
        Server last = servers.getLast();
        database.on(last).rows("SELECT pg_create_logical_replication_slot('freshet_deadbeef', 'pgoutput')");
        await(database, servers.size() - 1 + " WARN", reported, "SELECT * FROM pgtrickle.pgt_node_states");
        assertThat(database.rows("SELECT severity FROM pgtrickle.health_check() WHERE detail LIKE '%freshet_deadbeef%'"))
                .containsExactly("WARN");
        database.on(last).rows("SELECT pg_drop_replication_slot('freshet_deadbeef')");
        await(database, "null", reported, "SELECT * FROM pgtrickle.pgt_node_states");
    }

    private static void aKilledWorkerIsTold(Database database, Server worker) {
        String state = "SELECT string_agg(group_id || ' ' || health || ' ' || active, ', ' ORDER BY group_id) FROM pgtrickle.pgt_worker_slots";
        String port = " FROM pgtrickle.pgt_worker_slots WHERE port = " + worker.port();
        worker.kill();
        long killed = System.nanoTime();
        await(database, "0 OK true, 1 UNREACHABLE false, 2 OK true", state, "SELECT * FROM pgtrickle.pgt_worker_slots");
        assertThat(System.nanoTime() - killed).as("nanoseconds until it is told").isLessThan(10_000_000_000L);
        assertThat(database.value("SELECT last_error IS NOT NULL AND failing_since IS NOT NULL AND lag_bytes IS NOT NULL" + port))
                .isEqualTo("t");
        await(database, "t", "SELECT consecutive_failures >= 3" + port, state);
        assertThat(database.rows("SELECT group_id, status FROM pgtrickle.check_cdc_health() WHERE status <> 'OK'"))
                .containsExactly("1|ERROR");
        assertThat(database.rows("SELECT health FROM pgtrickle.citus_status WHERE port = " + worker.port()))
                .containsExactly("UNREACHABLE");
        assertThat(database.rows("SELECT severity FROM pgtrickle.health_check() WHERE check_name = 'slots'"))
                .containsExactly("ERROR");
        worker.restart();
        await(database, "0 OK true, 1 OK true, 2 OK true", state, "SELECT * FROM pgtrickle.pgt_worker_slots");
        assertThat(database.value("SELECT consecutive_failures, failing_since, last_error" + port)).isEqualTo("0|null|null");
    }

    private static void aStoppedDaemonIsTold(Database database, List<String> groups) {
        assertThat(database.rows("SELECT group_id, health, active FROM pgtrickle.pgt_worker_slots ORDER BY 1"))
                .isEqualTo(groups.stream().map(group -> group + "|NO DAEMON|f").toList());
        assertThat(database.rows("SELECT DISTINCT lease_holder, health FROM pgtrickle.citus_status"))
                .containsExactly("null|NO DAEMON");
        assertThat(database.rows("""
                                 SELECT severity FROM pgtrickle.health_check()
                                 WHERE check_name = 'daemon' AND detail LIKE 'no daemon has been running since 2%'
                                 """)).containsExactly("ERROR");
        assertThat(database.rows("SELECT DISTINCT status FROM pgtrickle.check_cdc_health()")).containsExactly("ERROR");
    }

    private static void await(Database database, String expected, String query, String evidence) {
        try {
            Await.until(query, () -> database.value(query).equals(expected));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nis " + database.value(query) + ", from\n"
                    + String.join("\n", database.rows(evidence)), e);
        }
    }
}
