package io.freshet.runtime.lifecycle;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The one publication of an installation: it holds every source. Created on the coordinator; Citus propagates it to all nodes. Partitions are
 * published under their root's name.
 */
public final class Publication {
    /** What every installation's is named by, and its slots with it. A regular expression. */
    public static final String NAMES = "^freshet_[0-9a-f]{8}$";

    private static final String OPTIONS = "publish = 'insert, update, delete, truncate', publish_via_partition_root = true";

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

    /**
     * Creates it if there is none. Whoever drops a publication makes every slot useless that has decoded by it: the server looks it up as of the change
     * that it decodes, and fails where it was not there.
     *
     * @return whether the slots that are there decode by it
     */
    public boolean provide(Connection connection) throws SQLException {
        if (!exists(connection)) {
            Jdbc.execute(connection, "CREATE PUBLICATION " + Quoting.identifier(name) + " WITH (" + OPTIONS + ")");
        }
        if (Jdbc.first(connection, "SELECT publication IS NULL FROM pgtrickle.installation", row -> row.getBoolean(1))
                .orElseThrow()) {
            remember(connection);
        }
        return Jdbc.first(connection, "SELECT i.publication = p.oid FROM pgtrickle.installation i, pg_catalog.pg_publication p"
                + " WHERE p.pubname = ?", row -> row.getBoolean(1), name).orElseThrow();
    }

    /** The slots that are there decode by it. */
    public void remember(Connection connection) throws SQLException {
        Jdbc.update(connection,
                "UPDATE pgtrickle.installation SET publication = (SELECT oid FROM pg_catalog.pg_publication WHERE pubname = ?)",
                name);
    }

    public void drop(Connection connection) throws SQLException {
        // In this order: one that is still there is remembered again.
        Jdbc.update(connection, "UPDATE pgtrickle.installation SET publication = NULL");
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

    /**
     * The tables are in it, whole, with everything that happens to them, whatever somebody has made of it.
     *
     * @return whether something had to be changed
     */
    boolean repair(Connection connection, Collection<TableName> tables) throws SQLException {
        boolean changed = Jdbc
                .first(connection, "SELECT NOT (pubinsert AND pubupdate AND pubdelete AND pubtruncate AND pubviaroot)"
                        + " FROM pg_catalog.pg_publication WHERE pubname = ?", row -> row.getBoolean(1), name)
                .orElse(false);
        if (changed) {
            Jdbc.execute(connection, "ALTER PUBLICATION " + Quoting.identifier(name) + " SET (" + OPTIONS + ")");
        }
        List<TableName> inPart = Jdbc.list(connection, """
                                                       SELECT n.nspname, c.relname FROM pg_catalog.pg_publication_rel r
                                                       JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
                                                       JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
                                                       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                                                       WHERE p.pubname = ? AND (r.prqual IS NOT NULL OR r.prattrs IS NOT NULL)
                                                       """, row -> new TableName(row.getString(1), row.getString(2)), name);
        remove(connection, tables.stream().filter(inPart::contains).toList());
        return !add(connection, tables).isEmpty() || changed;
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
