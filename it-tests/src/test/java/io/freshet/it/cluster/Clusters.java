package io.freshet.it.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The clusters that all tests of a JVM share, started when first asked for. */
public final class Clusters {
    /** The workers of a shared Citus cluster. */
    public static final int WORKERS = 2;

    private static final Shared<PostgresCluster> POSTGRES = new Shared<>(() -> PostgresCluster.start(Map.of()));
    private static final Shared<Optional<CitusCluster>> CITUS = new Shared<>(() -> startCitus(WORKERS, Map.of()));

    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private Clusters() {
    }

    /** The shared plain PostgreSQL. */
    public static PostgresCluster postgres() {
        return POSTGRES.get();
    }

    /** The shared Citus cluster. Without one the calling test is skipped, or fails under {@code -Dfreshet.requireCitus}. */
    public static CitusCluster citus() {
        return orSkip(CITUS.get());
    }

    /** Whether the daemons of all tests on Citus capture the workers by polling, as {@code -Dfreshet.capture=polling} has them do. */
    public static boolean arePolled() {
        return "polling".equals(System.getProperty("freshet.capture"));
    }

    /** A Citus cluster of the test's own, which it closes; without one as {@link #citus()}. */
    public static CitusCluster ownCitus(int workers, Map<String, String> overrides) {
        return orSkip(startCitus(workers, overrides));
    }

    private static Optional<CitusCluster> startCitus(int workers, Map<String, String> overrides) {
        Optional<CitusInstallation> installation = Commands.canRunServers() ? CitusInstallation.find() : Optional.empty();
        if (installation.isPresent()) {
            return Optional.of(CitusCluster.startInstalled(installation.get(), workers, overrides));
        }
        return ContainerServer.isPossible() ? Optional.of(CitusCluster.startContainers(workers, overrides)) : Optional.empty();
    }

    private static CitusCluster orSkip(Optional<CitusCluster> cluster) {
        if (cluster.isEmpty()) {
            String message = "NO CITUS: its tests do not run. Set %s to a PostgreSQL installation with citus.so, or start Docker."
                    .formatted(CitusInstallation.HOME_VARIABLE);
            if (System.getProperty("freshet.requireCitus") != null || System.getProperty("freshet.soak") != null) {
                Assertions.fail(message);
            }
            if (WARNED.compareAndSet(false, true)) {
                System.err.println("*** " + message + " ***");
            }
            Assumptions.abort(message);
        }
        return cluster.orElseThrow();
    }

    /** Started once, at the first call. */
    private static final class Shared<T> {
        private final Supplier<T> starter;
        private Optional<T> value = Optional.empty();

        private Shared(Supplier<T> starter) {
            this.starter = starter;
        }

        private synchronized T get() {
            if (value.isEmpty()) {
                value = Optional.of(starter.get());
            }
            return value.get();
        }
    }
}
