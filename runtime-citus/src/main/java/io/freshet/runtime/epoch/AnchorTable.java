package io.freshet.runtime.epoch;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The anchor of one co-location group: a table co-located with it that has one row per shard. Updating every row takes the lock on each
 * shard's metadata, which is one per co-located shard, so that none of the group's shards moves before the transaction ends; and it leaves
 * the transaction with one connection, hence one snapshot, on each node that holds a shard of the group.
 *
 * @param rows key, as text, of the row that lies in each shard
 * @param epoch the last one that anchored the group: an epoch that is committed while a node of the group is out of use leaves it out
 */
record AnchorTable(int colocationId, TableName name, Map<Long, String> rows, long epoch) {
    private static final Logger LOG = LoggerFactory.getLogger(AnchorTable.class);

    private static final int CANDIDATES_PER_ROUND = 4_000;
    private static final int ROUNDS = 50;

    /**
     * Reads the anchor of the group, having created it if there is none, and adds rows for shards that have none (a split makes such). Its
     * epoch is the group's own. In a transaction of its own.
     */
    static AnchorTable ensure(Connection connection, int colocationId) throws SQLException {
        TableName name = AnchorNames.of(connection, colocationId);
        String quoted = Quoting.table(name);
        boolean exists = Jdbc.first(connection, "SELECT to_regclass(?) IS NOT NULL", row -> row.getBoolean(1), quoted)
                .orElseThrow();
        if (!exists) {
            create(connection, colocationId, name);
        }
        Map<Long, String> rows = new HashMap<>();
        Jdbc.list(connection,
                "SELECT get_shard_id_for_distribution_column(" + Quoting.literal(quoted) + ", k), k::text FROM (SELECT k FROM "
                        + quoted + " OFFSET 0) a",
                row -> rows.putIfAbsent(row.getLong(1), row.getString(2)));
        Set<Long> missing = new HashSet<>(shards(connection, name));
        missing.removeAll(rows.keySet());
        // Rows that differ are settled when a prepared transaction ends; until then no epoch finds them all at the latest.
        long epoch = Jdbc
                .first(connection, "SELECT max(epoch) FROM " + quoted, row -> Optional.ofNullable(row.getObject(1, Long.class)))
                .orElseThrow().orElse(EpochStore.epoch(connection));
        if (!missing.isEmpty()) {
            rows.putAll(addRows(connection, quoted, missing, epoch));
        }
        return new AnchorTable(colocationId, name, Map.copyOf(rows), epoch);
    }

    /** The anchor after this epoch. */
    AnchorTable at(long newEpoch) {
        return new AnchorTable(colocationId, name, rows, newEpoch);
    }

    /**
     * Sets all rows to one epoch: those of a node that was restored from a backup are at an earlier one. Waits for a transaction that is prepared
     * there. Only for a group of which nothing is believed.
     */
    void level(Connection connection) throws SQLException {
        Jdbc.execute(connection, "UPDATE " + Quoting.table(name) + " SET epoch = " + epoch + " WHERE epoch <> " + epoch);
    }

    /** Removes anchors that have got into another group than theirs: a user has distributed all tables of the group anew. */
    static void removeStrays(Connection connection) throws SQLException {
        List<String> strays = Jdbc.list(connection, """
                                                    SELECT c.oid::regclass::text
                                                    FROM pg_catalog.pg_class c
                                                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                                                    JOIN pg_catalog.pg_dist_partition p ON p.logicalrelid = c.oid
                                                    WHERE n.nspname = 'pgtrickle_state' AND c.relname ~ '^anchor_[0-9]+$'
                                                      AND c.relname <> 'anchor_' || p.colocationid
                                                    """, row -> row.getString(1));
        for (String stray : strays) {
            Jdbc.execute(connection, "DROP TABLE " + stray);
        }
    }

    /** Drops the anchors of groups that no stream table reads or lies in any more. Each in a transaction of its own. */
    static void dropOthers(Connection connection, Set<Integer> colocationIds) throws SQLException {
        List<TableName> others = AnchorNames.all(connection);
        for (int colocationId : colocationIds) {
            others.remove(AnchorNames.of(connection, colocationId));
        }
        for (TableName other : others) {
            try {
                Jdbc.execute(connection, "DROP TABLE " + Quoting.table(other));
            } catch (SQLException e) {
                // A node may be away. It harms nobody, and goes the next time.
                LOG.debug("{} stays for now", other, e);
            }
        }
    }

    /** The shards that the group's tables have now. */
    static List<Long> shards(Connection connection, TableName name) throws SQLException {
        return Jdbc.list(connection, "SELECT shardid FROM pg_catalog.pg_dist_shard WHERE logicalrelid = ?::regclass ORDER BY 1",
                row -> row.getLong(1), Quoting.table(name));
    }

    private static void create(Connection connection, int colocationId, TableName name) throws SQLException {
        record Model(String table, Optional<String> keyType) {
        }
        Model model = Jdbc.first(connection, """
                                             SELECT p.logicalrelid::text, pg_catalog.format_type(a.atttypid, a.atttypmod)
                                             FROM pg_catalog.pg_dist_partition p
                                             LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = p.logicalrelid
                                              AND a.attname = pg_catalog.column_to_column_name(p.logicalrelid, p.partkey)
                                             WHERE p.colocationid = ? ORDER BY p.logicalrelid LIMIT 1
                                             """, row -> new Model(row.getString(1), Optional.ofNullable(row.getString(2))),
                colocationId).orElseThrow(
                        () -> new IllegalStateException("co-location group " + colocationId + " has no table"));
        String quoted = Quoting.table(name);
        Jdbc.execute(connection,
                "CREATE TABLE " + quoted + " (k " + model.keyType().orElse("integer") + " PRIMARY KEY, epoch bigint NOT NULL)");
        if (AnchorNames.isInDistributedSchema(name)) {
            return;
        }
        // Not every table has a distribution column: it may have one shard only.
        Jdbc.execute(connection, "SELECT create_distributed_table(" + Quoting.literal(quoted) + ", "
                + (model.keyType().isPresent() ? "'k'" : "NULL") + ", colocate_with => "
                + Quoting.literal(model.table()) + ")");
    }

    /** A value for a shard is found by trying: the hash spreads any sequence of distinct values evenly. */
    private static Map<Long, String> addRows(Connection connection, String quoted, Set<Long> shards, long epoch)
            throws SQLException {
        String keyType = Jdbc.first(connection, """
                                                SELECT pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute
                                                WHERE attrelid = ?::regclass AND attname = 'k'
                                                """, row -> row.getString(1), quoted).orElseThrow();
        Map<Long, String> added = new HashMap<>();
        for (int round = 0; round < ROUNDS && added.size() < shards.size(); round++) {
            String candidates = """
                                SELECT DISTINCT ON (shard) shard, k::text
                                FROM (SELECT k, get_shard_id_for_distribution_column(%s, k) AS shard
                                      FROM (SELECT %s AS k FROM generate_series(%d, %d) g) c) placed
                                ORDER BY shard, k
                                """.formatted(Quoting.literal(quoted), candidate(keyType), round * CANDIDATES_PER_ROUND + 1,
                    (round + 1) * CANDIDATES_PER_ROUND);
            Jdbc.list(connection, candidates,
                    row -> shards.contains(row.getLong(1)) ? added.putIfAbsent(row.getLong(1), row.getString(2)) : null);
        }
        if (added.size() < shards.size()) {
            throw new SQLException("no value of type " + keyType + " was found for every shard of " + quoted);
        }
        for (String key : added.values()) {
            Jdbc.execute(connection, "INSERT INTO " + quoted + " (k, epoch) VALUES (" + Quoting.literal(key) + "::" + keyType
                    + ", " + epoch + ")");
        }
        return added;
    }

    /** The g-th value of a type, g counting from 1. */
    private static String candidate(String keyType) {
        return switch (keyType) {
            case "smallint", "integer", "bigint", "numeric", "real", "double precision" -> "g::" + keyType;
            case "uuid" -> "md5(g::text)::uuid";
            case "date" -> "date '2000-01-01' + g";
            case "timestamp without time zone", "timestamp with time zone" -> "to_timestamp(g)::" + keyType;
            default -> "g::text::" + keyType;
        };
    }
}
