package io.freshet.runtime.topology;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** How the workers are reached from here. */
public enum WorkerAccess {
    /** By connections to them. */
    DIRECT,
    /** By Citus, over its connections from the coordinator. */
    THROUGH_COORDINATOR;

    private static final Duration LIMIT = Duration.ofSeconds(3);

    /** How their changes are captured that way, in the word of the setting and of {@code pgtrickle.pgt_worker_slots}. */
    public String capture() {
        return switch (this) {
            case DIRECT -> "streaming";
            case THROUGH_COORDINATOR -> "polling";
        };
    }

    /**
     * A way, and why this one.
     *
     * @param reason a part of a sentence
     */
    public record Choice(WorkerAccess access, String reason) {
    }

    /**
     * Through the coordinator if there is a worker that it reaches and this host does not, or finds another server at its address; else
     * directly. A worker that neither reaches is down, which says nothing of the way to it.
     */
    public static Choice choose(Connections connections) throws SQLException {
        List<Node> nodes;
        try (var coordinator = connections.coordinator()) {
            nodes = Topology.nodes(coordinator, connections.url());
        }
        Connections direct = connections.withWorkers(DIRECT);
        Connections indirect = connections.withWorkers(THROUGH_COORDINATOR);
        int down = 0;
        for (Node node : nodes) {
            if (!node.isCoordinator()) {
                try {
                    String here = identity(direct, node);
                    String there = identity(indirect, node);
                    if (!here.equals(there)) {
                        return new Choice(THROUGH_COORDINATOR, "the server that is reached from here at " + node.host() + ":"
                                + node.port() + " is another one than that which the coordinator finds there");
                    }
                } catch (SQLException e) {
                    if (isReached(indirect, node)) {
                        return new Choice(THROUGH_COORDINATOR,
                                node + " cannot be reached from here, and can from the coordinator (" + e.getMessage() + ")");
                    }
                    down++;
                }
            }
        }
        return new Choice(DIRECT,
                down == 0 ? "every worker is reached from here" : "the workers that are up are reached from here");
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
