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
import java.util.Set;

/**
 * The nodes that hold no anchor, and whose changes an epoch takes all the same: of groups that wait for another node, of shards that have left since
 * the last epoch - perhaps the node leaves the cluster -, and TRUNCATEs, which only the node shows that ran them. No row is read there, so any snapshot
 * will do that is taken after the anchors are held: whatever has moved from such a node to an anchored one was committed before.
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
                if (!kept.containsKey(node)) {
                    kept.put(node, connections.open(node, LIMIT));
                }
                snapshots.put(node, Jdbc.first(kept.get(node),
                        "SELECT s.snapshot, " + Anchor.emit(token)
                                + " FROM (SELECT pg_current_snapshot()::text AS snapshot OFFSET 0) s",
                        row -> PgSnapshot.parse(row.getString(1))).orElseThrow());
            } catch (SQLException e) {
                throw new CaptureBrokenException(node, "its snapshot cannot be taken: " + e.getMessage(), e);
            }
        }
        return snapshots;
    }

    @Override
    public void close() {
        kept.values().forEach(EpochRunner::closeQuietly);
        kept.clear();
    }
}
