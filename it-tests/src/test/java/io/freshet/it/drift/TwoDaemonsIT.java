package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import org.junit.jupiter.api.Test;

/** One daemon serves a database. */
class TwoDaemonsIT {

    @Test
    void theSecondIsRefusedAndTheFirstGoesOn() {
        try (Database database = Clusters.postgres().createDatabase("two"); DaemonProcess first = DaemonProcess.start(database)) {
            StreamTables streamTables = new StreamTables(database);
            database.execute("CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t REPLICA IDENTITY FULL");
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

    @Test
    void theSecondTakesOverFromAKilledOne() {
        try (Database database = Clusters.postgres().createDatabase("two")) {
            StreamTables streamTables = new StreamTables(database);
            database.execute("CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t REPLICA IDENTITY FULL");
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
