package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
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
 * <p>Local tables that are named like a shard: the decoder knows a shard by the number at the end of its name ({@link ShardNames}), and takes their
 * changes for those of the shard's table. That one may be a source, or have another form, and then the same happens as to a dropped column (seen with 14.0.1 on PostgreSQL 18).
 * They are looked for on every node that can be asked.
 *
 * <p>Used by one thread.
 */
final class UndecodableTables {
    private static final Logger LOG = LoggerFactory.getLogger(UndecodableTables.class);
    private static final Duration BETWEEN_LOOKS_AT_NAMES = Duration.ofSeconds(10);
    /** All tables have a name: with very many of them, looking takes long, and is done less often. */
    private static final int SHARE_OF_TIME = 50;
    /** Of connecting to a node and of its answer. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /**
     * A table that has a shard's whole name is no danger: Citus refuses writes to it. Nor is one that is named like a reference table's shard on a worker, whose
     * changes are not shown.
     */
    private static final String NAMED_LIKE_SHARDS = """
                                                    SELECT cn.nspname, c.relname, tn.nspname, t.relname
                                                    FROM pg_catalog.pg_class c
                                                    JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
                                                    JOIN pg_catalog.pg_dist_shard s ON s.shardid = %s
                                                    JOIN pg_catalog.pg_dist_partition p ON p.logicalrelid = s.logicalrelid
                                                    JOIN pg_catalog.pg_class t ON t.oid = s.logicalrelid
                                                    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
                                                    WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p'
                                                      AND NOT EXISTS (SELECT FROM pg_catalog.pg_dist_partition d WHERE d.logicalrelid = c.oid)
                                                      AND c.oid IS DISTINCT FROM to_regclass(shard_name(s.logicalrelid, s.shardid))
                                                      AND (p.repmodel <> 't' OR (SELECT g.groupid = 0 FROM pg_catalog.pg_dist_local_group g))
                                                      AND (c.relnatts <> t.relnatts
                                                           OR EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                                                      WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attisdropped)
                                                           OR EXISTS (SELECT FROM pg_catalog.pg_publication b
                                                                      JOIN pg_catalog.pg_publication_rel r ON r.prpubid = b.oid
                                                                      WHERE b.pubname = ? AND (r.prrelid = t.oid
                                                                        OR r.prrelid IN (SELECT relid FROM pg_catalog.pg_partition_ancestors(t.oid)))))
                                                    ORDER BY 1, 2
                                                    """
            .formatted(ShardNames.shardId("c.relname"));

    private final Connections connections;
    private final String publication;
    private long nextLookAtNames = System.nanoTime();

    /** @param publication of the sources */
    UndecodableTables(Connections connections, String publication) {
        this.connections = connections;
        this.publication = publication;
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
            try (NodeSession session = connections.session(node, LIMIT)) {
                found.addAll(namedLikeShards(session, node));
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
                    return new Undecodable("a column was dropped from " + table, "SELECT alter_distributed_table("
                            + Quoting.literal(Quoting.table(table))
                            + ", shard_count => <another number>, cascade_to_colocated => false);"
                            + " (a reference table: undistribute_table, then create_reference_table)");
                });
    }

    private List<Undecodable> namedLikeShards(NodeSession session, Node node) throws SQLException {
        List<Undecodable> found = new ArrayList<>();
        for (NodeSession.Row row : session.rows(NAMED_LIKE_SHARDS, publication)) {
            TableName table = new TableName(row.text(1), row.text(2));
            TableName taken = new TableName(row.text(3), row.text(4));
            found.add(new Undecodable(
                    "table " + table + (node.isCoordinator() ? "" : " on " + node) + " is named like a shard of " + taken,
                    (node.isCoordinator() ? "" : "On " + node + ": SET citus.enable_ddl_propagation = off; ")
                            + "ALTER TABLE " + Quoting.table(table) + " RENAME TO ..;"));
        }
        return found;
    }

    /**
     * Why nothing can be read, and the cures: for dropped columns, Citus copies a table that it alters.
     *
     * @param left the nodes whose slot could not be dropped yet, each with the reason
     */
    static FreshetException refusal(List<Undecodable> tables, String slot, Map<Node, SQLException> left) {
        return FreshetException.of(ErrorCode.UNDECODABLE_TABLE,
                tables.stream().map(Undecodable::what).collect(Collectors.joining("; "))
                        + ": at the next change of such a table, source or not, Citus's decoder errs, ends, or crashes the node; no node is"
                        + " read until this is mended, then the stream tables are filled again"
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
