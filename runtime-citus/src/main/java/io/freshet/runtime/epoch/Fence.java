package io.freshet.runtime.epoch;

import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;

/**
 * Keeps new two-phase commits of some nodes out for a moment, as {@code citus_create_restore_point} does: an EXCLUSIVE lock on their {@code
 * pg_dist_transaction}. Citus writes its records there before it prepares the first remote part, and lets its own lock go only when all
 * remote parts are committed; so while this lock is held none is under way. Transactions as such go on; only their COMMIT waits.
 *
 * <p>Our own epoch commits in two phases, too: the fence is lowered as soon as the snapshots are taken.
 */
final class Fence implements AutoCloseable {
    /** More than PostgreSQL's {@code deadlock_timeout}, after which an autovacuum of the table gives way. */
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final String TABLE = "pg_catalog.pg_dist_transaction";

    private final Connection session;

    private Fence(Connection session) {
        this.session = session;
    }

    /**
     * Waits until no two-phase commit of the coordinator and of these workers is under way.
     *
     * @param session to the coordinator, in no transaction; it belongs to the fence until that is closed
     */
    static Fence raise(Connection session, Collection<AnchorRow> workers) throws SQLException {
        session.setAutoCommit(false);
        // Unlike lock_timeout it also ends a wait on a worker.
        Jdbc.execute(session, "SET LOCAL statement_timeout = " + LIMIT.toMillis());
        for (AnchorRow worker : workers) {
            Jdbc.list(session, worker.select("lock_relation_if_exists('" + TABLE + "', 'EXCLUSIVE')"), row -> row.getBoolean(1));
        }
        Jdbc.execute(session, "LOCK TABLE " + TABLE + " IN EXCLUSIVE MODE");
        return new Fence(session);
    }

    /**
     * A shard move that waits for the fence may hold what the anchors wait for, which no deadlock detector sees. So the transaction's waits
     * for locks are short, until it sets its limit again.
     */
    void hurry(Connection anchored) throws SQLException {
        Jdbc.execute(anchored, "SET LOCAL lock_timeout = " + PATIENCE.toMillis());
    }

    @Override
    public void close() throws SQLException {
        session.rollback();
        session.setAutoCommit(true);
    }
}
