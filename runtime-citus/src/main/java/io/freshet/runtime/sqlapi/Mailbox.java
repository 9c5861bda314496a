package io.freshet.runtime.sqlapi;

import io.freshet.errors.FreshetException;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import java.time.Duration;

/**
 * Whether SQL functions may send the daemon their requests: only while the coordinator's stream is read. A shut mailbox is opened for whoever asks; the
 * laws of that are in {@code 012_listening.sql}. Holding one keeps other daemons out of the database. Used by the loop's thread, except
 * {@link #close} and what {@link RequestChannel} uses.
 */
public final class Mailbox implements AutoCloseable {
    /** How long it stays open for the next who asks. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final DaemonSession session;
    private final Duration grace;
    private boolean isOpen = true;
    private long lastAsked = System.nanoTime();

    private Mailbox(DaemonSession session, Duration grace) {
        this.session = session;
        this.grace = grace;
    }

    /**
     * The mailbox is open. The schema must be installed.
     *
     * @throws FreshetException FENCED: another daemon serves this database; NOT_INSTALLED; NODE_UNREACHABLE
     */
    public static Mailbox claim(Connections connections) {
        return claim(connections, GRACE);
    }

    static Mailbox claim(Connections connections, Duration grace) {
        return new Mailbox(DaemonSession.open(connections), grace);
    }

    DaemonSession session() {
        return session;
    }

    public boolean isOpen() {
        return isOpen;
    }

    /** Somebody asks who needs no mailbox. */
    public void asked() {
        lastAsked = System.nanoTime();
    }

    /** Whether somebody asks, or has asked a moment ago. */
    public boolean isWanted() {
        if (!session.isAnnounced()) {
            // Nobody has had a chance to ask yet.
            asked();
            return true;
        }
        if (System.nanoTime() - lastAsked < grace.toNanos()) {
            return true;
        }
        if (anyAsks()) {
            asked();
            return true;
        }
        return false;
    }

    private boolean anyAsks() {
        return session.call(connection -> Jdbc
                .first(connection, """
                                   SELECT EXISTS (SELECT FROM pg_locks
                                   WHERE locktype = 'advisory' AND classid = 1718773107 AND objid <> 1 AND objsubid = 2
                                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
                                   """, row -> row.getBoolean(1)).orElseThrow());
    }

    /** The coordinator's stream is read. */
    public void open() {
        if (!isOpen) {
            session.listen(true);
            isOpen = true;
        }
    }

    /** @return whether nobody asks: then no request is sent any more, and the coordinator need not be read */
    public boolean shutUnlessWanted() {
        if (!isOpen) {
            return !isWanted();
        }
        if (isWanted()) {
            return false;
        }
        shut();
        if (isWanted()) {
            open();
            return false;
        }
        return true;
    }

    /** No request is sent from now on, whoever asks: the coordinator cannot be read. Before anybody can ask there is nothing to be shut. */
    public void shut() {
        if (isOpen && session.isAnnounced()) {
            session.listen(false);
            isOpen = false;
        }
    }

    /** Tells those who ask why the mailbox cannot be opened. */
    public void refuse(FreshetException why) {
        session.call(connection -> Jdbc.update(connection,
                """
                UPDATE pgtrickle.pgt_daemon
                SET refused_at = clock_timestamp(), refusal_sqlstate = ?, refusal_message = ?, refusal_hint = ?
                WHERE incarnation = ? AND NOT is_listening
                """,
                SqlState.of(why.code()), why.code().code() + ": " + why.getMessage(),
                why.hint().orElse("SELECT * FROM pgtrickle.health_check(); tells more."), session.incarnation()));
    }

    @Override
    public void close() {
        session.close();
    }
}
