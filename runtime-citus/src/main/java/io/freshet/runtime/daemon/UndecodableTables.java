package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Tables whose changes Citus's decoder cannot decode: those with a dropped column. Citus (measured: 13.2.2 on PostgreSQL 17; by its code, 14.0.1 too) puts
 * a tuple of the shard into the form of the distributed table when either has a dropped column, and frees it wrongly: at that record, each time it comes
 * to it, the walsender ends, brings its whole server down, or loses its way in its memory and never ends (seen in ReorderBufferCleanupTXN, where no
 * interrupt is looked for). A slot decodes the WAL of all tables, so it makes no difference whether the table is a source, or in a publication.
 */
final class UndecodableTables {
    private UndecodableTables() {
    }

    /** @param coordinator a connection to the coordinator of a Citus cluster */
    static List<TableName> find(Connection coordinator) throws SQLException {
        return Jdbc.list(coordinator,
                """
                SELECT n.nspname, c.relname FROM pg_catalog.pg_dist_partition p
                JOIN pg_catalog.pg_class c ON c.oid = p.logicalrelid
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attisdropped)
                ORDER BY 1, 2
                """, row -> new TableName(row.getString(1), row.getString(2)));
    }

    /**
     * Why nothing can be read, and how the tables lose their dropped columns: Citus copies a table that it alters.
     *
     * @param left the nodes whose slot could not be dropped yet, each with the reason
     */
    static FreshetException refusal(List<TableName> tables, String slot, Map<Node, SQLException> left) {
        return FreshetException.of(ErrorCode.UNDECODABLE_TABLE, "a column was dropped from "
                + tables.stream().map(TableName::toString).collect(Collectors.joining(", "))
                + ", and Citus's decoder ends, or crashes the node, at the next change of such a table, source or not; no node is read until"
                + " this is mended, then the stream tables are filled again"
                + left.entrySet().stream()
                        .map(e -> "; slot " + slot + " is still on " + e.getKey() + ": " + e.getValue().getMessage())
                        .collect(Collectors.joining()))
                .withHint(tables.stream().map(t -> "SELECT alter_distributed_table(" + Quoting.literal(Quoting.table(t))
                        + ", shard_count => <another number>, cascade_to_colocated => false);").collect(Collectors.joining(" "))
                        + " (a reference table: undistribute_table, then create_reference_table)"
                        + (left.isEmpty()
                                ? ""
                                : " A slot that stays active is held by a decoder that has lost its way and does not end when it is told"
                                        + " to: restart its node with pg_ctl -m immediate."));
    }
}
