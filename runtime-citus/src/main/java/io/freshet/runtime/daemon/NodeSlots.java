package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.store.EpochStore.StoredCut;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The slot of each node: looks whether it can be and whether it goes on, makes it, drops it. Knows nothing of what is read through it. */
final class NodeSlots {
    private static final Logger LOG = LoggerFactory.getLogger(NodeSlots.class);

    /** More than the patience of whoever makes a slot. */
    private static final Duration MARGIN = Duration.ofSeconds(3);
    /** Of connecting to a node and of each answer. */
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String CANCELLED = "57014";

    private final Connections connections;
    private final String slot;
    private volatile Optional<NodeSession> making = Optional.empty();
    private volatile boolean stopping;

    NodeSlots(Connections connections, String slot) {
        this.connections = connections;
        this.slot = slot;
    }

    /** The same on every node. */
    String name() {
        return slot;
    }

    /** Checks what every node needs before it can have a slot. */
    void requireSettings(List<Node> nodes) throws SQLException {
        for (Node node : nodes) {
            try (NodeSession session = connections.session(node, LIMIT)) {
                Slots.requireSettings(session, node);
            }
        }
    }

    /** Where the WAL of each node ends. */
    Map<Node, Lsn> walEnds(List<Node> nodes) throws SQLException {
        Map<Node, Lsn> ends = new HashMap<>();
        for (Node node : nodes) {
            try (NodeSession session = connections.session(node, LIMIT)) {
                ends.put(node, Lsn.parse(session.one("SELECT pg_catalog.pg_current_wal_insert_lsn()::text").text(1)));
            }
        }
        return ends;
    }

    /** Drops the node's slot if it has one. Its reader must have been stopped: it leaves the slot a moment after its connection was closed. */
    void drop(Node node) throws SQLException {
        try (NodeSession session = connections.session(node, LIMIT)) {
            Slots.drop(session, slot);
        }
    }

    /**
     * The same for several nodes; no node's trouble keeps the slots of others.
     *
     * @return the nodes that still have theirs, and why
     */
    Map<Node, SQLException> tryToDrop(List<Node> nodes) {
        Map<Node, SQLException> left = new LinkedHashMap<>();
        for (Node node : nodes) {
            try {
                drop(node);
            } catch (SQLException e) {
                left.put(node, e);
            }
        }
        return left;
    }

    /** Why there is no slot that goes on from the cut; empty when there is one. A slot that is of no use is dropped. */
    Optional<String> whyUnusable(Node node, Optional<StoredCut> cut) throws CaptureBrokenException {
        try (NodeSession session = connections.session(node, LIMIT)) {
            Slots.requireSettings(session, node);
            Optional<Slots.State> state = Slots.state(session, slot);
            if (state.isEmpty()) {
                return Optional.of("slot " + slot + " does not exist");
            }
            Optional<String> why = state.get().invalidation().map(i -> "slot " + slot + " was invalidated, " + i)
                    .or(() -> cut.isEmpty() ? Optional.of("no cut is stored for slot " + slot) : Optional.empty());
            if (why.isPresent()) {
                LOG.warn("{}: {}; the slot is made anew", node, why.get());
                Slots.drop(session, slot);
            }
            return why;
        } catch (SQLException e) {
            throw new CaptureBrokenException(node, "cannot be reached: " + e.getMessage(), e);
        }
    }

    /**
     * Makes a slot. It waits for every transaction that runs on its node.
     *
     * @param patience how long it waits, of whole seconds; empty for as long as it takes
     * @return its cut, which is not stored: see {@link StreamHistory#found}; empty when the patience has ended
     */
    Optional<StoredCut> create(Node node, Optional<Duration> patience) throws CaptureBrokenException {
        Lsn start;
        PgSnapshot now;
        try (NodeSession session = patience.isEmpty()
                ? connections.session(node)
                : connections.session(node, patience.get().plus(MARGIN))) {
            if (patience.isPresent()) {
                session.limit(patience.get());
            }
            making = Optional.of(session);
            if (stopping) {
                throw new CaptureBrokenException(node, "slot " + slot + " is not made any more: the daemon is stopping");
            }
            start = Slots.create(session, node, slot);
            // What this snapshot sees was committed before anything is filled: no epoch needs it.
            now = PgSnapshot.parse(session.one("SELECT pg_catalog.pg_current_snapshot()::text").text(1));
        } catch (SQLException e) {
            if (patience.isPresent() && CANCELLED.equals(e.getSQLState())) {
                return Optional.empty();
            }
            throw new CaptureBrokenException(node, "slot " + slot + " cannot be made: " + e.getMessage(), e);
        } finally {
            making = Optional.empty();
        }
        LOG.info("{}: slot {} is made, from {}", node, slot, start);
        return Optional.of(new StoredCut(node.groupId(), slot, now, start));
    }

    /**
     * Makes the coordinator's, as {@link #create} does.
     *
     * @throws FreshetException OLD_TRANSACTIONS: the patience has ended
     */
    StoredCut createOnCoordinator(Node coordinator, Optional<Duration> patience) throws CaptureBrokenException {
        if (patience.isPresent() && patience.get().compareTo(LIMIT) > 0) {
            Optional<StoredCut> made = create(coordinator, Optional.of(LIMIT));
            if (made.isPresent()) {
                return made.get();
            }
            LOG.info("slot {} waits for transactions that are open on {}", slot, coordinator);
        }
        return create(coordinator, patience).orElseThrow(() -> FreshetException
                .of(ErrorCode.OLD_TRANSACTIONS, "slot " + slot + " waits for transactions that are open on the coordinator")
                .withHint("End them (SELECT pg_terminate_backend(pid); ROLLBACK PREPARED gid;) and try again."));
    }

    boolean isStopping() {
        return stopping;
    }

    /** Whoever waits for a slot gives up, now and from now on. Called by another thread. */
    void stop() {
        stopping = true;
        making.ifPresent(NodeSession::abort);
    }
}
