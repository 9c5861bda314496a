-- Without a stream table only the coordinator has a slot.

ALTER TABLE pgtrickle.pgt_node_states ADD COLUMN is_unused boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN pgtrickle.pgt_node_states.is_unused IS 'the node has no slot and needs none: there is no stream table';

-- The same with how the node is captured, and without the nodes that need no slot.
CREATE OR REPLACE VIEW pgtrickle.pgt_worker_slots AS
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
                -- Without a cut there is none to be lost: it waits to be made.
                WHEN coalesce(here.wal_status, n.wal_status, CASE WHEN c.group_id IS NOT NULL THEN 'lost' END) = 'lost' THEN 'SLOT LOST'
                WHEN NOT n.is_read THEN 'NOT READ'
                WHEN coalesce(here.lag_bytes, n.lag_bytes) >= d.lag_warning THEN 'BEHIND'
                ELSE 'OK' END AS health,
           n.capture
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
    ) here ON n.group_id = 0
    LEFT JOIN pgtrickle.pgt_cut c ON c.group_id = n.group_id
    WHERE NOT n.is_unused;
COMMENT ON COLUMN pgtrickle.pgt_worker_slots.capture IS
    'streaming: over a replication connection; polling: by peeking at the slot through the coordinator';
