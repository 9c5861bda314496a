package io.freshet.runtime.lifecycle;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Mirror;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.coverage.Coverage;
import io.freshet.runtime.coverage.Needs;
import io.freshet.runtime.coverage.Placements;
import io.freshet.runtime.epoch.AnchorGroups;
import io.freshet.runtime.refresh.ManagedTable;
import io.freshet.runtime.refresh.Registry;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.MirrorStore;
import io.freshet.runtime.store.StoredStreamTable;
import io.freshet.runtime.store.StreamTableStore;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Outage;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which stream tables need which nodes: those that need one which is out of use wait, and those that need one which has lost its history
 * are filled again. Used by the epoch's thread.
 */
public final class Isolation {
    private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);

    private final Connections connections;
    private final Registry registry;

    Isolation(Connections connections, Registry registry) {
        this.connections = connections;
        this.registry = registry;
    }

    /** What the nodes of this topology suffice for. */
    public Coverage coverage(Topology topology) throws SQLException {
        Map<TableName, Needs> needs = new HashMap<>();
        registry.all().forEach(table -> needs.put(table.name(), needs(table)));
        if (!topology.citus()) {
            return Coverage.of(topology, new Placements(Map.of()), needs);
        }
        Set<TableName> tables = new HashSet<>();
        needs.values().forEach(n -> tables.addAll(n.tables()));
        try (Connection connection = connections.coordinator()) {
            return Coverage.of(topology, Placements.read(connection, tables).and(EpochStore.groupNodes(connection)), needs);
        }
    }

    private static Needs needs(ManagedTable table) {
        Map<TableName, Set<TableName>> sources = new HashMap<>();
        for (Table source : table.compiled().sources()) {
            // The mirror is written with the changes, also if this stream table does not read it.
            sources.put(source.name(), Set.of(ChangeTable.nameFor(source.name()), Mirror.nameFor(source.name())));
        }
        return new Needs(sources,
                Set.of(table.name(), ManagedNames.state(table.name()), ManagedNames.stage(table.name()),
                        ManagedNames.terms(table.name())));
    }

    /** Shows, in the registry and in the catalog, who waits for whom. */
    public void show(Coverage coverage) throws SQLException {
        Coverage before = registry.coverage();
        registry.coverage(coverage);
        try (Connection connection = connections.coordinator()) {
            for (ManagedTable table : registry.all()) {
                Optional<Outage> outage = coverage.waitsFor(table.name());
                StreamTableStore.waits(connection, table.stored().id(), outage);
                boolean waited = before.waitsFor(table.name()).isPresent();
                if (outage.isPresent() && !waited) {
                    LOG.warn("stream table {} waits at epoch {} for {}: {}", table.name(), table.epoch(), outage.get().node(),
                            outage.get().reason());
                } else if (outage.isEmpty() && waited) {
                    LOG.info("stream table {} has its nodes again and catches up", table.name());
                }
            }
        }
    }

    /**
     * A node's changes have not been read without a gap: what needs it has to be filled again, and its cut is void. Durable when this returns, so call
     * it before the node gets a new slot: whatever breaks then, the gap is not forgotten.
     *
     * @param reason is recorded
     */
    public void forget(Topology topology, Node node, String reason) throws SQLException {
        Set<TableName> readers = coverage(topology).readersOf(node);
        registry.distrust();
        try (Connection connection = connections.coordinator()) {
            connection.setAutoCommit(false);
            // An epoch whose COMMIT is in doubt may be about to write the cut, and to fill a stream table.
            EpochStore.settledEpoch(connection);
            EpochStore.deleteCut(connection, node.groupId());
            MirrorStore.markAllUnfilled(connection);
            for (StoredStreamTable stored : StreamTableStore.all(connection)) {
                if (readers.contains(stored.name()) && stored.populated()) {
                    LOG.warn("stream table {} is filled again: {}", stored.name(), reason);
                    StreamTableStore.rebuild(connection, stored.id(), reason);
                }
            }
            connection.commit();
        }
    }

    /** The co-location groups of all stream tables, by what can be done with them. */
    public AnchorGroups groups(Coverage coverage) {
        List<TableName> believed = registry.all().stream().filter(ManagedTable::populated).map(ManagedTable::name).toList();
        return new AnchorGroups(coverage.allColocationIds(), coverage.colocationIds(), coverage.groupsWithout(believed));
    }
}
