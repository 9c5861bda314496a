package io.freshet.runtime.capture;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;
import java.util.Optional;

/** Replication slots of a node. */
public final class Slots {
    private static final String PLUGIN = "pgoutput";

    private Slots() {
    }

    /**
     * A slot.
     *
     * @param confirmed transactions that commit below it are not sent again
     * @param restart the server keeps its WAL from here on
     * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
     * @param invalidation why the slot cannot be used any more
     */
    public record State(String slot, boolean active, boolean twoPhase, Lsn confirmed, Lsn restart, String walStatus,
            Optional<String> invalidation) {
    }

    /**
     * Makes a slot that decodes prepared transactions when they are prepared. The server waits until every transaction that runs has ended. A session
     * over a connection must be in autocommit mode.
     *
     * @return everything that commits from here on will be sent
     * @throws FreshetException NO_FREE_SLOT, WAL_LEVEL, PERMISSION_DENIED
     */
    public static Lsn create(NodeSession session, Node node, String slot) throws SQLException {
        try {
            return Lsn.parse(session.one("SELECT lsn::text FROM pg_catalog.pg_create_logical_replication_slot(?, ?, false, true)",
                    slot, PLUGIN).text(1));
        } catch (SQLException e) {
            throw orKnown(e, SlotErrors.ofCreation(node, session, e));
        }
    }

    /** Drops the slot if it exists. Waits a moment for a walsender, or a session, that has just lost its client. */
    public static void drop(NodeSession session, String slot) throws SQLException {
        SlotPatience.whileInUse(session, slot, () -> session.rows("SELECT pg_catalog.pg_drop_replication_slot(slot_name)::text"
                + " FROM pg_catalog.pg_replication_slots WHERE slot_name = ?", slot));
    }

    /** The slot as it is; empty when there is none of this name. */
    public static Optional<State> state(NodeSession session, String slot) throws SQLException {
        // Which columns there are depends on the server's version; as JSON, a missing one is NULL.
        return session.first(
                """
                SELECT active, two_phase, coalesce(confirmed_flush_lsn, '0/0')::text, coalesce(restart_lsn, '0/0')::text,
                       coalesce(wal_status, 'lost'),
                       coalesce(to_jsonb(s) ->> 'invalidation_reason',
                                CASE WHEN wal_status = 'lost' THEN 'wal_removed'
                                     WHEN (to_jsonb(s) ->> 'conflicting')::boolean THEN 'conflicting' END)
                FROM pg_catalog.pg_replication_slots s WHERE slot_name = ?""", slot)
                .map(row -> new State(slot, row.flag(1), row.flag(2), Lsn.parse(row.text(3)), Lsn.parse(row.text(4)), row.text(5),
                        row.optional(6)));
    }

    /**
     * Checks that the slot can be read.
     *
     * @throws FreshetException SLOT_LOST
     */
    public static State require(NodeSession session, Node node, String slot) throws SQLException {
        State state = state(session, slot).orElseThrow(() -> SlotErrors.lost(node, slot, "it does not exist"));
        if (state.invalidation().isPresent()) {
            throw SlotErrors.lost(node, slot, "invalidated, " + state.invalidation().get());
        }
        return state;
    }

    /**
     * Checks the node's settings that capture needs.
     *
     * @throws FreshetException WAL_LEVEL, PERMISSION_DENIED, PREPARED_TRANSACTIONS_DISABLED, CITUS_CDC_DISABLED
     */
    public static void requireSettings(NodeSession session, Node node) throws SQLException {
        NodeSession.Row row = session.one(
                """
                SELECT current_setting('wal_level'), current_setting('max_prepared_transactions')::int,
                       EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus'),
                       current_setting('server_version_num')::int >= 170000
                           OR has_function_privilege('pg_catalog.pg_log_standby_snapshot()', 'EXECUTE'),
                       quote_ident(current_user)""");
        if (!row.text(1).equals("logical")) {
            throw SlotErrors.walLevel(node);
        }
        if (!row.flag(4)) {
            throw FreshetException
                    .of(ErrorCode.PERMISSION_DENIED, "role " + row.text(5) + " may not call pg_log_standby_snapshot() on " + node
                            + ", by which a server before PostgreSQL 17 flushes a message")
                    .withHint("On " + node + ": GRANT EXECUTE ON FUNCTION pg_catalog.pg_log_standby_snapshot() TO " + row.text(5)
                            + ";");
        }
        boolean citus = row.flag(3);
        if (citus && row.integer(2) == 0) {
            throw FreshetException
                    .of(ErrorCode.PREPARED_TRANSACTIONS_DISABLED, "max_prepared_transactions of " + node + " is 0")
                    .withHint(SlotErrors.restart(node, "ALTER SYSTEM SET max_prepared_transactions = 200;"));
        }
        if (citus) {
            ChangeDataCapture.require(session, node);
        }
    }

    private static SQLException orKnown(SQLException e, Optional<FreshetException> known) {
        if (known.isPresent()) {
            throw known.get();
        }
        return e;
    }
}
