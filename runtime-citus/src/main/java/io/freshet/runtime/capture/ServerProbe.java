package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** Asks a server, over a new connection, what a silent stream does not tell. */
final class ServerProbe {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(3).toNanos();
    private static final String CANNOT_CONNECT_NOW = "57P03";

    private final ReplicationConnections connections;
    private final Node node;
    private final String slot;
    private long lastFree = System.nanoTime();

    ServerProbe(ReplicationConnections connections, Node node, String slot) {
        this.connections = connections;
        this.node = node;
        this.slot = slot;
    }

    /** Whether the slot's walsender is at work and will send something by and by. It is silent while it decodes what nobody publishes. */
    boolean isDecoding() {
        try (Connection connection = connections.open(node);
                PreparedStatement statement = connection.prepareStatement("SELECT FROM pg_catalog.pg_replication_slots"
                        + " JOIN pg_catalog.pg_stat_activity ON pid = active_pid"
                        + " WHERE slot_name = ? AND coalesce(wait_event, '') NOT LIKE 'WalSender%'")) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            return false;
        }
    }

    /** The server has been told that all it has sent is confirmed, or something new is. */
    void free() {
        lastFree = System.nanoTime();
    }

    /**
     * Something is held back, and nothing comes. It may be that the server wants to stop: after it has ended all sessions it waits, without a limit,
     * until the clients of its walsenders have confirmed all of its WAL. That will not happen while transactions wait for an epoch, and
     * no epoch can run any more. So from time to time a new connection is tried: a server that stops refuses it and says why.
     *
     * @throws IOException the server is stopping
     */
    void held() throws IOException {
        if (System.nanoTime() - lastFree < INTERVAL_NANOS) {
            return;
        }
        try {
            connections.open(node).close();
        } catch (SQLException e) {
            if (CANNOT_CONNECT_NOW.equals(e.getSQLState())) {
                throw new IOException("let go, so that the server can stop: " + e.getMessage(), e);
            }
        }
        free();
    }
}
