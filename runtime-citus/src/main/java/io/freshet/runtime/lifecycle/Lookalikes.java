package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tables that Citus's decoder takes for shards of another: it shows the changes of whatever table is named like a shard, see {@link ShardNames}, as those of
 * the shard's table. A table that has a shard's whole name is no danger: Citus refuses writes to it.
 */
final class Lookalikes {
    private static final String FIND = """
                                       SELECT c.oid::regclass::text
                                       FROM pg_catalog.pg_dist_shard s
                                       JOIN pg_catalog.pg_class t ON t.oid = s.logicalrelid
                                       JOIN pg_catalog.pg_class c ON c.relkind = 'r' AND s.shardid = %s
                                       WHERE s.logicalrelid = to_regclass(?) AND NOT %s
                                       """
            .formatted(ShardNames.shardId("c.relname"), ShardNames.isShard("c", "t", "s.shardid"));

    /** A source without shards, or one of its partitions, that is itself named like the shard of another table. */
    private static final String FIND_ITSELF = """
                                              SELECT c.oid::regclass::text, s.logicalrelid::regclass::text
                                              FROM pg_catalog.pg_class c
                                              JOIN pg_catalog.pg_dist_shard s ON s.shardid = %s
                                              WHERE c.oid IN (SELECT to_regclass(?) UNION SELECT relid FROM pg_partition_tree(to_regclass(?)))
                                                AND c.relkind = 'r'
                                                AND NOT EXISTS (SELECT FROM pg_catalog.pg_dist_partition d WHERE d.logicalrelid = c.oid)
                                              """
            .formatted(ShardNames.shardId("c.relname"));

    /** Of connecting to a node and of its answer. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private Lookalikes() {
    }

    /** @throws FreshetException UNSUPPORTED_SOURCE */
    static void refuse(Connections connections, Topology topology, List<Table> sources) throws SQLException {
        if (!topology.citus()) {
            return;
        }
        List<TableName> captured = sources.stream().filter(s -> s.kind() != Table.Kind.STREAM_TABLE).map(Table::name).toList();
        try (Connection coordinator = connections.coordinator()) {
            for (TableName source : captured) {
                refuseItself(coordinator, Quoting.table(source));
            }
        }
        // One that is out of use can't be asked. What is named so later the daemon's guard of undecodable tables finds.
        for (Node node : topology.usable()) {
            try (NodeSession session = connections.session(node, LIMIT)) {
                for (TableName source : captured) {
                    Optional<String> found = session.first(FIND, Quoting.table(source)).map(row -> row.text(1));
                    if (found.isPresent()) {
                        throw FreshetException.of(ErrorCode.UNSUPPORTED_SOURCE, "table " + found.get() + " on " + node
                                + " is named like a shard of " + source + ": its changes would be taken for the source's")
                                .withHint("On " + node + ": ALTER TABLE " + found.get() + " RENAME TO ..;");
                    }
                }
            }
        }
    }

    private static void refuseItself(Connection coordinator, String source) throws SQLException {
        Optional<FreshetException> refusal = Jdbc.first(coordinator, FIND_ITSELF, row -> FreshetException
                .of(ErrorCode.UNSUPPORTED_SOURCE, "table " + row.getString(1) + " is named like a shard of " + row.getString(2)
                        + ": its changes would be taken for that table's")
                .withHint("ALTER TABLE " + row.getString(1) + " RENAME TO ..;"), source, source);
        if (refusal.isPresent()) {
            throw refusal.get();
        }
    }
}
