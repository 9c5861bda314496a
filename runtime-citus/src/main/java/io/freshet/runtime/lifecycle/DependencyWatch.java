package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.RefreshMode;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.definition.DependencyStore;
import io.freshet.runtime.definition.Difference;
import io.freshet.runtime.lifecycle.Reconsideration.Verdict;
import io.freshet.runtime.lifecycle.StreamTableStorage.Republished;
import io.freshet.runtime.refresh.ManagedTable;
import io.freshet.runtime.refresh.Registry;
import io.freshet.runtime.store.StoredStreamTable;
import io.freshet.runtime.store.StreamTableStore;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that no stream table goes on by a meaning that its query no longer has. Whoever alters a source does not tell, so the catalogs are compared
 * with what was noted, with one query. Each epoch makes the same comparison in its own snapshot and leaves out what differs; here it is
 * decided what becomes of it. Used by the epoch's thread.
 */
public final class DependencyWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DependencyWatch.class);

    private static final int ANSWER_LIMIT_SECONDS = 5;

    private final Connections connections;
    private final Registry registry;
    private final Compilation compilation;
    private final StreamTableStorage storage;
    private final Map<TableName, Stopped> stopped = new HashMap<>();
    private final Map<TableName, OldTransactions> waits = new HashMap<>();
    /** What stream tables wait for that have never been filled; empty when that was not looked at since the daemon's start. */
    private final Map<Long, Optional<OldTransactions>> firstFills = new HashMap<>();
    private Optional<Connection> session = Optional.empty();

    DependencyWatch(Connections connections, Registry registry, Compilation compilation, StreamTableStorage storage) {
        this.connections = connections;
        this.registry = registry;
        this.compilation = compilation;
        this.storage = storage;
    }

    /**
     * A stream table that nothing can be done with.
     *
     * @param differences what differed when it was last tried
     * @param waiting what it waits for, if it is only that
     */
    record Stopped(StoredStreamTable stored, Set<TableName> sources, List<Difference> differences, String reason,
            Optional<OldTransactions> waiting) {
    }

    Collection<Stopped> stopped() {
        return List.copyOf(stopped.values());
    }

    Optional<Stopped> stopped(TableName name) {
        return Optional.ofNullable(stopped.get(name));
    }

    void forget(StoredStreamTable stored) {
        stopped.remove(stored.name());
        firstFills.remove(stored.id());
    }

    void clear() {
        stopped.clear();
    }

    /** The stream table has been made. It is filled when these have ended, however its first content is asked for. */
    void fillAfter(StoredStreamTable stored, OldTransactions older) {
        firstFills.put(stored.id(), Optional.of(older));
    }

    /** Another daemon has made it: all that run when this one is asked for its content are taken for older ones. */
    void fillAfterOlder(StoredStreamTable stored) {
        firstFills.putIfAbsent(stored.id(), Optional.empty());
    }

    /** Whether the stream table has never been filled, and it is not known that it may be. Its catalog rows say so as well, to every epoch. */
    public boolean waits(TableName name) {
        return registry.find(name).filter(table -> firstFills.containsKey(table.stored().id())).isPresent();
    }

    /**
     * Looks whether the stream table may be filled, and lets epochs do it then.
     *
     * @return a line for the operator that names a transaction which is waited for
     * @throws FreshetException what {@link Registry#require} says against the stream table
     */
    public Optional<String> waitsFor(TableName name) throws SQLException {
        long id = registry.require(name).stored().id();
        if (!firstFills.containsKey(id)) {
            return Optional.empty();
        }
        Optional<OldTransactions> known = firstFills.get(id);
        OldTransactions older = known.isPresent() ? known.get() : runningNow();
        firstFills.put(id, Optional.of(older));
        Optional<String> waitedFor = older.stillRunning();
        if (waitedFor.isEmpty()) {
            try (Connection connection = connections.coordinator()) {
                DependencyStore.waited(connection, id);
            }
            firstFills.remove(id);
        }
        return waitedFor;
    }

    private OldTransactions runningNow() throws SQLException {
        return OldTransactions.runningNow(connections, Topology.look(connections, Map.of()));
    }

    /** Whether stream tables have stopped. */
    public boolean anyStopped() {
        return !stopped.isEmpty();
    }

    /**
     * Compares once. What was altered is looked at closely: its stream tables are filled again, or stop with the reason; those that had stopped
     * come back when their sources have changed again.
     *
     * @param effort whether those are tried, too, whose sources have not changed
     * @return whether anything was done
     */
    public boolean look(Effort effort) throws SQLException {
        try {
            return look(session(), effort);
        } catch (SQLException e) {
            close();
            throw e;
        }
    }

    /** How much is tried. */
    public enum Effort {
        WHAT_HAS_CHANGED,
        EVERYTHING
    }

    private boolean look(Connection connection, Effort effort) throws SQLException {
        boolean done = endWaits(connection);
        Map<Long, List<Difference>> differences = DependencyStore.differences(connection);
        for (ManagedTable table : registry.all()) {
            List<Difference> found = differences.getOrDefault(table.stored().id(), List.of());
            if (!waitsAtMost(found)) {
                if (isUnfinished(table)) {
                    stopCreation(table.stored(), found);
                } else {
                    settle(connection, table.stored(), found);
                }
                done = true;
            } else if (found.stream().anyMatch(Difference::isHarmless)) {
                DependencyStore.touch(connection, table.stored().id());
            }
        }
        for (Stopped each : stopped()) {
            List<Difference> found = differences.getOrDefault(each.stored().id(), List.of());
            boolean again = effort == Effort.EVERYTHING && each.waiting().isEmpty();
            if (again || !found.equals(each.differences())) {
                settle(connection, each.stored(), found);
                done = true;
            }
        }
        done |= followTypes(connection);
        if (done) {
            emptied(connection);
        }
        return done;
    }

    /** Takes from the catalog which stream tables have to be filled again because a change table was made anew. */
    void emptied(Connection connection) throws SQLException {
        for (StoredStreamTable stored : StreamTableStore.all(connection)) {
            registry.find(stored.name()).filter(t -> t.populated() && !stored.populated())
                    .ifPresent(t -> registry.put(ManagedTable.of(stored, t.compiled())));
        }
    }

    private static boolean isHarmless(List<Difference> differences) {
        return differences.stream().allMatch(Difference::isHarmless);
    }

    /** Whether what was compiled is right, but for a first fill that may have to wait. */
    static boolean waitsAtMost(List<Difference> differences) {
        return differences.stream().allMatch(d -> d.isHarmless() || d.sort() == Difference.Sort.WAITING);
    }

    /** Somebody waits for its creation, or the daemon that made it has ended. */
    private static boolean isUnfinished(ManagedTable table) {
        return table.stored().status() == StoredStreamTable.Status.INITIALIZING && !table.populated();
    }

    /** Whoever creates it is told, and it is removed; if the daemon ends before, by the next one. */
    private void stopCreation(StoredStreamTable stored, List<Difference> found) {
        registry.stop(stored.name(), altered(stored, found));
    }

    /** What is said of a stream table that has been altered before it was there. */
    static FreshetException altered(StoredStreamTable stored, List<Difference> found) {
        String what = found.stream().filter(d -> !waitsAtMost(List.of(d))).findFirst().orElseThrow().describe();
        return FreshetException
                .of(ErrorCode.SOURCE_CHANGED, "while stream table " + stored.name() + " was being created, " + what)
                .withHint("Create it again.");
    }

    private void settle(Connection connection, StoredStreamTable stored, List<Difference> found) throws SQLException {
        try {
            ManagedTable table = isHarmless(found) ? compile(connection, stored) : reconsider(connection, stored, found);
            registry.put(table);
            if (stopped.remove(stored.name()) != null) {
                LOG.info("stream table {} compiles again and is filled", stored.name());
            }
        } catch (FreshetException e) {
            stop(connection, stored, e);
            registry.stop(stored.name(), e);
        }
    }

    private ManagedTable compile(Connection connection, StoredStreamTable stored) throws SQLException {
        try (Compilation.Session compiler = compilation.open()) {
            return Lifecycle.compile(connection, compiler, StreamTableStore.find(connection, stored.id()));
        }
    }

    /** @throws FreshetException why it has to stop, also for a time */
    ManagedTable reconsider(Connection connection, StoredStreamTable stored, List<Difference> found) throws SQLException {
        try {
            return decide(connection, stored, found);
        } catch (SQLException e) {
            throw inTrouble(connection, stored, e);
        }
    }

    /**
     * Citus alters nothing while a node is away that has a part of it, or is to be told of it. That is this stream table's trouble: the others go on, and
     * it is tried again.
     *
     * @throws SQLException the session is lost, and with it nothing is known of the stream table
     */
    private static FreshetException inTrouble(Connection connection, StoredStreamTable stored, SQLException e)
            throws SQLException {
        if (!connection.isValid(ANSWER_LIMIT_SECONDS)) {
            throw e;
        }
        return FreshetException
                .of(ErrorCode.SOURCE_CHANGED,
                        "what stream table " + stored.name() + " reads was altered, and its tables cannot follow: "
                                + e.getMessage())
                .withHint("It is tried again; SELECT * FROM pgtrickle.health_check(); shows whether a node is out of use.")
                .causedBy(e);
    }

    private ManagedTable decide(Connection connection, StoredStreamTable stored, List<Difference> found) throws SQLException {
        Reconsideration reconsideration = new Reconsideration(connection, stored, found, storage);
        Verdict verdict = reconsideration.decide(table -> compile(connection, table).compiled());
        return switch (verdict) {
            case Verdict.Unchanged unchanged -> compile(connection, stored);
            case Verdict.Rebuild rebuild when rebuild.republished() == Republished.ANEW -> {
                firstFills.remove(stored.id());
                OldTransactions older = runningNow();
                Optional<String> waitedFor = older.stillRunning();
                if (waitedFor.isPresent()) {
                    waits.put(stored.name(), older);
                    throw FreshetException.of(ErrorCode.OLD_TRANSACTIONS, reconsideration.reasons()
                            + "; it is filled again when older transactions have ended; waiting for " + waitedFor.get());
                }
                DependencyStore.waited(connection, stored.id());
                yield refilled(connection, stored, reconsideration, rebuild);
            }
            case Verdict.Rebuild rebuild -> refilled(connection, stored, reconsideration, rebuild);
        };
    }

    private static ManagedTable refilled(Connection connection, StoredStreamTable stored, Reconsideration why,
            Verdict.Rebuild rebuild)
            throws SQLException {
        LOG.warn("stream table {} is filled again: {}", stored.name(), why.reasons());
        return ManagedTable.of(StreamTableStore.find(connection, stored.id()), rebuild.compiled());
    }

    /** Remembers that the stream table cannot be refreshed; the registry is told by the caller. */
    void stop(Connection connection, StoredStreamTable stored, FreshetException why) throws SQLException {
        String reason = why.describe();
        Stopped before = stopped.get(stored.name());
        if (before == null || !before.reason().equals(reason)) {
            LOG.error("stream table {} is not refreshed until the cause is gone: {}", stored.name(), reason);
            StreamTableStore.rebuild(connection, stored.id(), reason);
        }
        Optional<OldTransactions> waiting = why.code() == ErrorCode.OLD_TRANSACTIONS
                ? Optional.ofNullable(waits.remove(stored.name()))
                : Optional.empty();
        stopped.put(stored.name(), new Stopped(stored, Set.copyOf(StreamTableStore.sources(connection, stored.id())),
                DependencyStore.differences(connection).getOrDefault(stored.id(), List.of()), reason, waiting));
    }

    /** Takes back the stream tables that waited only for older transactions. */
    private boolean endWaits(Connection connection) throws SQLException {
        boolean done = false;
        for (Stopped each : stopped()) {
            if (each.waiting().isPresent() && haveEnded(each.waiting().get())) {
                DependencyStore.waited(connection, each.stored().id());
                settle(connection, each.stored(),
                        DependencyStore.differences(connection).getOrDefault(each.stored().id(), List.of()));
                done = true;
            }
        }
        return done;
    }

    private static boolean haveEnded(OldTransactions transactions) {
        try {
            return transactions.stillRunning().isEmpty();
        } catch (SQLException e) {
            LOG.debug("whether older transactions have ended is not known", e);
            return false;
        }
    }

    /** What a stream table reads of a source can be as it was, and its change table of the wrong types for what nobody reads. */
    private boolean followTypes(Connection connection) throws SQLException {
        Set<TableName> sources = new HashSet<>();
        registry.all().stream().map(ManagedTable::compiled).filter(c -> c.mode() == RefreshMode.DIFFERENTIAL)
                .forEach(c -> StreamTableStorage.captured(c).forEach(s -> sources.add(s.name())));
        List<TableName> outdated = ChangeTables.outdated(connection, sources);
        for (TableName source : outdated) {
            ManagedTable reader = registry.consumersOf(source).getFirst();
            try {
                storage.follow(connection, compile(connection, reader.stored()).compiled(), source);
                LOG.info("the change table of {} follows the types of its columns", source);
            } catch (FreshetException e) {
                LOG.warn("the change table of {} cannot follow the types of its columns: {}", source, e.describe());
            } catch (SQLException e) {
                if (!connection.isValid(ANSWER_LIMIT_SECONDS)) {
                    throw e;
                }
                LOG.warn("the change table of {} cannot follow the types of its columns: {}", source, e.getMessage());
            }
        }
        return !outdated.isEmpty();
    }

    private Connection session() throws SQLException {
        if (session.isEmpty()) {
            session = Optional.of(connections.coordinator());
        }
        return session.get();
    }

    @Override
    public void close() {
        session.ifPresent(connection -> {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("closing the session", e);
            }
        });
        session = Optional.empty();
    }
}
