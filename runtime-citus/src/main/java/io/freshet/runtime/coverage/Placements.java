package io.freshet.runtime.coverage;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** On which nodes tables lie, as Citus's catalog says at one moment. A table that is not in it lies on the coordinator. */
public record Placements(Map<TableName, Placed> tables) {
    private static final Placed LOCAL = new Placed(Form.LOCAL, 0, Set.of(Node.COORDINATOR_GROUP));

    public Placements {
        tables = Map.copyOf(tables);
    }

    /** How a table lies in the cluster. */
    public enum Form {
        LOCAL,
        /** A copy on every node; changes are captured, and rows read, on the coordinator. */
        REFERENCE,
        /** Sharded by hash. */
        DISTRIBUTED,
        /** One shard that is the whole table. */
        SINGLE_SHARD
    }

    /**
     * @param colocationId meaningless for a local table
     * @param groupIds the nodes with a shard or a copy
     */
    public record Placed(Form form, int colocationId, Set<Integer> groupIds) {
        public Placed {
            groupIds = Set.copyOf(groupIds);
        }

        /** Whether its shards are held in place by an anchor of its co-location group. A table that Citus only knows of has no group. */
        boolean isAnchored() {
            return form == Form.DISTRIBUTED || form == Form.SINGLE_SHARD && colocationId > 0;
        }
    }

    /** @param names tables; those that do not exist count as local */
    public static Placements read(Connection connection, Collection<TableName> names) throws SQLException {
        Map<String, TableName> byText = new HashMap<>();
        names.forEach(n -> byText.put(Quoting.table(n), n));
        Map<TableName, Placed> placed = new HashMap<>();
        Jdbc.list(connection, """
                              SELECT n.name, p.partmethod, p.repmodel, p.colocationid, array_agg(DISTINCT l.groupid)
                              FROM unnest(?::text[]) AS n (name)
                              JOIN pg_catalog.pg_dist_partition p ON p.logicalrelid = to_regclass(n.name)
                              JOIN pg_catalog.pg_dist_shard s ON s.logicalrelid = p.logicalrelid
                              JOIN pg_catalog.pg_dist_placement l ON l.shardid = s.shardid
                              GROUP BY n.name, p.partmethod, p.repmodel, p.colocationid
                              """,
                row -> placed.put(byText.get(row.getString(1)),
                        new Placed(form(row.getString(2), row.getString(3)), row.getInt(4),
                                new HashSet<>(List.of((Integer[]) row.getArray(5).getArray())))),
                connection.createArrayOf("text", byText.keySet().toArray()));
        return new Placements(placed);
    }

    /** The same, and nodes that groups lay on before: there may be changes on them that have not been read. */
    public Placements and(Map<Integer, Set<Integer>> earlier) {
        Map<TableName, Placed> more = new HashMap<>();
        tables.forEach((table, placed) -> {
            Set<Integer> groupIds = new HashSet<>(placed.groupIds());
            if (placed.isAnchored()) {
                groupIds.addAll(earlier.getOrDefault(placed.colocationId(), Set.of()));
            }
            more.put(table, new Placed(placed.form(), placed.colocationId(), groupIds));
        });
        return new Placements(more);
    }

    public Placed of(TableName table) {
        return tables.getOrDefault(table, LOCAL);
    }

    private static Form form(String method, String replication) {
        return switch (method) {
            case "n" -> replication.equals("t") ? Form.REFERENCE : Form.SINGLE_SHARD;
            default -> Form.DISTRIBUTED;
        };
    }
}
