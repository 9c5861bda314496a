package io.freshet.runtime.epoch;

import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeIdentity;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One {@code REPEATABLE READ} transaction through the coordinator which holds exactly one snapshot per node. The laws:
 *
 * <ol>
 * <li>With one connection per node ({@code citus.max_adaptive_executor_pool_size = 1}, sequential modification) Citus uses that connection,
 *     and with the isolation level passed on its one snapshot, for everything the transaction does on the node.
 * <li>The shards of all groups are locked before a snapshot is taken of any worker: the lock waits for a shard move that is under way, and keeps the next
 *     one out until the transaction ends. A move copies the group's tables by transactions of their own. A snapshot from before its end could see the
 *     anchor's copy and none of a larger table's, or the move could switch in between: both give wrong results. The coordinator's own snapshot is as
 *     old as the statement that locks, so {@link #requireCopiesSeen} looks whether a shard has come to it since.
 * <li>The anchors are updated before anything is read.
 * <li>Every anchor row goes from the last epoch of its group to this one. A row that does not was left by a transaction which is still prepared on its
 *     node, or by another daemon.
 * <li>The barrier is written on each node after its snapshot was taken, and flushed: a walsender sends only what is flushed.
 * </ol>
 */
final class Anchor {
    /** PostgreSQL's number of ShareLock. */
    private static final int SHARE_LOCK = 5;

    private final Topology topology;
    private final List<AnchorTable> tables;
    private final long epoch;
    private final Barrier barrier;
    private final Map<Node, Held> held = new HashMap<>();
    private final Map<Node, AnchorRow> rows = new HashMap<>();
    private final Map<Integer, Set<Integer>> nodesOfGroups = new HashMap<>();

    /** What the transaction holds on a node. */
    private record Held(int backend, PgSnapshot snapshot) {
    }

    /** One anchor row, seen on the node that holds it. */
    private record Seen(NodeIdentity identity, String key, long epoch, Held held, boolean barrier) {
    }

    private Anchor(Topology topology, List<AnchorTable> tables, long epoch, Barrier barrier) {
        this.topology = topology;
        this.tables = tables;
        this.epoch = epoch;
        this.barrier = barrier;
    }

    /**
     * Holds the anchors of all groups in the {@code REPEATABLE READ} transaction that {@code connection} has just begun.
     *
     * @param epoch the epoch that begins; every anchor is at its own last one
     * @param barrier never written before
     * @throws AnchorLostException roll back and try again
     */
    static Anchor hold(Connection connection, Topology topology, List<AnchorTable> tables, long epoch, Barrier barrier)
            throws SQLException, AnchorLostException {
        Anchor anchor = new Anchor(topology, tables, epoch, barrier);
        if (topology.citus()) {
            Jdbc.execute(connection, "SET LOCAL citus.max_adaptive_executor_pool_size = 1");
            Jdbc.execute(connection, "SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
            anchor.lockShards(connection);
        }
        for (AnchorTable table : tables) {
            anchor.advance(connection, Quoting.table(table.name()), table.epoch(), table.rows().size());
        }
        anchor.advance(connection, "pgtrickle.pgt_anchor_local", epoch - 1, 1);
        anchor.writeBarriers(connection);
        return anchor;
    }

    /** The snapshot of each node. */
    Cut cut() {
        return new Cut(held.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().snapshot())));
    }

    /** For each worker that the epoch reads, an anchor row that lies on it. */
    Map<Node, AnchorRow> rows() {
        return Map.copyOf(rows);
    }

    /** By co-location group, the nodes that hold its shards. */
    Map<Integer, Set<Integer>> nodesOfGroups() {
        return nodesOfGroups;
    }

    Barrier barrier() {
        return barrier;
    }

    /** Reads the anchors again: the transaction must still hold what it held. Call it before COMMIT. */
    void check(Connection connection) throws SQLException, AnchorLostException {
        for (AnchorTable table : tables) {
            for (Seen seen : read(connection, table, Set.of())) {
                Node node = nodeOf(seen.identity());
                if (!seen.held().equals(held.get(node)) || seen.epoch() != epoch) {
                    throw new AnchorLostException(node + " has another connection or snapshot than when the epoch began");
                }
            }
        }
    }

    /** The lock that whoever writes to a shard has, and that a move must have alone. */
    private void lockShards(Connection connection) throws SQLException {
        if (!tables.isEmpty()) {
            Jdbc.list(connection, "SELECT lock_shard_metadata(" + SHARE_LOCK + ", ARRAY[" + shards() + "]::bigint[])",
                    row -> true);
        }
    }

    /** In the order in which Citus locks them, too. */
    private String shards() {
        return tables.stream().flatMap(t -> t.rows().keySet().stream()).sorted().map(String::valueOf)
                .collect(Collectors.joining(", "));
    }

    /**
     * The transaction must see all of the shards that lie on the coordinator.
     *
     * @param observer sees what is committed now, while the shards are locked
     */
    void requireCopiesSeen(Connection connection, Connection observer) throws SQLException, AnchorLostException {
        if (tables.isEmpty()) {
            return;
        }
        String here = "SELECT coalesce(string_agg(placementid::text, ' ' ORDER BY placementid), '') FROM pg_dist_placement"
                + " WHERE groupid = 0 AND shardid IN (" + shards() + ")";
        String seen = Jdbc.first(connection, here, row -> row.getString(1)).orElseThrow();
        if (!seen.equals(Jdbc.first(observer, here, row -> row.getString(1)).orElseThrow())) {
            throw new AnchorLostException("a shard has come to the coordinator that the epoch's snapshot does not see whole");
        }
    }

    private void advance(Connection connection, String table, long last, int rows) throws SQLException, AnchorLostException {
        int advanced = Jdbc.update(connection, "UPDATE " + table + " SET epoch = " + epoch + " WHERE epoch = " + last);
        if (advanced != rows) {
            throw new AnchorLostException(advanced + " of " + rows + " rows of " + table + " were at epoch " + last);
        }
    }

    private void writeBarriers(Connection connection) throws SQLException, AnchorLostException {
        Jdbc.list(connection, "SELECT " + NodeIdentity.SQL + ", pg_backend_pid(), pg_current_snapshot()::text, " + barrier.sql(),
                row -> held.put(nodeAt(row.getLong(1), row.getInt(2)),
                        new Held(row.getInt(3), PgSnapshot.parse(row.getString(4)))));
        Set<Node> written = new HashSet<>(Set.of(topology.coordinator()));
        Set<String> leaders = new HashSet<>();
        for (AnchorTable table : tables) {
            for (Seen seen : read(connection, table, Set.of())) {
                Node node = nodeOf(seen.identity());
                nodesOfGroups.computeIfAbsent(table.colocationId(), g -> new HashSet<>()).add(node.groupId());
                Held other = held.putIfAbsent(node, seen.held());
                if (other != null && !other.equals(seen.held())) {
                    throw new AnchorLostException("the transaction has two connections or snapshots on " + node);
                }
                if (written.add(node)) {
                    leaders.add(seen.key());
                    rows.put(node, new AnchorRow(table.name(), seen.key()));
                }
            }
            if (!leaders.isEmpty()) {
                read(connection, table, leaders);
                leaders.clear();
            }
        }
    }

    /** Reads every row of an anchor where it lies; a row whose key is in {@code leaders} also writes the barrier on its node. */
    private List<Seen> read(Connection connection, AnchorTable table, Set<String> leaders)
            throws SQLException, AnchorLostException {
        String write = leaders.isEmpty()
                ? "NULL::text"
                : "CASE WHEN k::text IN (" + leaders.stream().map(Quoting::literal).collect(Collectors.joining(", ")) + ") THEN "
                        + barrier.sql()
                        + " END";
        // OFFSET 0 keeps the volatile functions on the workers.
        List<Seen> rows = Jdbc.list(connection,
                "SELECT * FROM (SELECT k::text, epoch, " + NodeIdentity.SQL
                        + " AS port, pg_backend_pid(), pg_current_snapshot()::text AS snapshot, "
                        + write + " AS barrier FROM " + Quoting.table(table.name()) + " OFFSET 0) a",
                row -> new Seen(new NodeIdentity(row.getLong(3), row.getInt(4)), row.getString(1), row.getLong(2),
                        new Held(row.getInt(5), PgSnapshot.parse(row.getString(6))), row.getString(7) != null));
        if (rows.size() != table.rows().size()) {
            throw new AnchorLostException(rows.size() + " of " + table.rows().size() + " rows of " + table.name() + " were read");
        }
        return rows;
    }

    private Node nodeOf(NodeIdentity identity) throws AnchorLostException {
        Node node = topology.identities().get(identity);
        if (node == null) {
            throw new AnchorLostException("a node is not known: " + identity);
        }
        return node;
    }

    private Node nodeAt(long systemIdentifier, int port) throws SQLException {
        NodeIdentity identity = new NodeIdentity(systemIdentifier, port);
        Node node = topology.identities().get(identity);
        if (node == null) {
            throw new SQLException("the coordinator is not the server it was: " + identity);
        }
        return node;
    }
}
