-- How nodes, slots and stream tables are. The daemon writes what it sees, with the time; the views say for how long that holds: without a
-- daemon, or when it has not looked for a while, nothing is shown as alive. What the coordinator knows of itself is read when it is asked.

CREATE TABLE pgtrickle.pgt_daemon_state (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seen_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    last_error text,
    retry_ticks integer NOT NULL DEFAULT 5,
    lag_warning bigint NOT NULL DEFAULT 104857600,
    lag_error bigint NOT NULL DEFAULT 1073741824
) WITH (fillfactor = 10);
COMMENT ON COLUMN pgtrickle.pgt_daemon_state.seen_at IS 'when a daemon last looked at the nodes; the row outlives it';
COMMENT ON COLUMN pgtrickle.pgt_daemon_state.failures IS 'epochs that failed since the last one that was committed';
INSERT INTO pgtrickle.pgt_daemon_state DEFAULT VALUES;

CREATE TABLE pgtrickle.pgt_node_states (
    group_id integer PRIMARY KEY,
    host text NOT NULL,
    port integer NOT NULL,
    slot_name text NOT NULL,
    is_reachable boolean NOT NULL,
    is_read boolean NOT NULL,
    looked_at timestamptz NOT NULL,
    last_polled_at timestamptz,
    frontier_lsn pg_lsn,
    lag_bytes bigint,
    retained_bytes bigint,
    wal_status text,
    failures integer NOT NULL,
    failing_since timestamptz,
    last_error text,
    settings_error text,
    findings jsonb NOT NULL DEFAULT '[]'
) WITH (fillfactor = 10);
COMMENT ON COLUMN pgtrickle.pgt_node_states.looked_at IS 'when the daemon last tried to reach the node; last_polled_at is when it last answered';
COMMENT ON COLUMN pgtrickle.pgt_node_states.wal_status IS 'of the slot, when the node last answered; null when it has no such slot';
COMMENT ON COLUMN pgtrickle.pgt_node_states.findings IS 'array of {check_name, object, detail, lag_bytes, wal_status}';

-- An error of an epoch can quote data: it is for those who have the rights of the schema's owner.
CREATE VIEW pgtrickle.pgt_daemon_status AS
    SELECT d.incarnation IS NOT NULL AS is_running, d.incarnation, d.pid AS session_pid, d.started_at, s.seen_at,
           CASE WHEN d.incarnation IS NOT NULL THEN s.failures ELSE 0 END AS consecutive_failures,
           CASE WHEN d.incarnation IS NOT NULL THEN s.failing_since END AS failing_since,
           CASE WHEN d.incarnation IS NOT NULL
                     AND pg_has_role(current_user, (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'pgtrickle'), 'USAGE')
                THEN s.last_error END AS last_error,
           s.retry_ticks, s.lag_warning, s.lag_error
    FROM pgtrickle.pgt_daemon_state s
    LEFT JOIN pgtrickle.pgt_daemon d ON d.incarnation = pgtrickle.pgt_daemon_incarnation();
COMMENT ON VIEW pgtrickle.pgt_daemon_status IS 'One row: whether a daemon runs, and when one was last seen.';

CREATE VIEW pgtrickle.pgt_worker_slots AS
    SELECT n.group_id, n.host, n.port, n.slot_name,
           greatest(n.frontier_lsn, here.confirmed_flush_lsn) AS frontier_lsn,
           coalesce(here.lag_bytes, n.lag_bytes) AS lag_bytes,
           coalesce(here.retained_bytes, n.retained_bytes) AS retained_bytes,
           n.is_reachable AND n.is_read AND d.is_running AND looks.are_current AS active,
           coalesce(here.wal_status, n.wal_status) AS wal_status,
           n.last_polled_at, n.failures AS consecutive_failures, n.failing_since, n.last_error,
           CASE WHEN NOT d.is_running THEN 'NO DAEMON'
                WHEN NOT looks.are_current THEN 'STALE'
                WHEN NOT n.is_reachable THEN 'UNREACHABLE'
                WHEN coalesce(here.wal_status, n.wal_status, 'lost') = 'lost' THEN 'SLOT LOST'
                WHEN NOT n.is_read THEN 'NOT READ'
                WHEN coalesce(here.lag_bytes, n.lag_bytes) >= d.lag_warning THEN 'BEHIND'
                ELSE 'OK' END AS health
    FROM pgtrickle.pgt_node_states n
    CROSS JOIN pgtrickle.pgt_daemon_status d
    CROSS JOIN LATERAL (SELECT n.looked_at >= greatest(d.started_at, clock_timestamp() - interval '15 seconds') AS are_current) looks
    LEFT JOIN LATERAL (
        SELECT r.confirmed_flush_lsn, r.wal_status,
               greatest(pg_wal_lsn_diff(w.lsn, r.confirmed_flush_lsn), 0)::bigint AS lag_bytes,
               greatest(pg_wal_lsn_diff(w.lsn, r.restart_lsn), 0)::bigint AS retained_bytes
        FROM pg_replication_slots r
        CROSS JOIN (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS lsn) w
        WHERE r.slot_name = n.slot_name AND r.database = current_database()
    ) here ON n.group_id = 0;
COMMENT ON VIEW pgtrickle.pgt_worker_slots IS
    'One row per node and slot, the coordinator (group 0) too. Lag is that of last_polled_at; the coordinator''s is that of now.';
COMMENT ON COLUMN pgtrickle.pgt_worker_slots.frontier_lsn IS 'what lies below it is in committed epochs, or changes no source';
COMMENT ON COLUMN pgtrickle.pgt_worker_slots.retained_bytes IS 'WAL that the node keeps for the slot';
COMMENT ON COLUMN pgtrickle.pgt_worker_slots.active IS 'whether the running daemon reads the node';
COMMENT ON COLUMN pgtrickle.pgt_worker_slots.consecutive_failures IS 'looks in a row, about one per second, that found the node not read';
COMMENT ON COLUMN pgtrickle.pgt_worker_slots.health IS 'OK, BEHIND, NOT READ, SLOT LOST, UNREACHABLE, STALE (not looked at lately) or NO DAEMON';

-- A source's changes, and a TRUNCATE of it, can come from any node.
CREATE VIEW pgtrickle.citus_status AS
    SELECT format('%I.%I', s.schema_name, s.table_name) AS stream_table, s.status AS stream_table_status,
           format('%I.%I', r.source_schema, r.source_table) AS source,
           w.group_id, w.host, w.port, w.slot_name, w.frontier_lsn, w.lag_bytes, w.last_polled_at,
           CASE WHEN d.is_running THEN format('daemon %s, session %s', d.incarnation, d.session_pid) END AS lease_holder,
           d.started_at AS leased_since, w.health
    FROM pgtrickle.pgt_stream_tables s
    JOIN pgtrickle.pgt_sources r ON r.pgt_id = s.pgt_id
    CROSS JOIN pgtrickle.pgt_worker_slots w
    CROSS JOIN pgtrickle.pgt_daemon_status d;
COMMENT ON VIEW pgtrickle.citus_status IS 'One row per stream table, source and slot. On PostgreSQL without Citus there is one slot.';

CREATE VIEW pgtrickle.pgt_cdc_health AS
    WITH own (slot_name) AS (
        SELECT 'freshet_' || i.id FROM pgtrickle.installation i
    ), found AS (
        SELECT n.group_id, format('%s:%s', n.host, n.port) AS node, f.object, f.detail, f.lag_bytes, f.wal_status
        FROM pgtrickle.pgt_node_states n
        CROSS JOIN LATERAL jsonb_to_recordset(n.findings)
            AS f (check_name text, object text, detail text, lag_bytes bigint, wal_status text)
        WHERE n.group_id <> 0 AND f.check_name = 'foreign'
        UNION ALL
        SELECT 0, coalesce((SELECT format('%s:%s', n.host, n.port) FROM pgtrickle.pgt_node_states n WHERE n.group_id = 0), 'coordinator'),
               f.object, f.detail, f.lag_bytes, f.wal_status
        FROM (
            SELECT r.slot_name::text AS object,
                   format('slot "%s" belongs to no installation of this database%s; drop it on this node: SELECT pg_drop_replication_slot(%L);',
                       r.slot_name, CASE WHEN r.active THEN ', and process ' || r.active_pid || ' reads it' ELSE '' END, r.slot_name) AS detail,
                   greatest(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                                            coalesce(r.confirmed_flush_lsn, r.restart_lsn)), 0)::bigint AS lag_bytes,
                   r.wal_status
            FROM pg_replication_slots r
            WHERE starts_with(r.slot_name::text, 'freshet_') AND coalesce(r.database, current_database()) = current_database()
              AND r.slot_name NOT IN (SELECT own.slot_name FROM own)
            UNION ALL
            SELECT p.pubname, format('publication "%s" belongs to no installation of this database; drop it: DROP PUBLICATION %I;',
                                     p.pubname, p.pubname), NULL, NULL
            FROM pg_publication p
            WHERE starts_with(p.pubname::text, 'freshet_') AND p.pubname NOT IN (SELECT own.slot_name FROM own)
        ) f
    )
    SELECT w.group_id, format('%s:%s', w.host, w.port) AS node, w.slot_name,
           CASE w.health
               WHEN 'OK' THEN CASE WHEN w.wal_status = 'unreserved' THEN 'WARN' ELSE 'OK' END
               WHEN 'BEHIND' THEN CASE WHEN w.lag_bytes >= d.lag_error THEN 'ERROR' ELSE 'WARN' END
               WHEN 'STALE' THEN 'WARN'
               WHEN 'UNREACHABLE' THEN CASE WHEN w.consecutive_failures >= d.retry_ticks THEN 'ERROR' ELSE 'WARN' END
               WHEN 'NOT READ' THEN CASE WHEN w.consecutive_failures >= d.retry_ticks THEN 'ERROR' ELSE 'WARN' END
               ELSE 'ERROR' END AS status,
           w.lag_bytes, w.wal_status,
           CASE w.health
               WHEN 'OK' THEN CASE WHEN w.wal_status = 'unreserved'
                   THEN 'the server may remove WAL that the slot needs; raise max_slot_wal_keep_size' ELSE 'is being read' END
               WHEN 'BEHIND' THEN pg_size_pretty(w.lag_bytes) || ' behind'
               WHEN 'STALE' THEN 'has not been looked at; the node last answered at ' || coalesce(date_trunc('second', w.last_polled_at)::text, 'no time')
               WHEN 'NO DAEMON' THEN 'no daemon has been running since ' || coalesce(date_trunc('second', d.seen_at)::text, 'the installation')
                                     || '; the node keeps WAL for it'
               WHEN 'SLOT LOST' THEN 'the slot is lost: the daemon makes it anew and refreshes the stream tables that read this node in full'
               ELSE format('%s since %s, %s looks in a row: %s', CASE w.health WHEN 'NOT READ' THEN 'not read' ELSE 'unreachable' END,
                           date_trunc('second', w.failing_since), w.consecutive_failures, coalesce(w.last_error, 'for no known reason'))
           END AS detail
    FROM pgtrickle.pgt_worker_slots w
    CROSS JOIN pgtrickle.pgt_daemon_status d
    UNION ALL
    SELECT f.group_id, f.node, f.object, 'WARN', f.lag_bytes, f.wal_status, f.detail
    FROM found f;

CREATE FUNCTION pgtrickle.check_cdc_health(
    OUT group_id integer, OUT node text, OUT slot_name text, OUT status text, OUT lag_bytes bigint, OUT wal_status text, OUT detail text
) RETURNS SETOF record LANGUAGE sql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.group_id, h.node, h.slot_name, h.status, h.lag_bytes, h.wal_status, h.detail
    FROM pgtrickle.pgt_cdc_health h
    ORDER BY h.group_id, h.status, h.slot_name
$$;
COMMENT ON FUNCTION pgtrickle.check_cdc_health() IS
    'One row per node and slot, OK, WARN or ERROR, and one per slot or publication that looks like Freshet''s and is not. Needs no daemon.';

CREATE VIEW pgtrickle.pgt_health AS
    WITH problems (check_name, severity, detail) AS (
        SELECT 'daemon', CASE WHEN EXISTS (SELECT FROM pgtrickle.pgt_stream_tables) THEN 'ERROR' ELSE 'WARN' END,
               'no daemon has been running since ' || coalesce(date_trunc('second', d.seen_at)::text, 'the installation')
               || ': stream tables stay as they are and WAL is kept for it; start one: ./freshet daemon --url ..'
        FROM pgtrickle.pgt_daemon_status d
        WHERE NOT d.is_running
        UNION ALL
        SELECT 'daemon', 'WARN', 'a daemon runs, but has not looked at the nodes since ' || coalesce(date_trunc('second', d.seen_at)::text, 'its start')
        FROM pgtrickle.pgt_daemon_status d
        WHERE d.is_running AND clock_timestamp() - interval '15 seconds' > greatest(d.seen_at, d.started_at)
        UNION ALL
        SELECT 'epochs', CASE WHEN d.consecutive_failures >= d.retry_ticks THEN 'ERROR' ELSE 'WARN' END,
               format('%s in a row have failed since %s%s', d.consecutive_failures, date_trunc('second', d.failing_since), ': ' || d.last_error)
        FROM pgtrickle.pgt_daemon_status d
        WHERE d.consecutive_failures > 0
        UNION ALL
        SELECT 'stream_tables', CASE WHEN s.status = 'FAILING' THEN 'ERROR' ELSE 'WARN' END,
               format('%I.%I ', s.schema_name, s.table_name)
               || CASE s.status WHEN 'FAILING' THEN 'fails' || coalesce(': ' || s.last_error, '')
                                WHEN 'PAUSED' THEN 'is paused' ELSE 'is not filled yet' END
        FROM pgtrickle.pgt_stream_table_states s
        WHERE s.status <> 'ACTIVE'
        UNION ALL
        -- An epoch that is forgotten is old.
        SELECT 'stream_tables', 'WARN', format('%I.%I is behind: it is at epoch %s, its sources have changed in epoch %s',
                                               s.schema_name, s.table_name, s.from_epoch, p.epoch)
        FROM pgtrickle.pgt_stream_tables s
        JOIN LATERAL (
            SELECT min(p.epoch) AS epoch
            FROM pgtrickle.pgt_sources r
            JOIN pgtrickle.pgt_pending p ON (p.source_schema, p.source_table) = (r.source_schema, r.source_table)
            WHERE r.pgt_id = s.pgt_id AND p.epoch > s.from_epoch
        ) p ON p.epoch IS NOT NULL
        LEFT JOIN pgtrickle.pgt_epochs e ON e.epoch = p.epoch
        WHERE s.status = 'ACTIVE'
          AND greatest(e.committed_at, s.last_refresh_at + CASE WHEN s.schedule ~ '^\d+\s*(ms|s|m|h|d)$' THEN s.schedule::interval ELSE interval '0' END)
              < clock_timestamp() - interval '30 seconds'
        UNION ALL
        SELECT 'slots', h.status, format('%s, "%s": %s', h.node, h.slot_name, h.detail)
        FROM pgtrickle.pgt_cdc_health h
        WHERE h.status <> 'OK'
        UNION ALL
        SELECT f.check_name, 'WARN', format('%s:%s: %s', n.host, n.port, f.detail)
        FROM pgtrickle.pgt_daemon_status d
        JOIN pgtrickle.pgt_node_states n ON d.is_running
        CROSS JOIN LATERAL jsonb_to_recordset(n.findings) AS f (check_name text, detail text)
        WHERE f.check_name IN ('old_transactions', 'prepared_transactions')
        UNION ALL
        SELECT 'settings', 'ERROR', n.settings_error
        FROM pgtrickle.pgt_daemon_status d
        JOIN pgtrickle.pgt_node_states n ON d.is_running
        WHERE n.settings_error IS NOT NULL
        UNION ALL
        SELECT unknown, 'WARN', 'not known: no daemon looks at the nodes'
        FROM pgtrickle.pgt_daemon_status d
        CROSS JOIN unnest(ARRAY['slots', 'old_transactions', 'prepared_transactions', 'settings']) AS unknown
        WHERE NOT d.is_running AND NOT (unknown = 'slots' AND EXISTS (SELECT FROM pgtrickle.pgt_node_states))
        UNION ALL
        SELECT DISTINCT 'replica_identity', 'ERROR', format('source %I.%I no longer has REPLICA IDENTITY FULL: ALTER TABLE %1$I.%2$I REPLICA IDENTITY FULL;',
                                                            r.source_schema, r.source_table)
        FROM pgtrickle.pgt_sources r
        JOIN pg_class c ON c.oid = r.source_oid
        WHERE c.relreplident <> 'f' AND c.relkind IN ('r', 'p')
    ), checks (place, check_name, fine) AS (
        VALUES (1, 'daemon', (SELECT 'has been running since ' || date_trunc('second', d.started_at) FROM pgtrickle.pgt_daemon_status d)),
               (2, 'epochs', coalesce((SELECT format('the last one is epoch %s, of %s', e.epoch, date_trunc('second', e.committed_at))
                                       FROM pgtrickle.pgt_epochs e ORDER BY e.epoch DESC LIMIT 1), 'none has been needed yet')),
               (3, 'stream_tables', (SELECT count(*) || ', none fails or is behind' FROM pgtrickle.pgt_stream_tables)),
               (4, 'slots', (SELECT format('%s, at most %s behind', count(*), pg_size_pretty(coalesce(max(w.lag_bytes), 0)))
                             FROM pgtrickle.pgt_worker_slots w)),
               (5, 'old_transactions', 'no transaction has been open for 5 minutes'),
               (6, 'prepared_transactions', 'none has been in doubt for 2 minutes'),
               (7, 'settings', 'every node that answers allows capture'),
               (8, 'replica_identity', 'every source has REPLICA IDENTITY FULL')
    )
    SELECT c.place, c.check_name, coalesce(p.severity, 'OK') AS severity, coalesce(p.detail, c.fine) AS detail
    FROM checks c
    LEFT JOIN problems p ON p.check_name = c.check_name;

CREATE FUNCTION pgtrickle.health_check(OUT check_name text, OUT severity text, OUT detail text)
RETURNS SETOF record LANGUAGE sql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.check_name, h.severity, h.detail FROM pgtrickle.pgt_health h ORDER BY h.place, h.severity, h.detail
$$;
COMMENT ON FUNCTION pgtrickle.health_check() IS
    'At least one row per check: OK, WARN (look at it) or ERROR (stream tables are not kept up to date). Needs no daemon.';

GRANT SELECT ON pgtrickle.pgt_daemon_status, pgtrickle.pgt_worker_slots, pgtrickle.citus_status, pgtrickle.pgt_cdc_health, pgtrickle.pgt_health
    TO PUBLIC;
GRANT EXECUTE ON FUNCTION pgtrickle.check_cdc_health(), pgtrickle.health_check() TO PUBLIC;
