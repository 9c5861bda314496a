package io.freshet.runtime.capture;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Replication slots of a node, over a plain connection to that node. */
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
     * Makes a slot that decodes prepared transactions when they are prepared. The server waits until every transaction that runs has ended. Call it
     * in autocommit mode.
     *
     * @return everything that commits from here on will be sent
     * @throws FreshetException NO_FREE_SLOT, WAL_LEVEL, PERMISSION_DENIED
     */
    public static Lsn create(Connection connection, Node node, String slot) throws SQLException {
        try (PreparedStatement statement = connection
                .prepareStatement("SELECT lsn::text FROM pg_catalog.pg_create_logical_replication_slot(?, ?, false, true)")) {
            statement.setString(1, slot);
            statement.setString(2, PLUGIN);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Lsn.parse(row.getString(1));
            }
        } catch (SQLException e) {
            throw orKnown(e, SlotErrors.ofCreation(node, connection, e));
        }
    }

    /** Drops the slot if it exists. Waits a moment for a walsender that has just lost its client. */
    public static void drop(Connection connection, String slot) throws SQLException {
        SlotPatience.whileInUse(() -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = ?")) {
                statement.setString(1, slot);
                return statement.execute();
            }
        });
    }

    /** The slot as it is; empty when there is none of this name. */
    public static Optional<State> state(Connection connection, String slot) throws SQLException {
        // Which columns there are depends on the server's version; as JSON, a missing one is NULL.
        try (PreparedStatement statement = connection.prepareStatement(
                """
                SELECT active, two_phase, coalesce(confirmed_flush_lsn, '0/0')::text, coalesce(restart_lsn, '0/0')::text,
                       coalesce(wal_status, 'lost'),
                       coalesce(to_jsonb(s) ->> 'invalidation_reason',
                                CASE WHEN wal_status = 'lost' THEN 'wal_removed'
                                     WHEN (to_jsonb(s) ->> 'conflicting')::boolean THEN 'conflicting' END)
                FROM pg_catalog.pg_replication_slots s WHERE slot_name = ?""")) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new State(slot, row.getBoolean(1), row.getBoolean(2), Lsn.parse(row.getString(3)),
                                Lsn.parse(row.getString(4)), row.getString(5), Optional.ofNullable(row.getString(6))))
                        : Optional.empty();
            }
        }
    }

    /**
     * Checks that the slot can be read.
     *
     * @throws FreshetException SLOT_LOST
     */
    public static State require(Connection connection, Node node, String slot) throws SQLException {
        State state = state(connection, slot).orElseThrow(() -> SlotErrors.lost(node, slot, "it does not exist"));
        if (state.invalidation().isPresent()) {
            throw SlotErrors.lost(node, slot, "invalidated, " + state.invalidation().get());
        }
        return state;
    }

    /**
     * Checks the node's settings that capture needs.
     *
     * @throws FreshetException WAL_LEVEL, PREPARED_TRANSACTIONS_DISABLED, CITUS_CDC_DISABLED
     */
    public static void requireSettings(Connection connection, Node node) throws SQLException {
        try (PreparedStatement statement = connection
                .prepareStatement("""
                                  SELECT current_setting('wal_level'), current_setting('max_prepared_transactions')::int,
                                         coalesce(current_setting('citus.enable_change_data_capture', true), 'off'),
                                         EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus')""");
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (!row.getString(1).equals("logical")) {
                throw SlotErrors.walLevel(node);
            }
            boolean citus = row.getBoolean(4);
            if (citus && row.getInt(2) == 0) {
                throw FreshetException
                        .of(ErrorCode.PREPARED_TRANSACTIONS_DISABLED, "max_prepared_transactions of " + node + " is 0")
                        .withHint(SlotErrors.restart(node, "ALTER SYSTEM SET max_prepared_transactions = 200;"));
            }
            if (citus && !row.getString(3).equals("on")) {
                throw FreshetException
                        .of(ErrorCode.CITUS_CDC_DISABLED, "citus.enable_change_data_capture of " + node + " is off")
                        .withHint("On " + node
                                + ": ALTER SYSTEM SET citus.enable_change_data_capture = on; SELECT pg_reload_conf();");
            }
        }
    }

    private static SQLException orKnown(SQLException e, Optional<FreshetException> known) {
        if (known.isPresent()) {
            throw known.get();
        }
        return e;
    }
}
