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
 * Tables that Citus's decoder takes for shards of a source. It knows a shard by the number at the end of its name, and shows the changes of
 * whatever table is named so as the source's. A table that has a shard's whole name is no danger: Citus refuses writes to it.
 */
final class Lookalikes {
    private static final String FIND = """
                                       SELECT c.oid::regclass::text
                                       FROM pg_catalog.pg_dist_shard s
                                       JOIN pg_catalog.pg_class c ON c.relkind = 'r' AND substring(c.relname from '_([0-9]+)$') = s.shardid::text
                                       WHERE s.logicalrelid = to_regclass(?)
                                         AND c.oid IS DISTINCT FROM to_regclass(shard_name(s.logicalrelid, s.shardid))
                                       """;

    /** Of connecting to a node and of its answer. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private Lookalikes() {
    }

    /** @throws FreshetException UNSUPPORTED_SOURCE */
    static void refuse(Connections connections, Topology topology, List<Table> sources) throws SQLException {
        if (!topology.citus()) {
            return;
        }
        // One that is out of use can't be asked; what is named so later is not noticed either.
        for (Node node : topology.usable()) {
            try (NodeSession session = connections.session(node, LIMIT)) {
                for (TableName source : sources.stream().filter(s -> s.kind() != Table.Kind.STREAM_TABLE).map(Table::name)
                        .toList()) {
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
}
