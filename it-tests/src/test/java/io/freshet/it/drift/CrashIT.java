package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Exactly once: a daemon that is killed again and again under load, in the middle of epochs, between COMMIT and the confirmation of its
 * slots and anywhere else, neither loses a change nor applies one twice.
 */
@Timeout(value = 40, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrashIT {
    /** An epoch on Citus takes ten times as long on the same processors. {@code -Dfreshet.crashes} sets both. */
    private static final int CRASHES_ON_POSTGRES = Integer.getInteger("freshet.crashes", 30);
    private static final int CRASHES_ON_CITUS = Integer.getInteger("freshet.crashes", 10);
    /** The exit code of a daemon that a failpoint ended. */
    private static final int HALTED = 137;
    private static final int MOST_EPOCHS = 12;
    private static final long MOST_NANOSECONDS = 60_000_000;
    /** None: killed from outside, at any moment. */
    private static final List<String> FAILPOINTS = List.of("", "after-copy", "before-commit", "during-commit", "after-commit");

    @Test
    void nothingIsLostOrDoubledOnPostgres() {
        try (Database database = Clusters.postgres().createDatabase("crash")) {
            run(new Scenario(database), database, CRASHES_ON_POSTGRES);
        }
    }

    @Test
    void nothingIsLostOrDoubledOnCitus() {
        try (Database database = Clusters.citus().createDatabase("crash")) {
            run(new Scenario(database), database, CRASHES_ON_CITUS);
        }
    }

    @Test
    void nothingIsLostOrDoubledWhenWorkersArePolled() {
        try (Database database = Clusters.citus().createDatabase("crash")) {
            run(Scenario.polled(database), database, Math.ceilDiv(CRASHES_ON_CITUS, 2));
        }
    }

    private static void run(Scenario scenario, Database database, int crashes) {
        Random random = new Random(Scenario.seed());
        try (WriteLoad load = scenario.startLoad()) {
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                scenario.createStreamTables();
            }
            for (int crash = 0; crash < crashes; crash++) {
                crash(database, scenario, FAILPOINTS.get(crash % FAILPOINTS.size()), random);
            }
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                scenario.verifyAll();
                System.out.println("crashes: " + crashes + ", " + load.stop());
                scenario.compareAll();
                // A daemon that forgets what it has read would be right all the same, if it filled all again.
                scenario.assertFilledOnce();
            }
        }
    }

    private static void crash(Database database, Scenario scenario, String failpoint, Random random) {
        int epochs = 1 + random.nextInt(MOST_EPOCHS);
        if (failpoint.isEmpty()) {
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                long enough = scenario.streamTables().epoch() + epochs;
                Await.until("epoch " + enough, () -> scenario.streamTables().epoch() >= enough);
                // Not a wait for anything: any moment of an epoch is to be hit.
                LockSupport.parkNanos(random.nextLong(MOST_NANOSECONDS));
                daemon.kill();
            }
        } else {
            try (DaemonProcess daemon = DaemonProcess.launch(database, "freshet.failpoint=" + failpoint + ":" + epochs)) {
                Await.until("the daemon crashes " + failpoint, () -> !daemon.isAlive());
                assertThat(daemon.awaitExit()).as(daemon.log()).isEqualTo(HALTED);
            }
        }
    }
}
