package io.freshet.runtime.follow;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tells which sources were emptied or rewritten since the last epoch, by the files of their shards. A TRUNCATE of a distributed table shows in the WAL of the node
 * that ran it and nowhere else, also when no shard lies there; but each shard gets a new file, and its node's catalog says since when. So a TRUNCATE by
 * a node that is not read, or was not, is found on the others. A shard that has only been copied keeps its first file, whose number is its oid.
 */
public final class ShardFiles {
    /** Of connecting to a node and of its answer. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Citus hides shards from whoever lists tables. */
    private static final String SHOW_SHARDS = "SELECT pg_catalog.set_config('citus.override_table_visibility', 'off', false)";
    private static final String NEW_FILES = """
                                            SELECT n.nspname, t.relname, c.xmin::text
                                            FROM pg_catalog.pg_class c
                                            JOIN pg_catalog.pg_dist_shard s
                                              ON s.shardid = substring(c.relname FROM '_([0-9]{1,18})$')::bigint
                                            JOIN pg_catalog.pg_class p ON p.oid = s.logicalrelid AND p.relnamespace = c.relnamespace
                                            JOIN pg_catalog.pg_class t ON t.oid = coalesce(pg_catalog.pg_partition_root(p.oid), p.oid)
                                            JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
                                            WHERE c.relkind = 'r' AND c.relfilenode <> c.oid AND c.oid <> p.oid
                                            """;

    private final Connections connections;

    public ShardFiles(Connections connections) {
        this.connections = connections;
    }

    /**
     * @param coordinator sees the cut of the last committed epoch
     * @param nodes are asked if they are in that cut
     * @return the names of tables, not only of sources; partitions count as their root
     */
    Set<TableName> rewritten(Connection coordinator, Collection<Node> nodes) throws SQLException {
        Map<Integer, PgSnapshot> cuts = new HashMap<>();
        EpochStore.cuts(coordinator).forEach(cut -> cuts.put(cut.groupId(), cut.snapshot()));
        Set<TableName> rewritten = new HashSet<>();
        for (Node node : nodes) {
            if (cuts.containsKey(node.groupId())) {
                rewritten.addAll(rewritten(node, cuts.get(node.groupId())));
            }
        }
        return rewritten;
    }

    private Set<TableName> rewritten(Node node, PgSnapshot cut) throws SQLException {
        Set<TableName> rewritten = new HashSet<>();
        try (NodeSession session = connections.session(node, LIMIT)) {
            session.rows(SHOW_SHARDS);
            for (NodeSession.Row shard : session.rows(NEW_FILES)) {
                if (!cut.sees((int) shard.number(3))) {
                    rewritten.add(new TableName(shard.text(1), shard.text(2)));
                }
            }
        }
        return rewritten;
    }
}
