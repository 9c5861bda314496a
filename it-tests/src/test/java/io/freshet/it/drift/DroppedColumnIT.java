package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A table of which Citus cannot decode changes does not get the chance to crash its node through a slot of ours. */
class DroppedColumnIT {

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
}
