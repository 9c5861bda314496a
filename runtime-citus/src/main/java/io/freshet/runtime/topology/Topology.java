package io.freshet.runtime.topology;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The nodes of the cluster at one moment.
 *
 * @param citus whether the Citus extension is there
 * @param nodes the coordinator first
 * @param identities of the nodes that can be used; all of them unless {@code outages} says why not
 */
public record Topology(boolean citus, List<Node> nodes, Map<NodeIdentity, Node> identities, Map<Node, Outage> outages) {
    /** Of connecting to a node and of its answer. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    public Topology {
        nodes = List.copyOf(nodes);
        identities = Map.copyOf(identities);
        outages = Map.copyOf(outages);
    }

    /**
     * Asks the coordinator for its nodes and every node for its identity.
     *
     * @throws FreshetException NODE_UNREACHABLE, UNSUPPORTED_SERVER
     */
    public static Topology discover(Connections connections) {
        Topology found = look(connections, Map.of());
        found.outages().values().stream().findFirst().ifPresent(outage -> {
            throw FreshetException.of(ErrorCode.NODE_UNREACHABLE, outage.node() + " cannot be reached: " + outage.reason());
        });
        return found;
    }

    /**
     * The same, but workers may be missing: all are asked at the same time, each for a bounded time.
     *
     * @param known outages; these workers are not asked
     * @throws FreshetException NODE_UNREACHABLE for the coordinator, UNSUPPORTED_SERVER
     */
    public static Topology look(Connections connections, Map<Node, Outage> known) {
        try (Connection coordinator = connections.coordinator();
                ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Node> nodes = nodes(coordinator, connections.url());
            Map<Node, Future<NodeIdentity>> answers = new LinkedHashMap<>();
            nodes.stream().filter(n -> !known.containsKey(n))
                    .forEach(n -> answers.put(n, asking.submit(() -> identify(connections, n))));
            Map<NodeIdentity, Node> identities = new LinkedHashMap<>();
            Map<Node, Outage> outages = new LinkedHashMap<>(known);
            outages.keySet().retainAll(nodes);
            for (Map.Entry<Node, Future<NodeIdentity>> answer : answers.entrySet()) {
                Node node = answer.getKey();
                try {
                    Node twin = identities.put(answer.getValue().get(), node);
                    if (twin != null) {
                        throw twins(node, twin);
                    }
                } catch (ExecutionException e) {
                    if (node.isCoordinator() || !(e.getCause() instanceof SQLException)) {
                        throw FreshetException.of(ErrorCode.NODE_UNREACHABLE,
                                node + " cannot be reached: " + e.getCause().getMessage()).causedBy(e.getCause());
                    }
                    outages.put(node, new Outage(node, Instant.now(), String.valueOf(e.getCause().getMessage())));
                }
            }
            return new Topology(hasCitus(coordinator), nodes, identities, outages);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw FreshetException.of(ErrorCode.NODE_UNREACHABLE, "the look at the nodes was interrupted").causedBy(e);
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

    /** The nodes that the coordinator knows and does not use, as they have been disabled. */
    public static List<Node> disabled(Connection connection) throws SQLException {
        return hasCitus(connection) ? primaries(connection, "NOT isactive") : List.of();
    }

    /** The nodes without those that cannot be used. */
    public List<Node> usable() {
        return nodes.stream().filter(n -> !outages.containsKey(n)).toList();
    }

    /** The same nodes, of which these cannot be used. */
    public Topology without(Map<Node, Outage> outOfUse) {
        Map<NodeIdentity, Node> left = new LinkedHashMap<>(identities);
        left.values().removeAll(outOfUse.keySet());
        return new Topology(citus, nodes, left, outOfUse);
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
        List<Node> workers = primaries(connection, "isactive");
        if (!workers.removeIf(Node::isCoordinator)) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SERVER, "the coordinator is not in Citus's own list of nodes")
                    .withHint("SELECT citus_set_coordinator_host('<the coordinator''s host name>', <its port>);");
        }
        return workers;
    }

    private static List<Node> primaries(Connection connection, String condition) throws SQLException {
        List<Node> primaries = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT groupid, nodename, nodeport FROM pg_catalog.pg_dist_node"
                        + " WHERE noderole = 'primary' AND " + condition + " ORDER BY groupid")) {
            while (row.next()) {
                primaries.add(new Node(row.getInt(1), row.getString(2), row.getInt(3)));
            }
        }
        return primaries;
    }

    private static FreshetException twins(Node one, Node other) {
        return FreshetException.of(ErrorCode.UNSUPPORTED_SERVER,
                one + " and " + other + " have one system identifier and one port: they cannot be told apart")
                .withHint("Give the nodes different ports, or create them with initdb instead of copying one.");
    }

    private static NodeIdentity identify(Connections connections, Node node) throws SQLException {
        try (NodeSession session = connections.session(node, LIMIT)) {
            NodeSession.Row row = session.one("SELECT " + NodeIdentity.SQL);
            return new NodeIdentity(row.number(1), row.integer(2));
        }
    }
}
