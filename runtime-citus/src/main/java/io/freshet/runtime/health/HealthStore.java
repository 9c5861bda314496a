package io.freshet.runtime.health;

import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Writes {@code pgt_node_states} and {@code pgt_daemon_state}, in the caller's transaction. */
public final class HealthStore {
    private HealthStore() {
    }

    /** What a node that does not answer has said before stays, with its time. */
    static void save(Connection connection, NodeState state, String slot) throws SQLException {
        Optional<NodeState.Answer> answer = state.answer();
        Jdbc.update(connection,
                """
                INSERT INTO pgtrickle.pgt_node_states AS old (group_id, host, port, slot_name, is_reachable, is_read, looked_at,
                    last_polled_at, frontier_lsn, lag_bytes, retained_bytes, wal_status, failures, failing_since, last_error,
                    settings_error, findings, is_unused)
                SELECT n.group_id, n.host, n.port, n.slot_name, n.is_reachable, n.is_read, clock_timestamp(),
                    CASE WHEN n.is_reachable THEN clock_timestamp() END, n.frontier_lsn::pg_lsn, n.lag_bytes, n.retained_bytes, n.wal_status,
                    CASE WHEN n.is_well THEN 0 ELSE 1 END, CASE WHEN NOT n.is_well THEN clock_timestamp() END, n.last_error,
                    n.settings_error, n.findings::jsonb, n.is_unused
                FROM (VALUES (?::int, ?::text, ?::int, ?::text, ?::boolean, ?::boolean, ?::boolean, ?::text, ?::bigint, ?::bigint, ?::text,
                              ?::text, ?::text, ?::text, ?::boolean))
                    AS n (group_id, host, port, slot_name, is_reachable, is_read, is_well, frontier_lsn, lag_bytes, retained_bytes,
                          wal_status, last_error, settings_error, findings, is_unused)
                ON CONFLICT (group_id) DO UPDATE SET
                    host = excluded.host, port = excluded.port, slot_name = excluded.slot_name,
                    is_reachable = excluded.is_reachable, is_read = excluded.is_read, looked_at = excluded.looked_at,
                    last_polled_at = coalesce(excluded.last_polled_at, old.last_polled_at),
                    frontier_lsn = coalesce(excluded.frontier_lsn, old.frontier_lsn),
                    lag_bytes = CASE WHEN excluded.is_reachable THEN excluded.lag_bytes ELSE old.lag_bytes END,
                    retained_bytes = CASE WHEN excluded.is_reachable THEN excluded.retained_bytes ELSE old.retained_bytes END,
                    wal_status = CASE WHEN excluded.is_reachable THEN excluded.wal_status ELSE old.wal_status END,
                    failures = CASE WHEN excluded.failures = 0 THEN 0 ELSE old.failures + 1 END,
                    failing_since = CASE WHEN excluded.failures > 0 THEN coalesce(old.failing_since, excluded.failing_since) END,
                    last_error = excluded.last_error, settings_error = excluded.settings_error, findings = excluded.findings,
                    is_unused = excluded.is_unused
                """,
                state.node().groupId(), state.node().host(), state.node().port(), slot, answer.isPresent(), state.isRead(),
                state.isWell(), state.frontier().map(Object::toString), answer.flatMap(NodeState.Answer::lag),
                answer.flatMap(NodeState.Answer::retained),
                answer.flatMap(NodeState.Answer::slot).map(HealthStore::walStatus), state.error(),
                answer.flatMap(NodeState.Answer::settingsError), answer.map(NodeState.Answer::findings).orElse("[]"),
                state.isUnused());
    }

    /** @param capture as the setting's word is */
    static void saveCapture(Connection connection, int groupId, String capture) throws SQLException {
        Jdbc.update(connection,
                "UPDATE pgtrickle.pgt_node_states SET capture = ? WHERE group_id = ? AND capture IS DISTINCT FROM ?",
                capture, groupId, capture);
    }

    /** A slot that is invalidated for another reason than its WAL is as lost. */
    private static String walStatus(Slots.State slot) {
        return slot.invalidation().isPresent() ? "lost" : slot.walStatus();
    }

    /** Forgets the nodes that have left the cluster. */
    static void retain(Connection connection, List<Integer> groupIds) throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_node_states WHERE group_id <> ALL (?)",
                connection.createArrayOf("int4", groupIds.toArray()));
    }

    static void save(Connection connection, EpochFailures failures) throws SQLException {
        Jdbc.update(connection, """
                                UPDATE pgtrickle.pgt_daemon_state
                                SET seen_at = clock_timestamp(), failures = ?, last_error = ?::text,
                                    failing_since = CASE WHEN ? > 0 THEN coalesce(failing_since, clock_timestamp()) END
                                """, failures.inARow(), failures.message(), failures.inARow());
    }

    static void save(Connection connection, HealthSettings settings) throws SQLException {
        Jdbc.update(connection, "UPDATE pgtrickle.pgt_daemon_state SET retry_ticks = ?, lag_warning = ?, lag_error = ?",
                settings.retryTicks(), settings.lagWarning().bytes(), settings.lagError().bytes());
    }

    /** Forgets all nodes: nothing of the installation is left on them. */
    public static void deleteNodes(Connection connection) throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_node_states");
    }
}
