package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Shards that are split, isolated and moved, nodes that come and go, all under load: nothing is lost or doubled, and no stream table that is
 * maintained by increments is filled again.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TopologyIT {
    private static final String MODE = "shard_transfer_mode => 'block_writes'";

    @Test
    void shardsAreSplitAndIsolatedWhileTheirChangesAreRead() {
        try (Database database = Clusters.citus().createDatabase("splits")) {
            splitAndIsolate(database, new Scenario(database));
        }
    }

    @Test
    void shardsAreSplitAndIsolatedWhileTheirChangesArePolled() {
        try (Database database = Clusters.citus().createDatabase("splits")) {
            splitAndIsolate(database, Scenario.polled(database));
        }
    }

    private static void splitAndIsolate(Database database, Scenario scenario) {
        try (WriteLoad load = scenario.startLoad(); DaemonProcess daemon = DaemonProcess.start(database)) {
            scenario.createStreamTables();
            split(database, "orders");
            scenario.verifyAll();
            Operation.perform(database, "SELECT isolate_tenant_to_new_shard('log_lines', 2, 'CASCADE', " + MODE + ")");
            split(database, "log_lines");
            scenario.verifyAll();
            load.stop();
            scenario.compareAll();
            scenario.assertFilledOnce();
        }
    }

    /**
     * A split that lets writers go on does not end while rows of tables with REPLICA IDENTITY FULL are updated or deleted. It is given up, and does no
     * harm; shards can be moved by Citus's default way meanwhile.
     */
    @Test
    void aSplitThatDoesNotEndDoesNoHarm() {
        try (CitusCluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("online")) {
            Operation.allowCitusToCopyByItsDecoder(database);
            Scenario scenario = Scenario.ofFew(database);
            try (WriteLoad load = scenario.startLoad(); DaemonProcess daemon = DaemonProcess.start(database)) {
                scenario.createStreamTables();
                List<String> slots = slotsAndPublications(database);
                String shards = "SELECT count(*) FROM pg_dist_shard WHERE logicalrelid = 'orders'::regclass";
                String before = database.value(shards);
                assertThatThrownBy(() -> database.execute("SET statement_timeout = '15s'; " + splitOf("orders", "force_logical")))
                        .isInstanceOf(SqlFailure.class).hasMessageContaining("statement timeout");
                assertThat(database.value(shards)).isEqualTo(before);
                assertThat(slotsAndPublications(database)).isEqualTo(slots);
                scenario.verifyAll();

                // One worker has all shards of a group, so that there is something to balance.
                crowd(database, "log_lines");
                rebalanceInTheBackground(database, "");
                assertThat(database.rows("SELECT DISTINCT nodeport FROM citus_shards WHERE table_name = 'log_lines'::regclass"))
                        .hasSize(2);
                scenario.verifyAll();
                assertThat(slotsAndPublications(database)).isEqualTo(slots);
                load.stop();
                scenario.compareAll();
                scenario.assertFilledOnce();
                daemon.assertStepsRunAsTheySay();
            }
        }
    }

    /** Freshet's, of every node: those that Citus makes for its own transfers have other names. */
    private static List<String> slotsAndPublications(Database database) {
        List<String> found = new ArrayList<>();
        for (Server server : database.cluster().servers()) {
            Database.Session node = database.on(server);
            found.addAll(node.rows("SELECT slot_name, wal_status FROM pg_replication_slots WHERE slot_name LIKE 'freshet%'"
                    + " AND database = current_database() ORDER BY 1"));
            found.addAll(
                    node.rows("SELECT pubname, schemaname, tablename FROM pg_publication_tables WHERE pubname LIKE 'freshet%'"
                            + " ORDER BY 1, 2, 3"));
        }
        assertThat(found).isNotEmpty();
        return found;
    }

    /** Moves all shards of the table, and of those that are co-located, to the first worker. */
    private static void crowd(Database database, String table) {
        int port = database.cluster().workers().getFirst().port();
        for (String shard : database.rows("SELECT shardid, nodeport FROM citus_shards WHERE table_name = '" + table
                + "'::regclass AND nodeport <> " + port)) {
            String[] place = shard.split("\\|");
            Operation.perform(database, "SELECT citus_move_shard_placement(%s, '%s', %s, '%s', %d, 'block_writes')"
                    .formatted(place[0], Server.HOST, place[1], Server.HOST, port));
        }
    }

    @Test
    void nodesComeAndGo() {
        try (CitusCluster cluster = Clusters.ownCitus(3, Map.of()); Database database = cluster.createDatabase("nodes")) {
            Server third = cluster.workers().get(2);
            String node = "'" + Server.HOST + "', " + third.port();
            database.execute("SELECT citus_remove_node(" + node + ")");
            Scenario scenario = new Scenario(database);
            try (WriteLoad load = scenario.startLoad(); DaemonProcess daemon = DaemonProcess.start(database)) {
                scenario.createStreamTables();

                database.execute("SELECT citus_add_node(" + node + ")");
                rebalance(database);
                assertThat(shards(database, third)).isNotZero();
                scenario.verifyAll();

                Operation.perform(database, "SELECT citus_drain_node(" + node + ", " + MODE + ")");
                assertThat(shards(database, third)).isZero();
                Operation.perform(database, "SELECT citus_remove_node(" + node + ")");
                awaitRead(database, third, false);
                Await.until("the slot is dropped",
                        () -> database.on(third).rows("SELECT FROM pg_replication_slots WHERE slot_name LIKE 'freshet%'")
                                .isEmpty());
                scenario.verifyAll();

                database.execute("SELECT citus_add_node(" + node + ")");
                awaitRead(database, third, true);
                database.execute("SELECT citus_disable_node(" + node + ", synchronous => true)");
                awaitRead(database, third, false);
                scenario.verifyAll();
                database.execute("SELECT citus_activate_node(" + node + ")");
                awaitRead(database, third, true);
                rebalanceInTheBackground(database, MODE);
                assertThat(shards(database, third)).isNotZero();
                scenario.verifyAll();
                load.stop();
                scenario.compareAll();
                scenario.assertFilledOnce();
            }
        }
    }

    private static void split(Database database, String table) {
        String shards = "SELECT count(*) FROM pg_dist_shard WHERE logicalrelid = '" + table + "'::regclass";
        int before = Integer.parseInt(database.value(shards));
        Operation.perform(database, splitOf(table, "block_writes"));
        assertThat(Integer.parseInt(database.value(shards))).isEqualTo(before + 1);
    }

    private static String splitOf(String table, String mode) {
        return """
               SELECT citus_split_shard_by_split_points(shardid, ARRAY[((shardminvalue::bigint + shardmaxvalue::bigint) / 2)::text],
                   ARRAY(SELECT nodeid FROM pg_dist_node WHERE groupid > 0 ORDER BY random() LIMIT 2), '%s')
               FROM (SELECT * FROM pg_dist_shard WHERE logicalrelid = '%s'::regclass AND shardminvalue <> shardmaxvalue
                     ORDER BY random() LIMIT 1) s
               """
                .formatted(mode, table);
    }

    private static void rebalance(Database database) {
        Operation.perform(database, "SELECT rebalance_table_shards(" + MODE + ")");
    }

    /** Citus's own workers do it, and try again when writers are in the way. */
    private static void rebalanceInTheBackground(Database database, String mode) {
        String job = database.value("SELECT citus_rebalance_start(" + mode + ")");
        database.rows("SELECT citus_rebalance_wait()");
        assertThat(database.rows("SELECT state FROM pg_dist_background_job WHERE job_id = " + job)).containsExactly("finished");
    }

    /** Copies of reference tables stay on every node until it is removed. */
    private static int shards(Database database, Server server) {
        return Integer
                .parseInt(database.value("SELECT count(*) FROM citus_shards WHERE citus_table_type <> 'reference' AND nodeport = "
                        + server.port()));
    }

    private static void awaitRead(Database database, Server server, boolean read) {
        Await.until(server.port() + (read ? " is read" : " is not read any more"), () -> database
                .rows("SELECT FROM pgtrickle.pgt_cut WHERE port = " + server.port()).isEmpty() != read);
    }
}
