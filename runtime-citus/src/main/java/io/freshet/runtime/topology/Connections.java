package io.freshet.runtime.topology;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGProperty;

/**
 * Opens connections to the nodes, with the coordinator's user, database and options. Nothing is pooled: an epoch keeps its connection, a
 * stream keeps its own, and everything else is rare. Safe for concurrent use.
 */
public final class Connections {
    private static final int CONNECT_TIMEOUT_SECONDS = 10;
    private static final Duration REPLICATION_LIMIT = Duration.ofSeconds(30);

    /** What a database or a role sets for its users would end a long fill or an idle stream. */
    private static final String NO_TIME_LIMITS = " -c statement_timeout=0 -c lock_timeout=0"
            + " -c idle_in_transaction_session_timeout=0 -c idle_session_timeout=0";

    private static final int TRANSACTION_TIMEOUT_SINCE = 17;

    private final ConnectionUrl coordinator;
    private final WorkerAccess workers;

    /** Workers are reached directly. */
    public Connections(ConnectionUrl coordinator) {
        this(coordinator, WorkerAccess.DIRECT);
    }

    private Connections(ConnectionUrl coordinator, WorkerAccess workers) {
        this.coordinator = coordinator;
        this.workers = workers;
    }

    /** The same, with another way to the workers. */
    public Connections withWorkers(WorkerAccess access) {
        return new Connections(coordinator, access);
    }

    /** How sessions reach the workers. */
    public WorkerAccess workers() {
        return workers;
    }

    public ConnectionUrl url() {
        return coordinator;
    }

    /** To the coordinator, at the address that the user gave. */
    public Connection coordinator() throws SQLException {
        return open(coordinator.host(), coordinator.port(), new Properties());
    }

    /** To the node, by the way that leads there. */
    public NodeSession session(Node node) throws SQLException {
        return isDirect(node) ? new DirectSession(open(node)) : new CoordinatorSession(coordinator(), node);
    }

    /** The same with bounds, as {@link #coordinator(Duration)}; on the way through the coordinator what runs on the node is given up, too. */
    public NodeSession session(Node node, Duration limit) throws SQLException {
        if (isDirect(node)) {
            return new DirectSession(open(node, limit));
        }
        NodeSession session = new CoordinatorSession(coordinator(limit), node);
        try {
            session.limit(limit);
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    /** How the node is reached. */
    public WorkerAccess access(Node node) {
        return node.isCoordinator() ? WorkerAccess.DIRECT : workers;
    }

    /** Whether the node's own port is connected to. */
    public boolean isDirect(Node node) {
        return access(node) == WorkerAccess.DIRECT;
    }

    /** A connection to the node's own port, whatever the way of sessions is. */
    public Connection open(Node node) throws SQLException {
        return node.isCoordinator() ? coordinator() : open(node.host(), node.port(), new Properties());
    }

    /** To the coordinator; neither connecting nor any answer takes longer than {@code limit}, of whole seconds, or it is broken. */
    public Connection coordinator(Duration limit) throws SQLException {
        return open(coordinator.host(), coordinator.port(), bounded(limit));
    }

    /** The same to the node's own port, whatever the way of sessions is. */
    public Connection open(Node node, Duration limit) throws SQLException {
        return node.isCoordinator() ? coordinator(limit) : open(node.host(), node.port(), bounded(limit));
    }

    private static Properties bounded(Duration limit) {
        Properties properties = new Properties();
        int seconds = Math.toIntExact(limit.toSeconds());
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds);
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
        PGProperty.SOCKET_TIMEOUT.set(properties, seconds);
        return properties;
    }

    /** A connection that speaks the replication protocol. Connecting and each answer are bounded. */
    public Connection openReplication(Node node) throws SQLException {
        Properties properties = bounded(REPLICATION_LIMIT);
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
        return node.isCoordinator()
                ? open(coordinator.host(), coordinator.port(), properties)
                : open(node.host(), node.port(), properties);
    }

    private Connection open(String host, int port, Properties properties) throws SQLException {
        coordinator.options().forEach(properties::putIfAbsent);
        coordinator.user().ifPresent(u -> PGProperty.USER.set(properties, u));
        coordinator.password().ifPresent(p -> PGProperty.PASSWORD.set(properties, p));
        PGProperty.OPTIONS.set(properties, (properties.getProperty(PGProperty.OPTIONS.getName(), "") + NO_TIME_LIMITS).strip());
        PGProperty.APPLICATION_NAME.set(properties, "freshet");
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        properties.putIfAbsent(PGProperty.CONNECT_TIMEOUT.getName(), Integer.toString(CONNECT_TIMEOUT_SECONDS));
        String address = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        Connection connection = DriverManager.getConnection("jdbc:postgresql://" + address + ":" + port + "/"
                + java.net.URLEncoder.encode(coordinator.database(), java.nio.charset.StandardCharsets.UTF_8).replace("+", "%20"),
                properties);
        if (connection.getMetaData().getDatabaseMajorVersion() >= TRANSACTION_TIMEOUT_SINCE) {
            // Older servers refuse a connection that names it.
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET transaction_timeout = 0");
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        }
        return connection;
    }
}
