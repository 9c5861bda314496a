package io.freshet.it.drift;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.PostgresCluster;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Servers that are killed under load and come back: the daemon goes on by itself, and nothing is lost or doubled. */
class NodeCrashIT {
    private static final int EPOCHS_BETWEEN = 10;

    @Test
    void aKilledPostgresIsFollowedAgain() {
        try (PostgresCluster cluster = PostgresCluster.start(Map.of())) {
            run(cluster, List.of(cluster.coordinator(), cluster.coordinator()), Scenario::new);
        }
    }

    @Test
    void killedNodesOfCitusAreFollowedAgain() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of())) {
            run(cluster, List.of(cluster.workers().get(0), cluster.workers().get(1), cluster.coordinator()), Scenario::new);
        }
    }

    @Test
    void killedNodesOfCitusArePolledAgain() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of())) {
            run(cluster, List.of(cluster.workers().get(0), cluster.coordinator()), Scenario::polled);
        }
    }

    private static void run(Cluster cluster, List<Server> victims, Function<Database, Scenario> scenarios) {
        try (Database database = cluster.createDatabase("node")) {
            Scenario scenario = scenarios.apply(database);
            try (WriteLoad load = scenario.startLoad(); DaemonProcess daemon = DaemonProcess.start(database)) {
                scenario.createStreamTables();
                for (Server victim : victims) {
                    awaitEpochs(scenario);
                    victim.kill();
                    victim.restart();
                }
                awaitEpochs(scenario);
                if (!cluster.workers().isEmpty()) {
                    for (Server server : List.of(victims.getFirst(), victims.getLast())) {
                        server.shutDown();
                        server.restart();
                        awaitEpochs(scenario);
                    }
                }
                scenario.verifyAll();
                load.stop();
                scenario.compareAll();
                scenario.assertFilledOnce();
            }
        }
    }

    private static void awaitEpochs(Scenario scenario) {
        long enough = scenario.streamTables().epoch() + EPOCHS_BETWEEN;
        Await.until("epoch " + enough, () -> scenario.streamTables().epoch() >= enough);
    }
}
