package io.freshet.runtime.daemon;

import io.freshet.runtime.lifecycle.FormerNode;
import io.freshet.runtime.lifecycle.Publication;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes that have left the cluster, and whose last changes no epoch has taken yet. Used by the loop's thread. */
final class NodesLeaving {
    private static final Logger LOG = LoggerFactory.getLogger(NodesLeaving.class);

    private final Connections connections;
    private final Publication publication;
    private final NodeSlots slots;
    private final Set<Node> nodes = new HashSet<>();

    NodesLeaving(Connections connections, Publication publication, NodeSlots slots) {
        this.connections = connections;
        this.publication = publication;
        this.slots = slots;
    }

    /** Those of which a cut is stored, and which the cluster does not know. One that cannot be reached is still in the cluster. */
    Set<Node> find(Connection coordinator, Topology topology) throws SQLException {
        for (Node node : EpochStore.nodesOfCuts(coordinator)) {
            if (!isIn(topology, node) && nodes.add(node)) {
                LOG.info("{} is no longer in the cluster", node);
            }
        }
        nodes.removeIf(node -> isIn(topology, node));
        return all();
    }

    private static boolean isIn(Topology topology, Node node) {
        return topology.node(node.groupId()).isPresent();
    }

    Set<Node> all() {
        return Set.copyOf(nodes);
    }

    /** Its changes are taken, or nobody wants them. Nothing of the installation stays behind on it, if it can be reached. */
    void forget(Node node) {
        nodes.remove(node);
        try {
            slots.drop(node);
            LOG.info("{} has left the cluster: slot {} is dropped", node, slots.name());
        } catch (SQLException e) {
            LOG.warn(
                    "{} has left the cluster and cannot be reached ({}); if it comes back, run there: SELECT pg_drop_replication_slot('{}');",
                    node, e.getMessage(), slots.name());
        }
        try (Connection coordinator = connections.coordinator()) {
            if (!Topology.disabled(coordinator).contains(node)) {
                clear(coordinator, node);
            }
            EpochStore.deleteCut(coordinator, node.groupId());
        } catch (SQLException e) {
            LOG.warn("the cut of {} is deleted later: {}", node, e.getMessage());
        }
    }

    private void clear(Connection coordinator, Node node) {
        try {
            new FormerNode(coordinator, connections, publication).clear(node);
        } catch (SQLException e) {
            LOG.warn("{} has left the cluster; tables and publication stay there: {}", node, e.getMessage());
        }
    }
}
