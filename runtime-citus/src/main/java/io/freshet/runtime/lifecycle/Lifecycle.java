package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.definition.Dependencies;
import io.freshet.runtime.definition.Dependency;
import io.freshet.runtime.definition.DependencyStore;
import io.freshet.runtime.definition.DependencyStore.Publishing;
import io.freshet.runtime.definition.Difference;
import io.freshet.runtime.refresh.ManagedTable;
import io.freshet.runtime.refresh.Registry;
import io.freshet.runtime.service.StreamTableService.CreateRequest;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.MirrorStore;
import io.freshet.runtime.store.StoredStreamTable;
import io.freshet.runtime.store.StreamTableStore;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates and drops stream tables, each in one transaction of its own between two epochs: either all of it is there or nothing. Used by the
 * epoch's thread.
 */
public final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private final Connections connections;
    private final Registry registry;
    private final Compilation compilation;
    private final StreamTableStorage storage;
    private final DependencyWatch watch;
    private final Isolation isolation;

    /** A stream table whose storage is there. When it may be filled, {@link DependencyWatch#waitsFor} says. */
    public record Created(ManagedTable table, Instant at, Optional<String> notice) {
    }

    public Lifecycle(Connections connections, Registry registry, Publication publication, Compilation compilation) {
        this.connections = connections;
        this.registry = registry;
        this.compilation = compilation;
        this.storage = new StreamTableStorage(publication);
        this.watch = new DependencyWatch(connections, registry, compilation, storage);
        this.isolation = new Isolation(connections, registry);
    }

    public Isolation isolation() {
        return isolation;
    }

    /** Fills the registry from the catalog. */
    public void load() throws SQLException {
        try (Connection connection = connections.coordinator(); Compilation.Session compiler = compilation.open()) {
            List<ManagedTable> tables = new ArrayList<>();
            Map<TableName, FreshetException> reasons = new HashMap<>();
            watch.clear();
            long epoch = EpochStore.epoch(connection);
            Map<Long, List<Difference>> differences = DependencyStore.differences(connection);
            Set<Long> unknown = DependencyStore.unknown(connection);
            for (StoredStreamTable stored : StreamTableStore.all(connection)) {
                List<Difference> found = differences.getOrDefault(stored.id(), List.of());
                try {
                    if (unknown.contains(stored.id())) {
                        learn(connection, stored);
                    }
                    tables.add(isCurrent(stored, found)
                            ? compile(connection, compiler, stored)
                            : watch.reconsider(connection, stored, found));
                } catch (FreshetException e) {
                    reasons.put(stored.name(), e);
                    if (stored.status() != StoredStreamTable.Status.INITIALIZING) {
                        watch.stop(connection, stored, e);
                    }
                }
            }
            registry.load(tables, reasons, EpochStore.pending(connection), epoch);
            watch.emptied(connection);
        }
    }

    /**
     * Whether what is compiled now fits what there is of the stream table.
     *
     * @throws FreshetException it was being created, which is not gone on with
     */
    private boolean isCurrent(StoredStreamTable stored, List<Difference> found) {
        if (found.stream().allMatch(Difference::isHarmless)) {
            return true;
        }
        // One that is FAILING has content to be replaced, as soon as that is possible.
        if (DependencyWatch.waitsAtMost(found) && stored.status() != StoredStreamTable.Status.FAILING) {
            watch.fillAfterOlder(stored);
            return true;
        }
        if (stored.status() == StoredStreamTable.Status.INITIALIZING) {
            throw DependencyWatch.altered(stored, found);
        }
        return false;
    }

    /** A stream table of an earlier version, which did not ask what it hangs on. */
    private static void learn(Connection connection, StoredStreamTable stored) throws SQLException {
        try {
            Optional<String> query = ServerDescription.oneStatement(stored.definition().query());
            if (query.isPresent()) {
                DependencyStore.save(connection, stored.id(),
                        Dependencies.of(connection, query.get(), stored.settings(), stored.owner()));
                DependencyStore.published(connection, stored.id(), Publishing.DONE);
            }
        } catch (SQLException e) {
            LOG.debug("what stream table {} hangs on is not known", stored.name(), e);
        }
    }

    /** Looks at what the stream tables hang on, now and then. */
    public DependencyWatch watch() {
        return watch;
    }

    /** @throws FreshetException also when its tables would be others now: no program may run on those that are there */
    static ManagedTable compile(Connection connection, Compilation.Session compiler, StoredStreamTable stored)
            throws SQLException {
        CompiledStreamTable compiled = compiler.compile(stored.definition(), stored.settings());
        Set<TableName> mirrored = compiled.mirrored().stream().map(Table::name).collect(Collectors.toSet());
        if (!compiled.createStatements().equals(stored.storage())
                || !mirrored.equals(StreamTableStore.mirrored(connection, stored.id()))) {
            throw FreshetException
                    .of(ErrorCode.SOURCE_CHANGED, "stream table " + stored.name() + " would be kept in other tables now: "
                            + compiled.storage() + "; its sources or Freshet have changed since it was created")
                    .withHint("SELECT pgtrickle.drop_stream_table(" + Quoting.literal(Quoting.table(stored.name()))
                            + "); then create it again.");
        }
        return ManagedTable.of(stored, compiled);
    }

    public Registry registry() {
        return registry;
    }

    /** Removes what an earlier daemon had not finished creating: nobody waits for it any more. */
    public void removeUnfinished() throws SQLException {
        try (Connection connection = connections.coordinator()) {
            for (StoredStreamTable stored : StreamTableStore.all(connection)) {
                if (stored.status() == StoredStreamTable.Status.INITIALIZING) {
                    LOG.warn("stream table {} was never filled: the daemon ended while it was being created; it is removed",
                            stored.name());
                    try {
                        remove(stored, tables(StreamTableStore.sources(connection, stored.id())));
                    } catch (SQLException e) {
                        // Citus drops nothing while a node is down. The others are served all the same.
                        LOG.warn("stream table {} could not be removed, the next start tries again: {}", stored.name(),
                                e.getMessage());
                    }
                }
            }
        }
    }

    /** Of these sources those that are no stream tables. */
    private List<TableName> tables(Collection<TableName> sources) {
        return sources.stream().filter(source -> registry.find(source).isEmpty()).toList();
    }

    /** @throws FreshetException whatever is wrong with the request; nothing is left behind then */
    public Created create(CreateRequest request, Topology topology) throws SQLException {
        CompiledStreamTable compiled;
        StoredStreamTable stored;
        Optional<String> reason;
        try (Connection connection = connections.coordinator(); Compilation.Session compiler = compilation.open()) {
            SourceChecks.requireFreeName(connection, request.definition(), request.role());
            // Read before it is compiled: what is altered in between shows as a difference later.
            List<Dependency> dependencies = dependencies(connection, request);
            compiled = compiler.compile(request.definition(), request.settings());
            for (Table source : compiled.sources()) {
                SourceChecks.requireCapturable(connection, source, request.role());
            }
            Lookalikes.refuse(connections, topology, compiled.sources());
            connection.setAutoCommit(false);
            reason = reason(compiled);
            long id = make(connection, request, compiled, reason);
            Optional<FullRefreshReason> refused = topology.citus() ? CitusPlans.refused(connection, compiled) : Optional.empty();
            if (refused.isPresent()) {
                connection.rollback();
                compiled = compiler.compile(inFull(request.definition(), refused.get()), request.settings());
                reason = refused.map(FullRefreshReason::message);
                id = make(connection, request, compiled, reason);
            }
            DependencyStore.save(connection, id, dependencies);
            // What is open now may have written to a source before: that is never decoded.
            DependencyStore.published(connection, id, Publishing.WAITING);
            connection.commit();
            long made = id;
            stored = StreamTableStore.all(connection).stream().filter(t -> t.id() == made).findFirst().orElseThrow();
            connection.rollback();
            watch.emptied(connection);
            connection.rollback();
            connection.setAutoCommit(true);
            if (topology.citus()) {
                CitusPlans.warn(connection, compiled);
            }
        }
        ManagedTable table = ManagedTable.of(stored, compiled);
        watch.fillAfter(stored, OldTransactions.runningNow(connections, topology));
        registry.put(table);
        return new Created(table, Instant.now(),
                reason.map(r -> "stream table " + table.name() + " is refreshed in full: " + r));
    }

    /** Nothing for a query that the server refuses: the compiler says why, and better. */
    private static List<Dependency> dependencies(Connection connection, CreateRequest request) throws SQLException {
        try {
            Optional<String> query = ServerDescription.oneStatement(request.definition().query());
            return query.isPresent() ? Dependencies.of(connection, query.get(), request.settings(), request.role()) : List.of();
        } catch (SQLException e) {
            LOG.debug("the server refuses the query of {}", request.definition().name(), e);
            return List.of();
        }
    }

    private long make(Connection connection, CreateRequest request, CompiledStreamTable compiled, Optional<String> reason)
            throws SQLException {
        StoredStreamTable.New row = new StoredStreamTable.New(compiled.definition(), compiled.mode().name(), reason,
                request.schedule().toString(), request.settings(), request.role(), sources(connection, compiled),
                compiled.createStatements());
        long id = storage.create(connection, row, compiled);
        if (!request.initialize()) {
            StreamTableStore.activate(connection, id);
        }
        return id;
    }

    /** @throws FreshetException NOT_DIFFERENTIABLE when the user wants no full refresh */
    private static StreamTableDefinition inFull(StreamTableDefinition definition, FullRefreshReason reason) {
        if (definition.mode() == RefreshMode.DIFFERENTIAL) {
            throw FreshetException.of(ErrorCode.NOT_DIFFERENTIABLE, reason.operator() + ": " + reason.message())
                    .withHint("Leave refresh_mode out, and the stream table is refreshed in full.");
        }
        return new StreamTableDefinition(definition.name(), definition.query(), RefreshMode.FULL, definition.output());
    }

    /** @throws FreshetException UNDEFINED_STREAM_TABLE, HAS_DEPENDENTS */
    public void drop(TableName name) throws SQLException {
        if (registry.find(name).isEmpty() && watch.stopped(name).isEmpty()) {
            throw FreshetException.of(ErrorCode.UNDEFINED_STREAM_TABLE, "stream table " + name + " does not exist");
        }
        Set<TableName> readers = new TreeSet<>();
        registry.consumersOf(name).forEach(t -> readers.add(t.name()));
        watch.stopped().stream().filter(t -> t.sources().contains(name)).forEach(t -> readers.add(t.stored().name()));
        if (!readers.isEmpty()) {
            throw FreshetException.of(ErrorCode.HAS_DEPENDENTS, "stream table " + name + " is read by "
                    + readers.stream().map(TableName::toString).collect(Collectors.joining(", ")))
                    .withHint("SELECT pgtrickle.drop_stream_table(" + Quoting.literal(name.toString()) + ", cascade => true);");
        }
        Optional<ManagedTable> table = registry.find(name);
        if (table.isPresent()) {
            remove(table.get());
        } else {
            DependencyWatch.Stopped lost = watch.stopped(name).orElseThrow();
            remove(lost.stored(), tables(lost.sources()));
        }
    }

    /** Removes a stream table whose creation did not succeed, or that is dropped. */
    public void remove(ManagedTable table) throws SQLException {
        remove(table.stored(), StreamTableStorage.captured(table.compiled()).stream().map(Table::name).toList());
    }

    private void remove(StoredStreamTable table, List<TableName> sources) throws SQLException {
        try (Connection connection = connections.coordinator()) {
            connection.setAutoCommit(false);
            storage.drop(connection, table, sources, readByOthers(table.name()));
            connection.commit();
        }
        registry.remove(table.name());
        watch.forget(table);
    }

    private StreamTableStorage.StillRead readByOthers(TableName name) {
        Set<TableName> atAll = new HashSet<>();
        Set<TableName> byIncrements = new HashSet<>();
        for (ManagedTable other : registry.all()) {
            if (!other.name().equals(name)) {
                List<TableName> sources = other.compiled().sources().stream().map(Table::name).toList();
                atAll.addAll(sources);
                if (other.compiled().mode() == RefreshMode.DIFFERENTIAL) {
                    byIncrements.addAll(sources);
                }
            }
        }
        // What does not compile now may take changes again, in the tables that are there.
        watch.stopped().stream().filter(other -> !other.stored().name().equals(name)).forEach(other -> {
            atAll.addAll(other.sources());
            byIncrements.addAll(other.sources());
        });
        return new StreamTableStorage.StillRead(atAll, byIncrements);
    }

    /** Marks every stream table that is filled to be filled again, with the reason, and reads the registry again. */
    public void rebuildAll(String reason) throws SQLException {
        try (Connection connection = connections.coordinator()) {
            for (StoredStreamTable stored : StreamTableStore.all(connection)) {
                if (stored.populated()) {
                    LOG.warn("stream table {} is filled again: {}", stored.name(), reason);
                    StreamTableStore.rebuild(connection, stored.id(), reason);
                }
            }
            MirrorStore.markAllUnfilled(connection);
        }
        load();
    }

    /**
     * Marks the stream tables that read these sources to be filled again, and reads the registry again.
     *
     * @param reasons by source; recorded
     * @param replaced those of the sources that are other tables now, or lie in the cluster in another way
     */
    public void rebuild(Map<TableName, String> reasons, Set<TableName> replaced) throws SQLException {
        boolean any = false;
        try (Connection connection = connections.coordinator(); Compilation.Session compiler = compilation.open()) {
            connection.setAutoCommit(false);
            Jdbc.execute(connection, "SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
            MirrorStore.markUnfilled(connection, reasons.keySet());
            MirrorStore.markUnfilled(connection, replaced);
            Remaking remaking = new Remaking(connection, storage, replaced);
            for (StoredStreamTable stored : StreamTableStore.all(connection)) {
                Set<TableName> sources = new HashSet<>(StreamTableStore.sources(connection, stored.id()));
                boolean anew = sources.stream().anyMatch(replaced::contains);
                Optional<String> reason = sources.stream().filter(reasons::containsKey).map(reasons::get).findFirst();
                if (anew) {
                    remaking.remake(stored, compiler);
                }
                if (reason.isPresent() && (anew || stored.populated())
                        && stored.status() != StoredStreamTable.Status.INITIALIZING) {
                    LOG.warn("stream table {} is filled again: {}", stored.name(), reason.get());
                    StreamTableStore.rebuild(connection, stored.id(), reason.get());
                    any = true;
                }
            }
            if (!replaced.isEmpty()) {
                // Citus drops nothing while a node is away; then nothing is replaced.
                MirrorStorage.dropUnread(connection);
            }
            if (any) {
                registry.distrust();
            }
            connection.commit();
        }
        if (any) {
            load();
        }
    }

    static List<StoredStreamTable.Source> sources(Connection connection, CompiledStreamTable compiled)
            throws SQLException {
        List<StoredStreamTable.Source> sources = new ArrayList<>();
        for (Table source : compiled.sources()) {
            long oid = Jdbc
                    .first(connection, "SELECT ?::regclass::oid::bigint", row -> row.getLong(1), Quoting.table(source.name()))
                    .orElseThrow();
            sources.add(new StoredStreamTable.Source(source.name(), oid, compiled.mirrored().contains(source)));
        }
        return sources;
    }

    static StoredStreamTable.Remade remembered(Connection connection, CompiledStreamTable compiled) throws SQLException {
        return new StoredStreamTable.Remade(compiled.mode().name(), reason(compiled), sources(connection, compiled),
                compiled.createStatements());
    }

    private static Optional<String> reason(CompiledStreamTable compiled) {
        return compiled.fullRefreshReasons().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        compiled.fullRefreshReasons().stream().map(FullRefreshReason::message).collect(Collectors.joining("; ")));
    }
}
