package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A table of which Citus cannot decode changes does not get the chance to crash its node through a slot of ours. */
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DroppedColumnIT {
    private static final int IDS = 60;
    private static final StreamTableCase KINDS = StreamTableCase.differential("kinds",
            "SELECT kind, count(*) AS n, sum(amount) AS s FROM sales GROUP BY kind");
    private static final StreamTableCase TOTAL = StreamTableCase.differential("total",
            "SELECT count(*) AS n, sum(amount) AS s FROM sales");
    private static final StreamTableCase REFUNDS = StreamTableCase.differential("refunded", "SELECT id, amount FROM refunds");

    @Test
    void noSlotReadsPastADroppedColumnAndAllIsWellWhenItIsGone() {
        try (CitusCluster cluster = Clusters.ownCitus(1, Map.of()); Database database = cluster.createDatabase("dropped")) {
            database.execute(
                    "CREATE TABLE sales (id int PRIMARY KEY, amount int); SELECT create_distributed_table('sales', 'id');"
                            + " ALTER TABLE sales REPLICA IDENTITY FULL;"
                            + " CREATE TABLE unread (id int PRIMARY KEY, old int, note text); SELECT create_distributed_table('unread', 'id')");
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                streamTables.create("total", "SELECT count(*) AS n, sum(amount) AS amount FROM sales");
                database.execute("ALTER TABLE unread DROP COLUMN old");
                Await.until("it is told",
                        () -> database.rows("SELECT detail FROM pgtrickle.health_check() WHERE severity = 'ERROR'")
                                .toString().contains("a column was dropped from public.unread"));
                for (Server server : cluster.servers()) {
                    assertThat(database.on(server)
                            .rows("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()")).isEmpty();
                }
                database.execute("INSERT INTO unread SELECT i, 'x' FROM generate_series(1, 50) i");
                database.execute("INSERT INTO sales SELECT i, i FROM generate_series(1, 10) i");
                assertThat(database.value("SELECT n FROM total")).isEqualTo("0");

                database.execute("SELECT alter_distributed_table('unread', shard_count => 5, cascade_to_colocated => false)");
                Await.until("it is filled again", () -> database.value("SELECT n FROM total").equals("10"));
                database.execute("INSERT INTO unread SELECT i, 'x' FROM generate_series(51, 100) i");
                database.execute("INSERT INTO sales VALUES (11, 11)");
                assertThat(streamTables.verify("total").differingRows()).isZero();
                assertThat(database.value("SELECT n FROM total")).isEqualTo("11");
            }
        }
    }

    @Test
    void whatReadsAColumnStopsWhenItIsDroppedAndTheRestIsFilledAgain() {
        try (CitusCluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("dropped")) {
            createSources(database);
            try (DaemonProcess daemon = DaemonProcess.start(database); TableWriters writers = startWriters(database)) {
                create(database, List.of(KINDS, TOTAL, REFUNDS));
                dropAndMend(database, "kind", writers, List.of(TOTAL, REFUNDS));
                String state = "SELECT status, last_error FROM pgtrickle.pgt_status() WHERE name = 'public.kinds'";
                Await.until("kinds stops", () -> database.value(state).startsWith("FAILING|"));
                assertThat(database.value(state)).contains("column kind of public.sales was dropped");
                writers.stop();
                assertRight(database, List.of(TOTAL, REFUNDS));
                new StreamTables(database).drop("kinds");
                assertThat(new StreamTables(database).errors()).isEmpty();
            }
        }
    }

    @Test
    void aDroppedColumnThatNobodyReadsIsForgottenWhenItIsMended() {
        try (CitusCluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("dropped")) {
            createSources(database);
            try (DaemonProcess daemon = DaemonProcess.start(database); TableWriters writers = startWriters(database)) {
                List<StreamTableCase> all = List.of(KINDS, TOTAL, REFUNDS);
                create(database, all);
                dropAndMend(database, "note", writers, all);
                writers.stop();
                assertRight(database, all);
                assertThat(new StreamTables(database).errors()).isEmpty();
            }
        }
    }

    /** Whoever alters one shard by hand leaves the table as it was: the coordinator does not know of it. */
    @Test
    void aShardThatHasLostAColumnIsFoundOnItsWorker() {
        try (CitusCluster cluster = Clusters.ownCitus(1, Map.of()); Database database = cluster.createDatabase("dropped")) {
            createSources(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                create(database, List.of(KINDS, TOTAL));
                Server worker = cluster.workers().getFirst();
                String shard = "sales_"
                        + database.value("SELECT max(shardid) FROM pg_dist_shard WHERE logicalrelid = 'sales'::regclass");
                String byHand = "SET citus.enable_manual_changes_to_shards = on; ALTER TABLE " + shard;
                database.on(worker).execute(byHand + " DROP COLUMN note");
                Await.until("it is told", () -> errors(database).contains("shard public." + shard + " on worker")
                        && errors(database).contains("has other columns than public.sales"));
                awaitNoSlots(database);
                // A crash at this change would end the server.
                List<String> began = starts(database);
                database.execute("UPDATE sales SET amount = amount + 1");
                assertThat(starts(database)).isEqualTo(began);

                database.on(worker).execute(byHand + " ADD COLUMN note text");
                database.execute("SELECT alter_distributed_table('sales', shard_count => 5, cascade_to_colocated => false)");
                Await.until("it is filled again", () -> database.value("SELECT s FROM total").equals(Integer.toString(IDS)));
                database.execute("UPDATE sales SET amount = amount + 1, note = 'y'");
                for (StreamTableCase each : List.of(KINDS, TOTAL)) {
                    assertThat(streamTables.verify(each.name()).differingRows()).as(each.name()).isZero();
                }
                assertRight(database, List.of(KINDS, TOTAL));
            }
        }
    }

    private static void createSources(Database database) {
        database.execute("""
                         CREATE TABLE sales (id int PRIMARY KEY, note text, kind int, amount int NOT NULL);
                         CREATE TABLE refunds (id int PRIMARY KEY, amount int NOT NULL);
                         SELECT create_distributed_table('sales', 'id', shard_count => 4, colocate_with => 'none');
                         SELECT create_distributed_table('refunds', 'id', shard_count => 4, colocate_with => 'none');
                         ALTER TABLE sales REPLICA IDENTITY FULL;
                         ALTER TABLE refunds REPLICA IDENTITY FULL;
                         INSERT INTO sales SELECT i, 'x', i %% 7, 0 FROM generate_series(1, %1$d) i;
                         INSERT INTO refunds SELECT i, 0 FROM generate_series(1, %1$d) i;
                         """.formatted(IDS));
    }

    /** Each transaction leaves the sum of both tables as it was; none names a column that is dropped. */
    private static TableWriters startWriters(Database database) {
        return TableWriters.start(database, List.of(DroppedColumnIT::transfer, DroppedColumnIT::transfer),
                TableWriters.LOST_NODES);
    }

    private static List<String> transfer(Random random) {
        int amount = 1 + random.nextInt(50);
        return List.of("UPDATE sales SET amount = amount + " + amount + " WHERE id = " + (1 + random.nextInt(IDS)),
                "UPDATE refunds SET amount = amount - " + amount + " WHERE id = " + (1 + random.nextInt(IDS)));
    }

    private static void create(Database database, List<StreamTableCase> all) {
        StreamTables streamTables = new StreamTables(database);
        all.forEach(each -> streamTables.create(each.name(), each.query()));
    }

    /** While others write: until it is mended every stream table stays as it was at one cut, then these go on. */
    private static void dropAndMend(Database database, String column, TableWriters writers, List<StreamTableCase> goOn) {
        writers.awaitMore();
        List<String> began = starts(database);
        Operation.perform(database, "ALTER TABLE sales DROP COLUMN " + column);
        Await.until("it is told", () -> isTold(database));
        awaitServers(database);
        awaitNoSlots(database);
        List<String> cut = assertACut(database);
        writers.awaitMore();
        assertThat(assertACut(database)).isEqualTo(cut);
        assertThat(isTold(database)).isTrue();
        for (Server server : database.cluster().servers()) {
            assertThat(slots(database, server)).as("slots on %d", server.port()).isEmpty();
        }

        Operation.perform(database, "SELECT alter_distributed_table('sales', shard_count => 5, cascade_to_colocated => false)");
        StreamTables streamTables = new StreamTables(database);
        for (StreamTableCase each : goOn) {
            String status = "SELECT status FROM pgtrickle.pgt_status() WHERE name = 'public." + each.name() + "'";
            Await.until(each + " goes on", () -> database.value(status).equals("ACTIVE"));
        }
        writers.awaitMore();
        for (StreamTableCase each : goOn) {
            assertThat(streamTables.verify(each.name()).differingRows()).as(each.name()).isZero();
        }
        List<String> begin = starts(database);
        begin.removeAll(began);
        // What docs/limits.md says of changes in the first second.
        System.out.println("dropped column " + column + ": " + begin.size() + " servers began anew");
    }

    private static boolean isTold(Database database) {
        return errors(database).contains("a column was dropped from public.sales");
    }

    private static String errors(Database database) {
        try {
            return database.rows("SELECT detail FROM pgtrickle.health_check() WHERE severity = 'ERROR'").toString();
        } catch (SqlFailure notUp) {
            return "";
        }
    }

    private static void awaitServers(Database database) {
        for (Server server : database.cluster().servers()) {
            Await.until(server.port() + " is up", () -> isUp(database, server));
        }
    }

    private static boolean isUp(Database database, Server server) {
        try {
            return database.on(server).value("SELECT 1").equals("1");
        } catch (SqlFailure notUp) {
            return false;
        }
    }

    /** Does what an operator is told to do to a node whose decoder does not end: docs/limits.md. */
    private static void awaitNoSlots(Database database) {
        for (Server server : database.cluster().servers()) {
            Await.until("no slot on " + server.port(), () -> {
                if (isStuck(database, server)) {
                    System.out.println("dropped column: the decoder of " + server.port() + " does not end");
                    server.kill();
                    server.restart();
                }
                return isUp(database, server) && slots(database, server).isEmpty();
            });
        }
    }

    private static boolean isStuck(Database database, Server server) {
        return errors(database).matches("(?s).* is still on [^;]*:" + server.port() + ": [^;]*is active for PID.*")
                && slots(database, server).contains("t");
    }

    /** Whether each is active. */
    private static List<String> slots(Database database, Server server) {
        return database.on(server).rows("SELECT active FROM pg_replication_slots WHERE database = current_database()");
    }

    /** What the stream tables hold: the sums of one moment. */
    private static List<String> assertACut(Database database) {
        long sold = Long.parseLong(database.value("SELECT s FROM total"));
        assertThat(Long.parseLong(database.value("SELECT sum(s) FROM kinds"))).isEqualTo(sold);
        assertThat(Long.parseLong(database.value("SELECT sum(amount) FROM refunded"))).isEqualTo(-sold);
        List<String> content = new ArrayList<>();
        for (StreamTableCase each : List.of(KINDS, TOTAL, REFUNDS)) {
            content.addAll(database.rows("TABLE " + each.name()).stream().sorted().toList());
        }
        return content;
    }

    /** When the processes of each server began that only its crash ends. */
    private static List<String> starts(Database database) {
        List<String> starts = new ArrayList<>();
        for (Server server : database.cluster().servers()) {
            starts.add(server.port() + " " + database.on(server)
                    .value("SELECT backend_start FROM pg_stat_activity WHERE backend_type = 'checkpointer'"));
        }
        return starts;
    }

    private static void assertRight(Database database, List<StreamTableCase> all) {
        StreamTables streamTables = new StreamTables(database);
        for (StreamTableCase each : all) {
            streamTables.refresh(each.name());
            assertThat(streamTables.verify(each.name()).differingRows()).as(each.name()).isZero();
            Recompute.assertEqual(database, each);
        }
        awaitServers(database);
    }
}
