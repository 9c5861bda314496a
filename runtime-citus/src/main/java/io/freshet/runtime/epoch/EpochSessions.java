package io.freshet.runtime.epoch;

import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/** The two sessions of the coordinator that epochs use: one holds the anchors, the other sees what is committed now. */
final class EpochSessions implements AutoCloseable {
    /** Of connecting to the coordinator, and of each answer, when sessions are ended. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Connections connections;
    private volatile Optional<Connection> anchored = Optional.empty();
    private volatile Optional<Connection> observer = Optional.empty();

    EpochSessions(Connections connections) {
        this.connections = connections;
    }

    Connection anchored() throws SQLException {
        if (anchored.isEmpty()) {
            anchored = Optional.of(connections.coordinator());
        }
        return anchored.get();
    }

    Connection observer() throws SQLException {
        if (observer.isEmpty()) {
            observer = Optional.of(connections.coordinator());
        }
        return observer.get();
    }

    /**
     * Ends both sessions, on the coordinator too, where they may be waiting for another node. Called by another thread than all else; the epoch's
     * thread finds them broken.
     */
    void breakOff() throws SQLException {
        List<Connection> open = Stream.of(anchored, observer).flatMap(Optional::stream).toList();
        try (Connection other = connections.coordinator(LIMIT)) {
            for (Connection connection : open) {
                Jdbc.first(other, "SELECT pg_terminate_backend(?)", row -> row.getBoolean(1),
                        connection.unwrap(PGConnection.class).getBackendPID());
            }
        } finally {
            for (Connection connection : open) {
                connection.abort(Runnable::run);
            }
        }
    }

    /** They are opened anew when they are needed. */
    @Override
    public void close() {
        anchored.ifPresent(EpochRunner::closeQuietly);
        observer.ifPresent(EpochRunner::closeQuietly);
        anchored = Optional.empty();
        observer = Optional.empty();
    }
}
