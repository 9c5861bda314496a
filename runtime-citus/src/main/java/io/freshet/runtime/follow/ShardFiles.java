package io.freshet.runtime.follow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which sources were emptied or rewritten since the last epoch, by the files of their shards. A TRUNCATE of a distributed table shows in the WAL of the
 * node that ran it and nowhere else, also when no shard lies there, and that of a partition in none; but each shard gets a new file, and its node's
 * catalog says since when. A shard that has only been copied keeps its first file, whose number is its oid. Used by one thread.
 */
public final class ShardFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardFiles.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of connecting to a node and of its answer. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Citus hides shards from whoever lists tables. */
    private static final String SHOW_SHARDS = "SELECT pg_catalog.set_config('citus.override_table_visibility', 'off', false)";
    private static final String NEW_FILES = """
                                            WITH RECURSIVE r AS (
                                                SELECT n.i, to_regclass(n.name)::oid AS relation
                                                FROM pg_catalog.json_array_elements_text(?::json) WITH ORDINALITY AS n (name, i)
                                                UNION
                                                SELECT r.i, h.inhrelid
                                                FROM r JOIN pg_catalog.pg_inherits h ON h.inhparent = r.relation
                                                  JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid AND c.relispartition)
                                            SELECT r.i::text, c.xmin::text, pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text,
                                                   c.oid::text, c.relfilenode::text
                                            FROM r
                                            JOIN pg_catalog.pg_class t ON t.oid = r.relation
                                            JOIN pg_catalog.pg_dist_shard s ON s.logicalrelid = t.oid
                                            JOIN pg_catalog.pg_dist_placement l ON l.shardid = s.shardid
                                              AND l.groupid = (SELECT g.groupid FROM pg_catalog.pg_dist_local_group g)
                                            CROSS JOIN LATERAL pg_catalog.parse_ident(pg_catalog.shard_name(t.oid, s.shardid)) AS p (name)
                                            JOIN pg_catalog.pg_class c ON c.relname = p.name[cardinality(p.name)] AND c.relnamespace = t.relnamespace
                                            WHERE c.relfilenode <> c.oid
                                            """;

    private final Connections connections;
    private final Map<Node, NodeSession> sessions = new HashMap<>();
    private final Set<File> found = new HashSet<>();
    private final Set<File> known = new HashSet<>();

    /** A file that a shard has got, by numbers. */
    private record File(Node node, long shard, long number) {
    }

    public ShardFiles(Connections connections) {
        this.connections = connections;
    }

    /**
     * @param coordinator sees the cut of the last committed epoch
     * @param nodes are asked if they are in that cut
     * @param sources are asked for; partitions count as their root
     */
    Set<TableName> rewritten(Connection coordinator, Set<Node> nodes, Collection<TableName> sources) throws SQLException {
        Set<TableName> rewritten = new HashSet<>();
        found.clear();
        if (sources.isEmpty()) {
            return rewritten;
        }
        Map<Integer, PgSnapshot> cuts = new HashMap<>();
        EpochStore.cuts(coordinator).forEach(cut -> cuts.put(cut.groupId(), cut.snapshot()));
        List<TableName> asked = List.copyOf(sources);
        Set.copyOf(sessions.keySet()).stream().filter(node -> !nodes.contains(node)).forEach(this::close);
        for (Node node : nodes) {
            if (cuts.containsKey(node.groupId())) {
                rewritten.addAll(rewritten(node, cuts.get(node.groupId()), asked));
            }
        }
        return rewritten;
    }

    /** What was found last is told, and never again. To be called when what reads it is marked to be filled again. */
    void told() {
        known.addAll(found);
        found.clear();
    }

    private Set<TableName> rewritten(Node node, PgSnapshot cut, List<TableName> sources) throws SQLException {
        Set<TableName> rewritten = new HashSet<>();
        try {
            for (NodeSession.Row shard : session(node).rows(NEW_FILES, json(sources.stream().map(Quoting::table).toList()))) {
                // It may be older than 2^31 transactions: a frozen row keeps its number.
                long transaction = PgSnapshot.past((int) shard.number(2), shard.number(3));
                File file = new File(node, shard.number(4), shard.number(5));
                if (!cut.hasSeenTheEndOf(transaction) && !known.contains(file)) {
                    rewritten.add(sources.get(shard.integer(1) - 1));
                    found.add(file);
                }
            }
            return rewritten;
        } catch (SQLException e) {
            close(node);
            throw e;
        }
    }

    private NodeSession session(Node node) throws SQLException {
        NodeSession session = sessions.get(node);
        if (session == null) {
            session = connections.session(node, LIMIT);
            sessions.put(node, session);
            session.rows(SHOW_SHARDS);
        }
        return session;
    }

    private static String json(List<String> names) {
        try {
            return JSON.writeValueAsString(names);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void close(Node node) {
        try (NodeSession session = sessions.remove(node)) {
            LOG.debug("{} is asked over another session next time, if at all", node);
        } catch (SQLException e) {
            LOG.debug("closing a session on {}", node, e);
        }
    }

    @Override
    public void close() {
        Set.copyOf(sessions.keySet()).forEach(this::close);
    }
}
