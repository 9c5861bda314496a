package io.freshet.runtime.refresh;

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
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mirrors in one epoch. The laws:
 *
 * <ol>
 * <li>A mirror that is marked as filled equals its source as the coordinator's snapshot of the last epoch saw it. The mark is in the database and
 *     is written by the transaction that makes it true or false.
 * <li>An epoch applies the net changes of the source to a filled mirror as soon as the change rows are written, whether or not a stream table is
 *     refreshed in it: so the mirror is the source's new state for every program, as a live table is.
 * <li>A mirror whose source changed in a way that is not in the change rows is not filled any more.
 * <li>A stream table is refreshed only when its mirrors are filled. A mirror that is not gets its rows from what the coordinator's snapshot sees.
 * </ol>
 */
final class Mirrors {
    private static final Logger LOG = LoggerFactory.getLogger(Mirrors.class);

    private final Connection connection;
    private final long epoch;
    /** Filled in this epoch, in a part of its transaction that was not rolled back. */
    private final Set<TableName> fresh = new HashSet<>();

    Mirrors(Connection connection, long epoch) {
        this.connection = connection;
        this.epoch = epoch;
    }

    /**
     * Brings the source's mirror, if there is a filled one, to this epoch.
     *
     * @param rows how many change rows the epoch wrote for the source
     * @return whether the mirror took all of them; if not it has to be filled again, and what was read from it may have been wrong
     */
    boolean apply(TableName source, long rows) throws SQLException {
        if (rows == 0 || !MirrorStore.filled(connection).contains(source)) {
            return true;
        }
        Columns columns = Columns.of(connection, Mirror.nameFor(source));
        if (!isNet(source, columns.key())) {
            LOG.warn(
                    "the changes of {} bring a key more than once, as when its shard has moved in between; its mirror is filled again",
                    source);
            distrust(List.of(source));
            return false;
        }
        long applied = 0;
        for (String statement : Mirror.apply(source, epoch, columns.names(), columns.key())) {
            applied += Jdbc.update(connection, statement);
        }
        if (applied == rows) {
            return true;
        }
        LOG.error("the mirror of {} took {} of {} changes: it was not what the source had been, and is filled again", source,
                applied,
                rows);
        distrust(List.of(source));
        return false;
    }

    /** Whether a key goes at most once and comes at most once: changes are netted per node, and only as far as they fit in memory. */
    private boolean isNet(TableName source, List<String> key) throws SQLException {
        String keys = key.stream().map(Quoting::identifier).collect(Collectors.joining(", "));
        return Jdbc.first(connection,
                "SELECT 1 FROM " + Quoting.table(ChangeTable.nameFor(source)) + " WHERE " + ChangeTable.EPOCH
                        + " = " + epoch + " GROUP BY " + keys + ", " + ChangeTable.WEIGHT + " > 0 HAVING sum(abs("
                        + ChangeTable.WEIGHT
                        + ")) > 1 LIMIT 1",
                row -> row.getInt(1)).isEmpty();
    }

    /** The mirrors of these sources, if there are any, do not equal them any more. */
    void distrust(Collection<TableName> sources) throws SQLException {
        MirrorStore.markUnfilled(connection, sources);
    }

    /**
     * Sees to it that the stream table's mirrors are filled. May be rolled back to a savepoint.
     *
     * @throws FreshetException SOURCE_CHANGED
     */
    void provide(ManagedTable table) throws SQLException {
        List<TableName> sources = table.compiled().mirrored().stream().map(Table::name).toList();
        if (sources.isEmpty()) {
            return;
        }
        if (table.needsRebuild()) {
            // Whatever made the stream table lose its place may have made its mirrors lose theirs.
            distrust(sources.stream().filter(s -> !fresh.contains(s)).toList());
        }
        Set<TableName> filled = MirrorStore.filled(connection);
        for (TableName source : sources) {
            if (!filled.contains(source)) {
                fill(source);
            }
        }
    }

    /** What {@link #provide} did stays. */
    void provided(ManagedTable table) {
        table.compiled().mirrored().forEach(source -> fresh.add(source.name()));
    }

    /** How many rows the stream table's mirrors and their sources, as the coordinator's snapshot sees them, differ by. */
    long differingRows(ManagedTable table) throws SQLException {
        long differing = 0;
        for (Table source : table.compiled().mirrored()) {
            TableName mirror = Mirror.nameFor(source.name());
            String values = Columns.of(connection, mirror).names().stream()
                    .map(name -> "side." + Quoting.identifier(name) + "::text")
                    .collect(Collectors.joining(", "));
            differing += Jdbc.first(connection,
                    """
                    SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
                    FROM (SELECT sum(both_sides.weight) AS weight
                          FROM (SELECT ROW(%1$s)::text, 1 FROM %2$s AS side
                                UNION ALL SELECT ROW(%1$s)::text, -1 FROM %3$s AS side) AS both_sides (line, weight)
                          GROUP BY both_sides.line HAVING sum(both_sides.weight) <> 0) AS difference
                    """.formatted(values, Quoting.table(mirror), onCoordinator(source.name())),
                    row -> row.getLong(1)).orElseThrow();
        }
        return differing;
    }

    private void fill(TableName source) throws SQLException {
        TableName mirror = Mirror.nameFor(source);
        Columns.requireSameTypes(connection, source, mirror);
        String names = Columns.of(connection, mirror).names().stream().map(Quoting::identifier).collect(Collectors.joining(", "));
        Jdbc.execute(connection, "DELETE FROM " + Quoting.table(mirror));
        int rows = Jdbc.update(connection, "INSERT INTO " + Quoting.table(mirror) + " (" + names + ") SELECT " + names + " FROM "
                + onCoordinator(source));
        MirrorStore.markFilled(connection, source);
        LOG.info("the mirror of {} is filled, with {} rows", source, rows);
    }

    /**
     * The relation that holds the coordinator's own rows of a table. Of a table that Citus knows it is the shard: a statement that names the table
     * would be sent to every node, and copy what each of them has. A distributed schema's table has one shard, wherever that is.
     */
    private String onCoordinator(TableName source) throws SQLException {
        boolean citus = Jdbc
                .first(connection, "SELECT to_regclass('pg_catalog.pg_dist_shard') IS NOT NULL", row -> row.getBoolean(1))
                .orElseThrow();
        Optional<String> shard = citus
                ? Jdbc.first(connection,
                        """
                        SELECT CASE WHEN n.nspname = 'public' THEN 'public.' ELSE '' END || shard_name(c.oid, s.shardid)
                        FROM pg_catalog.pg_dist_shard s
                        JOIN pg_catalog.pg_class c ON c.oid = s.logicalrelid
                        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                        JOIN pg_catalog.pg_dist_partition p ON p.logicalrelid = s.logicalrelid
                        WHERE s.logicalrelid = ?::regclass AND (p.repmodel = 't' OR p.colocationid = 0)
                        """, row -> row.getString(1), Quoting.table(source))
                : Optional.empty();
        return shard.orElse(Quoting.table(source));
    }

    /** @param key of the primary key */
    private record Columns(List<String> names, List<String> key) {
        static Columns of(Connection connection, TableName table) throws SQLException {
            record Column(String name, boolean isKey) {
            }
            List<Column> columns = Jdbc.list(connection, """
                                                         SELECT a.attname, a.attnum = ANY (i.indkey)
                                                         FROM pg_catalog.pg_attribute a
                                                         JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
                                                         WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped
                                                         ORDER BY a.attnum
                                                         """, row -> new Column(row.getString(1), row.getBoolean(2)),
                    Quoting.table(table));
            return new Columns(columns.stream().map(Column::name).toList(),
                    columns.stream().filter(Column::isKey).map(Column::name).toList());
        }

        /** Values of another type would be rounded, cut or refused on their way into the mirror. */
        static void requireSameTypes(Connection connection, TableName source, TableName mirror) throws SQLException {
            Optional<String> other = Jdbc
                    .first(connection,
                            """
                            SELECT m.attname
                            FROM pg_catalog.pg_attribute m
                            LEFT JOIN pg_catalog.pg_attribute s ON s.attrelid = ?::regclass AND s.attname = m.attname
                             AND NOT s.attisdropped AND s.atttypid = m.atttypid AND s.atttypmod = m.atttypmod
                             AND s.attcollation = m.attcollation
                            WHERE m.attrelid = ?::regclass AND m.attnum > 0 AND NOT m.attisdropped AND s.attname IS NULL
                            """, row -> row.getString(1), Quoting.table(source), Quoting.table(mirror));
            if (other.isPresent()) {
                throw FreshetException
                        .of(ErrorCode.SOURCE_CHANGED,
                                "\"" + source + "\" was altered: column \"" + other.get() + "\" is gone or has another type")
                        .withHint("Drop the stream tables that read " + source + " and create them again.");
            }
        }
    }
}
