package io.freshet.runtime.store;

import io.freshet.planner.catalog.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads and writes {@code pgtrickle.pgt_mirrors}, in the caller's transaction. */
public final class MirrorStore {
    private static final String OF = " WHERE source_schema = ? AND source_table = ?";

    private MirrorStore() {
    }

    /** @return whether there was none before */
    public static boolean add(Connection connection, TableName source) throws SQLException {
        return Jdbc.update(connection,
                "INSERT INTO pgtrickle.pgt_mirrors (source_schema, source_table) VALUES (?, ?) ON CONFLICT DO NOTHING",
                source.schema(), source.name()) == 1;
    }

    /** The sources whose mirrors equal them at the cut of the last epoch. */
    public static Set<TableName> filled(Connection connection) throws SQLException {
        return new HashSet<>(Jdbc.list(connection,
                "SELECT source_schema, source_table FROM pgtrickle.pgt_mirrors WHERE filled", MirrorStore::name));
    }

    public static void markFilled(Connection connection, TableName source) throws SQLException {
        Jdbc.update(connection, "UPDATE pgtrickle.pgt_mirrors SET filled = true" + OF, source.schema(), source.name());
    }

    /** The mirrors are filled again before they are read. */
    public static void markUnfilled(Connection connection, Collection<TableName> sources) throws SQLException {
        for (TableName source : sources) {
            Jdbc.update(connection, "UPDATE pgtrickle.pgt_mirrors SET filled = false" + OF + " AND filled", source.schema(),
                    source.name());
        }
    }

    /** All mirrors are filled again before they are read. */
    public static void markAllUnfilled(Connection connection) throws SQLException {
        Jdbc.update(connection, "UPDATE pgtrickle.pgt_mirrors SET filled = false WHERE filled");
    }

    /** The sources whose mirrors no stream table reads. */
    public static List<TableName> unread(Connection connection) throws SQLException {
        return Jdbc.list(connection, """
                                     SELECT m.source_schema, m.source_table FROM pgtrickle.pgt_mirrors m
                                     WHERE NOT EXISTS (SELECT FROM pgtrickle.pgt_sources s
                                                       WHERE s.mirrored AND s.source_schema = m.source_schema
                                                         AND s.source_table = m.source_table)
                                     """, MirrorStore::name);
    }

    public static void remove(Connection connection, TableName source) throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_mirrors" + OF, source.schema(), source.name());
    }

    private static TableName name(ResultSet row) throws SQLException {
        return new TableName(row.getString(1), row.getString(2));
    }
}
