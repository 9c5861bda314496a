package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.Mirror;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.MirrorStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Makes a mirror with the first stream table that reads it and removes it with the last. */
final class MirrorStorage {
    private MirrorStorage() {
    }

    /**
     * Provides the source's mirror, and its change table on every node: a delta of the source is joined with distributed tables, too. An epoch fills
     * the mirror before it is read.
     *
     * @throws FreshetException SOURCE_CHANGED when the tables that are there are older than the source's columns
     */
    static void create(Connection connection, Table source) throws SQLException {
        if (!MirrorStore.add(connection, source.name()) && !fits(connection, source)) {
            // Whoever reads it finds it filled again, from the source as it is.
            drop(connection, source.name());
            MirrorStore.add(connection, source.name());
        }
        if (!exists(connection, Mirror.nameFor(source.name()))) {
            for (String statement : Mirror.createStatements(source)) {
                Jdbc.execute(connection, statement);
            }
        }
        if (!isReferenceTable(connection, ChangeTable.nameFor(source.name()))) {
            for (String statement : Mirror.spreadChanges(source.name())) {
                Jdbc.execute(connection, statement);
            }
        }
        requireColumns(connection, source, Mirror.nameFor(source.name()));
        requireColumns(connection, source, ChangeTable.nameFor(source.name()));
    }

    static void dropUnread(Connection connection) throws SQLException {
        for (TableName source : MirrorStore.unread(connection)) {
            drop(connection, source);
        }
    }

    static void drop(Connection connection, TableName source) throws SQLException {
        MirrorStore.remove(connection, source);
        Jdbc.execute(connection, "DROP TABLE IF EXISTS " + Quoting.table(Mirror.nameFor(source)));
    }

    private static boolean exists(Connection connection, TableName table) throws SQLException {
        return Jdbc.first(connection, "SELECT to_regclass(?) IS NOT NULL", row -> row.getBoolean(1), Quoting.table(table))
                .orElseThrow();
    }

    /** Whether the mirror has the columns of its source, with their types. */
    private static boolean fits(Connection connection, Table source) throws SQLException {
        String columns = """
                         (SELECT array_agg((a.attname::text, a.atttypid, a.atttypmod, a.attcollation)::text ORDER BY a.attname::text)
                          FROM pg_catalog.pg_attribute a WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped)
                         """;
        return Jdbc.first(connection, "SELECT " + columns + " IS NOT DISTINCT FROM " + columns, row -> row.getBoolean(1),
                Quoting.table(source.name()), Quoting.table(Mirror.nameFor(source.name()))).orElseThrow();
    }

    private static boolean isReferenceTable(Connection connection, TableName table) throws SQLException {
        return Jdbc.first(connection, "SELECT 1 FROM pg_catalog.pg_dist_partition WHERE logicalrelid = ?::regclass",
                row -> row.getInt(1), Quoting.table(table)).isPresent();
    }

    private static void requireColumns(Connection connection, Table source, TableName managed) throws SQLException {
        Optional<String> missing = Jdbc
                .first(connection,
                        """
                        SELECT s.attname FROM pg_catalog.pg_attribute s
                        WHERE s.attrelid = ?::regclass AND s.attnum > 0 AND NOT s.attisdropped
                          AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute m
                                          WHERE m.attrelid = ?::regclass AND m.attname = s.attname AND NOT m.attisdropped)
                        """, row -> row.getString(1), Quoting.table(source.name()), Quoting.table(managed));
        if (missing.isPresent()) {
            throw FreshetException
                    .of(ErrorCode.SOURCE_CHANGED, "source " + source.name() + " got the column \"" + missing.get()
                            + "\" after other stream tables had been created over it")
                    .withHint("Drop the stream tables that read " + source.name() + " and create them again.");
        }
    }
}
