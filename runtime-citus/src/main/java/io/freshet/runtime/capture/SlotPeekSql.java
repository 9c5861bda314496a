package io.freshet.runtime.capture;

import io.freshet.planner.print.Quoting;

/** The one query of a look at a slot: {@link SlotPeek} has the laws, {@link SlotAnswer} the answer. */
final class SlotPeekSql {
    /** Position and length, before each message. */
    private static final int FRAME_BYTES = Long.BYTES + Integer.BYTES;
    private static final String LOG_SNAPSHOT = """
                                               CASE WHEN has_function_privilege('pg_catalog.pg_log_standby_snapshot()', 'EXECUTE')
                                               THEN pg_catalog.pg_log_standby_snapshot()::text END""";

    private final String slot;
    private final String options;
    private final Lsn begin;

    SlotPeekSql(String slot, String publication, Lsn begin) {
        this.slot = Quoting.literal(slot);
        this.options = "'proto_version', '3', 'publication_names', " + Quoting.literal(Quoting.identifier(publication))
                + ", 'binary', 'true', 'messages', 'true'";
        this.begin = begin;
    }

    /**
     * Where reading goes on.
     *
     * @param advanced where the slot has to be
     * @param read the name of the last piece that was read
     * @param within how many messages of the next one were read, without announcements
     */
    record Place(Lsn advanced, Lsn read, long within) {
    }

    /**
     * How much comes.
     *
     * @param messages after how many decoding ends with the next piece
     * @param bytes of an answer's messages, except the last one
     */
    record Bounds(long messages, long bytes) {
    }

    /**
     * The query, for one row of one text.
     *
     * @param logSnapshot whether the server writes down which transactions run
     */
    String text(Place place, Bounds bounds, boolean logSnapshot) {
        return """
               WITH advanced AS MATERIALIZED (
                   SELECT CASE WHEN s.confirmed_flush_lsn < %2$s THEN pg_catalog.pg_replication_slot_advance(s.slot_name, %2$s)::text END,
                       %3$s
                   FROM pg_catalog.pg_replication_slots s WHERE s.slot_name = %1$s),
               -- Read only when that is done.
               ended AS MATERIALIZED (SELECT pg_catalog.pg_current_wal_flush_lsn() AS lsn FROM advanced),
               peeked AS MATERIALIZED (
                   SELECT p.lsn, p.data, p.n, get_byte(p.data, 0) IN (82, 89) AS announces,
                       CASE WHEN get_byte(p.data, 0) IN (67, 75, 80, 114) THEN p.lsn
                            WHEN get_byte(p.data, 0) = 77 AND get_byte(p.data, 1) & 1 = 0 THEN p.lsn + 1 END AS ended_at
                   FROM ended e CROSS JOIN LATERAL pg_catalog.pg_logical_slot_peek_binary_changes(%1$s, e.lsn, %4$d, %5$s)
                       WITH ORDINALITY AS p (lsn, xid, data, n)),
               known AS MATERIALIZED (
                   SELECT count(*) AS total, coalesce(max(n) FILTER (WHERE ended_at > %6$s AND ended_at <= %7$s), 0) AS last
                   FROM peeked),
               rest AS MATERIALIZED (
                   SELECT p.*, count(*) FILTER (WHERE NOT announces) OVER (ORDER BY p.n ROWS UNBOUNDED PRECEDING) AS counted
                   FROM peeked p CROSS JOIN known k WHERE p.n > k.last),
               sized AS (
                   SELECT n, ended_at, sum(length(data) + %9$d) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) - length(data) AS bytes
                   FROM rest WHERE counted > %8$d OR counted = %8$d AND announces),
               page AS MATERIALIZED (
                   SELECT coalesce(max(n) FILTER (WHERE ended_at > %7$s), max(n)) AS last, min(n) AS first FROM sized WHERE bytes <= %10$d),
               ends AS MATERIALIZED (
                   SELECT n, counted || ' ' || ended_at AS piece FROM rest WHERE ended_at > %7$s)
               SELECT concat_ws(' ', extract(epoch FROM pg_catalog.pg_postmaster_start_time()), e.lsn, k.total, coalesce(g.last, k.total),
                   coalesce((SELECT piece FROM ends ORDER BY n LIMIT 1), '0 0/0'),
                   coalesce((SELECT piece FROM ends WHERE n >= g.last ORDER BY n LIMIT 1), '0 0/0'),
                   (SELECT encode(string_agg(pg_catalog.pg_lsn_send(lsn) || pg_catalog.int4send(length(data)) || data,
                       ''::bytea ORDER BY n), 'base64') FROM rest WHERE n BETWEEN g.first AND g.last))
               FROM ended e CROSS JOIN known k CROSS JOIN page g"""
                .formatted(slot, literal(place.advanced()), logSnapshot ? LOG_SNAPSHOT : "NULL", bounds.messages(), options,
                        literal(begin), literal(place.read()), place.within(), FRAME_BYTES, bounds.bytes());
    }

    private static String literal(Lsn lsn) {
        return Quoting.literal(lsn.toString()) + "::pg_catalog.pg_lsn";
    }
}
