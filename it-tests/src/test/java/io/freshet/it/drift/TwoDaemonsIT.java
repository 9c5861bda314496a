package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One daemon serves a database. */
class TwoDaemonsIT {

    static Stream<Supplier<Cluster>> clusters() {
        return Stream.of(Clusters::postgres, Clusters::citus);
    }

    private static void createSource(Database database) {
        database.execute("CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t REPLICA IDENTITY FULL");
        if (!database.cluster().workers().isEmpty()) {
            database.execute("SELECT create_distributed_table('t', 'a')");
        }
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void theSecondIsRefusedAndTheFirstGoesOn(Supplier<Cluster> cluster) {
        try (Database database = cluster.get().createDatabase("two"); DaemonProcess first = DaemonProcess.start(database)) {
            StreamTables streamTables = new StreamTables(database);
            createSource(database);
            streamTables.create("st", "SELECT count(*) AS n FROM t");
            try (DaemonProcess second = DaemonProcess.launch(database)) {
                assertThat(second.awaitExit()).isNotZero();
                assertThat(second.log()).contains(ErrorCode.FENCED.code() + ":");
            }
            database.execute("INSERT INTO t VALUES (1)");
            streamTables.refresh("st");
            assertThat(database.value("SELECT n FROM st")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void theSecondTakesOverFromAKilledOne(Supplier<Cluster> cluster) {
        try (Database database = cluster.get().createDatabase("two")) {
            StreamTables streamTables = new StreamTables(database);
            createSource(database);
            try (DaemonProcess first = DaemonProcess.start(database)) {
                streamTables.create("st", "SELECT count(*) AS n FROM t");
                database.execute("INSERT INTO t VALUES (1)");
                first.kill();
            }
            try (DaemonProcess second = DaemonProcess.start(database)) {
                database.execute("INSERT INTO t VALUES (2)");
                streamTables.refresh("st");
                assertThat(database.value("SELECT n FROM st")).isEqualTo("2");
            }
        }
    }
}
