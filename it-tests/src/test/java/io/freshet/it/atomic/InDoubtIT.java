package io.freshet.it.atomic;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Parts of distributed transactions that stay prepared, as after their initiator's death. */
class InDoubtIT {
    private static final String TOTAL = "SELECT total FROM in_all";

    private final CitusCluster cluster = Clusters.citus();

    private void onTransfers(Consumer<Database> test) {
        try (Database database = cluster.createDatabase("doubt")) {
            Transfers.createTables(database);
            test.accept(database);
        }
    }

    private static void createStreamTable(Database database) {
        new StreamTables(database).create("in_all", "SELECT sum(amount) AS total FROM accounts");
    }

    private static void prepare(Database database, Server worker, String gid, String statement) {
        String url = "jdbc:postgresql://" + Server.HOST + ":" + worker.port() + "/" + database.name() + "?user="
                + Server.SUPERUSER;
        try (Connection connection = DriverManager.getConnection(url); Statement session = connection.createStatement()) {
            session.execute("SET citus.enable_manual_changes_to_shards = on");
            session.execute("BEGIN");
            session.execute(statement);
            session.execute("PREPARE TRANSACTION '" + gid + "'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void finish(Database database, Server worker, String how, String gid) {
        database.on(worker).execute(how + " PREPARED '" + gid + "'");
    }

    /** Adds to the amount of one account that lies on the worker, in its shard. */
    private static String deposit(Database database, Server worker, int amount) {
        String[] place = database.rows("""
                                       SELECT shard, min(branch) FROM (
                                           SELECT b AS branch, get_shard_id_for_distribution_column('accounts', b) AS shard
                                           FROM generate_series(1, %d) b) placed
                                       JOIN pg_dist_placement ON shardid = shard JOIN pg_dist_node USING (groupid)
                                       WHERE nodeport = %d GROUP BY shard ORDER BY shard LIMIT 1
                                       """.formatted(Transfers.BRANCHES, worker.port())).getFirst().split("\\|");
        return "UPDATE accounts_" + place[0] + " SET amount = amount + " + amount + " WHERE id = 1 AND branch = " + place[1];
    }

    private static long total(Database database) {
        return Long.parseLong(database.value(TOTAL));
    }

    private static void awaitTotal(Database database, long total) {
        Await.until("the total is " + total, () -> total(database) == total);
    }

    @Test
    void aPartThatWroteNothingStopsNothingEvenWhenItIsThereBeforeTheDaemon() {
        onTransfers(database -> {
            Server worker = cluster.workers().getFirst();
            database.on(worker).execute("CREATE TABLE public.unrelated (a int)");
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                createStreamTable(database);
                daemon.kill();
            }
            // Nobody recovers a transaction of a group that does not exist.
            prepare(database, worker, "citus_77_1_1_0", "INSERT INTO public.unrelated VALUES (1)");
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                database.execute("UPDATE accounts SET amount = amount + 1 WHERE id = 2");
                awaitTotal(database, Transfers.SUM + Transfers.BRANCHES);
                assertThat(daemon.log()).doesNotContain("it is tried again");
                finish(database, worker, "ROLLBACK", "citus_77_1_1_0");
            }
        });
    }

    @Test
    void aTransactionWhoseInitiatorHasNotCommittedStopsNothingAndIsShownNowhere() {
        onTransfers(database -> {
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                createStreamTable(database);
                List<Server> workers = cluster.workers();
                for (Server worker : workers) {
                    prepare(database, worker, "citus_77_1_2_0", deposit(database, worker, 100));
                }
                database.execute("UPDATE accounts SET amount = amount + 1 WHERE id = 2");
                awaitTotal(database, Transfers.SUM + Transfers.BRANCHES);
                assertThat(daemon.log()).doesNotContain("it is tried again");
                workers.forEach(worker -> finish(database, worker, "ROLLBACK", "citus_77_1_2_0"));
            }
        });
    }

    @Test
    void aTransactionWhoseInitiatorDiedAfterItsCommitIsRecoveredAndNeverShownInPart() {
        onTransfers(database -> {
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                createStreamTable(database);
                Server first = cluster.workers().getFirst();
                Server second = cluster.workers().getLast();
                prepare(database, first, "citus_0_1_3_0", deposit(database, first, 100));
                prepare(database, second, "citus_0_1_3_1", deposit(database, second, -100));
                database.execute(
                        "INSERT INTO pg_dist_transaction (groupid, gid) SELECT groupid, gid FROM pg_dist_node JOIN (VALUES (%d,"
                                .formatted(first.port()) + " 'citus_0_1_3_0'), (" + second.port()
                                + ", 'citus_0_1_3_1')) p(port, gid) ON port = nodeport");
                finish(database, first, "COMMIT", "citus_0_1_3_0");
                database.execute("UPDATE accounts SET amount = amount + 1 WHERE id = 2");
                Await.until("the transaction is recovered and shown", () -> {
                    long total = total(database);
                    assertThat(total).isIn(Transfers.SUM, Transfers.SUM + Transfers.BRANCHES);
                    return total == Transfers.SUM + Transfers.BRANCHES;
                });
                assertThat(database.on(second).value("SELECT count(*) FROM pg_prepared_xacts WHERE gid = 'citus_0_1_3_1'"))
                        .isEqualTo("0");
                assertThat(daemon.log()).contains("the distributed transaction citus_0_1_3 is seen in part");
            }
        });
    }
}
