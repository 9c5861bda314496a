package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Everything at once, for long: writers that never pause while shards move, servers, streams and daemons are killed and tables are altered, one
 * disturbance after the other, in an order that the seed chooses. After each of them epochs go on; now and then, and in the end, every stream table equals
 * its query. {@code -Dfreshet.soak=30m} sets how long, but each disturbance happens once at least; {@code -Dfreshet.seed} repeats them and what the
 * writers write.
 */
class SoakIT {
    private static final Duration TIME = Duration.parse("PT" + System.getProperty("freshet.soak", "2m"));
    private static final int DISTURBANCES_BETWEEN_CHECKS = 4;
    private static final int EPOCHS_BETWEEN = 2;

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void nothingDriftsWhateverHappens() {
        long seed = Scenario.seed();
        System.out.println("soak: " + TIME + ", seed " + seed);
        Random random = new Random(seed);
        Map<Disturbance, Integer> done = new EnumMap<>(Disturbance.class);
        try (CitusCluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("soak")) {
            Scenario scenario = new Scenario(database);
            try (WriteLoad load = scenario.startLoad(seed); Disturbance.Target target = Disturbance.Target.start(database)) {
                scenario.createStreamTables();
                long end = System.nanoTime() + TIME.toNanos();
                List<Disturbance> next = new ArrayList<>();
                for (int i = 1; System.nanoTime() < end || i <= Disturbance.values().length; i++) {
                    if (next.isEmpty()) {
                        next.addAll(Disturbance.shuffled(random));
                    }
                    Disturbance disturbance = next.removeLast();
                    System.out.println("soak: " + disturbance);
                    if (disturbance.happen(target, random)) {
                        done.merge(disturbance, 1, Integer::sum);
                    }
                    awaitEpochs(scenario);
                    if (i % DISTURBANCES_BETWEEN_CHECKS == 0) {
                        scenario.verifyAll();
                    }
                }
                scenario.verifyAll();
                WriteLoad.Totals totals = load.stop();
                scenario.compareAll();
                scenario.assertFilledOnceUnlessOver("log_lines");
                System.out.println(
                        "soak: no difference after " + done + ", " + scenario.streamTables().epoch() + " epochs, " + totals);
            }
        }
        assertThat(done).containsOnlyKeys(Disturbance.values());
    }

    private static void awaitEpochs(Scenario scenario) {
        long enough = scenario.streamTables().epoch() + EPOCHS_BETWEEN;
        Await.until("epoch " + enough, () -> scenario.streamTables().epoch() >= enough);
    }
}
