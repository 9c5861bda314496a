package io.freshet.it.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stream tables whose sources do not need a worker that stops, but whose own rows, or the mirror that they read, lie there, too. */
class LostOutputIT {
    private static final String BESIDE = "SELECT id, kind, v FROM first WHERE v > 100";
    private static final String NAMED = "SELECT d.name, count(*) AS n, sum(f.v) AS total FROM first f JOIN dim d ON d.kind = f.kind GROUP BY d.name";
    private static final List<String> BOTH = List.of("first_beside_wide", "first_named");

    @Test
    void waitsAndCatchesUpByItself() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("output")) {
            Parts parts = new Parts(database);
            StreamTables streamTables = parts.streamTables();
            database.execute("CREATE TABLE dim (kind int PRIMARY KEY, name text); SELECT create_reference_table('dim');"
                    + " ALTER TABLE dim REPLICA IDENTITY FULL; INSERT INTO dim SELECT k, 'kind ' || k % 3 FROM generate_series(0, 6) k");
            try (PartWriters writers = PartWriters.start(database); DaemonProcess daemon = DaemonProcess.start(database)) {
                parts.createStreamTables();
                streamTables.create("first_beside_wide", BESIDE, "output_distribution_column => 'id'",
                        "output_colocate_with => 'wide'");
                streamTables.create("first_named", NAMED);
                BOTH.forEach(name -> assertThat(streamTables.mode(name)).as(name).isEqualTo("DIFFERENTIAL"));
                parts.verify(BOTH);
                parts.two().kill();
                Await.until("they wait, too", () -> parts.withStatus("WAITING").containsAll(BOTH));
                List<String> named = database.rows("TABLE first_named");
                writers.awaitMore("first", 50);
                // Their source's other readers go on.
                parts.verify(List.of("first_sum", "first_rows", "here_sum"));
                assertThat(database.rows("TABLE first_named")).isEqualTo(named);
                assertThat(parts.withStatus("WAITING")).containsAll(BOTH);
                parts.two().restart();
                Await.until("all are well again", () -> parts.withStatus("ACTIVE").size() == Parts.all().size() + BOTH.size());
                parts.verify(BOTH);
                database.execute("UPDATE dim SET name = 'other' WHERE kind = 2");
                writers.stop();
                parts.compareAll();
                BOTH.forEach(streamTables::refresh);
                parts.verify(BOTH);
                assertThat(database.rows("SELECT id, kind, v FROM first_beside_wide ORDER BY 1"))
                        .isEqualTo(database.rows(BESIDE + " ORDER BY 1"));
                assertThat(database.rows("SELECT name, n, total FROM first_named ORDER BY 1"))
                        .isEqualTo(database.rows(NAMED + " ORDER BY 1"));
            }
        }
    }
}
