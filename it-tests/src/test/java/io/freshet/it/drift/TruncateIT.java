package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** TRUNCATE of a source, alone and among other statements. */
class TruncateIT {

    static Stream<Named<Supplier<? extends Cluster>>> clusters() {
        return Stream.of(Named.of("PostgreSQL", Clusters::postgres), Named.of("Citus", Clusters::citus));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void itsStreamTablesFollow(Supplier<? extends Cluster> cluster) {
        try (Database database = cluster.get().createDatabase("truncate")) {
            SourceTables.of(database.cluster()).create(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                streamTables.create("counts", "SELECT source, count(*) AS n FROM log_lines GROUP BY source");
                streamTables.create("total", "SELECT count(*) AS n FROM log_lines");
                database.execute("INSERT INTO log_lines SELECT i % 3, 'info', 'x', i FROM generate_series(1, 30) i");
                streamTables.refresh("counts");
                assertThat(database.rows("SELECT n FROM counts")).containsExactly("10", "10", "10");

                database.execute("TRUNCATE log_lines");
                assertContents(database, streamTables, "0");
                database.execute(
                        "BEGIN; INSERT INTO log_lines VALUES (1); TRUNCATE log_lines; INSERT INTO log_lines VALUES (2), (2); COMMIT");
                assertContents(database, streamTables, "2");
                database.execute("BEGIN; TRUNCATE log_lines; ROLLBACK; INSERT INTO log_lines VALUES (3)");
                assertContents(database, streamTables, "3");
            }
        }
    }

    private static void assertContents(Database database, StreamTables streamTables, String total) {
        streamTables.refresh("counts");
        streamTables.refresh("total");
        assertThat(database.value("SELECT n FROM total")).isEqualTo(total);
        assertThat(database.value("SELECT coalesce(sum(n), 0) FROM counts")).isEqualTo(total);
        assertThat(streamTables.verify("counts").differingRows()).isZero();
    }
}
