package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * No drift: while writers never pause, stream tables of every kind equal their queries at the cuts of epochs, and in the end a recompute.
 * {@code -Dfreshet.driftSeconds} sets how long, {@code -Dfreshet.seed} repeats a load.
 */
class DriftIT {
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("freshet.driftSeconds", 60));
    /** A quarter of the time; the checks are the same. */
    private static final Duration TIME_OF_POLLING = TIME.dividedBy(4).plusSeconds(5);
    private static final int EPOCHS_BETWEEN_CHECKS = 10;

    @Test
    void streamTablesDoNotDriftOnPostgres() {
        try (Database database = Clusters.postgres().createDatabase("drift")) {
            run(new Scenario(database), database, TIME);
        }
    }

    @Test
    void streamTablesDoNotDriftOnCitus() {
        try (Database database = Clusters.citus().createDatabase("drift")) {
            run(new Scenario(database), database, TIME);
        }
    }

    @Test
    void streamTablesDoNotDriftWhenWorkersArePolled() {
        try (Database database = Clusters.citus().createDatabase("drift")) {
            run(Scenario.polled(database), database, TIME_OF_POLLING);
        }
    }

    private static void run(Scenario scenario, Database database, Duration time) {
        try (WriteLoad load = scenario.startLoad(); DaemonProcess daemon = DaemonProcess.start(database)) {
            scenario.createStreamTables();
            int checks = 0;
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                long next = scenario.streamTables().epoch() + EPOCHS_BETWEEN_CHECKS;
                Await.until("epoch " + next, () -> scenario.streamTables().epoch() >= next);
                scenario.verifyAll();
                checks++;
            }
            WriteLoad.Totals totals = load.stop();
            scenario.compareAll();
            scenario.assertFilledOnce();
            System.out.println("drift: no difference in %d rounds of checks, %d epochs, %s".formatted(checks,
                    scenario.streamTables().epoch(), totals));
            assertThat(checks).isPositive();
            daemon.assertStepsRunAsTheySay();
            scenario.missARow();
        }
    }
}
