package io.freshet.runtime.lifecycle;

import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that has been removed from the cluster. Citus leaves everything on it: publication, the tables of Freshet's schemas, copies of mirrors.
 *
 * <p>They may be dropped there as long as no cluster uses the node. The law: a node that is added gets a group id that no node had before, and is told it
 * in the transaction that makes its tables, before those. So a node that still has the former id is in no cluster, and cannot get into one while the row
 * with the id is locked. A node that was only disabled keeps its id, and is none of this class's business.
 */
public final class FormerNode {
    private static final Logger LOG = LoggerFactory.getLogger(FormerNode.class);

    /** Of connecting and of each answer. */
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String OURS = "('pgtrickle', 'pgtrickle_state', 'pgtrickle_changes')";

    private FormerNode() {
    }

    /** Drops what is left of Freshet on it, except its slots. Does nothing when it is in a cluster again. */
    public static void clear(Connections connections, Node node) throws SQLException {
        try (Connection connection = connections.open(node, LIMIT)) {
            connection.setAutoCommit(false);
            boolean isFormer = Jdbc.first(connection, "SELECT groupid = ? FROM pg_catalog.pg_dist_local_group FOR UPDATE",
                    row -> row.getBoolean(1), node.groupId()).orElse(false);
            if (!isFormer) {
                connection.rollback();
                return;
            }
            // Only here: there is no cluster that would have to know of it.
            Jdbc.execute(connection, "SET LOCAL citus.enable_ddl_propagation = off");
            for (String publication : Jdbc.list(connection, "SELECT pubname FROM pg_catalog.pg_publication WHERE pubname ~ ?",
                    row -> row.getString(1), Publication.NAMES)) {
                Jdbc.execute(connection, "DROP PUBLICATION " + Quoting.identifier(publication));
            }
            // With the table goes what Citus knows of it: a node that is added again would stumble over the rest.
            Jdbc.list(connection,
                    """
                    SELECT pg_catalog.worker_drop_distributed_table(pg_catalog.format('%I.%I', n.nspname, c.relname))::text
                    FROM pg_catalog.pg_dist_partition p
                    JOIN pg_catalog.pg_class c ON c.oid = p.logicalrelid
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname IN\s""" + OURS + " OR c.relname = 'pgtrickle_anchor'", row -> row.getString(1));
            for (String schema : Jdbc.list(connection, "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname IN " + OURS,
                    row -> row.getString(1))) {
                Jdbc.execute(connection, "DROP SCHEMA " + Quoting.identifier(schema) + " CASCADE");
            }
            connection.commit();
            LOG.info("{} has left the cluster: what was there of Freshet is dropped", node);
        }
    }
}
