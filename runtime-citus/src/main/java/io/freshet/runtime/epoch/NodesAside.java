package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The nodes that hold no anchor, and whose changes an epoch takes all the same: of groups that wait for another node, of shards that have left since
 * the last epoch - perhaps the node leaves the cluster -, and TRUNCATEs, which only the node shows that ran them. No row is read there, so any snapshot
 * will do that is taken after the anchors are held: whatever has moved from such a node to an anchored one was committed before.
 *
 * <p>Each has a connection of its own, whose transaction keeps the snapshot until the cut has been looked at: such a node may have run distributed
 * transactions that changed what the epoch reads elsewhere, and is the only one that knows what became of them.
 */
final class NodesAside implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Connections connections;
    private final Map<Node, Connection> kept = new HashMap<>();

    NodesAside(Connections connections) {
        this.connections = connections;
    }

    /** Takes a snapshot of each node and writes the barrier behind it. */
    Map<Node, PgSnapshot> hold(Set<Node> nodes, String token) throws CaptureBrokenException {
        Map<Node, PgSnapshot> snapshots = new HashMap<>();
        for (Node node : nodes) {
            try {
                Connection connection = kept.get(node);
                if (connection == null) {
                    connection = connections.open(node, LIMIT);
                    kept.put(node, connection);
                    connection.setAutoCommit(false);
                    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                }
                connection.rollback();
                snapshots.put(node, Jdbc.first(connection,
                        "SELECT s.snapshot, " + Anchor.emit(token)
                                + " FROM (SELECT pg_current_snapshot()::text AS snapshot OFFSET 0) s",
                        row -> PgSnapshot.parse(row.getString(1))).orElseThrow());
            } catch (SQLException e) {
                throw new CaptureBrokenException(node, "its snapshot cannot be taken: " + e.getMessage(), e);
            }
        }
        return snapshots;
    }

    /**
     * In the transaction that holds the node's snapshot, or that begins with the next statement.
     *
     * @throws IllegalStateException the node is not aside
     */
    Connection connection(Node node) {
        return Optional.ofNullable(kept.get(node)).orElseThrow(() -> new IllegalStateException(node + " is not aside"));
    }

    /** The snapshots are not needed any more. */
    void release() throws SQLException {
        for (Connection connection : kept.values()) {
            connection.rollback();
        }
    }

    @Override
    public void close() {
        kept.values().forEach(EpochRunner::closeQuietly);
        kept.clear();
    }
}
