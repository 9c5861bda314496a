package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import org.junit.jupiter.api.Test;

/**
 * That a stream table has to be filled again is marked in the database before anything else. Whatever keeps the daemon from reading its own mark, an epoch
 * must not go on by increments: here another session sets the mark.
 */
class RebuildMarkIT {
    private static final String QUERY = "SELECT b, count(*) AS n FROM t GROUP BY b";

    @Test
    void anEpochNeverErasesAMarkThatTheDaemonDoesNotKnow() {
        try (Database database = Clusters.postgres().createDatabase("marks")) {
            database.execute("CREATE TABLE t (k int PRIMARY KEY, b int); ALTER TABLE t REPLICA IDENTITY FULL;"
                    + " INSERT INTO t SELECT i, i % 3 FROM generate_series(1, 30) i");
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                streamTables.create("st", QUERY);
                streamTables.create("slow", "SELECT sum(k) AS s FROM t", "schedule => '1h'");
                for (int round = 0; round < 3; round++) {
                    // As if changes had been lost: the content is not what increments begin with.
                    database.execute("DELETE FROM st WHERE b = 1; UPDATE pgtrickle.pgt_stream_tables"
                            + " SET populated = false, status = 'FAILING', rebuild_reason = 'a test' WHERE table_name = 'st'");
                    database.execute("INSERT INTO t SELECT coalesce(max(k), 0) + 1, 2 FROM t");
                    Await.until("the stream table is filled again", () -> database.value("SELECT sum(n) FROM st")
                            .equals(database.value("SELECT count(*) FROM t")));
                    assertThat(streamTables.verify("st").differingRows()).isZero();
                }
                assertThat(database.rows("SELECT b, n FROM st ORDER BY 1")).isEqualTo(database.rows(QUERY + " ORDER BY 1"));
                assertThat(streamTables.verify("slow").differingRows()).isZero();
                assertThat(streamTables.errors()).isEmpty();
            }
        }
    }
}
