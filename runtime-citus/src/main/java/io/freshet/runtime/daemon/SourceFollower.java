package io.freshet.runtime.daemon;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.follow.Following;
import io.freshet.runtime.lifecycle.OldTransactions;
import io.freshet.runtime.refresh.RefreshWork;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Outage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the streams to follow sources that are new to them. The order of the steps is what makes it right, see {@link Following}:
 *
 * <ol>
 * <li>look at the sources' shards;
 * <li>wait until every transaction that runs then has ended on every node: also the one that made the tables, whose parts commit one after the
 *     other, and those that wrote to them in between;
 * <li>note where each node's WAL ends, and wait until an epoch has taken everything before;
 * <li>let the streams begin anew there: they decode none of those transactions again;
 * <li>have filled again what only got partitions and cannot do without;
 * <li>the sources are followed from then on, and may be read.
 * </ol>
 *
 * Nodes that are out of use are left out: a source with a shard on one of them waits, and of the others they have nothing to tell that is older than a
 * move, which comes behind the making.
 */
final class SourceFollower {
    private static final Logger LOG = LoggerFactory.getLogger(SourceFollower.class);

    private final Connections connections;
    private final SourceWatch watch;
    private final EpochDriver driver;
    private final Supplier<RefreshWork> epoch;
    private Optional<Attempt> attempt = Optional.empty();

    /** @param behind empty until the old transactions have ended */
    private record Attempt(Following.Attempt sources, OldTransactions old, Map<Node, Lsn> behind) {
    }

    /** @param epoch the work of an ordinary epoch */
    SourceFollower(Connections connections, SourceWatch watch, EpochDriver driver, Supplier<RefreshWork> epoch) {
        this.connections = connections;
        this.watch = watch;
        this.driver = driver;
        this.epoch = epoch;
    }

    /** A node that is out of use, without which the source cannot be followed. */
    Optional<Outage> waitsFor(TableName source) {
        return watch.waitsFor(source);
    }

    /**
     * Does what can be done now.
     *
     * @return whether something is left, to be tried again soon
     */
    boolean step() throws InterruptedException {
        Set<TableName> unfollowed = watch.followable();
        if (unfollowed.isEmpty()) {
            attempt = Optional.empty();
            return false;
        }
        try {
            advance(unfollowed);
        } catch (SQLException | CaptureBrokenException | FreshetException e) {
            LOG.warn("the streams cannot begin anew to follow {}, it is tried again: {}", unfollowed, e.getMessage());
            attempt = Optional.empty();
            driver.invalidate();
        }
        return true;
    }

    private void advance(Set<TableName> unfollowed) throws SQLException, CaptureBrokenException, InterruptedException {
        if (attempt.isEmpty() || !attempt.get().sources().sources().equals(unfollowed)
                || !watch.following().isCurrent(attempt.get().sources())) {
            try (Connection connection = connections.coordinator()) {
                Following.Attempt sources = watch.following().attempt(connection, unfollowed);
                if (!watch.following().isCurrent(sources)) {
                    // Another partition has come, and nobody has looked at it yet.
                    attempt = Optional.empty();
                    driver.invalidate();
                    return;
                }
                attempt = Optional.of(new Attempt(sources, OldTransactions.runningNow(connections, driver.topology()), Map.of()));
            }
        }
        Attempt current = attempt.get();
        if (!current.sources().isComplete()) {
            // Their stream tables do not compile any more, which is found out elsewhere.
            attempt = Optional.empty();
            return;
        }
        Optional<String> waitedFor = current.old().stillRunning();
        if (waitedFor.isPresent()) {
            LOG.debug("the streams begin anew to follow {} when {} has ended", unfollowed, waitedFor.get());
            return;
        }
        if (current.behind().isEmpty()) {
            current = new Attempt(current.sources(), current.old(), watch.streams().ends());
            attempt = Optional.of(current);
        }
        watch.following().probe();
        if (driver.run(epoch.get()).isEmpty() || !watch.streams().areDoneWith(current.behind())) {
            return;
        }
        try (Connection connection = connections.coordinator()) {
            if (!watch.following().isCurrent(connection, current.sources())) {
                attempt = Optional.empty();
                return;
            }
        }
        watch.streams().beginAnew(current.behind());
        watch.refill(watch.following().toBeFilled(current.sources()));
        try (Connection connection = connections.coordinator()) {
            watch.following().follow(connection, current.sources());
        }
        LOG.info("the streams have begun anew and follow {}", unfollowed);
        driver.invalidate();
        attempt = Optional.empty();
    }
}
