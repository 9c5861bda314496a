package io.freshet.it.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** A worker's slot that waits for a transaction, which nobody who asks for a refresh should have to wait for. */
class SlotWaitIT {

    @Test
    void aRefreshIsRefusedMeanwhile() throws Exception {
        Server worker = Clusters.citus().workers().getFirst();
        try (Database database = Clusters.citus().createDatabase("slots")) {
            database.execute("""
                             CREATE TABLE t (k int PRIMARY KEY, v int);
                             SELECT create_distributed_table('t', 'k');
                             ALTER TABLE t REPLICA IDENTITY FULL;
                             INSERT INTO t SELECT i, i % 3 FROM generate_series(1, 30) i;
                             """);
            try (DaemonProcess daemon = DaemonProcess.start(database); Connection old = database.on(worker).connect()) {
                old.setAutoCommit(false);
                try (Statement statement = old.createStatement()) {
                    statement.execute("SELECT pg_current_xact_id()");
                }
                StreamTables streamTables = new StreamTables(database);
                streamTables.create("st", "SELECT v, count(*) AS n FROM t GROUP BY v", "initialize => false");
                Await.until("the slot waits", () -> daemon.log().contains("is read when the transactions"));
                assertThatThrownBy(() -> streamTables.refresh("st")).hasMessageContaining(ErrorCode.OLD_TRANSACTIONS.code() + ":")
                        .hasMessageContaining(":" + worker.port()).hasMessageContaining("which is not read yet")
                        .hasMessageContaining("pg_terminate_backend(pid)");
                assertThat(database.rows("SELECT group_id FROM pgtrickle.pgt_worker_slots WHERE health = 'SLOT LOST'")).isEmpty();
                old.commit();
                Await.until("no slot waits", () -> database
                        .rows("SELECT slot_name FROM pgtrickle.pgt_worker_slots WHERE health <> 'OK'").isEmpty());
                streamTables.refresh("st");
                database.execute("INSERT INTO t VALUES (31, 1)");
                assertThat(streamTables.verify("st").differingRows()).isZero();
                assertThat(database.rows("SELECT v, n FROM st ORDER BY v")).containsExactly("0|10", "1|11", "2|10");
            }
        }
    }
}
