package io.freshet.runtime.daemon;

import io.freshet.errors.FreshetException;
import io.freshet.runtime.capture.Capture;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.daemon.UndecodableTables.Undecodable;
import io.freshet.runtime.health.HealthStore;
import io.freshet.runtime.health.NodeMonitor;
import io.freshet.runtime.lifecycle.Publication;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.EpochStore.StoredCut;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Outage;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that every node that stream tables need has its slot and is being read, and no other. Used by the loop's thread. */
final class NodeStreams {
    private static final Logger LOG = LoggerFactory.getLogger(NodeStreams.class);

    private final Connections connections;
    private final Capture capture;
    private final Publication publication;
    private final NodeSlots slots;
    private final UndecodableTables undecodable;
    private final Outages outages = new Outages();
    private final Set<Node> read = new HashSet<>();
    /** Those that have begun since the last committed epoch. */
    private final Set<Node> fresh = new HashSet<>();
    private final NodesLeaving leaving;
    /** The groups whose former cut is void, and which have no new one yet. */
    private final Set<Integer> voided = new HashSet<>();
    /** The name of the slot, the same on every node; the publication has it too. */
    private final String slot;
    private volatile Topology topology;
    private final Demand demand;

    NodeStreams(Connections connections, Capture capture, Publication publication, Demand demand) {
        this.demand = demand;
        this.connections = connections;
        this.capture = capture;
        this.publication = publication;
        this.slot = publication.name();
        this.slots = new NodeSlots(connections, slot);
        this.undecodable = new UndecodableTables(connections, slot, read::contains);
        this.leaving = new NodesLeaving(connections, publication, slots);
        this.topology = Topology.look(connections, Map.of());
        capture.onStandstill(new Standstill(connections, slots, undecodable, this::topology));
    }

    String slot() {
        return slot;
    }

    Topology topology() {
        return topology;
    }

    /**
     * How a stream begins.
     *
     * @param made the cut of a slot that is new; not stored yet
     */
    private record Start(PgSnapshot ingested, Optional<StoredCut> made) {
    }

    /** The nodes that are read; also those that have just left the cluster. */
    Set<Node> read() {
        return Set.copyOf(read);
    }

    /** The nodes of the cluster that are not read. */
    Set<Node> absent() {
        Set<Node> absent = new HashSet<>(topology.nodes());
        absent.removeAll(read);
        return absent;
    }

    /** Why the node is not being read, if it is not; empty when it need not be. Safe to call from any thread. */
    Optional<String> whyUnread(Node node) {
        return demand.needs(node)
                ? Optional.of(Optional.ofNullable(topology.outages().get(node)).map(Outage::reason)
                        .orElse("its stream is not being read"))
                : Optional.empty();
    }

    Demand demand() {
        return demand;
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
        boolean left = anyLeaving();
        leaving.all().forEach(this::leave);
        return left;
    }

    /** Whether a node has left the cluster whose last changes the next epoch takes. */
    boolean anyLeaving() {
        return !leaving.all().isEmpty();
    }

    private void leave(Node node) {
        broken(node);
        leaving.forget(node);
    }

    /**
     * Looks at the nodes again, makes missing slots, drops those that no stream table needs, and starts what is not being read. A worker with which
     * that does not succeed is out of use until it is tried again; the coordinator is needed whenever any node is.
     *
     * @return the nodes, and which of them are out of use
     */
    Topology restore(StreamHistory history) throws SQLException, CaptureBrokenException {
        outages.silent().forEach(this::fail);
        Topology found = Topology.look(connections, outages.lasting());
        topology = found;
        outages.retain(found.nodes());
        try (Connection coordinator = connections.coordinator()) {
            demand.look(coordinator);
            if (!demand.isResting()) {
                requireDecodable(coordinator, found.citus() ? undecodable.find(coordinator, found.usable()) : List.of());
                providePublication(coordinator, history);
            }
            Map<Integer, StoredCut> cuts = new HashMap<>();
            EpochStore.cuts(coordinator).forEach(c -> cuts.put(c.groupId(), c));
            read.removeAll(capture.broken());
            Set<Node> lost = findLeaving(coordinator);
            Set<Node> added = new HashSet<>();
            found.outages().values().stream().filter(o -> !outages.all().containsValue(o))
                    .forEach(o -> fail(o.node(), o.reason()));
            Map<Node, Start> starts = new LinkedHashMap<>();
            for (Node node : found.usable()) {
                if (!demand.needs(node)) {
                    unlessItFails(node, () -> release(coordinator, node));
                } else if (!read.contains(node)) {
                    unlessItFails(node, () -> prepare(node, cuts, history).ifPresent(start -> {
                        starts.put(node, start);
                        if (start.made().isPresent()) {
                            (voided.contains(node.groupId()) ? lost : added).add(node);
                        }
                    }));
                }
            }
            fresh.addAll(starts.keySet());
            Set<Node> absent = absent();
            absent.removeAll(starts.keySet());
            history.found(new StreamHistory.Restored(found.without(outages.all()), lost, added, absent));
            for (Map.Entry<Node, Start> start : starts.entrySet()) {
                unlessItFails(start.getKey(), () -> begin(coordinator, start.getKey(), start.getValue()));
            }
            topology = found.without(outages.all());
            if (demand.isResting()) {
                rest(coordinator);
            } else {
                demand.met();
            }
        }
        return topology;
    }

    private void providePublication(Connection coordinator, StreamHistory history) throws SQLException {
        try {
            if (publication.provide(coordinator)) {
                return;
            }
        } catch (SQLException e) {
            // Citus makes it on all nodes or not at all.
            throw topology.outages().values().stream().findFirst().map(outage -> Failures.whileOut(outage, e))
                    .orElseThrow(() -> e);
        }
        LOG.warn("publication {} was dropped and is made again: the slots cannot go on without the one they knew", slot);
        dropSlots();
        for (Node node : topology.outages().keySet()) {
            // Its slot is still there, and no better: without a cut it is made anew when the node is back.
            voided.add(node.groupId());
            history.lost(topology, node, node + ": the publication of slot " + slot + " was dropped; its changes cannot be read");
        }
        publication.remember(coordinator);
    }

    /** The slots are gone, except on nodes that are out of use: theirs go when those are back, and so does the publication. */
    private void rest(Connection coordinator) throws SQLException {
        if (topology.outages().isEmpty()) {
            // Citus drops it on all nodes or not at all.
            publication.drop(coordinator);
        }
    }

    /** @return those of which nothing is read any more */
    private Set<Node> findLeaving(Connection coordinator) throws SQLException {
        Set<Node> gone = leaving.find(coordinator, topology);
        for (Node other : Set.copyOf(read)) {
            if (!topology.nodes().contains(other) && !gone.contains(other)) {
                // Another address, or no history.
                broken(other);
            }
        }
        if (demand.isIdle()) {
            gone.forEach(this::leave);
        }
        Set<Node> unread = new HashSet<>(gone);
        unread.removeAll(read);
        return unread;
    }

    private interface Action {
        void run() throws SQLException, CaptureBrokenException;
    }

    /** A worker with which it does not succeed is out of use. */
    private void unlessItFails(Node node, Action action) throws SQLException, CaptureBrokenException {
        try {
            action.run();
        } catch (CaptureBrokenException | FreshetException e) {
            if (node.isCoordinator()) {
                throw e;
            }
            fail(node, e instanceof FreshetException f
                    ? f.getMessage() + f.hint().map(h -> " (" + h + ")").orElse("")
                    : e.getMessage());
        }
    }

    /** Nobody needs the node: a slot would only keep WAL. */
    private void release(Connection coordinator, Node node) throws SQLException, CaptureBrokenException {
        if (read.contains(node)) {
            LOG.info("nobody needs {} any more: slot {} is dropped", node, slot);
        }
        broken(node);
        try {
            slots.drop(node);
        } catch (SQLException e) {
            throw new CaptureBrokenException(node, "slot " + slot + " cannot be dropped: " + e.getMessage(), e);
        }
        voided.remove(node.groupId());
        EpochStore.deleteCut(coordinator, node.groupId());
        outages.ended(node);
    }

    /** @return empty when the node is out of use until transactions have ended */
    private Optional<Start> prepare(Node node, Map<Integer, StoredCut> cuts, StreamHistory history)
            throws SQLException, CaptureBrokenException {
        Optional<StoredCut> cut = Optional.ofNullable(cuts.get(node.groupId())).filter(c -> c.slot().equals(slot));
        Optional<String> unusable = slots.whyUnusable(node, cut);
        if (unusable.isEmpty()) {
            return Optional.of(new Start(cut.orElseThrow().snapshot(), Optional.empty()));
        }
        if (cuts.containsKey(node.groupId())) {
            voided.add(node.groupId());
            history.lost(topology, node, node + ": " + unusable.get() + "; its changes have not been read without a gap");
        }
        if (node.isCoordinator()) {
            demand.cannotBeMet();
            StoredCut made = slots.createOnCoordinator(node, demand.patience());
            return Optional.of(new Start(made.snapshot(), Optional.of(made)));
        }
        SlotWait wait = SlotWait.of(outages.attempts(node), demand.servesNobody());
        Optional<StoredCut> made = slots.create(node, Optional.of(wait.patience()));
        if (made.isEmpty()) {
            broken(node);
            outages.waits(node, "slot " + slot + " waits for transactions that are open on the node", wait.pause());
            LOG.info("{} is read when the transactions have ended that are open there", node);
        }
        return made.map(start -> new Start(start.snapshot(), made));
    }

    private void begin(Connection coordinator, Node node, Start start) throws SQLException, CaptureBrokenException {
        if (start.made().isPresent()) {
            StoredCut made = start.made().get();
            EpochStore.saveCut(coordinator, made, node.host(), node.port(), EpochStore.epoch(coordinator));
            EpochStore.saveBegin(coordinator, node.groupId(), made.barrier());
            voided.remove(node.groupId());
        }
        start(node, start.ingested(), EpochStore.begin(coordinator, node.groupId()));
        if (outages.ended(node)) {
            LOG.info("{} is read again", node);
        }
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

    /** Where the WAL of each node ends that can be used. */
    Map<Node, Lsn> ends() throws SQLException {
        return slots.walEnds(topology.usable());
    }

    private void fail(Node node, String reason) {
        broken(node);
        outages.failed(node, reason);
        LOG.warn("{} is out of use: {}", node, reason);
    }

    /** Whether there is something for {@link #restore} to do: a stream has broken, a node falls silent or answers again, somebody asks, or nobody any more. */
    boolean needRestoring() {
        return !capture.broken().isEmpty() || outages.anyWorthATry() || anySilent() || demand.hasChanged();
    }

    /** Whether a node that is in use does not answer any more, although no connection to it has broken. */
    boolean anySilent() {
        return !outages.silent().isEmpty();
    }

    /** From now on the monitor says which nodes answer. */
    void watch(NodeMonitor monitor) {
        outages.watch(monitor::answers, monitor::silent);
    }

    /** @throws FreshetException UNDECODABLE_TABLE; then nothing is read any more */
    void requireDecodable() throws SQLException {
        if (topology.citus() && !demand.isResting()) {
            try (Connection coordinator = connections.coordinator()) {
                requireDecodable(coordinator, undecodable.look(coordinator, topology.usable()));
            }
        }
    }

    /** What is in the WAL behind such a table's next change cannot be read by anybody: the slots would only keep WAL, and crash their nodes. */
    private void requireDecodable(Connection coordinator, List<Undecodable> found) throws SQLException {
        if (found.isEmpty()) {
            return;
        }
        demand.cannotBeMet();
        Map<Node, SQLException> left = tryToDropSlots();
        // One that is out of use, or keeps its slot, has it made anew when it is back: no cut is stored for it.
        EpochStore.deleteCuts(coordinator);
        throw UndecodableTables.refusal(found, slot, left);
    }

    /** Returns the nodes that still have theirs, and why. */
    private Map<Node, SQLException> tryToDropSlots() {
        List<Node> nodes = topology.usable();
        nodes.forEach(this::broken);
        return slots.tryToDrop(nodes);
    }

    private void dropSlots() throws SQLException {
        Optional<SQLException> failure = tryToDropSlots().values().stream().findFirst();
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /** What waits for a slot is given up, from now on. Called by another thread. */
    void stop() {
        slots.stop();
    }

    /** The node's stream is of no use any more. */
    void broken(Node node) {
        capture.stop(node);
        read.remove(node);
    }

    /** Checks the settings of every node before anything is made. */
    void requireSettings() throws SQLException {
        slots.requireSettings(topology.usable());
    }

    /** Stops reading and removes slots and publication: nothing of the installation is left on the nodes that can be used. */
    void remove() throws SQLException {
        topology.outages().keySet().forEach(node -> LOG.warn("{} is out of use: slot {} stays there", node, slot));
        dropSlots();
        try (Connection coordinator = connections.coordinator()) {
            publication.drop(coordinator);
            EpochStore.deleteCuts(coordinator);
            HealthStore.deleteNodes(coordinator);
        }
    }
}
