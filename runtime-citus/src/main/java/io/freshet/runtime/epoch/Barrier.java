package io.freshet.runtime.epoch;

import io.freshet.planner.print.Quoting;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/**
 * The message that an epoch writes into the WAL of every node behind the node's snapshot.
 *
 * @param token its content, never used before
 * @param flushesItself whether the server can be asked to flush the message, as it can since PostgreSQL 17
 */
record Barrier(String token, boolean flushesItself) {
    private static final String PREFIX = "freshet";
    private static final int FLUSH_SINCE = 17;

    /** @param coordinator all nodes have its major version */
    static Barrier anew(Connection coordinator) throws SQLException {
        return new Barrier(UUID.randomUUID().toString(), coordinator.getMetaData().getDatabaseMajorVersion() >= FLUSH_SINCE);
    }

    /**
     * An expression that writes it on the node that evaluates it, and yields text. A message alone would stay in the buffers of a quiet server; the record of
     * the running transactions behind it has the WAL writer flush both, within {@code wal_writer_delay}.
     */
    String sql() {
        String message = Quoting.literal(PREFIX) + ", " + Quoting.literal(token);
        return flushesItself
                ? "pg_logical_emit_message(false, " + message + ", true)::text"
                : "pg_logical_emit_message(false, " + message + ")::text || pg_log_standby_snapshot()::text";
    }
}
