package io.freshet.runtime.lifecycle;

import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that has been removed from the cluster. Citus leaves everything on it: publication, the tables of Freshet's schemas, copies of mirrors.
 *
 * <p>They may be dropped there as long as no cluster uses the node. The law: a node that is added to a cluster is told its group id, and then who the other nodes
 * are, in the transaction that makes its tables and before those; and the id is one that no node of that cluster had before. So a node that still has the
 * former id, and still takes the same server for its coordinator, is in no cluster, and cannot get into one while the row with the id is locked. A node
 * that was only disabled keeps its id, and is none of this class's business.
 */
public final class FormerNode {
    private static final Logger LOG = LoggerFactory.getLogger(FormerNode.class);

    /** Of connecting and of each answer. */
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String OURS = "('pgtrickle', 'pgtrickle_state', 'pgtrickle_changes')";

    private final Connections connections;
    private final Publication publication;
    private final Optional<String> address;

    /**
     * @param coordinator of the cluster that the nodes have left
     * @param publication of the installation there
     */
    public FormerNode(Connection coordinator, Connections connections, Publication publication) throws SQLException {
        this.connections = connections;
        this.publication = publication;
        this.address = address(coordinator);
    }

    /** The address of the cluster's coordinator, as the node knows it. */
    private static Optional<String> address(Connection node) throws SQLException {
        return Jdbc.first(node,
                "SELECT nodename || ':' || nodeport FROM pg_catalog.pg_dist_node WHERE groupid = 0 AND noderole = 'primary'",
                row -> row.getString(1));
    }

    /**
     * Drops what is left of Freshet on the node, except its slots.
     *
     * @return whether it was done: not when the node belongs to a cluster again
     */
    public boolean clear(Node node) throws SQLException {
        try (Connection connection = connections.open(node, LIMIT)) {
            connection.setAutoCommit(false);
            boolean isFormer = Jdbc.first(connection, "SELECT groupid = ? FROM pg_catalog.pg_dist_local_group FOR UPDATE",
                    row -> row.getBoolean(1), node.groupId()).orElse(false)
                    && address(connection).equals(address);
            if (!isFormer) {
                connection.rollback();
                return false;
            }
            // Only here: there is no cluster that would have to know of it.
            Jdbc.execute(connection, "SET LOCAL citus.enable_ddl_propagation = off");
            Jdbc.execute(connection, "DROP PUBLICATION IF EXISTS " + Quoting.identifier(publication.name()));
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
            return true;
        }
    }
}
