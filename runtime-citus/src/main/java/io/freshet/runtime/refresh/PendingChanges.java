package io.freshet.runtime.refresh;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.store.EpochStore.Pending;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** Which epochs changed which source, as long as a consumer has not taken them: the picture of {@code pgtrickle.pgt_pending}. */
final class PendingChanges {
    private final Map<TableName, NavigableMap<Long, Boolean>> bySource = new HashMap<>();

    PendingChanges(Collection<Pending> stored) {
        stored.forEach(this::add);
    }

    PendingChanges(PendingChanges other) {
        other.bySource.forEach((source, epochs) -> bySource.put(source, new TreeMap<>(epochs)));
    }

    void add(Pending pending) {
        bySource.computeIfAbsent(pending.source(), s -> new TreeMap<>()).merge(pending.epoch(), pending.truncated(),
                Boolean::logicalOr);
    }

    /** The sources, of these, that changed after {@code epoch}. */
    Set<TableName> changedAfter(long epoch, Collection<TableName> sources) {
        Set<TableName> changed = new HashSet<>();
        for (TableName source : sources) {
            NavigableMap<Long, Boolean> epochs = bySource.get(source);
            if (epochs != null && epochs.lastKey() > epoch) {
                changed.add(source);
            }
        }
        return changed;
    }

    /** Whether one of these sources was truncated after {@code epoch}. */
    boolean truncatedAfter(long epoch, Collection<TableName> sources) {
        return sources.stream()
                .anyMatch(s -> bySource.containsKey(s) && bySource.get(s).tailMap(epoch, false).containsValue(true));
    }

    /** The sources with a change up to and with {@code epoch}. */
    Set<TableName> sourcesUpTo(long epoch) {
        Set<TableName> sources = new HashSet<>();
        bySource.forEach((source, epochs) -> {
            if (epochs.firstKey() <= epoch) {
                sources.add(source);
            }
        });
        return sources;
    }

    void removeUpTo(TableName source, long epoch) {
        NavigableMap<Long, Boolean> epochs = bySource.get(source);
        if (epochs != null) {
            epochs.headMap(epoch, true).clear();
            if (epochs.isEmpty()) {
                bySource.remove(source);
            }
        }
    }
}
