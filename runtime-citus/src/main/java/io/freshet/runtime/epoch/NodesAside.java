package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that hold no anchor, and whose changes an epoch takes all the same: of groups that wait for another node, of shards that have left since
 * the last epoch - perhaps the node leaves the cluster -, and TRUNCATEs, which only the node shows that ran them. No row is read there, so any snapshot
 * will do that is taken after the anchors are held: whatever has moved from such a node to an anchored one was committed before.
 *
 * <p>Such a node may have run distributed transactions that changed what the epoch reads elsewhere, and is the only one that knows what became of them:
 * {@link AsideNode} answers as of the snapshot until the cut has been looked at.
 */
final class NodesAside implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodesAside.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Connections connections;
    private final Map<Node, AsideNode> kept = new HashMap<>();

    NodesAside(Connections connections) {
        this.connections = connections;
    }

    /** Takes a snapshot of each node and writes the barrier behind it. */
    Map<Node, PgSnapshot> hold(Set<Node> nodes, Barrier barrier) throws CaptureBrokenException {
        Map<Node, PgSnapshot> snapshots = new HashMap<>();
        for (Node node : nodes) {
            try {
                if (!kept.containsKey(node)) {
                    kept.put(node, connections.isDirect(node)
                            ? AsideNode.direct(connections.open(node, LIMIT))
                            : new AsideNode.Indirect(connections.session(node, LIMIT)));
                }
                snapshots.put(node, kept.get(node).hold(barrier));
            } catch (SQLException e) {
                throw new CaptureBrokenException(node, "its snapshot cannot be taken: " + e.getMessage(), e);
            }
        }
        return snapshots;
    }

    /** @throws IllegalStateException the node is not aside */
    AsideNode node(Node node) {
        return Optional.ofNullable(kept.get(node)).orElseThrow(() -> new IllegalStateException(node + " is not aside"));
    }

    /** The snapshots are not needed any more. */
    void release() throws SQLException {
        for (AsideNode node : kept.values()) {
            node.release();
        }
    }

    @Override
    public void close() {
        for (AsideNode node : kept.values()) {
            try {
                node.close();
            } catch (SQLException e) {
                LOG.debug("closing a session failed", e);
            }
        }
        kept.clear();
    }
}
