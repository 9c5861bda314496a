package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.Capture;
import io.freshet.runtime.epoch.CommittedEpoch;
import io.freshet.runtime.lifecycle.DependencyWatch;
import io.freshet.runtime.lifecycle.Lifecycle;
import io.freshet.runtime.lifecycle.Lifecycle.Created;
import io.freshet.runtime.refresh.ManagedTable;
import io.freshet.runtime.refresh.RefreshWork;
import io.freshet.runtime.refresh.Registry;
import io.freshet.runtime.service.StreamTableService.Verification;
import io.freshet.runtime.topology.Outage;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's one thread of decisions: what users ask for, then an epoch when a stream table is due, then waiting for changes. Everything that
 * touches the registry or the anchored transaction happens here, so that nothing of it needs a lock.
 */
final class EpochLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EpochLoop.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration WHILE_CREATING = Duration.ofMillis(20);
    private static final Duration BETWEEN_HOLDING = Duration.ofSeconds(1);
    private static final int ATTEMPTS_FOR_A_USER = 5;

    private final Lifecycle lifecycle;
    private final Registry registry;
    private final Capture capture;
    private final EpochDriver driver;
    private final SourceFollower follower;
    private final Pace pace;
    private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final Map<Task.Create, Created> creations = new HashMap<>();
    private final Map<Task.Create, String> reported = new HashMap<>();
    private final Semaphore submitted = new Semaphore(0);
    private long lastEpochBegan = System.nanoTime();
    private long lastLook = System.nanoTime();
    private long lastRetry = System.nanoTime();
    private volatile boolean stopping;

    /** What runs epochs, and what brings streams to follow new sources by them. */
    record Engine(EpochDriver driver, SourceFollower follower) {
    }

    EpochLoop(Lifecycle lifecycle, Capture capture, Engine engine, Pace pace) {
        this.lifecycle = lifecycle;
        this.registry = lifecycle.registry();
        this.capture = capture;
        this.driver = engine.driver();
        this.follower = engine.follower();
        this.pace = pace;
    }

    private Instant now() {
        return pace.clock().instant();
    }

    void submit(Task task) {
        tasks.add(task);
        wake();
        if (stopping) {
            refuseAll();
        }
    }

    void stop() {
        stopping = true;
        wake();
    }

    private void wake() {
        submitted.release();
        capture.wake();
    }

    @Override
    public void run() {
        while (!stopping) {
            try {
                turn();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            } catch (RuntimeException e) {
                LOG.error("a defect stopped this turn of the loop; the state is read again", e);
                driver.invalidate();
            }
        }
        stopping = true;
        refuseAll();
    }

    private void turn() throws InterruptedException {
        submitted.drainPermits();
        List<Task> asked = new ArrayList<>();
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            asked.add(task);
        }
        verifyTogether(asked);
        for (Task task : asked) {
            if (!task.answer().isDone()) {
                carryOut(task);
            }
        }
        driver.look();
        driver.repair();
        boolean following = follower.step();
        fillCreated();
        lookAtSources();
        driver.repair();
        boolean untaken = capture.awaitChanges(Duration.ZERO);
        Duration wait = untaken
                ? RefreshWork.untilNextAllowed(registry, now(), IDLE)
                : RefreshWork.untilNextDue(registry, now(), IDLE);
        if (untaken && registry.coverage().holdsAny()) {
            // Perhaps nobody may take them, but the slots should go on.
            Duration holding = BETWEEN_HOLDING.minusNanos(System.nanoTime() - lastEpochBegan);
            wait = wait.compareTo(holding) > 0 ? holding : wait;
        }
        Duration rest = pace.betweenEpochs().minusNanos(System.nanoTime() - lastEpochBegan);
        wait = wait.compareTo(rest) > 0 ? wait : rest;
        if (wait.isZero() || wait.isNegative()) {
            lastEpochBegan = System.nanoTime();
            RefreshWork work = new RefreshWork(registry, pace.refresh(), Set.of(), Set.of());
            driver.run(work);
            lookAtOnceIf(work.sawAltered());
        } else {
            Duration limit = creations.isEmpty() && !following ? wait : WHILE_CREATING;
            if (untaken) {
                // Changes are there, but no schedule lets a stream table take them yet.
                submitted.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
            } else {
                capture.awaitChanges(limit);
            }
        }
    }

    /** Now and then: whoever changes a source's definition does not tell. */
    private void lookAtSources() {
        long now = System.nanoTime();
        if (now - lastLook < BETWEEN_LOOKS.toNanos()) {
            return;
        }
        lastLook = now;
        DependencyWatch.Effort effort = DependencyWatch.Effort.WHAT_HAS_CHANGED;
        if (now - lastRetry > RETRY.toNanos()) {
            lastRetry = now;
            effort = DependencyWatch.Effort.EVERYTHING;
        }
        try {
            if (lifecycle.watch().look(effort)) {
                driver.invalidate();
            }
        } catch (SQLException | FreshetException e) {
            LOG.warn("the sources cannot be looked at, it is tried again: {}", e.getMessage());
        }
    }

    /** An epoch has found that a source was altered. */
    private void lookAtOnceIf(boolean sawAltered) {
        if (sawAltered) {
            lastLook = System.nanoTime() - BETWEEN_LOOKS.toNanos();
        }
    }

    /** One epoch answers all who ask whether a stream table is right: an epoch costs more than a comparison. */
    private void verifyTogether(List<Task> asked) throws InterruptedException {
        List<Task.Verify> verifications = new ArrayList<>();
        for (Task task : asked) {
            if (task instanceof Task.Verify verify && registry.find(verify.name()).filter(this::isFollowed).isPresent()
                    && registry.coverage().waitsFor(verify.name()).isEmpty()) {
                verifications.add(verify);
            }
        }
        if (verifications.size() < 2) {
            return;
        }
        Set<TableName> names = verifications.stream().map(Task.Verify::name).collect(Collectors.toSet());
        RefreshWork work = new RefreshWork(registry, pace.refresh(), names, names);
        Optional<CommittedEpoch> epoch = driver.run(work);
        if (epoch.isPresent() && names.stream().map(registry::require).allMatch(this::isFollowed)) {
            verifications.stream().filter(v -> registry.coverage().waitsFor(v.name()).isEmpty())
                    .forEach(v -> answer(v, new Forced(epoch.get(), work)));
        }
        // If it failed, each is tried for itself: one that is in trouble takes the answer from no other.
    }

    private static void answer(Task.Verify verify, Forced forced) {
        verify.answer().complete(
                new Verification(verify.name(), forced.epoch().epoch(), forced.work().differingRows(verify.name())));
    }

    private void carryOut(Task task) throws InterruptedException {
        try {
            switch (task) {
                case Task.Create create -> begin(create);
                case Task.Drop drop -> {
                    lifecycle.drop(drop.name());
                    driver.invalidate();
                    drop.answer().complete(true);
                }
                case Task.Refresh refresh -> refresh.answer().complete(force(Set.of(refresh.name()), Set.of()).epoch().epoch());
                case Task.Verify verify -> answer(verify, force(Set.of(verify.name()), Set.of(verify.name())));
            }
        } catch (FreshetException e) {
            task.answer().completeExceptionally(e);
        } catch (SQLException e) {
            task.answer().completeExceptionally(Failures.describe(e));
        } catch (RuntimeException e) {
            LOG.error("a request failed by a defect", e);
            task.answer().completeExceptionally(FreshetException.of(ErrorCode.INTERNAL, String.valueOf(e)).causedBy(e));
        }
    }

    private void begin(Task.Create create) throws SQLException {
        Created created;
        try {
            created = lifecycle.create(create.request(), driver.topology());
        } catch (SQLException e) {
            throw driver.topology().outages().values().stream().findFirst().map(outage -> Failures.whileOut(outage, e))
                    .orElseThrow(() -> e);
        }
        driver.invalidate();
        if (create.request().initialize()) {
            creations.put(create, created);
        } else {
            create.answer().complete(created.notice());
        }
    }

    /** Fills the new stream tables whose old transactions have ended. */
    private void fillCreated() throws InterruptedException {
        for (Iterator<Map.Entry<Task.Create, Created>> each = creations.entrySet().iterator(); each.hasNext();) {
            Map.Entry<Task.Create, Created> creation = each.next();
            Task.Create create = creation.getKey();
            Created created = creation.getValue();
            try {
                Optional<String> waitedFor = created.oldTransactions().stillRunning();
                if (waitedFor.isPresent()) {
                    if (!waitedFor.get().equals(reported.put(create, waitedFor.get()))) {
                        LOG.info("stream table {} is filled when older transactions have ended; waiting for {}",
                                created.table().name(),
                                waitedFor.get());
                    }
                    if (now().isAfter(created.at().plus(pace.creation()))) {
                        throw FreshetException.of(ErrorCode.OLD_TRANSACTIONS, "older transactions have not ended within "
                                + pace.creation().toSeconds() + " s; the last one waited for is " + waitedFor.get())
                                .withHint(
                                        "End them (SELECT pg_terminate_backend(pid); ROLLBACK PREPARED gid;) and create the stream table again.");
                    }
                    continue;
                }
                if (registry.find(created.table().name()).filter(this::isFollowed).isEmpty()
                        && neededNode(created.table().name()).isEmpty()) {
                    continue;
                }
                Forced forced = force(Set.of(created.table().name()), Set.of());
                LOG.info("stream table {} is filled, at epoch {}", created.table().name(), forced.epoch().epoch());
                create.answer().complete(created.notice());
            } catch (FreshetException e) {
                undo(created.table());
                create.answer().completeExceptionally(e);
            } catch (SQLException e) {
                undo(created.table());
                create.answer().completeExceptionally(Failures.describe(e));
            }
            reported.remove(create);
            each.remove();
        }
    }

    private void undo(ManagedTable table) {
        try {
            lifecycle.remove(table);
        } catch (SQLException e) {
            LOG.error(
                    "stream table {} could not be created and not be removed either; the next start of the daemon removes it: {}",
                    table.name(),
                    e.getMessage());
        }
        driver.invalidate();
    }

    private boolean isFollowed(ManagedTable table) {
        return registry.unfollowed(table).isEmpty();
    }

    /** @throws FreshetException OLD_TRANSACTIONS when it takes too long */
    private void awaitFollowed(Set<TableName> names) throws InterruptedException {
        Instant limit = now().plus(pace.creation());
        while (!names.stream().map(registry::require).allMatch(this::isFollowed)) {
            if (stopping) {
                throw notRunning();
            }
            if (now().isAfter(limit)) {
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

    private record Forced(CommittedEpoch epoch, RefreshWork work) {
    }

    /** Runs epochs until one commits that refreshes these stream tables, whatever their schedules. */
    private Forced force(Set<TableName> names, Set<TableName> verified) throws SQLException, InterruptedException {
        names.forEach(registry::require);
        driver.repair();
        names.forEach(this::requireNodes);
        awaitFollowed(names);
        for (int attempt = 1;; attempt++) {
            RefreshWork work = new RefreshWork(registry, pace.refresh(), names, verified);
            Optional<CommittedEpoch> epoch = driver.run(work);
            if (work.sawAltered()) {
                lookAtOnceIf(true);
                lookAtSources();
                names.forEach(registry::require);
            }
            names.forEach(this::requireNodes);
            if (!names.stream().map(registry::require).allMatch(this::isFollowed)) {
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

    /** A node that is out of use, without which no epoch refreshes the stream table. */
    private Optional<Outage> neededNode(TableName name) {
        return registry.coverage().waitsFor(name)
                .or(() -> registry.find(name).stream().flatMap(t -> registry.unfollowed(t).stream())
                        .flatMap(s -> follower.waitsFor(s).stream()).findFirst());
    }

    /** @throws FreshetException NODE_UNREACHABLE: no epoch refreshes the stream table as things are */
    private void requireNodes(TableName name) {
        neededNode(name).ifPresent(outage -> {
            throw FreshetException
                    .of(ErrorCode.NODE_UNREACHABLE, "stream table " + name + " needs " + outage.node()
                            + ", which has been out of use since " + outage.since().truncatedTo(ChronoUnit.SECONDS) + ": "
                            + outage.reason())
                    .withHint("Bring that server back; the stream table then catches up by itself."
                            + " SELECT * FROM pgtrickle.health_check(); tells more.");
        });
    }

    private void refuseAll() {
        List<Task> left = new ArrayList<>(creations.keySet());
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            left.add(task);
        }
        left.forEach(t -> t.answer().completeExceptionally(notRunning()));
    }

    private static FreshetException notRunning() {
        return FreshetException.of(ErrorCode.DAEMON_NOT_RUNNING, "the daemon is stopping").withHint("./freshet daemon --url ..");
    }
}
