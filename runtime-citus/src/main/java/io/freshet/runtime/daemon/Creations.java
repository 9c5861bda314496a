package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.lifecycle.Lifecycle;
import io.freshet.runtime.lifecycle.Lifecycle.Created;
import io.freshet.runtime.refresh.ManagedTable;
import io.freshet.runtime.topology.Outage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stream tables on their way to their first content. Each is made; when the transactions have ended that were older than its capture, an epoch
 * fills it. Those that are ready at the same time are filled by the same epoch. Used by the loop's thread.
 */
final class Creations {
    private static final Logger LOG = LoggerFactory.getLogger(Creations.class);

    /** However many are asked for at once, the others are refreshed in between. */
    private static final Duration MAKING_IN_A_ROW = Duration.ofSeconds(2);

    private final Lifecycle lifecycle;
    private final EpochDriver driver;
    private final AskedEpochs epochs;
    private final Pace pace;
    private final Queue<Task.Create> asked = new ArrayDeque<>();
    private final Map<Task.Create, Created> made = new HashMap<>();
    private final Map<Task.Create, String> reported = new HashMap<>();

    Creations(Lifecycle lifecycle, EpochDriver driver, AskedEpochs epochs, Pace pace) {
        this.lifecycle = lifecycle;
        this.driver = driver;
        this.epochs = epochs;
        this.pace = pace;
    }

    void ask(Task.Create create) {
        asked.add(create);
    }

    /** Whether any waits for the loop's next turn. */
    boolean any() {
        return !asked.isEmpty() || !made.isEmpty();
    }

    /** Those that have not been answered. */
    List<Task.Create> left() {
        List<Task.Create> left = new ArrayList<>(asked);
        left.addAll(made.keySet());
        return left;
    }

    /** Makes the tables of those that are asked for. */
    void make() throws InterruptedException {
        long began = System.nanoTime();
        while (!asked.isEmpty() && System.nanoTime() - began < MAKING_IN_A_ROW.toNanos()) {
            make(asked.remove());
        }
    }

    /** Fills those whose old transactions have ended. Call it when the state is known again, which {@link #make} has changed. */
    void fill() throws InterruptedException {
        List<Task.Create> ready = new ArrayList<>();
        for (Task.Create create : List.copyOf(made.keySet())) {
            attempt(create, () -> {
                if (isReady(create, made.get(create))) {
                    ready.add(create);
                }
            });
        }
        if (ready.size() > 1) {
            fillTogether(ready);
        }
        for (Task.Create create : ready) {
            if (made.containsKey(create)) {
                attempt(create, () -> filled(create, epochs.force(Set.of(name(create)), Set.of())));
            }
        }
    }

    private interface Action {
        void run() throws SQLException, InterruptedException;
    }

    /** If it fails, the creation has failed, and nothing of it stays. */
    private void attempt(Task.Create create, Action action) throws InterruptedException {
        try {
            action.run();
        } catch (FreshetException e) {
            fail(create, e);
        } catch (SQLException e) {
            fail(create, Failures.describe(e));
        } catch (RuntimeException e) {
            LOG.error("a request failed by a defect", e);
            fail(create, FreshetException.of(ErrorCode.INTERNAL, String.valueOf(e)).causedBy(e));
        }
    }

    private void fail(Task.Create create, FreshetException failure) {
        Created created = made.remove(create);
        reported.remove(create);
        if (created != null) {
            undo(created.table());
        }
        create.answer().completeExceptionally(failure);
    }

    private void make(Task.Create create) throws InterruptedException {
        attempt(create, () -> {
            Created created;
            try {
                created = lifecycle.create(create.request(), driver.topology());
            } catch (SQLException e) {
                throw driver.topology().outages().values().stream().findFirst().map(outage -> Failures.whileOut(outage, e))
                        .orElseThrow(() -> e);
            }
            driver.invalidate();
            if (create.request().initialize()) {
                made.put(create, created);
            } else {
                create.answer().complete(created.notice());
            }
        });
    }

    private boolean isReady(Task.Create create, Created created) throws SQLException {
        TableName name = created.table().name();
        Optional<Outage> node = epochs.neededNode(name);
        Optional<String> waitedFor = lifecycle.watch().waitsFor(name)
                .or(() -> node.filter(Outage::passes).map(outage -> outage.node() + ": " + outage.reason()));
        if (waitedFor.isPresent()) {
            if (!waitedFor.get().equals(reported.put(create, waitedFor.get()))) {
                LOG.info("stream table {} is filled when older transactions have ended; waiting for {}", name, waitedFor.get());
            }
            if (pace.clock().instant().isAfter(created.at().plus(pace.creation()))) {
                throw FreshetException.of(ErrorCode.OLD_TRANSACTIONS, "older transactions have not ended within "
                        + pace.creation().toSeconds() + " s; the last one waited for is " + waitedFor.get())
                        .withHint(
                                "End them (SELECT pg_terminate_backend(pid); ROLLBACK PREPARED gid;) and create the stream table again.");
            }
            return false;
        }
        return epochs.isServed(name) || node.isPresent();
    }

    private void fillTogether(List<Task.Create> ready) throws InterruptedException {
        Set<TableName> names = ready.stream().map(this::name).filter(epochs::isServed).collect(Collectors.toSet());
        Optional<AskedEpochs.Forced> forced = epochs.together(names, Set.of());
        if (forced.isPresent()) {
            ready.stream().filter(create -> names.contains(name(create)) && epochs.isServed(name(create))).toList()
                    .forEach(create -> filled(create, forced.get()));
        }
    }

    private TableName name(Task.Create create) {
        return made.get(create).table().name();
    }

    private void filled(Task.Create create, AskedEpochs.Forced forced) {
        Created created = made.remove(create);
        reported.remove(create);
        LOG.info("stream table {} is filled, at epoch {}", created.table().name(), forced.epoch().epoch());
        create.answer().complete(created.notice());
    }

    private void undo(ManagedTable table) {
        try {
            lifecycle.remove(table);
        } catch (SQLException e) {
            LOG.error(
                    "stream table {} could not be created and not be removed either; the next start of the daemon removes it: {}",
                    table.name(), e.getMessage());
        }
        driver.invalidate();
    }
}
