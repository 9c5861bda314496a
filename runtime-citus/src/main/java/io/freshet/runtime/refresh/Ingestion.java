package io.freshet.runtime.refresh;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.ChangeCopy;
import io.freshet.runtime.capture.ChangeRows;
import io.freshet.runtime.capture.NodeChanges;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.EpochStore.Pending;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes an epoch's changes into the change tables and remembers which sources changed. */
final class Ingestion {
    private final Connection connection;
    private final long epoch;
    private final Registry registry;
    private final Mirrors mirrors;
    private final Map<TableName, Boolean> truncatedBySource = new HashMap<>();
    private final Map<TableName, FreshetException> problems = new HashMap<>();

    Ingestion(Connection connection, long epoch, Registry registry, Mirrors mirrors) {
        this.connection = connection;
        this.epoch = epoch;
        this.registry = registry;
        this.mirrors = mirrors;
    }

    /** @return how many change rows were written: none for a source that is only read by stream tables which are refreshed in full */
    long write(Collection<NodeChanges> changes) throws SQLException, IOException {
        // One COPY for all nodes: each costs a round trip to every shard.
        Map<TableName, List<ChangeRows>> bySource = new TreeMap<>();
        for (NodeChanges node : changes) {
            node.rows().forEach((source, rows) -> bySource.computeIfAbsent(source, s -> new ArrayList<>()).add(rows));
            bySource.keySet().forEach(s -> truncatedBySource.putIfAbsent(s, false));
            node.truncated().forEach(s -> truncatedBySource.put(s, true));
            // What cannot be captured is lost for the increments: the stream table is rebuilt once the cause is gone.
            node.problems().keySet().forEach(s -> truncatedBySource.put(s, true));
        }
        long rows = 0;
        for (Map.Entry<TableName, List<ChangeRows>> source : bySource.entrySet()) {
            rows += write(source.getKey(), source.getValue());
        }
        mirrors.distrust(truncatedBySource.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList());
        for (Pending pending : pending()) {
            EpochStore.addPending(connection, pending);
        }
        return rows;
    }

    private long write(TableName source, List<ChangeRows> rows) throws SQLException, IOException {
        if (registry.consumersOf(source).stream().noneMatch(ManagedTable::isDifferential)) {
            // A mirror that is left has only readers that do not compile now.
            mirrors.distrust(List.of(source));
            return 0;
        }
        try {
            long written = ChangeCopy.write(connection, source, epoch, rows);
            if (!mirrors.apply(source, written)) {
                truncatedBySource.put(source, true);
            }
            return written;
        } catch (FreshetException e) {
            truncatedBySource.put(source, true);
            problems.put(source, e);
            return 0;
        }
    }

    /** The sources whose changes could not be written, and why. */
    Map<TableName, FreshetException> problems() {
        return problems;
    }

    List<Pending> pending() {
        List<Pending> marks = new ArrayList<>();
        truncatedBySource.forEach((source, truncated) -> {
            if (!registry.consumersOf(source).isEmpty()) {
                marks.add(new Pending(source, epoch, truncated));
            }
        });
        return marks;
    }

    /** A stream table has changed that others read. */
    static Optional<Pending> markChanged(Connection connection, TableName streamTable, long epoch, Registry registry)
            throws SQLException {
        if (registry.consumersOf(streamTable).isEmpty()) {
            return Optional.empty();
        }
        Pending pending = new Pending(streamTable, epoch, false);
        EpochStore.addPending(connection, pending);
        return Optional.of(pending);
    }
}
