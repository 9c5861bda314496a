package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Finds out that a server wants to stop. After it has ended all sessions it waits, without a limit, until the clients of its walsenders have
 * confirmed all of its WAL. That will not happen while transactions wait for an epoch, and no epoch can run any more. The stream shows
 * nothing of it, so while positions are held back a new connection is tried from time to time: the server refuses it and says why.
 */
final class ShutdownProbe {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(3).toNanos();
    private static final String CANNOT_CONNECT_NOW = "57P03";

    private final ReplicationConnections connections;
    private final Node node;
    private long lastFree = System.nanoTime();

    ShutdownProbe(ReplicationConnections connections, Node node) {
        this.connections = connections;
        this.node = node;
    }

    /** The server has been told all that it has sent, or something new has been confirmed. */
    void free() {
        lastFree = System.nanoTime();
    }

    /**
     * Something is held back, and nothing comes.
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
                throw new IOException("let go, so that it can stop: " + e.getMessage(), e);
            }
        }
        free();
    }
}
