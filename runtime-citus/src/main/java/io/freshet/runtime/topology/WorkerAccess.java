package io.freshet.runtime.topology;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the workers are reached from here. */
public enum WorkerAccess {
    /** By connections to them. */
    DIRECT,
    /** By Citus, over its connections from the coordinator. */
    THROUGH_COORDINATOR;

    private static final Logger LOG = LoggerFactory.getLogger(WorkerAccess.class);
    private static final Duration LIMIT = Duration.ofSeconds(3);

    /**
     * Through the coordinator if there is a worker that it reaches and this host does not, or finds another server at its address; else
     * directly. A worker that neither reaches is down, which says nothing of the way to it.
     */
    public static WorkerAccess choose(Connections connections) throws SQLException {
        List<Node> nodes;
        try (var coordinator = connections.coordinator()) {
            nodes = Topology.nodes(coordinator, connections.url());
        }
        Connections direct = connections.withWorkers(DIRECT);
        Connections indirect = connections.withWorkers(THROUGH_COORDINATOR);
        for (Node node : nodes) {
            if (!node.isCoordinator()) {
                try {
                    String here = identity(direct, node);
                    String there = identity(indirect, node);
                    if (!here.equals(there)) {
                        LOG.info("the server at {}:{} is another one than that which the coordinator finds there: all workers are"
                                + " reached through the coordinator", node.host(), node.port());
                        return THROUGH_COORDINATOR;
                    }
                } catch (SQLException e) {
                    if (isReached(indirect, node)) {
                        LOG.info(
                                "{} cannot be reached from here, and can from the coordinator: all workers are reached through it ({})",
                                node, e.getMessage());
                        return THROUGH_COORDINATOR;
                    }
                }
            }
        }
        return DIRECT;
    }

    private static boolean isReached(Connections connections, Node node) {
        try {
            identity(connections, node);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static String identity(Connections connections, Node node) throws SQLException {
        try (NodeSession session = connections.session(node, LIMIT)) {
            return session.one("SELECT (pg_catalog.pg_control_system()).system_identifier::text").text(1);
        }
    }
}
