package io.freshet.runtime.store;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads and writes epochs, cuts and pending changes, in the caller's transaction. */
public final class EpochStore {
    private static final Duration SETTLING_LIMIT = Duration.ofSeconds(30);

    /** What one node had at the last committed epoch. */
    public record StoredCut(int groupId, String slot, PgSnapshot snapshot, Lsn barrier) {
    }

    /**
     * A source changed in an epoch, and a consumer may not have taken that yet.
     *
     * @param truncated the source was truncated: its consumers are rebuilt
     */
    public record Pending(TableName source, long epoch, boolean truncated) {
    }

    /**
     * Figures of a committed epoch.
     *
     * @param tornCuts how many cuts were given up because they saw a distributed transaction in part
     */
    public record Summary(long epoch, long changes, long rows, double milliseconds, int tornCuts) {
    }

    private EpochStore() {
    }

    /** The number of the last committed epoch. */
    public static long epoch(Connection connection) throws SQLException {
        return Jdbc.first(connection, "SELECT epoch FROM pgtrickle.pgt_anchor_local", row -> row.getLong(1)).orElseThrow();
    }

    /** The same, after a transaction that may still be committing the next one has ended. */
    public static long settledEpoch(Connection connection) throws SQLException {
        // The session of an epoch that was given up may stay for as long as a frozen node does; whoever waits for it should say so.
        Jdbc.execute(connection, "SET lock_timeout = " + SETTLING_LIMIT.toMillis());
        long epoch = Jdbc.first(connection, "SELECT epoch FROM pgtrickle.pgt_anchor_local FOR UPDATE", row -> row.getLong(1))
                .orElseThrow();
        Jdbc.execute(connection, "RESET lock_timeout");
        return epoch;
    }

    public static List<StoredCut> cuts(Connection connection) throws SQLException {
        return Jdbc.list(connection,
                "SELECT group_id, slot_name, snapshot, barrier_lsn::text FROM pgtrickle.pgt_cut ORDER BY group_id",
                row -> new StoredCut(row.getInt(1), row.getString(2), PgSnapshot.parse(row.getString(3)),
                        Lsn.parse(row.getString(4))));
    }

    public static void saveCut(Connection connection, StoredCut cut, String host, int port, long epoch) throws SQLException {
        Jdbc.update(connection,
                """
                INSERT INTO pgtrickle.pgt_cut (group_id, host, port, slot_name, epoch, snapshot, barrier_lsn)
                VALUES (?, ?, ?, ?, ?, ?, ?::pg_lsn)
                ON CONFLICT (group_id) DO UPDATE SET host = excluded.host, port = excluded.port, slot_name = excluded.slot_name,
                    epoch = excluded.epoch, snapshot = excluded.snapshot, barrier_lsn = excluded.barrier_lsn
                """, cut.groupId(), host, port, cut.slot(), epoch, cut.snapshot().toString(), cut.barrier().toString());
    }

    /** The nodes of which a cut is stored, as they were then. */
    public static List<Node> nodesOfCuts(Connection connection) throws SQLException {
        return Jdbc.list(connection, "SELECT group_id, host, port FROM pgtrickle.pgt_cut ORDER BY group_id",
                row -> new Node(row.getInt(1), row.getString(2), row.getInt(3)));
    }

    /** Below which position nothing is to be decoded again; {@link Lsn#INVALID} when nothing forbids it. */
    public static Lsn begin(Connection connection, int groupId) throws SQLException {
        return Jdbc.first(connection, "SELECT coalesce(begin_lsn, '0/0')::text FROM pgtrickle.pgt_cut WHERE group_id = ?",
                row -> Lsn.parse(row.getString(1)), groupId).orElse(Lsn.INVALID);
    }

    /** See {@link #begin}; the cut is stored. */
    public static void saveBegin(Connection connection, int groupId, Lsn begin) throws SQLException {
        Jdbc.update(connection, "UPDATE pgtrickle.pgt_cut SET begin_lsn = ?::pg_lsn WHERE group_id = ?", begin.toString(),
                groupId);
    }

    /** By co-location group, the nodes that it lay on at the last epoch that anchored it. */
    public static Map<Integer, Set<Integer>> groupNodes(Connection connection) throws SQLException {
        Map<Integer, Set<Integer>> groups = new HashMap<>();
        Jdbc.list(connection, "SELECT colocation_id, group_ids FROM pgtrickle.pgt_anchored_nodes",
                row -> groups.put(row.getInt(1), Set.of((Integer[]) row.getArray(2).getArray())));
        return groups;
    }

    public static void saveGroupNodes(Connection connection, int colocationId, Set<Integer> groupIds) throws SQLException {
        Jdbc.update(connection,
                """
                INSERT INTO pgtrickle.pgt_anchored_nodes (colocation_id, group_ids) VALUES (?, ?)
                ON CONFLICT (colocation_id) DO UPDATE SET group_ids = excluded.group_ids
                """, colocationId, connection.createArrayOf("int4", groupIds.stream().sorted().toArray()));
    }

    /** The node's changes are of no interest any more, or are not known up to a new cut. */
    public static void deleteCut(Connection connection, int groupId) throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_cut WHERE group_id = ?", groupId);
    }

    public static void deleteCuts(Connection connection) throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_cut");
    }

    public static List<Pending> pending(Connection connection) throws SQLException {
        return Jdbc.list(connection, "SELECT source_schema, source_table, epoch, truncated FROM pgtrickle.pgt_pending",
                row -> new Pending(new TableName(row.getString(1), row.getString(2)), row.getLong(3), row.getBoolean(4)));
    }

    public static void addPending(Connection connection, Pending pending) throws SQLException {
        Jdbc.update(connection,
                "INSERT INTO pgtrickle.pgt_pending (source_schema, source_table, epoch, truncated) VALUES (?, ?, ?, ?)",
                pending.source().schema(), pending.source().name(), pending.epoch(), pending.truncated());
    }

    /** Forgets the source's changes up to and with {@code epoch}: every consumer has them. */
    public static void removePending(Connection connection, TableName source, long epoch) throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_pending WHERE source_schema = ? AND source_table = ? AND epoch <= ?",
                source.schema(), source.name(), epoch);
    }

    /** @param kept how many epochs are remembered */
    public static void addEpoch(Connection connection, Summary summary, int kept) throws SQLException {
        Jdbc.update(connection,
                """
                INSERT INTO pgtrickle.pgt_epochs (epoch, committed_at, changes, rows, duration_ms, torn_cuts)
                VALUES (?, clock_timestamp(), ?, ?, ?, ?)
                """, summary.epoch(), summary.changes(), summary.rows(), summary.milliseconds(), summary.tornCuts());
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_epochs WHERE epoch <= ?", summary.epoch() - kept);
    }
}
