package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.runtime.cli.Freshet;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Workers that only the coordinator can reach: their address in Citus's list of nodes is the directory of their Unix socket, which Citus can connect
 * to and the daemon cannot.
 */
class UnreachableWorkersIT {
    private static final int EPOCHS = 10;

    @Test
    void workersThatOnlyTheCoordinatorReachesAreCapturedThroughIt() {
        CitusCluster cluster = Clusters.citus();
        try (Database database = cluster.createDatabase("unreachable")) {
            for (Server worker : cluster.workers()) {
                hide(database, worker);
            }
            database.captureBy("auto");
            Scenario scenario = Scenario.ofFew(database);
            try (WriteLoad load = scenario.startLoad(); DaemonProcess daemon = DaemonProcess.start(database)) {
                assertThat(daemon.log()).contains("workers are captured by polling: worker ",
                        "cannot be reached from here, and can from the coordinator");
                scenario.createStreamTables();
                long enough = scenario.streamTables().epoch() + EPOCHS;
                Await.until("epoch " + enough, () -> scenario.streamTables().epoch() >= enough);
                scenario.verifyAll();
                scenario.assertCapture("streaming", "polling", "polling");
                load.stop();
                assertThat(doctor(database)).contains("workers are captured by polling: worker ", "and can from the coordinator");
                database.captureBy("streaming");
                assertThat(doctor(database)).contains("workers are captured by streaming: pg_trickle.capture is streaming",
                        "streaming cannot read every worker", "the daemon that runs captures workers by polling");
                scenario.compareAll();
                scenario.assertFilledOnce();
                scenario.dropStreamTables();
            }
            // The last daemon of a database without stream tables takes its slots with it.
            for (Server server : cluster.servers()) {
                assertThat(database.on(server)
                        .value("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"))
                        .isEqualTo("0");
            }
        }
    }

    private static String doctor(Database database) {
        StringWriter out = new StringWriter();
        Freshet.commandLine().setOut(new PrintWriter(out)).execute("doctor", "--url", database.libpqUrl());
        // Long lines are broken.
        return out.toString().replaceAll("\\s+", " ");
    }

    private static void hide(Database database, Server worker) {
        String directory = database.on(worker).value("SHOW unix_socket_directories");
        Assumptions.assumeTrue(Files.exists(Path.of(directory, ".s.PGSQL." + worker.port())),
                "the servers share no directory for their sockets");
        database.execute("SELECT citus_update_node(nodeid, '%s', nodeport) FROM pg_dist_node WHERE nodeport = %d"
                .formatted(directory, worker.port()));
        Await.until("the workers know of it", () -> database
                .value("SELECT bool_and(metadatasynced) FROM pg_dist_node WHERE hasmetadata").equals("t"));
    }
}
