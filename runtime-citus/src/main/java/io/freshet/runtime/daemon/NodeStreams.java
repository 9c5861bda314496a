package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.Capture;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.capture.Slots;
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
import java.time.Duration;
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
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Set<Node> read = new HashSet<>();
    /** Those that have begun since the last committed epoch. */
    private final Set<Node> fresh = new HashSet<>();
    /** Those that have left the cluster, and whose last changes no epoch has taken yet. */
    private final Set<Node> leaving = new HashSet<>();
    /** Those whose changes since the last committed epoch are lost, until {@link #believed}. */
    private final Set<Node> lost = new HashSet<>();
    /** Those that had no slot, until {@link #believed}. */
    private final Set<Node> added = new HashSet<>();
    /** Where the new slots begin, until {@link #believed}. */
    private final Map<Node, StoredCut> made = new HashMap<>();
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

    /**
     * What {@link #restore()} found.
     *
     * @param lost nodes whose changes since the last committed epoch are lost
     * @param added nodes that had no slot because they were not known
     */
    record Restored(Topology topology, Set<Node> lost, Set<Node> added) {
    }

    /** The nodes that are read; also those that have just left the cluster. */
    Set<Node> read() {
        return Set.copyOf(read);
    }

    /** Whether a stream has begun since the last committed epoch. */
    boolean anyFresh() {
        return !fresh.isEmpty();
    }

    /**
     * An epoch has taken the changes of all nodes that are read.
     *
     * @return whether nodes are not read any more that had left the cluster
     */
    boolean taken() {
        fresh.clear();
        boolean left = !leaving.isEmpty();
        Set.copyOf(leaving).forEach(this::leave);
        return left;
    }

    /**
     * Looks at the nodes again, makes missing slots, and starts what is not being read.
     *
     * @return among other things the nodes whose changes of the past are lost: see that nobody believes in them, then call {@link #believed}
     */
    Restored restore() throws SQLException, CaptureBrokenException {
        topology = Topology.discover(connections);
        try (Connection coordinator = connections.coordinator()) {
            requireDecodable(coordinator);
            if (!publication.provide(coordinator)) {
                LOG.warn("publication {} was dropped and is made again: the slots cannot go on without the one they knew", slot);
                dropSlots();
                publication.remember(coordinator);
            }
            Map<Integer, StoredCut> cuts = new HashMap<>();
            EpochStore.cuts(coordinator).forEach(c -> cuts.put(c.groupId(), c));
            read.removeAll(capture.broken());
            for (Node gone : EpochStore.nodesOfCuts(coordinator)) {
                if (!isInCluster(gone)) {
                    if (leaving.add(gone)) {
                        LOG.info("{} is no longer in the cluster", gone);
                    }
                    if (!read.contains(gone)) {
                        lost.add(gone);
                    }
                }
            }
            leaving.removeIf(this::isInCluster);
            for (Node node : topology.nodes()) {
                if (!read.contains(node)) {
                    Optional<StoredCut> cut = Optional.ofNullable(cuts.get(node.groupId())).filter(c -> c.slot().equals(slot));
                    Optional<PgSnapshot> ingested = usableSlot(node, cut);
                    if (ingested.isEmpty()) {
                        (cuts.containsKey(node.groupId()) ? lost : added).add(node);
                        ingested = Optional.of(createSlot(coordinator, node));
                    }
                    start(node, ingested.get(), EpochStore.begin(coordinator, node.groupId()));
                }
            }
            return new Restored(topology, Set.copyOf(lost), Set.copyOf(added));
        }
    }

    /**
     * What reads lost changes is marked to be filled again, durably. Not before this a new slot has a cut: whatever breaks until then, the node is
     * one without history at the next start, too.
     */
    void believed() throws SQLException {
        try (Connection coordinator = connections.coordinator()) {
            for (Map.Entry<Node, StoredCut> slotMade : made.entrySet()) {
                Node node = slotMade.getKey();
                EpochStore.saveCut(coordinator, slotMade.getValue(), node.host(), node.port(), EpochStore.epoch(coordinator));
            }
        }
        made.clear();
        lost.clear();
        added.clear();
    }

    private boolean isInCluster(Node node) {
        return topology.nodes().stream().anyMatch(n -> n.groupId() == node.groupId());
    }

    private void start(Node node, PgSnapshot ingested, Lsn begin) throws CaptureBrokenException {
        fresh.add(node);
        capture.start(node, slot, ingested, begin);
        read.add(node);
    }

    /** Whether everything that commits below these positions is done with. */
    boolean areDoneWith(Map<Node, Lsn> positions) throws CaptureBrokenException {
        for (Map.Entry<Node, Lsn> position : positions.entrySet()) {
            if (capture.doneWith(position.getKey()).isBefore(position.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** Lets the streams begin anew at positions below which everything is done with. What commits below them is never decoded again. */
    void beginAnew(Map<Node, Lsn> positions) throws SQLException, CaptureBrokenException {
        try (Connection coordinator = connections.coordinator()) {
            Map<Integer, PgSnapshot> ingested = new HashMap<>();
            EpochStore.cuts(coordinator).forEach(c -> ingested.put(c.groupId(), c.snapshot()));
            for (Map.Entry<Node, Lsn> position : positions.entrySet()) {
                Node node = position.getKey();
                EpochStore.saveBegin(coordinator, node.groupId(), position.getValue());
                broken(node);
                start(node, ingested.get(node.groupId()), position.getValue());
            }
        }
    }

    /** Where each node's WAL ends now. */
    Map<Node, Lsn> ends() throws SQLException {
        Map<Node, Lsn> ends = new HashMap<>();
        for (Node node : topology.nodes()) {
            try (Connection connection = connections.open(node)) {
                ends.put(node,
                        Jdbc.first(connection, "SELECT pg_current_wal_insert_lsn()::text", row -> Lsn.parse(row.getString(1)))
                                .orElseThrow());
            }
        }
        return ends;
    }

    /** Nothing of the installation stays behind on a node that has left the cluster, if it can be reached. */
    private void leave(Node node) {
        broken(node);
        leaving.remove(node);
        try (Connection connection = connections.open(node, LIMIT)) {
            dropWhenFree(connection);
            LOG.info("{} has left the cluster: slot {} is dropped", node, slot);
        } catch (SQLException e) {
            LOG.warn(
                    "{} has left the cluster and cannot be reached ({}); if it comes back, run there: SELECT pg_drop_replication_slot('{}');",
                    node, e.getMessage(), slot);
        }
        try (Connection coordinator = connections.coordinator()) {
            EpochStore.deleteCut(coordinator, node.groupId());
        } catch (SQLException e) {
            LOG.warn("the cut of {} is deleted later: {}", node, e.getMessage());
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
        dropSlots();
        EpochStore.deleteCuts(coordinator);
        throw UndecodableTables.refusal(undecodable);
    }

    private void dropSlots() throws SQLException {
        for (Node node : topology.nodes()) {
            broken(node);
            try (Connection connection = connections.open(node)) {
                dropWhenFree(connection);
            }
        }
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
        // What the old cut saw does not meet what the new slot shows.
        EpochStore.deleteCut(coordinator, node.groupId());
        try (Connection connection = connections.open(node)) {
            Lsn start = Slots.create(connection, node, slot);
            // What this snapshot sees was committed before anything is filled: no epoch needs it.
            PgSnapshot now = Jdbc
                    .first(connection, "SELECT pg_current_snapshot()::text", row -> PgSnapshot.parse(row.getString(1)))
                    .orElseThrow();
            made.put(node, new StoredCut(node.groupId(), slot, now, start));
            LOG.info("{}: slot {} is made, from {}", node, slot, start);
            return now;
        }
    }
}
