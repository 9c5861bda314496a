package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.Capture;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.NodeChanges;
import io.freshet.runtime.capture.NodeParts;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Topology;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs epochs, one after the other. The order of the steps is the protocol:
 *
 * <ol>
 * <li>lock the sources against whoever empties or rewrites them: such tables look empty to an older snapshot;
 * <li>hold the anchors: one snapshot per node, and a barrier in each node's WAL;
 * <li>wait until every node's stream has shown the barrier: all that the snapshots can see has been read. When the cut sees a distributed
 *     transaction in part, all is rolled back and taken anew, see {@link AtomicCuts};
 * <li>take the transactions that the snapshots see, and do the epoch's work;
 * <li>write the cut, check that the anchors still hold, COMMIT;
 * <li>confirm the slots.
 * </ol>
 *
 * After any failure the state is unknown - a COMMIT may have gone through although its answer was lost - so {@link #resync()} reads it from the
 * database before the next epoch. Used by one thread.
 */
public final class EpochRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EpochRunner.class);

    private final Connections connections;
    private final Capture capture;
    private final EpochSettings settings;
    private final AtomicCuts atomicCuts = new AtomicCuts();
    private final NodesAside nodesAside;
    private final GroupNodes groupNodes = new GroupNodes();
    private final EpochSessions sessions;
    private Topology topology;
    private Set<Node> read = Set.of();
    private Premises premises = Premises.NONE;
    private List<AnchorTable> anchors = List.of();
    private long epoch;
    private boolean isEverywhere = true;

    public EpochRunner(Connections connections, Topology topology, Capture capture, EpochSettings settings) {
        this.connections = connections;
        this.topology = topology;
        this.capture = capture;
        this.settings = settings;
        this.nodesAside = new NodesAside(connections);
        this.sessions = new EpochSessions(connections);
    }

    /** The last epoch known to be committed. */
    public long epoch() {
        return epoch;
    }

    /**
     * Whether every node has heard that the last epoch is committed. One that has no anchor row, and has not heard, would let the next epoch pass by what
     * is still prepared there: {@link #resync} first.
     */
    public boolean isEverywhere() {
        return isEverywhere;
    }

    /**
     * The nodes have changed.
     *
     * @param streams the nodes that are read: of those without an anchor, too, an epoch takes the changes
     */
    public void topology(Topology now, Set<Node> streams) {
        topology = now;
        read = Set.copyOf(streams);
    }

    /** What epochs presume from now on. */
    public void presume(Premises now) {
        premises = now;
    }

    /**
     * Reads the last committed epoch and tells capture if it is newer than what was known; finishes transactions that are still prepared on a
     * node; and provides the anchors of the covered co-location groups. Those of groups that wait for a node stay as they are: they know the groups' last
     * epochs.
     */
    public void resync(AnchorGroups groups) throws SQLException {
        try (Connection connection = connections.coordinator()) {
            if (topology.citus()) {
                // It asks every node; one that does not answer is not to be waited for.
                Jdbc.execute(connection, "SET citus.node_connection_timeout = " + settings.connectLimit().toMillis());
                Jdbc.execute(connection, "SELECT recover_prepared_transactions()");
            }
            isEverywhere = true;
            long committed = EpochStore.settledEpoch(connection);
            if (committed != epoch) {
                for (EpochStore.StoredCut cut : EpochStore.cuts(connection)) {
                    Optional<Node> node = topology.node(cut.groupId());
                    if (node.isPresent() && topology.usable().contains(node.get())) {
                        confirm(node.get(), cut.snapshot(), cut.barrier());
                    }
                }
                epoch = committed;
            }
            if (topology.citus() && topology.outages().isEmpty()) {
                // Citus drops nothing while a node is down.
                AnchorTable.removeStrays(connection);
                AnchorTable.dropOthers(connection, groups.all());
            }
            groupNodes.load(connection);
            List<AnchorTable> provided = new ArrayList<>();
            for (int colocationId : groups.covered().stream().sorted().toList()) {
                AnchorTable table = AnchorTable.ensure(connection, colocationId);
                if (groups.withoutHistory().contains(colocationId)) {
                    Jdbc.execute(connection, "SET lock_timeout = " + settings.lockLimit().toMillis());
                    table.level(connection);
                }
                provided.add(table);
            }
            anchors = List.copyOf(provided);
        }
    }

    /**
     * Runs one epoch. When it throws, nothing of it is visible unless COMMIT was reached: call {@link #resync} before the next.
     */
    public CommittedEpoch run(EpochWork work)
            throws SQLException, IOException, CaptureBrokenException, AnchorLostException, InterruptedException {
        long began = System.nanoTime();
        long next = epoch + 1;
        Connection connection = sessions.anchored();
        try {
            AnchoredCut anchored = hold(connection, next, work);
            Anchor anchor = anchored.anchor();
            Cut cut = anchored.cut();
            Map<Node, Lsn> barriers = anchored.barriers();
            List<NodeChanges> taken = new ArrayList<>();
            for (Node node : cut.snapshots().keySet()) {
                NodeChanges shown = capture.take(node, cut.snapshots().get(node));
                taken.add(shown.doubting(premises.misplaced(node, shown.changed())));
            }
            long changes = CommittedEpoch.countChanges(taken);
            long rows = work.run(connection, next, taken);
            for (Map.Entry<Node, Lsn> barrier : barriers.entrySet()) {
                Node node = barrier.getKey();
                EpochStore.saveCut(connection,
                        new EpochStore.StoredCut(node.groupId(), settings.slot(), cut.snapshots().get(node), barrier.getValue()),
                        node.host(),
                        node.port(), next);
            }
            groupNodes.save(connection, anchor.nodesOfGroups());
            EpochStore.addEpoch(connection,
                    new EpochStore.Summary(next, changes, rows, (System.nanoTime() - began) / 1e6, anchored.torn()),
                    settings.keptEpochs());
            premises.save(connection);
            anchor.check(connection);
            require(premises.end(sessions.observer()));
            Failpoint.BEFORE_COMMIT.pass();
            commit(connection);
            Failpoint.AFTER_COMMIT.pass();
            epoch = next;
            isEverywhere = Optional.ofNullable(connection.getWarnings()).map(warning -> {
                LOG.warn("epoch {} is committed, but perhaps not on every node yet: {}", next, warning.getMessage());
                return false;
            }).orElse(true);
            premises.committed();
            anchors = anchors.stream().map(a -> a.at(next)).toList();
            barriers.forEach((node, barrier) -> confirm(node, cut.snapshots().get(node), barrier));
            return new CommittedEpoch(next, cut, changes, rows, Duration.ofNanos(System.nanoTime() - began),
                    anchored.torn());
        } finally {
            if (epoch != next) {
                abandon();
            }
        }
    }

    /** Holds the anchors and waits for the barriers, again and again until the cut is atomic. */
    private AnchoredCut hold(Connection connection, long next, EpochWork work)
            throws SQLException, AnchorLostException, CaptureBrokenException, InterruptedException {
        atomicCuts.begin();
        while (true) {
            begin(connection);
            work.lock(connection);
            Anchor anchor = atomicCuts.mustFence() ? holdFenced(connection, next) : holdAnchor(connection, next);
            requireAllShardsAnchored();
            anchor.requireCopiesSeen(connection, sessions.observer());
            requireKnownNodes();
            require(premises.begin(sessions.observer()));
            Set<Node> aside = new HashSet<>(read);
            aside.removeAll(anchor.cut().snapshots().keySet());
            Cut cut = anchor.cut().and(nodesAside.hold(aside, anchor.barrier()));
            Map<Node, Lsn> barriers = new HashMap<>();
            for (Node node : cut.snapshots().keySet()) {
                barriers.put(node, capture.awaitBarrier(node, anchor.barrier().token(), settings.barrierLimit()));
            }
            AnchoredCut anchored = new AnchoredCut(anchor, cut, barriers, atomicCuts.torn());
            boolean atomic = isAtomic(anchored, connection);
            nodesAside.release();
            if (atomic) {
                return anchored;
            }
            connection.rollback();
        }
    }

    private Anchor holdAnchor(Connection connection, long next) throws SQLException, AnchorLostException {
        return Anchor.hold(connection, topology, anchors, next, Barrier.anew(connection));
    }

    /** Commits of other sessions wait until this returns. */
    private Anchor holdFenced(Connection connection, long next) throws SQLException, AnchorLostException {
        try (Fence fence = Fence.raise(sessions.observer(), atomicCuts.workersToFence())) {
            fence.hurry(connection);
            Anchor anchor = Anchor.hold(connection, topology, anchors, next, Barrier.anew(connection));
            limitLocks(connection);
            return anchor;
        }
    }

    /** Only Citus spreads a transaction over nodes; its parts are looked at when all of them have been read. */
    private boolean isAtomic(AnchoredCut anchored, Connection connection)
            throws SQLException, AnchorLostException, CaptureBrokenException {
        if (!topology.citus()) {
            return true;
        }
        Map<Node, NodeParts> parts = new HashMap<>();
        for (Map.Entry<Node, Lsn> barrier : anchored.barriers().entrySet()) {
            parts.put(barrier.getKey(), capture.parts(barrier.getKey(), barrier.getValue()));
        }
        return atomicCuts.accepts(anchored, parts,
                new InitiatorRecords(connection, sessions.observer(), anchored.anchor(), nodesAside),
                sessions.observer());
    }

    /**
     * The epoch is durable, whatever has become of a stream meanwhile: every other stream has to hear of it. One that has broken learns it from the
     * stored cut when it is started again.
     */
    private void confirm(Node node, PgSnapshot snapshot, Lsn barrier) {
        try {
            capture.committed(node, snapshot, barrier);
        } catch (CaptureBrokenException e) {
            LOG.info("{}; it is read again from the last cut", e.getMessage());
        }
    }

    private void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        limitLocks(connection);
    }

    private void limitLocks(Connection connection) throws SQLException {
        Jdbc.execute(connection, "SET LOCAL lock_timeout = " + settings.lockLimit().toMillis());
    }

    private static void commit(Connection connection) throws SQLException {
        if (Failpoint.DURING_COMMIT.isSet()) {
            Thread.ofPlatform().start(() -> {
                try {
                    connection.commit();
                } catch (SQLException e) {
                    LOG.debug("the crash came before the answer", e);
                }
            });
            long wait = System.nanoTime() + (long) (Math.random() * 3_000_000);
            while (System.nanoTime() < wait) {
                Thread.onSpinWait();
            }
            Failpoint.halt();
        }
        connection.clearWarnings();
        connection.commit();
    }

    /** A split adds shards that no anchor row holds. Another session sees what is committed now, while the anchors keep it so. */
    private void requireAllShardsAnchored() throws SQLException, AnchorLostException {
        for (AnchorTable table : anchors) {
            Set<Long> shards = new HashSet<>(AnchorTable.shards(sessions.observer(), table.name()));
            if (!shards.equals(table.rows().keySet())) {
                throw new AnchorLostException("the shards of " + table.name() + " have changed");
            }
        }
    }

    /** What a node does that is not known yet shows in no stream. One that comes later than this look does it after the epoch's snapshots. */
    private void requireKnownNodes() throws SQLException, AnchorLostException {
        if (topology.citus() && !Topology.nodes(sessions.observer(), connections.url()).equals(topology.nodes())) {
            throw new AnchorLostException("the nodes of the cluster have changed");
        }
    }

    private static void require(Optional<String> broken) throws AnchorLostException {
        if (broken.isPresent()) {
            throw new AnchorLostException(broken.get());
        }
    }

    /** The epoch that is under way is given up: a node does not answer. Called by another thread; {@link #run} throws then. */
    public void breakOff() throws SQLException {
        sessions.breakOff();
    }

    /** The transaction is in an unknown state, and so may be its connection: both go. */
    private void abandon() {
        sessions.close();
        nodesAside.close();
    }

    static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing a connection failed", e);
        }
    }

    @Override
    public void close() {
        abandon();
    }
}
