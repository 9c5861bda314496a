package io.freshet.runtime.follow;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads and writes {@code pgt_followed}, in the caller's transaction. */
final class FollowStore {
    private FollowStore() {
    }

    static SourceShards read(Connection connection) throws SQLException {
        Map<TableName, SortedMap<Long, SortedMap<Long, Shape.Shard>>> relations = new HashMap<>();
        Jdbc.list(connection, """
                              SELECT source_schema, source_table, relation::bigint, shard_ids, placement_ids, group_ids
                              FROM pgtrickle.pgt_followed
                              """, row -> relations
                .computeIfAbsent(new TableName(row.getString(1), row.getString(2)), n -> new TreeMap<>())
                .put(row.getLong(3), shards(row)));
        Map<TableName, Shape> shapes = new HashMap<>();
        relations.forEach((name, parts) -> shapes.put(name, new Shape(parts)));
        return new SourceShards(shapes);
    }

    private static SortedMap<Long, Shape.Shard> shards(ResultSet row) throws SQLException {
        Long[] shards = (Long[]) row.getArray(4).getArray();
        Long[] placements = (Long[]) row.getArray(5).getArray();
        Integer[] groups = (Integer[]) row.getArray(6).getArray();
        SortedMap<Long, Shape.Shard> result = new TreeMap<>();
        for (int i = 0; i < shards.length; i++) {
            result.put(shards[i], new Shape.Shard(placements[i], groups[i]));
        }
        return result;
    }

    static void delete(Connection connection, Collection<TableName> sources) throws SQLException {
        for (TableName source : sources) {
            Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_followed WHERE source_schema = ? AND source_table = ?",
                    source.schema(), source.name());
        }
    }

    static void save(Connection connection, TableName source, Shape shape) throws SQLException {
        delete(connection, Set.of(source));
        for (Map.Entry<Long, SortedMap<Long, Shape.Shard>> relation : shape.relations().entrySet()) {
            SortedMap<Long, Shape.Shard> shards = relation.getValue();
            Jdbc.update(connection, "INSERT INTO pgtrickle.pgt_followed VALUES (?, ?, ?::bigint::oid, ?, ?, ?)",
                    source.schema(), source.name(), relation.getKey(),
                    connection.createArrayOf("int8", shards.keySet().toArray()),
                    connection.createArrayOf("int8", shards.values().stream().map(Shape.Shard::placementId).toArray()),
                    connection.createArrayOf("int4", shards.values().stream().map(Shape.Shard::groupId).toArray()));
        }
    }

    /** The sources of all stream tables, also of those that do not compile; those that are stream tables themselves are not captured. */
    static Set<TableName> captured(Connection connection) throws SQLException {
        return new HashSet<>(Jdbc.list(connection, """
                                                   SELECT DISTINCT source_schema, source_table FROM pgtrickle.pgt_sources
                                                   WHERE (source_schema, source_table) NOT IN
                                                         (SELECT schema_name, table_name FROM pgtrickle.pgt_stream_tables)
                                                   """, row -> new TableName(row.getString(1), row.getString(2))));
    }
}
