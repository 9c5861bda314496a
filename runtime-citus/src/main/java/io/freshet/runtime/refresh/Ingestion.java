package io.freshet.runtime.refresh;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.ChangeCopy;
import io.freshet.runtime.capture.ChangeRows;
import io.freshet.runtime.capture.NodeChanges;
import io.freshet.runtime.settings.DataSize;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.EpochStore.Pending;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.StreamTableStore;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes an epoch's changes into the change tables and remembers which sources changed. */
final class Ingestion {
    private static final Logger LOG = LoggerFactory.getLogger(Ingestion.class);

    private final Connection connection;
    private final long epoch;
    private final Registry registry;
    private final Mirrors mirrors;
    private final DataSize heldLimit;
    private final Map<TableName, Boolean> truncatedBySource = new HashMap<>();
    private final Map<TableName, FreshetException> problems = new HashMap<>();

    /** @param heldLimit how much may be held back for stream tables that wait for a node */
    Ingestion(Connection connection, long epoch, Registry registry, DataSize heldLimit) {
        this.connection = connection;
        this.epoch = epoch;
        this.registry = registry;
        this.mirrors = new Mirrors(connection, epoch);
        this.heldLimit = heldLimit;
    }

    /** Those that the changes go into, too. */
    Mirrors mirrors() {
        return mirrors;
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
            for (Map.Entry<TableName, String> doubt : node.doubts().entrySet()) {
                refreshInFull(doubt.getKey(), doubt.getValue());
            }
        }
        for (TableName partition : partitionsOf(truncatedBySource.keySet())) {
            truncatedBySource.put(partition, true);
        }
        HeldChanges held = new HeldChanges(connection, epoch);
        long rows = release(held);
        for (Map.Entry<TableName, List<ChangeRows>> source : bySource.entrySet()) {
            rows += write(held, source.getKey(), source.getValue());
        }
        mirrors.distrust(truncatedBySource.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList());
        for (Pending pending : pending()) {
            EpochStore.addPending(connection, pending);
        }
        return rows;
    }

    /** Sources that are partitions of these: when both are published, their changes come under their root's name alone. */
    private List<TableName> partitionsOf(Set<TableName> changed) throws SQLException {
        List<TableName> partitions = registry.all().stream().flatMap(t -> t.compiled().sources().stream())
                .filter(s -> s.kind() == Table.Kind.PARTITION || s.kind() == Table.Kind.PARTITIONED_TABLE).map(Table::name)
                .distinct().toList();
        if (partitions.isEmpty() || changed.isEmpty()) {
            return List.of();
        }
        return Jdbc.list(connection,
                """
                SELECT n.i::int - 1 FROM unnest(?::text[]) WITH ORDINALITY AS n (name, i)
                WHERE EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(to_regclass(n.name)) AS a
                              JOIN unnest(?::text[]) AS c (name) ON to_regclass(c.name) = a.relid AND c.name <> n.name)
                """, row -> partitions.get(row.getInt(1)), names(partitions), names(changed));
    }

    private Array names(Collection<TableName> tables) throws SQLException {
        return connection.createArrayOf("text", tables.stream().map(Quoting::table).toArray());
    }

    /** What was held of sources whose nodes are all there again. */
    private long release(HeldChanges held) throws SQLException, IOException {
        long rows = 0;
        for (TableName source : held.sources()) {
            if (!registry.coverage().holds(source)) {
                truncatedBySource.putIfAbsent(source, false);
                if (registry.consumersOf(source).stream().anyMatch(ManagedTable::isDifferential)) {
                    try {
                        rows += held.release(source);
                    } catch (FreshetException e) {
                        truncatedBySource.put(source, true);
                        problems.put(source, e);
                    }
                }
                held.forget(source);
                LOG.info("what was held back of {} is written", source);
            }
        }
        return rows;
    }

    /** Keeps the rows unless the source's stream tables will be refreshed in full anyway. */
    private void hold(HeldChanges held, TableName source, List<ChangeRows> rows) throws SQLException, IOException {
        // What is held never goes through it: the mirror is filled when its nodes are there.
        mirrors.distrust(List.of(source));
        if (truncatedBySource.get(source) || isToBeReadInFull(source)) {
            held.forget(source);
            return;
        }
        held.hold(source, rows);
        if (!held.isWithin(heldLimit)) {
            held.forget(source);
            refreshInFull(source,
                    "more than " + heldLimit + " of changes came while a node was out of use, the last of " + source);
        }
    }

    private void refreshInFull(TableName source, String reason) throws SQLException {
        truncatedBySource.put(source, true);
        for (ManagedTable reader : registry.consumersOf(source)) {
            LOG.warn("stream table {} is refreshed in full as soon as its nodes are there: {}", reader.name(), reason);
            StreamTableStore.refreshedInFullFor(connection, reader.stored().id(), reason);
        }
    }

    private boolean isToBeReadInFull(TableName source) {
        return registry.consumersOf(source).stream().filter(ManagedTable::populated)
                .allMatch(t -> registry.pending().truncatedAfter(t.epoch(), List.of(source)));
    }

    private long write(HeldChanges held, TableName source, List<ChangeRows> rows) throws SQLException, IOException {
        if (registry.consumersOf(source).stream().noneMatch(ManagedTable::isDifferential)) {
            // A mirror that is left has only readers that do not compile now.
            mirrors.distrust(List.of(source));
            return 0;
        }
        if (registry.coverage().holds(source)) {
            hold(held, source, rows);
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
            // What is held back counts as changed when it is written; what is read in full is not written.
            List<ManagedTable> readers = registry.consumersOf(source);
            boolean isHeld = !truncated && registry.coverage().holds(source)
                    && readers.stream().allMatch(ManagedTable::isDifferential);
            if (!isHeld && !readers.isEmpty()) {
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
