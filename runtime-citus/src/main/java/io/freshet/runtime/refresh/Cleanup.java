package io.freshet.runtime.refresh;

import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Drops the changes that every consumer has taken. */
final class Cleanup {
    private final Connection connection;
    private final Registry registry;
    private final Map<TableName, ManagedTable> changed;

    /** @param changed the stream tables as this epoch leaves them */
    Cleanup(Connection connection, Registry registry, Map<TableName, ManagedTable> changed) {
        this.connection = connection;
        this.registry = registry;
        this.changed = changed;
    }

    void run(PendingChanges pending) throws SQLException {
        for (TableName source : pending.sourcesUpTo(Long.MAX_VALUE)) {
            if (registry.coverage().holds(source)) {
                // Its change table is out of reach in part.
                continue;
            }
            List<ManagedTable> consumers = registry.consumersOf(source).stream().map(t -> changed.getOrDefault(t.name(), t))
                    .filter(ManagedTable::populated).toList();
            // A consumer without a pending change has taken everything, whatever epoch it is at.
            long taken = consumers.stream().filter(t -> !pending.changedAfter(t.epoch(), List.of(source)).isEmpty())
                    .mapToLong(ManagedTable::epoch).min().orElse(Long.MAX_VALUE);
            if (!pending.sourcesUpTo(taken).contains(source)) {
                continue;
            }
            pending.removeUpTo(source, taken);
            EpochStore.removePending(connection, source, taken);
            if (registry.consumersOf(source).stream().anyMatch(ManagedTable::isDifferential)) {
                Jdbc.execute(connection, "DELETE FROM " + Quoting.table(ChangeTable.nameFor(source))
                        + (taken == Long.MAX_VALUE ? "" : " WHERE " + ChangeTable.EPOCH + " <= " + taken));
            }
        }
    }
}
