package io.freshet.runtime.health;

import io.freshet.errors.FreshetException;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Asks one node how it is, through a session that it keeps. One thread at a time may use it. */
final class NodeProbe implements AutoCloseable {
    /** Of connecting, and of each answer. A node that is slower counts as one that does not answer. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private static final Duration OLD = Duration.ofMinutes(5);
    /** Citus settles its own within a minute or so. */
    private static final Duration IN_DOUBT = Duration.ofMinutes(2);

    /** Slots and publications of other origin, and what holds back slots. Times are absolute, so that a finding stays the same text. */
    private static final String FINDINGS = """
                                           SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]')::text
                                           FROM (
                                               SELECT 'foreign' AS check_name, slot_name::text AS object,
                                                      format('slot "%s" belongs to no installation of this database%s; drop it on this node: SELECT pg_drop_replication_slot(%L);',
                                                          slot_name, CASE WHEN active THEN ', and process ' || active_pid || ' reads it' ELSE '' END, slot_name) AS detail,
                                                      greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(confirmed_flush_lsn, restart_lsn)), 0)::bigint AS lag_bytes,
                                                      wal_status
                                               FROM pg_catalog.pg_replication_slots
                                               WHERE starts_with(slot_name::text, 'freshet_') AND slot_name::text <> ?
                                                 AND coalesce(database, current_database()) = current_database()
                                               UNION ALL
                                               SELECT 'foreign', pubname, format('publication "%s" belongs to no installation of this database; drop it: DROP PUBLICATION %I;',
                                                          pubname, pubname), NULL, NULL
                                               FROM pg_catalog.pg_publication
                                               WHERE starts_with(pubname::text, 'freshet_') AND pubname::text <> ?
                                               UNION ALL
                                               (SELECT 'old_transactions', pid::text,
                                                       format('process %s of role "%s" (%s, %s) has had a transaction open since %s; end it: SELECT pg_terminate_backend(%s);',
                                                           pid, usename, application_name, state, date_trunc('second', xact_start), pid), NULL, NULL
                                                FROM pg_catalog.pg_stat_activity
                                                WHERE datname = current_database() AND backend_type = 'client backend'
                                                  AND xact_start < clock_timestamp() - ?::interval
                                                ORDER BY xact_start LIMIT 5)
                                               UNION ALL
                                               (SELECT 'prepared_transactions', gid,
                                                       format('transaction %L has been prepared and in doubt since %s; end it: %s', gid, date_trunc('second', prepared),
                                                           CASE WHEN gid LIKE 'citus\\_%' THEN 'SELECT recover_prepared_transactions(); on the coordinator'
                                                                ELSE format('ROLLBACK PREPARED %L; or COMMIT PREPARED', gid) END), NULL, NULL
                                                FROM pg_catalog.pg_prepared_xacts
                                                WHERE database = current_database() AND prepared < clock_timestamp() - ?::interval
                                                ORDER BY prepared LIMIT 5)
                                           ) f
                                           """;

    private final Connections connections;
    private final Node node;
    private final String slot;
    private Optional<NodeSession> kept = Optional.empty();

    NodeProbe(Connections connections, Node node, String slot) {
        this.connections = connections;
        this.node = node;
        this.slot = slot;
    }

    Node node() {
        return node;
    }

    /** Asks once, or twice when the first question only showed, at once, that the kept session is broken. */
    NodeState.Answer ask() throws SQLException {
        if (kept.isPresent()) {
            long start = System.nanoTime();
            try {
                return ask(kept.get());
            } catch (SQLException broken) {
                close();
                if (System.nanoTime() - start > LIMIT.toNanos() / 2) {
                    // The node is silent, and would be so again.
                    throw broken;
                }
            }
        }
        NodeSession fresh = connections.session(node, LIMIT);
        kept = Optional.of(fresh);
        try {
            return ask(fresh);
        } catch (SQLException e) {
            close();
            throw e;
        }
    }

    private NodeState.Answer ask(NodeSession session) throws SQLException {
        // The slot first: it is never ahead of the WAL's end that is read after it.
        Optional<Slots.State> state = Slots.state(session, slot);
        Lsn end = Lsn.parse(session.one("SELECT pg_catalog.pg_current_wal_lsn()::text").text(1));
        return new NodeState.Answer(end, state, settingsError(session), findings(session, OLD, IN_DOUBT));
    }

    /**
     * @param old for how long a transaction has been open that is worth a finding
     * @param inDoubt the same, for being prepared
     */
    String findings(NodeSession session, Duration old, Duration inDoubt) throws SQLException {
        return session.one(FINDINGS, slot, slot, old.toString(), inDoubt.toString()).text(1);
    }

    private Optional<String> settingsError(NodeSession session) throws SQLException {
        try {
            Slots.requireSettings(session, node);
            return Optional.empty();
        } catch (FreshetException e) {
            return Optional.of(e.getMessage() + e.hint().map(h -> ". " + h).orElse(""));
        }
    }

    @Override
    public void close() {
        kept.ifPresent(session -> {
            try {
                session.close();
            } catch (SQLException e) {
                // It is of no use any more.
            }
        });
        kept = Optional.empty();
    }
}
