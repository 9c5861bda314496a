package io.freshet.runtime.topology;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes of the cluster at one moment.
 *
 * @param citus whether the Citus extension is there
 * @param nodes the coordinator first
 */
public record Topology(boolean citus, List<Node> nodes, Map<NodeIdentity, Node> identities) {
    public Topology {
        nodes = List.copyOf(nodes);
        identities = Map.copyOf(identities);
    }

    /**
     * Asks the coordinator for its nodes and every node for its identity.
     *
     * @throws FreshetException NODE_UNREACHABLE, UNSUPPORTED_SERVER
     */
    public static Topology discover(Connections connections) {
        try (Connection coordinator = connections.coordinator()) {
            List<Node> nodes = nodes(coordinator, connections.url());
            Map<NodeIdentity, Node> identities = new LinkedHashMap<>();
            for (Node node : nodes) {
                Node twin = identities.put(identify(connections, node), node);
                if (twin != null) {
                    throw FreshetException.of(ErrorCode.UNSUPPORTED_SERVER,
                            node + " and " + twin + " have one system identifier and one port: they cannot be told apart")
                            .withHint("Give the nodes different ports, or create them with initdb instead of copying one.");
                }
            }
            return new Topology(hasCitus(coordinator), nodes, identities);
        } catch (SQLException e) {
            throw FreshetException
                    .of(ErrorCode.NODE_UNREACHABLE, "cannot connect to " + connections.url() + ": " + e.getMessage())
                    .causedBy(e);
        }
    }

    /**
     * The nodes that the coordinator knows, itself first, whether they can be reached or not.
     *
     * @param connection to the coordinator
     * @param url the address at which the coordinator is reached
     * @throws FreshetException UNSUPPORTED_SERVER
     */
    public static List<Node> nodes(Connection connection, ConnectionUrl url) throws SQLException {
        List<Node> nodes = new ArrayList<>();
        nodes.add(new Node(Node.COORDINATOR_GROUP, url.host(), url.port()));
        if (hasCitus(connection)) {
            nodes.addAll(workers(connection));
        }
        return nodes;
    }

    public Node coordinator() {
        return nodes.getFirst();
    }

    public Optional<Node> node(int groupId) {
        return nodes.stream().filter(n -> n.groupId() == groupId).findFirst();
    }

    private static boolean hasCitus(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement
                        .executeQuery("SELECT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus')")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static List<Node> workers(Connection connection) throws SQLException {
        boolean coordinatorIsKnown = false;
        List<Node> workers = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT groupid, nodename, nodeport FROM pg_catalog.pg_dist_node"
                        + " WHERE noderole = 'primary' AND isactive ORDER BY groupid")) {
            while (row.next()) {
                if (row.getInt(1) == Node.COORDINATOR_GROUP) {
                    coordinatorIsKnown = true;
                } else {
                    workers.add(new Node(row.getInt(1), row.getString(2), row.getInt(3)));
                }
            }
        }
        if (!coordinatorIsKnown) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SERVER, "the coordinator is not in Citus's own list of nodes")
                    .withHint("SELECT citus_set_coordinator_host('<the coordinator''s host name>', <its port>);");
        }
        return workers;
    }

    private static NodeIdentity identify(Connections connections, Node node) {
        try (Connection connection = connections.open(node);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + NodeIdentity.SQL)) {
            row.next();
            return new NodeIdentity(row.getLong(1), row.getInt(2));
        } catch (SQLException e) {
            throw FreshetException.of(ErrorCode.NODE_UNREACHABLE, node + " cannot be reached: " + e.getMessage()).causedBy(e);
        }
    }
}
