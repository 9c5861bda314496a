package io.freshet.runtime.capture;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the server's errors about slots and walsenders mean and what cures them. Names of settings are never translated, so the text may be asked for them. */
final class SlotErrors {
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String CONFIGURATION_LIMIT_EXCEEDED = "53400";
    private static final String NOT_IN_PREREQUISITE_STATE = "55000";
    private static final String UNDEFINED_OBJECT = "42704";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final Pattern NUMBER = Pattern.compile("(?<=\\D )\\d+(?=\\))");
    /** How many slots and walsenders a cure adds. */
    private static final int MORE = 10;

    private SlotErrors() {
    }

    /** Of creating a slot, tried in this session. */
    static Optional<FreshetException> ofCreation(Node node, NodeSession session, SQLException e) throws SQLException {
        return switch (state(e)) {
            case CONFIGURATION_LIMIT_EXCEEDED -> Optional.of(noSlot(node, facts(session), e));
            case NOT_IN_PREREQUISITE_STATE -> Optional.of(walLevel(node).causedBy(e));
            case INSUFFICIENT_PRIVILEGE -> Optional.of(noRight(node, e, Quoting.identifier(facts(session).text(3))));
            case NodeSession.UNKNOWN_STATE -> ofCreation(node, facts(session), e);
            default -> Optional.empty();
        };
    }

    /** Without an SQLSTATE: what it must have been, as the node is. */
    private static Optional<FreshetException> ofCreation(Node node, NodeSession.Row facts, SQLException e) {
        if (!facts.text(4).equals("logical")) {
            return Optional.of(walLevel(node).causedBy(e));
        }
        if (!facts.flag(5)) {
            return Optional.of(noRight(node, e, Quoting.identifier(facts.text(3))));
        }
        return facts.integer(2) >= facts.integer(1) ? Optional.of(noSlot(node, facts, e)) : Optional.empty();
    }

    /** How many slots there can be and are, the role, the WAL's level, whether the role may replicate. */
    private static NodeSession.Row facts(NodeSession session) throws SQLException {
        return session
                .one("""
                     SELECT current_setting('max_replication_slots')::int, (SELECT count(*) FROM pg_catalog.pg_replication_slots),
                            current_user, current_setting('wal_level'), rolreplication OR rolsuper
                     FROM pg_catalog.pg_roles WHERE rolname = current_user""");
    }

    private static FreshetException noSlot(Node node, NodeSession.Row facts, SQLException e) {
        return FreshetException.of(ErrorCode.NO_FREE_SLOT, node + " has no free replication slot")
                .withHint(raise(node, "max_replication_slots", facts.integer(1))).causedBy(e);
    }

    /** Of opening a replication connection and starting a slot's stream on it. */
    static Optional<FreshetException> ofStream(Node node, String slot, SQLException e) {
        return switch (state(e)) {
            case TOO_MANY_CONNECTIONS -> mentions(e, "max_wal_senders") ? Optional.of(noWalsender(node, e)) : Optional.empty();
            case NOT_IN_PREREQUISITE_STATE ->
                Optional.of(mentions(e, "wal_level") ? walLevel(node).causedBy(e) : lost(node, slot, e.getMessage()).causedBy(e));
            case UNDEFINED_OBJECT -> Optional.of(lost(node, slot, "it does not exist").causedBy(e));
            case INSUFFICIENT_PRIVILEGE -> Optional.of(noRight(node, e, "<the role of the daemon>"));
            default -> Optional.empty();
        };
    }

    static FreshetException walLevel(Node node) {
        return FreshetException.of(ErrorCode.WAL_LEVEL, "wal_level of " + node + " is not logical")
                .withHint(restart(node, "ALTER SYSTEM SET wal_level = logical;"));
    }

    static FreshetException lost(Node node, String slot, String reason) {
        return FreshetException.of(ErrorCode.SLOT_LOST, "slot \"" + slot + "\" of " + node + " is lost: " + reason)
                .withHint(
                        "It is made anew and the stream tables that read this node are refreshed in full. If the server dropped it to"
                                + " limit its WAL, raise max_slot_wal_keep_size.");
    }

    /** On this node run the statement, then restart the node. */
    static String restart(Node node, String statement) {
        return "On " + node + ": " + statement + " Then restart that server.";
    }

    private static FreshetException noWalsender(Node node, SQLException e) {
        return FreshetException.of(ErrorCode.NO_FREE_WALSENDER, node + " has no free walsender")
                .withHint(raise(node, "max_wal_senders", numberIn(e))).causedBy(e);
    }

    /** The server says how many there are: {@code .. exceeds "max_wal_senders" (currently 10)}. */
    private static int numberIn(SQLException e) {
        Matcher number = NUMBER.matcher(e.getMessage());
        return number.find() ? Integer.parseInt(number.group()) : 0;
    }

    private static String raise(Node node, String setting, int current) {
        return restart(node, "ALTER SYSTEM SET " + setting + " = " + (current + MORE) + ";");
    }

    private static FreshetException noRight(Node node, SQLException e, String role) {
        return FreshetException.of(ErrorCode.PERMISSION_DENIED, node + " does not let this role replicate: " + e.getMessage())
                .withHint("ALTER ROLE " + role + " REPLICATION;").causedBy(e);
    }

    private static boolean mentions(SQLException e, String setting) {
        return e.getMessage() != null && e.getMessage().contains(setting);
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
