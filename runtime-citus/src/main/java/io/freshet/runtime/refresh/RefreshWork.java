package io.freshet.runtime.refresh;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.Step;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.NodeChanges;
import io.freshet.runtime.definition.DependencyStore;
import io.freshet.runtime.epoch.EpochWork;
import io.freshet.runtime.epoch.Failpoint;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.QuerySettings;
import io.freshet.runtime.store.StreamTableStore;
import io.freshet.runtime.store.WholeQueries;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
 * The work of one epoch: ingest the changes, refresh the due stream tables in dependency order, each under a savepoint, and drop the changes
 * that every consumer has. Nothing in the registry changes before {@link #applied()}. Used for one epoch.
 */
public final class RefreshWork implements EpochWork {
    private static final Logger LOG = LoggerFactory.getLogger(RefreshWork.class);

    /** SQLSTATE prefixes after which the whole transaction is lost: connection, serialization, shutdown. */
    private static final List<String> FATAL = List.of("08", "40", "57P");

    private final Registry registry;
    private final Clock clock;
    private final RefreshSettings settings;
    private final Set<TableName> forced;
    private final Set<TableName> verified;
    private final Map<TableName, ManagedTable> changed = new HashMap<>();
    private final Map<TableName, FreshetException> problems = new HashMap<>();
    private PendingChanges pending = new PendingChanges(List.of());
    private final Map<TableName, Long> differingRows = new HashMap<>();
    private boolean failedByItself;
    private SourceLocks locks = SourceLocks.NONE;
    private Set<Long> altered = Set.of();
    private long epoch;

    /**
     * @param forced stream tables that are refreshed whatever their schedule says, and filled if they are not; their errors end the epoch
     * @param verified compared with their queries after the programs, all at the epoch's cut
     */
    public RefreshWork(Registry registry, RefreshSettings settings, Set<TableName> forced, Set<TableName> verified) {
        this.registry = registry;
        this.settings = settings;
        this.clock = settings.clock();
        this.forced = Set.copyOf(forced);
        this.verified = Set.copyOf(verified);
    }

    @Override
    public void lock(Connection connection) throws SQLException {
        // Not before: until the epoch begins the registry can be read anew.
        pending = new PendingChanges(registry.pending());
        Set<TableName> patiently = new HashSet<>();
        Set<TableName> others = new HashSet<>();
        for (ManagedTable table : registry.all()) {
            (forced.contains(table.name()) ? patiently : others).addAll(table.sourceNames());
        }
        others.removeAll(patiently);
        locks = SourceLocks.take(connection, patiently, others);
    }

    @Override
    public long run(Connection connection, long next, Collection<NodeChanges> changes) throws SQLException, IOException {
        epoch = next;
        requireCurrent(connection);
        changes.forEach(c -> problems.putAll(c.problems()));
        Ingestion ingestion = new Ingestion(connection, epoch, registry, settings.heldChanges());
        Mirrors mirrors = ingestion.mirrors();
        long rows = ingestion.write(changes);
        Failpoint.AFTER_COPY.pass();
        problems.putAll(ingestion.problems());
        ingestion.pending().forEach(pending::add);
        altered = DependencyStore.altered(connection,
                registry.all().stream().filter(this::mayBeDue).map(t -> t.stored().id()).toList());
        requireUnaltered();
        for (ManagedTable table : registry.inDependencyOrder()) {
            if (isDue(table)) {
                refresh(connection, table, mirrors);
            }
        }
        new Cleanup(connection, registry, changed).run(pending);
        for (TableName name : verified) {
            ManagedTable table = registry.find(name).orElseThrow();
            if (registry.waits(table)) {
                continue;
            }
            table.stored().settings().apply(connection, QuerySettings.Scope.TRANSACTION);
            WholeQueries.allow(connection);
            long differing = Jdbc.first(connection, table.compiled().verifySql(), r -> r.getLong(1)).orElseThrow();
            differingRows.put(name, differing + mirrors.differingRows(table));
        }
        return rows;
    }

    /** The epoch has committed: the registry shows what it did. */
    public void applied() {
        changed.values().forEach(registry::put);
        registry.committed(epoch, pending);
    }

    /** Whether the epoch ended because a forced stream table's own statement was refused: trying again would not help. */
    public boolean failedByItself() {
        return failedByItself;
    }

    /** How many rows a verified stream table differed by. */
    public long differingRows(TableName name) {
        return Optional.ofNullable(differingRows.get(name)).orElseThrow();
    }

    /** Whether a stream table is behind changes that are in the change tables, and may be refreshed now. */
    public static boolean anythingDue(Registry registry, Instant now) {
        PendingChanges pending = registry.pending();
        return refreshable(registry).stream().anyMatch(t -> !t.notBefore().isAfter(now) && isBehind(t, pending));
    }

    /** How long until a stream table that is behind may be refreshed; {@code longest} when there is none. */
    public static Duration untilNextDue(Registry registry, Instant now, Duration longest) {
        PendingChanges pending = registry.pending();
        Duration shortest = longest;
        for (ManagedTable table : refreshable(registry)) {
            if (isBehind(table, pending)) {
                Duration wait = table.notBefore().isAfter(now) ? Duration.between(now, table.notBefore()) : Duration.ZERO;
                shortest = wait.compareTo(shortest) < 0 ? wait : shortest;
            }
        }
        return shortest;
    }

    /** How long until a change that is read now could be taken by some stream table; {@code longest} when there is none. */
    public static Duration untilNextAllowed(Registry registry, Instant now, Duration longest) {
        // One that is to be filled again waits for no change.
        return registry.all().stream().filter(t -> !registry.waits(t))
                .filter(t -> t.populated() || t.needsRebuild() && registry.unfollowed(t).isEmpty())
                .map(t -> t.notBefore().isAfter(now) ? Duration.between(now, t.notBefore()) : Duration.ZERO)
                .min(Duration::compareTo).filter(d -> d.compareTo(longest) < 0).orElse(longest);
    }

    /** Whether something that a stream table hangs on is not as it was: it was left alone, and has to be looked at before the next epoch. */
    public boolean sawAltered() {
        return !altered.isEmpty();
    }

    /**
     * Whoever finds that a stream table has to be filled again marks it in the database first. A registry that has not heard of the mark would go on by
     * increments, and erase it.
     */
    private void requireCurrent(Connection connection) throws SQLException {
        Map<Long, StreamTableStore.Progress> stored = StreamTableStore.progress(connection);
        boolean current = registry.isAsOf(epoch - 1) && registry.all().stream().allMatch(
                t -> new StreamTableStore.Progress(t.populated(), t.epoch()).equals(stored.get(t.stored().id())));
        if (!current) {
            registry.distrust();
            throw new SQLException("the stream tables are not as they were last read; they are read again");
        }
    }

    /** What was compiled for a forced stream table may not be right any more; after a look at it the epoch is tried again. */
    private void requireUnaltered() {
        for (TableName name : forced) {
            if (registry.find(name).filter(t -> altered.contains(t.stored().id())).isPresent()) {
                throw FreshetException.of(ErrorCode.SOURCE_CHANGED, "what stream table " + name + " reads has just been altered");
            }
        }
    }

    private void requireLocked(ManagedTable table) {
        Optional<TableName> locked = locks.firstMissing(table.sourceNames());
        if (locked.isPresent()) {
            throw FreshetException
                    .of(ErrorCode.REFRESH_FAILED,
                            "source " + locked.get() + " is locked by a transaction that alters or empties it")
                    .withHint("It goes on when that transaction ends: SELECT * FROM pg_locks WHERE relation = "
                            + Quoting.literal(Quoting.table(locked.get())) + "::regclass AND granted;");
        }
    }

    /** Also what reads a stream table that this epoch may change. */
    private boolean mayBeDue(ManagedTable table) {
        return isDue(table) || !table.notBefore().isAfter(clock.instant())
                && table.sourceNames().stream().anyMatch(s -> registry.find(s).isPresent());
    }

    private static List<ManagedTable> refreshable(Registry registry) {
        return registry.all().stream().filter(registry::isRefreshable).toList();
    }

    private boolean isDue(ManagedTable table) {
        if (!registry.isRefreshable(table) || altered.contains(table.stored().id())) {
            return false;
        }
        if (forced.contains(table.name())) {
            return true;
        }
        return !table.notBefore().isAfter(clock.instant()) && isBehind(table, pending);
    }

    private static boolean isBehind(ManagedTable table, PendingChanges pending) {
        return table.needsRebuild() || table.populated() && !pending.changedAfter(table.epoch(), table.sourceNames()).isEmpty();
    }

    private void refresh(Connection connection, ManagedTable table, Mirrors mirrors) throws SQLException {
        Instant began = clock.instant();
        Savepoint savepoint = connection.setSavepoint();
        try {
            requireLocked(table);
            for (TableName source : table.sourceNames()) {
                if (problems.containsKey(source)) {
                    throw problems.get(source);
                }
            }
            mirrors.provide(table);
            table.stored().settings().apply(connection, QuerySettings.Scope.TRANSACTION);
            boolean inFull = isFilled(table);
            if (inFull) {
                WholeQueries.allow(connection);
            } else {
                WholeQueries.forbid(connection);
            }
            boolean anyEffect = run(connection, inFull ? fill(table) : increments(table), table.epoch(), epoch);
            if (inFull) {
                StreamTableStore.filled(connection, table.stored().id());
            }
            StreamTableStore.refreshed(connection, table.stored().id(), epoch);
            connection.releaseSavepoint(savepoint);
            mirrors.provided(table);
            changed.put(table.name(), table.refreshedTo(epoch, began, Duration.between(began, clock.instant())));
            if (anyEffect) {
                Ingestion.markChanged(connection, table.name(), epoch, registry).ifPresent(pending::add);
            }
        } catch (SQLException | FreshetException e) {
            boolean fatal = e instanceof SQLException s && isFatal(s);
            failedByItself = forced.contains(table.name()) && !fatal;
            if (fatal || failedByItself) {
                throw e;
            }
            connection.rollback(savepoint);
            String error = e instanceof FreshetException f ? f.describe() : e.getMessage();
            LOG.warn("stream table {} stays at epoch {}: its refresh failed: {}", table.name(), table.epoch(), error);
            StreamTableStore.failed(connection, table.stored().id(), error);
            changed.put(table.name(), table.failed(began, error));
        }
    }

    /** Whether the steps may have changed something. */
    private static boolean run(Connection connection, List<Step> steps, long from, long to) throws SQLException {
        for (Step step : steps) {
            int rows = Jdbc.execute(connection, step.bind(from, to));
            if (rows == 0 && step.whenEmpty() == Step.WhenEmpty.END) {
                return false;
            }
        }
        return !steps.isEmpty();
    }

    /** Whether the stream table is filled by its query, whatever has changed. */
    private boolean isFilled(ManagedTable table) {
        return !table.populated() || !table.isDifferential() || pending.truncatedAfter(table.epoch(), table.sourceNames());
    }

    private static List<Step> fill(ManagedTable table) {
        List<Step> rebuild = new ArrayList<>(table.compiled().clear());
        rebuild.addAll(table.compiled().populate());
        return rebuild;
    }

    private List<Step> increments(ManagedTable table) {
        Set<TableName> sources = new HashSet<>(pending.changedAfter(table.epoch(), table.sourceNames()));
        return sources.isEmpty() ? List.of() : table.compiled().program(sources).steps();
    }

    private static boolean isFatal(SQLException e) {
        String state = e.getSQLState();
        return state == null || FATAL.stream().anyMatch(state::startsWith);
    }
}
