package io.freshet.runtime.follow;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Distributed sources that have got partitions, and need not be filled again for that. What was written to such a partition so far the streams may or may not have
 * shown: a connection that met a shard first in the transaction that made it never shows it, any other always does (laws 1 and 2 of {@link Following}). While the
 * partition is empty both come to the same, nothing, and streams that begin anew there show all that follows. This holds if
 *
 * <ol>
 * <li>the partition was one from its beginning, and its whole old rows were in the WAL from then on: what was written to a table before it was attached is not shown
 *     as the source's, but what is deleted afterwards is;
 * <li>from the last epoch before it until that moment no stream has begun and no shard of the source has moved: so what became of each of its shards was shown by one
 *     connection;
 * <li>it has not been truncated, which would not be shown, see {@link ShardFiles}, nor dropped or detached;
 * <li>it is empty at the cut of the last epoch before the streams begin anew.
 * </ol>
 *
 * <p>Until they have, the source is not followed, so that nothing is refreshed from it; the catalog says so, too, so that after a crash it is filled again.
 * Used by one thread.
 */
final class NewPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(NewPartitions.class);

    /**
     * What no ALTER writes anew is the row of a system column: it has the transaction that made the table. A partition that has partitions has no rows, and no replica
     * identity, of its own.
     */
    private static final String BORN_AS_PARTITIONS = """
                                                     SELECT count(*) = cardinality(?::bigint[])
                                                     FROM pg_catalog.pg_class c
                                                     JOIN pg_catalog.pg_dist_partition p ON p.logicalrelid = c.oid AND p.partmethod = 'h'
                                                     JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid
                                                     JOIN pg_catalog.pg_attribute y ON y.attrelid = c.oid AND y.attname = 'ctid'
                                                     WHERE c.oid::bigint = ANY (?) AND h.xmin = y.xmin AND c.relfilenode IN (0, c.oid)
                                                       AND (c.relkind = 'p' OR c.relreplident = 'f' AND c.xmin = h.xmin)
                                                     """;

    /** After these the epoch is lost: connection, serialization, shutdown. */
    private static final List<String> FATAL = List.of("08", "40", "57P");

    private final Map<TableName, Awaited> awaited = new HashMap<>();
    private boolean probing;
    private Set<TableName> emptyInEpoch = Set.of();
    private Set<TableName> empty = Set.of();

    /**
     * @param before the source as the last epoch saw it in which it was followed
     * @param shape the source with its new partitions
     * @param added their oids
     */
    private record Awaited(Shape before, Shape shape, List<Long> added) {
    }

    /** Whether streams are to begin anew behind new partitions of the source. */
    boolean await(TableName source) {
        return awaited.containsKey(source);
    }

    Set<TableName> sources() {
        return Set.copyOf(awaited.keySet());
    }

    /** The source as the last epoch saw it in which it was followed. */
    Optional<Shape> before(TableName source) {
        return Optional.ofNullable(awaited.get(source)).map(Awaited::before);
    }

    /** The source with the new partitions. */
    Optional<Shape> shape(TableName source) {
        return Optional.ofNullable(awaited.get(source)).map(Awaited::shape);
    }

    void retain(Set<TableName> sources) {
        awaited.keySet().retainAll(sources);
    }

    /** The sources are followed again. */
    void forget(Set<TableName> sources) {
        awaited.keySet().removeAll(sources);
    }

    /**
     * Looks whether a source has only got partitions that may do without a fill. From now on it is awaited, or not any more. A source that is awaited already must still
     * have the partitions for which it is: what was written to one that is gone may have been shown.
     *
     * @param before as the last epoch saw it in which it was followed; no stream has begun since
     */
    boolean accept(Connection coordinator, TableName source, Shape before, Shape after) throws SQLException {
        Optional<Shape> earlier = shape(source);
        awaited.remove(source);
        if (!before.isExtendedBy(after) || earlier.isPresent() && !after.has(earlier.get())) {
            return false;
        }
        List<Long> added = after.relations().keySet().stream().filter(r -> !before.relations().containsKey(r)).toList();
        boolean born = areBornAsPartitions(coordinator, added);
        if (born) {
            awaited.put(source, new Awaited(before, after, added));
        }
        return born;
    }

    private static boolean areBornAsPartitions(Connection connection, List<Long> tables) throws SQLException {
        Object oids = connection.createArrayOf("bigint", tables.toArray());
        return Jdbc.first(connection, BORN_AS_PARTITIONS, row -> row.getBoolean(1), oids, oids).orElseThrow();
    }

    /** @return why the epoch must not go on: one of the sources is not as it was accepted */
    Optional<String> differenceTo(SourceShards now) {
        return awaited.entrySet().stream().filter(a -> !now.of(a.getKey()).equals(Optional.of(a.getValue().shape()))).findFirst()
                .map(a -> "source " + a.getKey() + " has other partitions or shards");
    }

    /** The next epoch may be the last before the streams begin anew: it is to look which partitions are empty. */
    void probe() {
        probing = true;
    }

    /** Looks, if that was asked for, which of the sources have nothing in their new partitions, at the cut of the epoch whose transaction this is. */
    void look(Connection epoch) throws SQLException {
        Set<TableName> found = new HashSet<>();
        for (Map.Entry<TableName, Awaited> source : awaited.entrySet()) {
            if (probing && areEmpty(epoch, source.getValue().added())) {
                found.add(source.getKey());
            }
        }
        emptyInEpoch = found;
    }

    /** False also if that cannot be found out, as while somebody alters one of them: that is no reason to hold up an epoch. */
    private static boolean areEmpty(Connection epoch, List<Long> partitions) throws SQLException {
        Savepoint savepoint = epoch.setSavepoint();
        try {
            Jdbc.execute(epoch, "SET LOCAL lock_timeout = 250");
            if (!areBornAsPartitions(epoch, partitions)) {
                // Detached and attached again, or without its replica identity for a while.
                return false;
            }
            for (long partition : partitions) {
                if (isFilled(epoch, partition)) {
                    return false;
                }
            }
            return true;
        } catch (SQLException e) {
            if (e.getSQLState() == null || FATAL.stream().anyMatch(e.getSQLState()::startsWith)) {
                throw e;
            }
            LOG.info("whether new partitions are empty cannot be found out: {}", e.getMessage());
            return false;
        } finally {
            if (!epoch.isClosed()) {
                epoch.rollback(savepoint);
            }
        }
    }

    private static boolean isFilled(Connection epoch, long partition) throws SQLException {
        TableName name = Jdbc.first(epoch, """
                                           SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
                                           JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ?::oid
                                           """, row -> new TableName(row.getString(1), row.getString(2)), partition)
                .orElseThrow();
        return Jdbc.first(epoch, "SELECT 1 FROM " + Quoting.table(name) + " LIMIT 1", row -> row.getInt(1)).isPresent();
    }

    void committed() {
        empty = emptyInEpoch;
        emptyInEpoch = Set.of();
        probing = false;
    }

    /** Whether the source can be followed from the last committed epoch on without being filled again. */
    boolean mayJoin(TableName source, Optional<Shape> now) {
        return empty.contains(source) && now.equals(shape(source));
    }
}
