package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tables that Citus's decoder takes for shards of a source. It knows a shard by the number at the end of its name, and shows the changes of
 * whatever table is named so as the source's.
 */
final class Lookalikes {
    private static final String FIND = """
                                       SELECT c.oid::regclass::text
                                       FROM pg_catalog.pg_dist_shard s
                                       JOIN pg_catalog.pg_class c ON c.relkind = 'r' AND substring(c.relname from '_([0-9]+)$') = s.shardid::text
                                       WHERE s.logicalrelid = ?::regclass
                                         AND (c.oid IS DISTINCT FROM to_regclass(shard_name(s.logicalrelid, s.shardid))
                                              OR NOT EXISTS (SELECT FROM pg_catalog.pg_dist_placement l
                                                             JOIN pg_catalog.pg_dist_local_group g ON g.groupid = l.groupid
                                                             WHERE l.shardid = s.shardid))
                                         AND c.oid <> ALL (SELECT coalesce(to_regclass(n), 0) FROM unnest(?::text[]) AS n)
                                       """;

    private Lookalikes() {
    }

    /** @throws FreshetException UNSUPPORTED_SOURCE */
    static void refuse(Connections connections, Topology topology, List<Table> sources) throws SQLException {
        if (!topology.citus()) {
            return;
        }
        Map<Integer, List<String>> leftovers = new HashMap<>();
        try (Connection connection = connections.coordinator()) {
            // A shard that has moved away is dropped later.
            Jdbc.list(connection, "SELECT node_group_id, object_name FROM pg_catalog.pg_dist_cleanup",
                    row -> leftovers.computeIfAbsent(row.getInt(1), g -> new ArrayList<>()).add(row.getString(2)));
        }
        for (Node node : topology.nodes()) {
            try (Connection connection = connections.open(node)) {
                for (TableName source : sources.stream().filter(s -> s.kind() != Table.Kind.STREAM_TABLE).map(Table::name)
                        .toList()) {
                    Optional<String> found = Jdbc.first(connection, FIND, row -> row.getString(1), Quoting.table(source),
                            connection.createArrayOf("text", leftovers.getOrDefault(node.groupId(), List.of()).toArray()));
                    if (found.isPresent()) {
                        throw FreshetException.of(ErrorCode.UNSUPPORTED_SOURCE, "table " + found.get() + " on " + node
                                + " is named like a shard of " + source + ": its changes would be taken for the source's")
                                .withHint("On " + node + ": ALTER TABLE " + found.get() + " RENAME TO ..;");
                    }
                }
            }
        }
    }
}
