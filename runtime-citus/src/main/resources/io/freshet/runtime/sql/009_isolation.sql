-- Stream tables that wait for a node while the others go on.

ALTER TABLE pgtrickle.pgt_stream_tables
    ADD COLUMN waiting_since timestamptz,
    ADD COLUMN waiting_for_group integer,
    ADD COLUMN waiting_for text;
COMMENT ON COLUMN pgtrickle.pgt_stream_tables.waiting_since IS 'since when a node that it needs has been out of use; it stays at its last cut';
COMMENT ON COLUMN pgtrickle.pgt_stream_tables.waiting_for IS 'which node, and why that is out of use';

-- Changes that would be a part of a cut: another node that has a part of the source is out of use.
CREATE TABLE pgtrickle.pgt_held_changes (
    held_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_schema name NOT NULL,
    source_table name NOT NULL,
    epoch bigint NOT NULL,
    columns text[] NOT NULL,
    types bigint[] NOT NULL,
    row_count bigint NOT NULL,
    size bigint NOT NULL,
    rows bytea NOT NULL
);
ALTER TABLE pgtrickle.pgt_held_changes ALTER COLUMN rows SET STORAGE EXTERNAL;
COMMENT ON COLUMN pgtrickle.pgt_held_changes.epoch IS 'the epoch that took them from the stream';
COMMENT ON COLUMN pgtrickle.pgt_held_changes.rows IS 'per row int4 weight, int4 length, and so many bytes of COPY BINARY fields';

-- Where a co-location group lay at its last epoch.
CREATE TABLE pgtrickle.pgt_anchored_nodes (
    colocation_id integer PRIMARY KEY,
    group_ids integer[] NOT NULL
);

CREATE OR REPLACE VIEW pgtrickle.pgt_stream_table_states AS
    SELECT s.schema_name, s.table_name, s.refresh_mode, s.schedule,
           CASE WHEN s.waiting_for_group IS NOT NULL AND s.status <> 'PAUSED' THEN 'WAITING' ELSE s.status END AS status,
           s.populated, s.from_epoch, s.last_refresh_at, s.full_refresh_reason, s.owner_role,
           CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_roles r
                             WHERE r.rolname = s.owner_role AND pg_catalog.pg_has_role(current_user, r.oid, 'USAGE'))
                THEN s.last_error END AS last_error,
           s.waiting_since, s.waiting_for_group, s.waiting_for, s.rebuild_reason, s.rebuild_asked_at
    FROM pgtrickle.pgt_stream_tables s;

DROP FUNCTION pgtrickle.pgt_status();
CREATE FUNCTION pgtrickle.pgt_status(
    OUT name text, OUT status text, OUT refresh_mode text, OUT is_populated boolean, OUT schedule text, OUT epoch bigint,
    OUT last_refresh_at timestamptz, OUT full_refresh_reason text, OUT last_error text, OUT owner text,
    OUT waiting_since timestamptz, OUT waiting_for text, OUT rebuild_reason text, OUT rebuild_asked_at timestamptz
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY INVOKER AS $$
    SELECT pg_catalog.format('%I.%I', s.schema_name, s.table_name), s.status, s.refresh_mode, s.populated, s.schedule, s.from_epoch,
           s.last_refresh_at, s.full_refresh_reason, s.last_error, s.owner_role,
           s.waiting_since, s.waiting_for, s.rebuild_reason, s.rebuild_asked_at
    FROM pgtrickle.pgt_stream_table_states s
    ORDER BY s.schema_name, s.table_name
$$;
COMMENT ON FUNCTION pgtrickle.pgt_status() IS 'One row per stream table. Needs no daemon.';
GRANT EXECUTE ON FUNCTION pgtrickle.pgt_status() TO PUBLIC;

-- A source's changes, and a TRUNCATE of it, can come from any node.
CREATE OR REPLACE VIEW pgtrickle.citus_status AS
    SELECT format('%I.%I', s.schema_name, s.table_name) AS stream_table,
           CASE WHEN s.waiting_for_group IS NOT NULL AND s.status <> 'PAUSED' THEN 'WAITING' ELSE s.status END AS stream_table_status,
           format('%I.%I', r.source_schema, r.source_table) AS source,
           w.group_id, w.host, w.port, w.slot_name, w.frontier_lsn, w.lag_bytes, w.last_polled_at,
           CASE WHEN d.is_running THEN format('daemon %s, session %s', d.incarnation, d.session_pid) END AS lease_holder,
           d.started_at AS leased_since, w.health, s.waiting_since, s.waiting_for
    FROM pgtrickle.pgt_stream_tables s
    JOIN pgtrickle.pgt_sources r ON r.pgt_id = s.pgt_id
    CROSS JOIN pgtrickle.pgt_worker_slots w
    CROSS JOIN pgtrickle.pgt_daemon_status d;

CREATE OR REPLACE VIEW pgtrickle.pgt_health AS
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
        SELECT 'stream_tables', CASE WHEN s.status = 'FAILING' OR n.failures >= d.retry_ticks THEN 'ERROR' ELSE 'WARN' END,
               format('%I.%I ', s.schema_name, s.table_name)
               || CASE s.status WHEN 'FAILING' THEN 'fails' || coalesce(': ' || s.last_error, '')
                                WHEN 'WAITING' THEN format('waits at epoch %s since %s for %s', s.from_epoch,
                                                           date_trunc('second', s.waiting_since), s.waiting_for)
                                WHEN 'PAUSED' THEN 'is paused' ELSE 'is not filled yet' END
        FROM pgtrickle.pgt_stream_table_states s
        CROSS JOIN pgtrickle.pgt_daemon_status d
        LEFT JOIN pgtrickle.pgt_node_states n ON n.group_id = s.waiting_for_group AND s.status = 'WAITING'
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
        WHERE s.status = 'ACTIVE' AND s.waiting_for_group IS NULL
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
