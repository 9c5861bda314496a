package io.freshet.runtime.refresh;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.coverage.Coverage;
import io.freshet.runtime.store.EpochStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The stream tables and the changes they have not taken, as of the last committed epoch. Written by the epoch's thread; readable by all. */
public final class Registry {
    private static final long UNKNOWN = -1;

    private final Map<TableName, ManagedTable> tables = new ConcurrentHashMap<>();
    private final Map<TableName, FreshetException> broken = new ConcurrentHashMap<>();
    private volatile Predicate<TableName> followed = source -> true;
    private volatile Coverage coverage = Coverage.NONE;
    private volatile PendingChanges pending = new PendingChanges(List.of());
    /** The epoch after which the database held all this. */
    private volatile long asOf = UNKNOWN;

    /**
     * Replaces everything by what the database holds.
     *
     * @param epoch the last committed one, read before the rest
     * @param notCompiled the other stream tables, which nothing can be done with, and why
     */
    public void load(Collection<ManagedTable> all, Map<TableName, FreshetException> notCompiled,
            Collection<EpochStore.Pending> changes, long epoch) {
        tables.keySet().retainAll(all.stream().map(ManagedTable::name).toList());
        all.forEach(this::put);
        broken.keySet().retainAll(notCompiled.keySet());
        broken.putAll(notCompiled);
        pending = new PendingChanges(changes);
        asOf = epoch;
    }

    /** The database may hold something else: everything is to be read again before the next epoch. */
    public void distrust() {
        asOf = UNKNOWN;
    }

    /** Whether nothing speaks against it that the database holds the same. */
    public boolean isTrusted() {
        return asOf != UNKNOWN;
    }

    /** Whether this is what the database held after that epoch. */
    public boolean isAsOf(long epoch) {
        return asOf == epoch;
    }

    public void put(ManagedTable table) {
        tables.put(table.name(), table);
        broken.remove(table.name());
    }

    /** Nothing can be done with the stream table until its query compiles again, or what it reads is as it was. */
    public void stop(TableName name, FreshetException why) {
        broken.put(name, why);
        tables.remove(name);
    }

    public void remove(TableName name) {
        tables.remove(name);
        broken.remove(name);
    }

    /** @throws FreshetException UNDEFINED_STREAM_TABLE, or why its query does not compile any more */
    public ManagedTable require(TableName name) {
        ManagedTable table = tables.get(name);
        if (table != null) {
            return table;
        }
        FreshetException why = broken.get(name);
        throw why == null
                ? FreshetException.of(ErrorCode.UNDEFINED_STREAM_TABLE, "stream table " + name + " does not exist")
                : why;
    }

    public Optional<ManagedTable> find(TableName name) {
        return Optional.ofNullable(tables.get(name));
    }

    public Collection<ManagedTable> all() {
        return List.copyOf(tables.values());
    }

    /** The stream tables that read {@code source}. */
    public List<ManagedTable> consumersOf(TableName source) {
        return tables.values().stream().filter(t -> t.sourceNames().contains(source)).toList();
    }

    /** @param followedSources whether the streams show every change of a source that is no stream table */
    public void followed(Predicate<TableName> followedSources) {
        followed = followedSources;
    }

    /** The captured sources of the stream table that the streams do not follow yet. While there is one, it can't be filled or refreshed. */
    public List<TableName> unfollowed(ManagedTable table) {
        return table.compiled().sources().stream().filter(s -> s.kind() != Table.Kind.STREAM_TABLE).map(Table::name)
                .filter(followed.negate()).toList();
    }

    /** What the nodes that can be used suffice for. */
    public Coverage coverage() {
        return coverage;
    }

    public void coverage(Coverage now) {
        coverage = now;
    }

    /** Whether the stream table needs a node that is out of use. */
    boolean waits(ManagedTable table) {
        return coverage.waitsFor(table.name()).isPresent();
    }

    /** Whether an epoch could fill or refresh the stream table: its nodes are known and there, and the streams follow its sources. */
    boolean isRefreshable(ManagedTable table) {
        return coverage.knows(table.name()) && !waits(table) && unfollowed(table).isEmpty();
    }

    PendingChanges pending() {
        return pending;
    }

    /** An epoch has committed, and left these. */
    void committed(long epoch, PendingChanges left) {
        pending = left;
        asOf = epoch;
    }

    /** Every stream table after those that it reads. */
    List<ManagedTable> inDependencyOrder() {
        Map<TableName, ManagedTable> left = new LinkedHashMap<>();
        tables.values().stream().sorted((a, b) -> Long.compare(a.stored().id(), b.stored().id()))
                .forEach(t -> left.put(t.name(), t));
        Set<TableName> done = new LinkedHashSet<>();
        List<ManagedTable> order = new ArrayList<>();
        for (ManagedTable table : List.copyOf(left.values())) {
            visit(table, left, done, order);
        }
        return order;
    }

    private static void visit(ManagedTable table, Map<TableName, ManagedTable> all, Set<TableName> done,
            List<ManagedTable> order) {
        if (!done.add(table.name())) {
            return;
        }
        for (TableName source : table.sourceNames()) {
            if (all.containsKey(source)) {
                visit(all.get(source), all, done, order);
            }
        }
        order.add(table);
    }
}
