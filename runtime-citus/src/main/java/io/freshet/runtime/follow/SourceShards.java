package io.freshet.runtime.follow;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The sources as Citus's catalog shows them at one moment. One that does not exist is not there. */
public record SourceShards(Map<TableName, Shape> sources) {
    static final SourceShards NONE = new SourceShards(Map.of());

    /**
     * Locks no table: it is asked while an epoch, in another session, holds locks on these. pg_partition_tree would wait for whoever waits for the
     * epoch.
     */
    private static final String READ = """
                                       WITH RECURSIVE r AS (
                                           SELECT n.i, to_regclass(n.name)::oid AS relation
                                           FROM unnest(?::text[]) WITH ORDINALITY AS n (name, i)
                                           UNION
                                           SELECT r.i, h.inhrelid
                                           FROM r JOIN pg_catalog.pg_inherits h ON h.inhparent = r.relation
                                             JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid AND c.relispartition)
                                       SELECT r.i, r.relation::bigint, s.shardid, l.placementid, l.groupid
                                       FROM r
                                       LEFT JOIN (pg_catalog.pg_dist_partition p
                                                  JOIN pg_catalog.pg_dist_shard s ON s.logicalrelid = p.logicalrelid
                                                  JOIN pg_catalog.pg_dist_placement l ON l.shardid = s.shardid)
                                         ON p.logicalrelid = r.relation AND NOT (p.partmethod = 'n' AND p.repmodel = 't')
                                       WHERE r.relation IS NOT NULL
                                       """;

    public SourceShards {
        sources = Map.copyOf(sources);
    }

    private record Row(int source, long relation, Optional<Long> shardId, Shape.Shard shard) {
    }

    /** @param connection to the coordinator, of a cluster that has Citus */
    static SourceShards read(Connection connection, Collection<TableName> names) throws SQLException {
        List<TableName> asked = List.copyOf(names);
        List<Row> rows = Jdbc.list(connection, READ,
                row -> new Row(row.getInt(1), row.getLong(2), Optional.ofNullable(row.getObject(3, Long.class)),
                        new Shape.Shard(row.getLong(4), row.getInt(5))),
                connection.createArrayOf("text", asked.stream().map(Quoting::table).toArray()));
        Map<TableName, SortedMap<Long, SortedMap<Long, Shape.Shard>>> found = new HashMap<>();
        for (Row row : rows) {
            SortedMap<Long, Shape.Shard> shards = found.computeIfAbsent(asked.get(row.source() - 1), n -> new TreeMap<>())
                    .computeIfAbsent(row.relation(), r -> new TreeMap<>());
            row.shardId().ifPresent(id -> shards.put(id, row.shard()));
        }
        Map<TableName, Shape> shapes = new HashMap<>();
        found.forEach((name, relations) -> shapes.put(name, new Shape(relations)));
        return new SourceShards(shapes);
    }

    Optional<Shape> of(TableName source) {
        return Optional.ofNullable(sources.get(source));
    }

    /** The sources that have partitions on shards. */
    Set<TableName> partitioned() {
        return sources.entrySet().stream().filter(s -> s.getValue().isPartitioned()).map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** These, and the sources that are partitions of one of them. */
    Set<TableName> andPartitions(Set<TableName> some) {
        Set<TableName> all = new HashSet<>(some);
        for (TableName source : some) {
            Set<Long> parts = of(source).map(shape -> shape.relations().keySet()).orElse(Set.of());
            sources.forEach((other, shape) -> {
                if (parts.containsAll(shape.relations().keySet())) {
                    all.add(other);
                }
            });
        }
        return all;
    }

    /** A line about a source that has other shards, or is another table, in {@code later}; moved ones are the same. */
    Optional<String> differenceTo(SourceShards later) {
        for (Map.Entry<TableName, Shape> source : sources.entrySet()) {
            Optional<Shape> now = later.of(source.getKey());
            if (now.isEmpty() || source.getValue().isReplacedBy(now.get())) {
                return Optional.of("source " + source.getKey() + " has been replaced");
            }
            if (source.getValue().isSplitInto(now.get())) {
                return Optional.of("source " + source.getKey() + " has other shards");
            }
        }
        return Optional.empty();
    }
}
