package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.Capture;
import io.freshet.runtime.daemon.AskedEpochs.Forced;
import io.freshet.runtime.lifecycle.Lifecycle;
import io.freshet.runtime.refresh.RefreshWork;
import io.freshet.runtime.refresh.Registry;
import io.freshet.runtime.service.StreamTableService.Verification;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's one thread of decisions: what users ask for, then an epoch when a stream table is due, then waiting for changes. Everything that
 * touches the registry or the anchored transaction happens here, so that nothing of it needs a lock.
 */
final class EpochLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EpochLoop.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration WHILE_CREATING = Duration.ofMillis(20);
    private static final Duration WHILE_RESTING = Duration.ofMillis(200);
    private static final Duration BETWEEN_HOLDING = Duration.ofSeconds(1);
    /** While stream tables wait for their schedules, or have stopped: the WAL that a slot keeps meanwhile should be little. */
    private static final Duration BETWEEN_UNWANTED = Duration.ofMinutes(5);

    private final Lifecycle lifecycle;
    private final Registry registry;
    private final Capture capture;
    private final EpochDriver driver;
    private final SourceFollower follower;
    private final Pace pace;
    private final AskedEpochs epochs;
    private final SourceLook look;
    private final Creations creations;
    private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final Semaphore submitted = new Semaphore(0);
    private long lastEpochBegan = System.nanoTime();
    private volatile boolean stopping;

    EpochLoop(Lifecycle lifecycle, Capture capture, AskedEpochs.Engine engine, Pace pace) {
        this.lifecycle = lifecycle;
        this.registry = lifecycle.registry();
        this.capture = capture;
        this.driver = engine.driver();
        this.follower = engine.follower();
        this.pace = pace;
        this.epochs = new AskedEpochs(lifecycle, capture, engine, pace);
        this.look = epochs.look();
        this.creations = new Creations(lifecycle, driver, epochs, pace);
    }

    private Instant now() {
        return pace.clock().instant();
    }

    void submit(Task task) {
        tasks.add(task);
        wake();
        if (stopping) {
            refuseTasks();
        }
    }

    void stop() {
        stopping = true;
        epochs.stop();
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
        creations.left().forEach(EpochLoop::refuse);
        refuseTasks();
    }

    private void turn() throws InterruptedException {
        submitted.drainPermits();
        List<Task> asked = new ArrayList<>();
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            asked.add(task);
        }
        if (!asked.isEmpty()) {
            driver.asked();
        }
        verifyTogether(asked);
        for (Task task : asked) {
            if (!task.answer().isDone()) {
                carryOut(task);
            }
        }
        creations.make();
        driver.look();
        driver.repair();
        boolean following = follower.step();
        creations.fill();
        look.nowAndThen();
        driver.repair();
        boolean untaken = capture.awaitChanges(Duration.ZERO);
        Duration wait = untaken
                ? RefreshWork.untilNextAllowed(registry, now(), IDLE)
                : RefreshWork.untilNextDue(registry, now(), IDLE);
        if (untaken) {
            // Perhaps nobody may take them for long, or at all, but the slots should go on.
            Duration longest = registry.coverage().holdsAny() ? BETWEEN_HOLDING : BETWEEN_UNWANTED;
            Duration left = longest.minusNanos(System.nanoTime() - lastEpochBegan);
            wait = wait.compareTo(left) > 0 ? left : wait;
        }
        if (driver.mustRun()) {
            wait = Duration.ZERO;
        }
        Duration rest = pace.betweenEpochs().minusNanos(System.nanoTime() - lastEpochBegan);
        wait = wait.compareTo(rest) > 0 ? wait : rest;
        if (wait.isZero() || wait.isNegative()) {
            lastEpochBegan = System.nanoTime();
            RefreshWork work = new RefreshWork(registry, pace.refresh(), Set.of(), Set.of());
            driver.run(work);
            if (work.sawAltered()) {
                look.soon();
            }
        } else {
            Duration limit = creations.any() || following ? WHILE_CREATING : driver.isResting() ? WHILE_RESTING : wait;
            if (untaken) {
                // Changes are there, but no schedule lets a stream table take them yet.
                submitted.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
            } else {
                capture.awaitChanges(limit);
            }
        }
    }

    /** One epoch answers all who ask whether a stream table is right. */
    private void verifyTogether(List<Task> asked) throws InterruptedException {
        List<Task.Verify> verifications = asked.stream().flatMap(task -> task instanceof Task.Verify verify
                ? Stream.of(verify)
                : Stream.empty()).filter(verify -> epochs.isServed(verify.name())).toList();
        if (verifications.size() < 2) {
            return;
        }
        Set<TableName> names = verifications.stream().map(Task.Verify::name).collect(Collectors.toSet());
        Optional<Forced> forced = epochs.together(names, names);
        if (forced.isPresent()) {
            verifications.stream().filter(verify -> epochs.isServed(verify.name()))
                    .forEach(verify -> answer(verify, forced.get()));
        }
    }

    private static void answer(Task.Verify verify, Forced forced) {
        verify.answer().complete(
                new Verification(verify.name(), forced.epoch().epoch(), forced.work().differingRows(verify.name())));
    }

    private void carryOut(Task task) throws InterruptedException {
        try {
            switch (task) {
                case Task.Create create -> creations.ask(create);
                case Task.Drop drop -> {
                    drop(drop.name());
                    drop.answer().complete(true);
                }
                case Task.Refresh refresh ->
                    refresh.answer().complete(epochs.force(Set.of(refresh.name()), Set.of()).epoch().epoch());
                case Task.Verify verify -> answer(verify, epochs.force(Set.of(verify.name()), Set.of(verify.name())));
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

    private void drop(TableName name) throws SQLException {
        try {
            lifecycle.drop(name);
        } catch (SQLException e) {
            // It may be gone all the same, if the answer to COMMIT was lost.
            lifecycle.registry().distrust();
            throw e;
        } finally {
            driver.invalidate();
        }
    }

    private void refuseTasks() {
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            refuse(task);
        }
    }

    private static void refuse(Task task) {
        task.answer().completeExceptionally(AskedEpochs.notRunning());
    }
}
