package io.freshet.runtime.daemon;

import io.freshet.errors.FreshetException;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.coverage.Coverage;
import io.freshet.runtime.epoch.CommittedEpoch;
import io.freshet.runtime.epoch.EpochRunner;
import io.freshet.runtime.epoch.Premises;
import io.freshet.runtime.lifecycle.Isolation;
import io.freshet.runtime.lifecycle.Lifecycle;
import io.freshet.runtime.refresh.RefreshWork;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Topology;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs epochs and recovers from whatever breaks one: a lost connection, a crashed node, a shard that moved, a COMMIT whose answer was lost. After
 * any failure the state is read from the database again, after a pause that grows while failures follow each other.
 */
final class EpochDriver {
    private static final Logger LOG = LoggerFactory.getLogger(EpochDriver.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final EpochRunner runner;
    private final SourceWatch watch;
    private final NodeStreams streams;
    private final Lifecycle lifecycle;
    private final DaemonMetrics metrics;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean isUnderWay;
    private boolean stateIsKnown;
    /** Whether the last {@link #restore} failed, or runs. */
    private boolean isToBeRestored;
    private int failures;
    private long lastLook = System.nanoTime();
    private Exception lastFailure = new IllegalStateException("nothing has failed");

    EpochDriver(EpochRunner runner, SourceWatch watch, Lifecycle lifecycle, DaemonMetrics metrics) {
        this.runner = runner;
        this.watch = watch;
        this.streams = watch.streams();
        this.lifecycle = lifecycle;
        this.metrics = metrics;
    }

    Topology topology() {
        return streams.topology();
    }

    /** The tables have changed: anchors and publication are looked at again before the next epoch. */
    void invalidate() {
        stateIsKnown = false;
    }

    /**
     * These nodes have not answered for long. An epoch that is under way may wait for one of them without an end, so it is given up. Safe to call from
     * another thread.
     */
    void fellSilent(Set<Node> nodes) {
        List<Node> used = topology().usable().stream().filter(n -> !n.isCoordinator() && nodes.contains(n)).toList();
        if (!isUnderWay || used.isEmpty()) {
            return;
        }
        LOG.warn("{} does not answer, the epoch that is under way is given up", used.getFirst());
        try {
            runner.breakOff();
        } catch (SQLException e) {
            LOG.warn("the epoch could not be ended on the coordinator: {}", e.getMessage());
        }
    }

    /** Pauses, and what waits for a slot, end at once from now on. */
    void stop() {
        stopping.countDown();
        streams.stop();
    }

    /** The failure that made the last {@link #run} return nothing. */
    Exception lastFailure() {
        return lastFailure;
    }

    /** Runs one epoch; empty when it failed. */
    Optional<CommittedEpoch> run(RefreshWork work) throws InterruptedException {
        try {
            if (!stateIsKnown || streams.anySilent()) {
                restore();
            }
            CommittedEpoch epoch = runEpoch(work);
            work.applied();
            if (streams.taken() || !runner.isEverywhere()) {
                invalidate();
            }
            metrics.committed(epoch);
            if (failures > 0) {
                LOG.info("epoch {} is committed: all is well again", epoch.epoch());
            }
            failures = 0;
            return Optional.of(epoch);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            recordFailure(e);
            if (!work.failedByItself()) {
                pause(Duration.ofMillis(50L << Math.min(failures, 10)));
            }
            return Optional.empty();
        }
    }

    private CommittedEpoch runEpoch(RefreshWork work) throws Exception {
        isUnderWay = true;
        try {
            return runner.run(work);
        } finally {
            isUnderWay = false;
        }
    }

    /**
     * Reads the state again when it is not known, a stream has broken, or a node falls silent or answers again; what fails is tried again at the next
     * turn. Without it, a daemon that reads no stream would see no change that makes it run an epoch.
     */
    void repair() throws InterruptedException {
        try {
            if (System.nanoTime() - lastLook > BETWEEN_LOOKS.toNanos()) {
                lastLook = System.nanoTime();
                streams.requireDecodable();
            }
            if (stateIsKnown && !streams.needRestoring()) {
                return;
            }
            restore();
        } catch (SQLException | CaptureBrokenException | FreshetException e) {
            recordFailure(e);
            streams.demand().unmet(e);
            pause(Duration.ofMillis(50L << Math.min(failures, 10)));
        }
    }

    /** Reads the state from the database, and provides slots, streams and anchors. */
    void restore() throws SQLException, CaptureBrokenException {
        boolean hadFailed = isToBeRestored;
        isToBeRestored = true;
        Isolation isolation = lifecycle.isolation();
        Topology topology = streams.restore(watch);
        if (!lifecycle.registry().isTrusted()) {
            lifecycle.load();
        }
        runner.topology(topology, streams.read());
        runner.presume(topology.citus() ? watch.following() : Premises.NONE);
        Coverage coverage = isolation.coverage(topology);
        runner.resync(isolation.groups(coverage));
        if (!lifecycle.registry().isAsOf(runner.epoch())) {
            // An epoch whose COMMIT was in doubt is there after all: the registry is older than the database.
            lifecycle.load();
            // Stream tables may have come back that had stopped.
            coverage = isolation.coverage(topology);
            runner.resync(isolation.groups(coverage));
        }
        watch.following().heldBack(coverage::holds);
        isolation.show(coverage);
        stateIsKnown = true;
        isToBeRestored = false;
        if (hadFailed || lifecycle.registry().all().isEmpty()) {
            // Without changes no epoch may come for a long time that would show it.
            metrics.recovered();
        }
    }

    /** Whether an epoch is to be run although no stream table is due. */
    boolean mustRun() {
        return streams.anyLeaving();
    }

    /** Somebody asks for something. */
    void asked() {
        streams.demand().asked();
    }

    /** Whether nothing is read until somebody asks, so that somebody has to look for that. */
    boolean isResting() {
        return streams.demand().isResting();
    }

    /** Looks at the cluster, once in a while. */
    void look() {
        if (watch.look()) {
            invalidate();
        }
    }

    private void recordFailure(Exception e) {
        lastFailure = e;
        stateIsKnown = false;
        failures++;
        metrics.failed(e);
        if (e instanceof CaptureBrokenException broken) {
            streams.broken(broken.node());
        }
        LOG.warn("epoch {} is not possible, it is tried again: {}", runner.epoch() + 1, e.getMessage());
        LOG.debug("why the epoch failed", e);
    }

    private void pause(Duration duration) throws InterruptedException {
        Duration bounded = duration.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : duration;
        stopping.await(bounded.toNanos(), TimeUnit.NANOSECONDS);
    }
}
