package io.freshet.runtime.lifecycle;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The one publication of an installation: it holds every source. Created on the coordinator; Citus propagates it to all nodes. Partitions are
 * published under their root's name.
 */
public final class Publication {
    private final String name;

    public Publication(String installationId) {
        name = "freshet_" + installationId;
    }

    public String name() {
        return name;
    }

    boolean exists(Connection connection) throws SQLException {
        return Jdbc.first(connection, "SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ?", row -> row.getInt(1), name)
                .isPresent();
    }

    public void createIfMissing(Connection connection) throws SQLException {
        if (!exists(connection)) {
            Jdbc.execute(connection,
                    "CREATE PUBLICATION " + Quoting.identifier(name) + " WITH (publish_via_partition_root = true)");
        }
    }

    public void drop(Connection connection) throws SQLException {
        Jdbc.execute(connection, "DROP PUBLICATION IF EXISTS " + Quoting.identifier(name));
    }

    /** @return the tables that were not in it before */
    Set<TableName> add(Connection connection, Collection<TableName> tables) throws SQLException {
        Set<TableName> added = new HashSet<>(tables);
        added.removeAll(members(connection));
        for (TableName table : added) {
            Jdbc.execute(connection, "ALTER PUBLICATION " + Quoting.identifier(name) + " ADD TABLE " + Quoting.table(table));
        }
        return added;
    }

    void remove(Connection connection, Collection<TableName> tables) throws SQLException {
        Set<TableName> members = members(connection);
        for (TableName table : tables) {
            if (members.contains(table)) {
                Jdbc.execute(connection, "ALTER PUBLICATION " + Quoting.identifier(name) + " DROP TABLE " + Quoting.table(table));
            }
        }
    }

    private Set<TableName> members(Connection connection) throws SQLException {
        return new HashSet<>(Jdbc.list(connection, """
                                                   SELECT n.nspname, c.relname FROM pg_catalog.pg_publication_rel r
                                                   JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
                                                   JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
                                                   JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                                                   WHERE p.pubname = ?
                                                   """, row -> new TableName(row.getString(1), row.getString(2)), name));
    }
}
