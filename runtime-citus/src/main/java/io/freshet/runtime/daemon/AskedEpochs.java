package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.Capture;
import io.freshet.runtime.epoch.CommittedEpoch;
import io.freshet.runtime.lifecycle.DependencyWatch;
import io.freshet.runtime.lifecycle.Lifecycle;
import io.freshet.runtime.refresh.RefreshWork;
import io.freshet.runtime.refresh.Registry;
import io.freshet.runtime.topology.Outage;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/** Epochs that somebody has asked for: they refresh named stream tables, whatever the schedules. Used by the loop's thread. */
final class AskedEpochs {
    private static final Duration WHILE_CREATING = Duration.ofMillis(20);
    private static final int ATTEMPTS_FOR_A_USER = 5;

    /** For transactions that are older than a stream table that was never filled: all others wait as well. */
    private static final Duration FOR_OLDER = Duration.ofSeconds(2);

    private final Registry registry;
    private final Capture capture;
    private final EpochDriver driver;
    private final SourceFollower follower;
    private final SourceLook look;
    private final DependencyWatch watch;
    private final Pace pace;
    private volatile boolean stopping;

    /** What runs epochs, and what brings streams to follow new sources by them. */
    record Engine(EpochDriver driver, SourceFollower follower) {
    }

    record Forced(CommittedEpoch epoch, RefreshWork work) {
    }

    AskedEpochs(Lifecycle lifecycle, Capture capture, Engine engine, Pace pace) {
        this.registry = lifecycle.registry();
        this.capture = capture;
        this.driver = engine.driver();
        this.follower = engine.follower();
        this.look = new SourceLook(lifecycle, driver);
        this.watch = lifecycle.watch();
        this.pace = pace;
    }

    SourceLook look() {
        return look;
    }

    /** Whoever waits for an epoch is refused from now on. */
    void stop() {
        stopping = true;
    }

    /**
     * Runs one epoch for all of them: an epoch costs more than a comparison. Who is not served by it has to be tried alone: one that is in trouble
     * takes the answer from no other.
     *
     * @return empty when it failed
     */
    Optional<Forced> together(Set<TableName> names, Set<TableName> verified) throws InterruptedException {
        RefreshWork work = new RefreshWork(registry, pace.refresh(), names, verified);
        return driver.run(work).map(epoch -> new Forced(epoch, work));
    }

    /** Whether an ordinary epoch refreshes the stream table as things are. */
    boolean isServed(TableName name) {
        return isFollowed(name) && !watch.waits(name) && registry.coverage().waitsFor(name).isEmpty();
    }

    private boolean isFollowed(TableName name) {
        return registry.find(name).filter(table -> registry.unfollowed(table).isEmpty()).isPresent();
    }

    /** Runs epochs until one commits that refreshes these stream tables. */
    Forced force(Set<TableName> names, Set<TableName> verified) throws SQLException, InterruptedException {
        names.forEach(registry::require);
        driver.repair();
        names.forEach(this::requireNodes);
        awaitFollowed(names);
        awaitOlder(names);
        for (int attempt = 1;; attempt++) {
            RefreshWork work = new RefreshWork(registry, pace.refresh(), names, verified);
            Optional<CommittedEpoch> epoch = driver.run(work);
            if (work.sawAltered()) {
                look.soon();
                look.nowAndThen();
                names.forEach(registry::require);
            }
            names.forEach(this::requireNodes);
            if (!names.stream().allMatch(this::isFollowed)) {
                // The epoch began by finding that a source has been replaced: it refreshed nothing of it.
                awaitFollowed(names);
                continue;
            }
            if (epoch.isPresent()) {
                return new Forced(epoch.get(), work);
            }
            Exception failure = driver.lastFailure();
            if (work.failedByItself() || attempt >= ATTEMPTS_FOR_A_USER) {
                throw Failures.describe(failure);
            }
        }
    }

    /** @throws FreshetException OLD_TRANSACTIONS when it takes too long */
    private void awaitFollowed(Set<TableName> names) throws InterruptedException {
        Instant limit = pace.clock().instant().plus(pace.creation());
        while (!names.stream().allMatch(this::isFollowed)) {
            // One that was dropped meanwhile is never followed.
            names.forEach(registry::require);
            if (stopping) {
                throw notRunning();
            }
            if (pace.clock().instant().isAfter(limit)) {
                throw FreshetException
                        .of(ErrorCode.OLD_TRANSACTIONS, "the streams have not begun to follow the sources of " + names
                                + " within " + pace.creation().toSeconds() + " s: transactions that are older are still open")
                        .withHint("End them (SELECT pg_terminate_backend(pid); ROLLBACK PREPARED gid;) and try again.");
            }
            driver.repair();
            names.forEach(this::requireNodes);
            follower.step();
            capture.awaitChanges(WHILE_CREATING);
        }
    }

    /** @throws FreshetException OLD_TRANSACTIONS when they do not end at once */
    private void awaitOlder(Set<TableName> names) throws SQLException, InterruptedException {
        Instant limit = pace.clock().instant().plus(FOR_OLDER);
        for (TableName name : names) {
            Optional<String> waitedFor = watch.waitsFor(name);
            while (waitedFor.isPresent()) {
                if (stopping) {
                    throw notRunning();
                }
                if (pace.clock().instant().isAfter(limit)) {
                    throw FreshetException.of(ErrorCode.OLD_TRANSACTIONS, "stream table " + name
                            + " is not filled before older transactions have ended; waiting for " + waitedFor.get())
                            .withHint("Try again then, or end them (SELECT pg_terminate_backend(pid); ROLLBACK PREPARED gid;).");
                }
                Thread.sleep(WHILE_CREATING);
                waitedFor = watch.waitsFor(name);
            }
        }
    }

    /** A node that is out of use, without which no epoch refreshes the stream table. */
    Optional<Outage> neededNode(TableName name) {
        return registry.coverage().waitsFor(name)
                .or(() -> registry.find(name).stream().flatMap(t -> registry.unfollowed(t).stream())
                        .flatMap(s -> follower.waitsFor(s).stream()).findFirst());
    }

    /** @throws FreshetException NODE_UNREACHABLE, OLD_TRANSACTIONS: no epoch refreshes the stream table as things are */
    private void requireNodes(TableName name) {
        neededNode(name).ifPresent(outage -> {
            if (outage.passes()) {
                throw FreshetException
                        .of(ErrorCode.OLD_TRANSACTIONS, "stream table " + name + " needs " + outage.node()
                                + ", which is not read yet: " + outage.reason())
                        .withHint(
                                "Try again when they have ended, or end them (SELECT pg_terminate_backend(pid); ROLLBACK PREPARED gid;).");
            }
            throw FreshetException
                    .of(ErrorCode.NODE_UNREACHABLE, "stream table " + name + " needs " + outage.node()
                            + ", which has been out of use since " + outage.since().truncatedTo(ChronoUnit.SECONDS) + ": "
                            + outage.reason())
                    .withHint("Bring that server back; the stream table then catches up by itself."
                            + " SELECT * FROM pgtrickle.health_check(); tells more.");
        });
    }

    static FreshetException notRunning() {
        return FreshetException.of(ErrorCode.DAEMON_NOT_RUNNING, "the daemon is stopping").withHint("./freshet daemon --url ..");
    }
}
