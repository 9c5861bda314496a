package io.freshet.runtime.sqlapi;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session by which the database knows that a daemon is alive: it holds an advisory lock for as long as it lives, and nothing else
 * proves it, so that a killed daemon is gone the moment its connection is. Requests are read and answered through it as well. Safe for
 * concurrent use; one caller at a time has the connection.
 */
final class DaemonSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonSession.class);
    /** The two halves of the advisory lock's key, which {@code pgt_daemon_incarnation()} looks for. */
    private static final String LOCK = "1718773107, 1";
    /** How long the session of a daemon that was killed may take to end. */
    private static final String PATIENCE = "5s";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Connections connections;
    private final UUID incarnation = UUID.randomUUID();
    private final ReentrantLock turn = new ReentrantLock();
    private boolean announced;
    private boolean listening = true;
    private Connection connection;

    private DaemonSession(Connections connections) throws SQLException {
        this.connections = connections;
        this.connection = connect();
    }

    /** @throws FreshetException FENCED: another daemon serves this database; NODE_UNREACHABLE; NOT_INSTALLED */
    static DaemonSession open(Connections connections) {
        try {
            return new DaemonSession(connections);
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    /** Names this daemon's life, which a request must be addressed to. */
    UUID incarnation() {
        return incarnation;
    }

    /** Lets SQL functions find the daemon. Before this its session only keeps another one out. */
    void announce() {
        turn.lock();
        try {
            announced = true;
        } finally {
            turn.unlock();
        }
        call(holder -> {
            announce(holder);
            return true;
        });
    }

    boolean isAnnounced() {
        turn.lock();
        try {
            return announced;
        } finally {
            turn.unlock();
        }
    }

    /** Tells SQL functions whether they may send requests. Committed when it returns. */
    void listen(boolean listens) {
        call(holder -> {
            Jdbc.update(holder, "UPDATE pgtrickle.pgt_daemon SET is_listening = ? WHERE incarnation = ?", listens, incarnation);
            listening = listens;
            return listens;
        });
    }

    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /**
     * Does one piece of work, in autocommit mode. When the connection turns out to be broken it is done again, once, on a new one: it must
     * bear that.
     */
    <T> T call(Work<T> work) {
        turn.lock();
        try {
            try {
                return work.run(connection);
            } catch (SQLException e) {
                if (connection.isValid(1)) {
                    throw e;
                }
                LOG.warn("the session that answers requests broke and is opened again: {}", e.getMessage());
                connection.close();
                connection = connect();
                return work.run(connection);
            }
        } catch (SQLException e) {
            throw unreachable(e);
        } finally {
            turn.unlock();
        }
    }

    private static FreshetException unreachable(SQLException e) {
        return FreshetException
                .of(ErrorCode.NODE_UNREACHABLE, "the coordinator does not serve the daemon's session: " + e.getMessage())
                .causedBy(e);
    }

    private Connection connect() throws SQLException {
        Connection fresh = connections.coordinator();
        try {
            requireInstallation(fresh);
            lock(fresh);
            if (announced) {
                announce(fresh);
            }
            return fresh;
        } catch (SQLException | RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private void announce(Connection holder) throws SQLException {
        Jdbc.update(holder,
                """
                INSERT INTO pgtrickle.pgt_daemon (incarnation, pid, is_listening) VALUES (?, pg_backend_pid(), ?)
                ON CONFLICT (singleton) DO UPDATE SET incarnation = excluded.incarnation, pid = excluded.pid, started_at = now(),
                    is_listening = excluded.is_listening, refused_at = NULL
                """,
                incarnation, listening);
    }

    private static void requireInstallation(Connection connection) throws SQLException {
        if (Installer.find(connection).isEmpty()) {
            throw FreshetException.of(ErrorCode.NOT_INSTALLED, "the schema pgtrickle is not installed")
                    .withHint("Run: ./freshet install --url ..");
        }
    }

    private static void lock(Connection connection) throws SQLException {
        try {
            Jdbc.execute(connection,
                    "SET search_path = pg_catalog; SET idle_session_timeout = 0; SET lock_timeout = '" + PATIENCE + "'");
            Jdbc.execute(connection, "SELECT pg_advisory_lock(" + LOCK + "); RESET lock_timeout");
        } catch (SQLException e) {
            if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            int holder = holder(connection);
            throw FreshetException.of(ErrorCode.FENCED, "another daemon serves this database, by the session with pid " + holder)
                    .withHint("Stop that daemon. If its machine is lost: SELECT pg_terminate_backend(" + holder + ");");
        }
    }

    private static int holder(Connection connection) throws SQLException {
        return Jdbc
                .first(connection, """
                                   SELECT pid FROM pg_locks
                                   WHERE locktype = 'advisory' AND granted AND (classid, objid) = (1718773107, 1) AND objsubid = 2
                                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                                   """, row -> row.getInt(1)).orElse(0);
    }

    @Override
    public void close() {
        turn.lock();
        try (Connection last = connection) {
            // The server may take a moment to notice that the connection is closed: say so at once.
            Jdbc.update(last, "DELETE FROM pgtrickle.pgt_daemon WHERE incarnation = ?", incarnation);
        } catch (SQLException e) {
            LOG.debug("the session that answers requests did not close in good order", e);
        } finally {
            turn.unlock();
        }
    }
}
