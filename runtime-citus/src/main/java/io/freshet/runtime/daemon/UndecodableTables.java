package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.lifecycle.ShardNames;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables whose changes Citus's decoder cannot decode.
 *
 * <p>Those with a dropped column: Citus (measured: 13.2.2 on PostgreSQL 17; by its code, 14.0.1 too) puts a tuple of the shard into the form of the
 * distributed table when their numbers of columns differ or either has a dropped one, and frees it wrongly: at that record, each time it comes to it, the
 * walsender ends, brings its whole server down, or loses its way in its memory and never ends (seen in ReorderBufferCleanupTXN and in the heap of
 * transactions, where no interrupt is looked for). A slot decodes the WAL of all tables, so it makes no difference whether the table is a source, or in a
 * publication.
 *
 * <p>Shards with other columns than their table: the same happens.
 *
 * <p>Local tables that are named like a shard: the decoder knows a shard by the number at the end of its name ({@link ShardNames}), and takes their
 * changes for those of the shard's table. That one may be a source, or have another form, and then the same happens as to a dropped column (seen with 14.0.1 on PostgreSQL 18).
 * They are looked for on every node that can be asked.
 *
 * <p>Tables whose shards were moved by somebody whose sessions do not say so: the settings that capture needs are looked at as well.
 *
 * <p>Used by one thread.
 */
final class UndecodableTables {
    private static final Logger LOG = LoggerFactory.getLogger(UndecodableTables.class);
    private static final Duration BETWEEN_LOOKS_AT_NAMES = Duration.ofSeconds(10);
    /** All tables have a name: with very many of them, looking takes long, and is done less often. */
    private static final int SHARE_OF_TIME = 50;
    /** Of connecting to a worker and of its answer. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final String AT_ITS_CHANGE = ": at its next change, source or not, Citus's decoder errs, ends, or crashes the node";

    /** Citus hides shards from whoever lists tables. */
    private static final String SHOW_SHARDS = "SELECT pg_catalog.set_config('citus.override_table_visibility', 'off', false)";

    /**
     * What has the name of a shard and another form than the shard's table, or is no shard of a source but looks like one. No danger is what is named like a
     * reference table's shard on a worker, whose changes are not shown, and what a move has left behind; and nothing yet what is being altered. A table that has itself
     * lost a column is told as a whole.
     */
    private static final String FIND = """
                                       SELECT cn.nspname, c.relname, tn.nspname, t.relname, %2$s, p.partmethod
                                       FROM pg_catalog.pg_class c
                                       JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
                                       JOIN pg_catalog.pg_dist_shard s ON s.shardid = %1$s
                                       JOIN pg_catalog.pg_dist_partition p ON p.logicalrelid = s.logicalrelid
                                       JOIN pg_catalog.pg_class t ON t.oid = s.logicalrelid
                                       JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
                                       WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p'
                                         AND NOT EXISTS (SELECT FROM pg_catalog.pg_dist_partition d WHERE d.logicalrelid = c.oid)
                                         AND (p.repmodel <> 't' OR (SELECT g.groupid = 0 FROM pg_catalog.pg_dist_local_group g))
                                         AND ((c.relnatts <> t.relnatts
                                               OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attisdropped)
                                                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                                                  WHERE a.attrelid = t.oid AND a.attnum > 0 AND a.attisdropped))
                                              AND (NOT %2$s
                                                   OR EXISTS (SELECT FROM pg_catalog.pg_dist_placement l
                                                              JOIN pg_catalog.pg_dist_local_group g ON g.groupid = l.groupid WHERE l.shardid = s.shardid))
                                              OR NOT %2$s
                                                 AND EXISTS (SELECT FROM pg_catalog.pg_publication b
                                                             JOIN pg_catalog.pg_publication_rel r ON r.prpubid = b.oid
                                                             WHERE b.pubname = ? AND (r.prrelid = t.oid
                                                               OR r.prrelid IN (SELECT relid FROM pg_catalog.pg_partition_ancestors(t.oid)))))
                                         AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks x
                                                         WHERE x.locktype = 'relation' AND x.relation IN (c.oid, t.oid) AND x.granted
                                                           AND x.mode = 'AccessExclusiveLock'
                                                           AND x.database = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = current_database()))
                                       ORDER BY 1, 2
                                       """
            .formatted(ShardNames.shardId("c.relname"), ShardNames.isShard("c", "t", "s.shardid"));

    private final Connections connections;
    private final String publication;
    private final Predicate<Node> isRead;
    private long nextLookAtNames = System.nanoTime();

    /**
     * @param publication of the sources
     * @param isRead whether a node is being read: one that is not yet has its settings looked at when it is about to be
     */
    UndecodableTables(Connections connections, String publication, Predicate<Node> isRead) {
        this.connections = connections;
        this.publication = publication;
        this.isRead = isRead;
    }

    /**
     * One of them.
     *
     * @param what is wrong with it
     * @param cure SQL
     */
    record Undecodable(String what, String cure) {
    }

    /**
     * @param coordinator a connection to the coordinator of a Citus cluster
     * @param nodes whose tables are looked at; a worker that does not answer is left out
     */
    List<Undecodable> find(Connection coordinator, List<Node> nodes) throws SQLException {
        long began = System.nanoTime();
        List<Undecodable> found = new ArrayList<>(withDroppedColumns(coordinator));
        for (Node node : nodes) {
            try (NodeSession session = node.isCoordinator() ? connections.session(node) : connections.session(node, LIMIT)) {
                if (isRead.test(node)) {
                    unmetSetting(session, node).ifPresent(found::add);
                }
                session.rows(SHOW_SHARDS);
                found.addAll(shardsAndLookalikes(session, node));
            } catch (SQLException e) {
                if (node.isCoordinator()) {
                    throw e;
                }
                LOG.debug("{} cannot be asked for tables that are named like shards", node, e);
            }
        }
        long now = System.nanoTime();
        nextLookAtNames = now + Math.max(BETWEEN_LOOKS_AT_NAMES.toNanos(), SHARE_OF_TIME * (now - began));
        return found;
    }

    /** The same for whoever asks often: names are looked at only now and then. */
    List<Undecodable> look(Connection coordinator, List<Node> nodes) throws SQLException {
        return System.nanoTime() - nextLookAtNames < 0 ? withDroppedColumns(coordinator) : find(coordinator, nodes);
    }

    private static List<Undecodable> withDroppedColumns(Connection coordinator) throws SQLException {
        return Jdbc.list(coordinator,
                """
                SELECT n.nspname, c.relname FROM pg_catalog.pg_dist_partition p
                JOIN pg_catalog.pg_class c ON c.oid = p.logicalrelid
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attisdropped)
                ORDER BY 1, 2
                """, row -> {
                    TableName table = new TableName(row.getString(1), row.getString(2));
                    return new Undecodable("a column was dropped from " + table + AT_ITS_CHANGE,
                            rebuilding(table) + " (a reference table: undistribute_table, then create_reference_table)");
                });
    }

    /** Without it a move of a shard copies rows that show as new ones. */
    private static Optional<Undecodable> unmetSetting(NodeSession session, Node node) throws SQLException {
        try {
            Slots.requireSettings(session, node);
            return Optional.empty();
        } catch (FreshetException e) {
            return Optional.of(new Undecodable(e.getMessage(), e.hint().orElseThrow()));
        }
    }

    /**
     * An ALTER TABLE commits on a shard and on its table one after the other. Until the last has committed one of them is locked; if that happens between the look at the
     * catalog and the look at the locks, it is found once and not again.
     */
    private List<Undecodable> shardsAndLookalikes(NodeSession session, Node node) throws SQLException {
        List<Undecodable> found = findOnce(session, node);
        if (!found.isEmpty()) {
            found.retainAll(findOnce(session, node));
        }
        return found;
    }

    private List<Undecodable> findOnce(NodeSession session, Node node) throws SQLException {
        List<Undecodable> found = new ArrayList<>();
        for (NodeSession.Row row : session.rows(FIND, publication)) {
            TableName table = new TableName(row.text(1), row.text(2));
            TableName distributed = new TableName(row.text(3), row.text(4));
            String name = Quoting.table(table);
            boolean isShard = row.flag(5);
            String where = node.isCoordinator() ? "" : " on " + node;
            found.add(isShard
                    ? new Undecodable("shard " + table + where + " has other columns than " + distributed + AT_ITS_CHANGE,
                            "On " + node
                                    + ": SET citus.enable_manual_changes_to_shards = on; ALTER TABLE " + name
                                    + " ADD COLUMN ..; then "
                                    + (row.text(6).equals("n")
                                            ? "SELECT undistribute_table(" + Quoting.literal(Quoting.table(distributed)) + ");"
                                            : rebuilding(distributed)))
                    : new Undecodable("table " + table + where + " is named like a shard of " + distributed
                            + ", for which its changes are taken",
                            (node.isCoordinator() ? "" : "On " + node + ": SET citus.enable_ddl_propagation = off; ")
                                    + "ALTER TABLE " + name + " RENAME TO ..;"));
        }
        return found;
    }

    /** Citus copies a table that it alters. */
    private static String rebuilding(TableName table) {
        return "SELECT alter_distributed_table(" + Quoting.literal(Quoting.table(table))
                + ", shard_count => <another number>, cascade_to_colocated => false);";
    }

    /**
     * Why nothing can be read, and the cures.
     *
     * @param left the nodes whose slot could not be dropped yet, each with the reason
     */
    static FreshetException refusal(List<Undecodable> tables, String slot, Map<Node, SQLException> left) {
        return FreshetException.of(ErrorCode.UNDECODABLE_TABLE,
                tables.stream().map(Undecodable::what).collect(Collectors.joining("; "))
                        + "; no node is read until this is mended, then the stream tables are filled again"
                        + left.entrySet().stream()
                                .map(e -> "; slot " + slot + " is still on " + e.getKey() + ": " + e.getValue().getMessage())
                                .collect(Collectors.joining()))
                .withHint(tables.stream().map(Undecodable::cure).collect(Collectors.joining(" "))
                        + (left.isEmpty()
                                ? ""
                                : " A slot that stays active is held by a decoder that has lost its way and does not end when it is told"
                                        + " to: restart its node with pg_ctl -m immediate."));
    }
}
