package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Tables whose changes Citus's decoder cannot decode.
 *
 * <p>Those with a dropped column: Citus (measured: 13.2.2 on PostgreSQL 17; by its code, 14.0.1 too) puts a tuple of the shard into the form of the
 * distributed table when their numbers of columns differ or either has a dropped one, and frees it wrongly: at that record, each time it comes to it, the
 * walsender ends, brings its whole server down, or loses its way in its memory and never ends (seen in ReorderBufferCleanupTXN and in the heap of
 * transactions, where no interrupt is looked for). A slot decodes the WAL of all tables, so it makes no difference whether the table is a source, or in a
 * publication.
 *
 * <p>Local tables that are named like a shard: the decoder knows a shard by the number at the end of its name, and takes their changes for those of the
 * shard's table. That one may be a source, or have another form, and then the same happens as to a dropped column (seen with 14.0.1 on PostgreSQL 18).
 * They are looked for on the coordinator, where local tables are made.
 *
 * <p>Used by one thread.
 */
final class UndecodableTables {
    private static final Duration BETWEEN_LOOKS_AT_NAMES = Duration.ofSeconds(10);

    private final String publication;
    private long lastLookAtNames = System.nanoTime();

    /** @param publication of the sources */
    UndecodableTables(String publication) {
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

    /** @param coordinator a connection to the coordinator of a Citus cluster */
    List<Undecodable> find(Connection coordinator) throws SQLException {
        List<Undecodable> found = new ArrayList<>(withDroppedColumns(coordinator));
        found.addAll(namedLikeShards(coordinator));
        lastLookAtNames = System.nanoTime();
        return found;
    }

    /** The same for whoever asks often: names are looked at only now and then, since all tables have one. */
    List<Undecodable> look(Connection coordinator) throws SQLException {
        return System.nanoTime() - lastLookAtNames < BETWEEN_LOOKS_AT_NAMES.toNanos()
                ? withDroppedColumns(coordinator)
                : find(coordinator);
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

    /** A table that has a shard's whole name is no danger: Citus refuses writes to it. */
    private List<Undecodable> namedLikeShards(Connection coordinator) throws SQLException {
        return Jdbc.list(coordinator,
                """
                SELECT cn.nspname, c.relname, tn.nspname, t.relname
                FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
                JOIN pg_catalog.pg_dist_shard s ON s.shardid = substring(c.relname from '_([0-9]{1,18})$')::bigint
                JOIN pg_catalog.pg_class t ON t.oid = s.logicalrelid
                JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
                WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND right(c.relname, 1) BETWEEN '0' AND '9'
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_dist_partition d WHERE d.logicalrelid = c.oid)
                    AND c.oid IS DISTINCT FROM to_regclass(shard_name(s.logicalrelid, s.shardid))
                    AND (c.relnatts <> t.relnatts
                        OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attisdropped)
                        OR EXISTS (SELECT FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid
                                   WHERE p.pubname = ? AND (r.prrelid = t.oid
                                       OR r.prrelid IN (SELECT relid FROM pg_catalog.pg_partition_ancestors(t.oid)))))
                ORDER BY 1, 2
                """,
                row -> {
                    TableName table = new TableName(row.getString(1), row.getString(2));
                    return new Undecodable(
                            "table " + table + " is named like a shard of " + new TableName(row.getString(3), row.getString(4)),
                            "ALTER TABLE " + Quoting.table(table) + " RENAME TO ..;");
                }, publication);
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
