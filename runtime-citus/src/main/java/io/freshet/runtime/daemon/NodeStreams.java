package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.Capture;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.capture.UndecodableTables;
import io.freshet.runtime.health.HealthStore;
import io.freshet.runtime.lifecycle.Publication;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.EpochStore.StoredCut;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
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

/** Sees to it that every node has its slot and is being read. Used by the loop's thread. */
final class NodeStreams {
    private static final Logger LOG = LoggerFactory.getLogger(NodeStreams.class);

    private final Connections connections;
    private final Capture capture;
    private final Publication publication;
    private final Set<Node> read = new HashSet<>();
    private Topology topology;

    /** The name of the slot, the same on every node; the publication has it too. */
    private final String slot;

    NodeStreams(Connections connections, Capture capture, Publication publication) {
        this.connections = connections;
        this.capture = capture;
        this.publication = publication;
        this.slot = publication.name();
        this.topology = Topology.discover(connections);
    }

    String slot() {
        return slot;
    }

    Topology topology() {
        return topology;
    }

    /** What {@link #restore()} found. */
    record Restored(Topology topology, Set<Node> withoutHistory) {
    }

    /**
     * Looks at the nodes again, makes missing slots, and starts what is not being read.
     *
     * @return among other things the nodes whose changes of the past are lost: what reads them must be rebuilt
     */
    Restored restore() throws SQLException, CaptureBrokenException {
        topology = Topology.discover(connections);
        try (Connection coordinator = connections.coordinator()) {
            requireDecodable(coordinator);
            publication.createIfMissing(coordinator);
            Map<Integer, StoredCut> cuts = new HashMap<>();
            EpochStore.cuts(coordinator).forEach(c -> cuts.put(c.groupId(), c));
            Set<Node> withoutHistory = new HashSet<>();
            for (Node gone : Set.copyOf(read)) {
                if (!topology.nodes().contains(gone)) {
                    capture.stop(gone);
                    read.remove(gone);
                    LOG.info("{} is no longer in the cluster", gone);
                }
            }
            read.removeAll(capture.broken());
            for (Node node : topology.nodes()) {
                if (!read.contains(node)) {
                    Optional<StoredCut> cut = Optional.ofNullable(cuts.get(node.groupId())).filter(c -> c.slot().equals(slot));
                    Optional<PgSnapshot> ingested = usableSlot(node, cut);
                    if (ingested.isEmpty()) {
                        withoutHistory.add(node);
                        ingested = Optional.of(createSlot(coordinator, node));
                    }
                    capture.start(node, slot, ingested.get());
                    read.add(node);
                }
            }
            return new Restored(topology, withoutHistory);
        }
    }

    /** @throws FreshetException UNDECODABLE_TABLE; then nothing is read any more */
    void requireDecodable() throws SQLException {
        if (topology.citus()) {
            try (Connection coordinator = connections.coordinator()) {
                requireDecodable(coordinator);
            }
        }
    }

    /** What is in the WAL behind such a table's next change cannot be read by anybody: the slots would only keep WAL, and crash their nodes. */
    private void requireDecodable(Connection coordinator) throws SQLException {
        List<TableName> undecodable = topology.citus() ? UndecodableTables.find(coordinator) : List.of();
        if (undecodable.isEmpty()) {
            return;
        }
        for (Node node : topology.nodes()) {
            broken(node);
            try (Connection connection = connections.open(node)) {
                dropWhenFree(connection);
            }
        }
        EpochStore.deleteCuts(coordinator);
        throw UndecodableTables.refusal(undecodable);
    }

    boolean anyBroken() {
        return !capture.broken().isEmpty();
    }

    /** The node's stream is of no use any more. */
    void broken(Node node) {
        capture.stop(node);
        read.remove(node);
    }

    /** Checks the settings of every node before anything is made. */
    void requireSettings() throws SQLException {
        for (Node node : topology.nodes()) {
            try (Connection connection = connections.open(node)) {
                Slots.requireSettings(connection, node);
            }
        }
    }

    /** Stops reading and removes slots and publication: nothing of the installation is left on the nodes. */
    void remove() throws SQLException {
        for (Node node : topology.nodes()) {
            capture.stop(node);
            read.remove(node);
            try (Connection connection = connections.open(node)) {
                dropWhenFree(connection);
            }
        }
        try (Connection coordinator = connections.coordinator()) {
            publication.drop(coordinator);
            EpochStore.deleteCuts(coordinator);
            HealthStore.deleteNodes(coordinator);
        }
    }

    /** A walsender leaves its slot a moment after its connection was closed. */
    private void dropWhenFree(Connection connection) throws SQLException {
        for (int attempt = 1;; attempt++) {
            try {
                Slots.drop(connection, slot);
                return;
            } catch (SQLException e) {
                if (!"55006".equals(e.getSQLState()) || attempt == 50) {
                    throw e;
                }
                Jdbc.execute(connection, "SELECT pg_sleep(0.1)");
            }
        }
    }

    /** What the slot's past epochs have taken; empty when there is no slot that goes on from there. */
    private Optional<PgSnapshot> usableSlot(Node node, Optional<StoredCut> cut) throws SQLException {
        try (Connection connection = connections.open(node)) {
            Optional<Slots.State> state = Slots.state(connection, slot);
            boolean usable = state.isPresent() && state.get().invalidation().isEmpty() && cut.isPresent();
            if (!usable && state.isPresent()) {
                LOG.warn("{}: slot {} cannot be used any more ({}) and is made anew", node, slot,
                        state.get().invalidation().orElse("no cut is stored for it"));
                dropWhenFree(connection);
            }
            return usable ? cut.map(StoredCut::snapshot) : Optional.empty();
        } catch (SQLException e) {
            throw FreshetException.of(ErrorCode.NODE_UNREACHABLE, node + " cannot be reached: " + e.getMessage()).causedBy(e);
        }
    }

    private PgSnapshot createSlot(Connection coordinator, Node node) throws SQLException {
        try (Connection connection = connections.open(node)) {
            Lsn start = Slots.create(connection, node, slot);
            // What this snapshot sees was committed before anything is filled: no epoch needs it.
            PgSnapshot now = Jdbc
                    .first(connection, "SELECT pg_current_snapshot()::text", row -> PgSnapshot.parse(row.getString(1)))
                    .orElseThrow();
            EpochStore.saveCut(coordinator, new StoredCut(node.groupId(), slot, now, start), node.host(), node.port(),
                    EpochStore.epoch(coordinator));
            LOG.info("{}: slot {} is made, from {}", node, slot, start);
            return now;
        }
    }
}
