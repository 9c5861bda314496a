package io.freshet.planner.catalog.live;

import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.SnapshotCatalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.functions.LiveObjects;
import io.freshet.planner.functions.ServerObjects;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The catalog of a server at one moment. */
public final class LiveCatalog {
    private static final String SYSTEM_SCHEMAS = "('pg_catalog', 'information_schema', 'pg_toast', 'pgtrickle', 'pgtrickle_changes', "
            + "'pgtrickle_state')";

    private final Connection connection;

    private LiveCatalog(Connection connection) {
        this.connection = connection;
    }

    /**
     * Reads relations, types and functions in a few queries. Inside a transaction it sees that transaction's snapshot.
     *
     * @throws SQLException when the server cannot be asked
     */
    public static Catalog load(Connection connection) throws SQLException {
        return new LiveCatalog(connection).read();
    }

    private Catalog read() throws SQLException {
        ServerObjects objects = LiveObjects.load(connection);
        Map<Integer, List<Column>> columns = columns(objects);
        Map<Integer, List<List<String>>> keys = keys();
        Map<Integer, Placement> placements = placements();
        Set<TableName> streamTables = streamTables();
        List<Table> tables = new ArrayList<>();
        query("""
              SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relreplident,
                     CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
                     EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid)
                FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN %s
               ORDER BY n.nspname, c.relname""".formatted(SYSTEM_SCHEMAS), row -> {
            int oid = (int) row.getLong(1);
            TableName name = new TableName(row.getString(2), row.getString(3));
            Table.Kind kind = streamTables.contains(name) ? Table.Kind.STREAM_TABLE : kind(row);
            tables.add(new Table(name, kind, columns.getOrDefault(oid, List.of()), keys.getOrDefault(oid, List.of()),
                    replicaIdentity(row.getString(6)), placements.getOrDefault(oid, new Placement.Local()),
                    Optional.ofNullable(row.getString(7))));
        });
        return new SnapshotCatalog(objects, searchPath(), tables);
    }

    private static Table.Kind kind(ResultSet row) throws SQLException {
        return switch (row.getString(4)) {
            case "p" -> Table.Kind.PARTITIONED_TABLE;
            case "v" -> Table.Kind.VIEW;
            case "m" -> Table.Kind.MATERIALIZED_VIEW;
            case "f" -> Table.Kind.FOREIGN_TABLE;
            default -> {
                if (row.getBoolean(5)) {
                    yield Table.Kind.PARTITION;
                }
                yield row.getBoolean(8) ? Table.Kind.INHERITANCE_PARENT : Table.Kind.TABLE;
            }
        };
    }

    private static Table.ReplicaIdentity replicaIdentity(String relreplident) {
        return switch (relreplident) {
            case "f" -> Table.ReplicaIdentity.FULL;
            case "i" -> Table.ReplicaIdentity.INDEX;
            case "n" -> Table.ReplicaIdentity.NOTHING;
            default -> Table.ReplicaIdentity.DEFAULT;
        };
    }

    private List<String> searchPath() throws SQLException {
        List<String> path = new ArrayList<>();
        query("SELECT s FROM unnest(current_schemas(false)) WITH ORDINALITY AS p(s, i) ORDER BY i",
                row -> path.add(row.getString(1)));
        return path;
    }

    private Map<Integer, List<Column>> columns(ServerObjects objects) throws SQLException {
        Map<Integer, List<Column>> columns = new HashMap<>();
        query("""
              SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attnotnull,
                     CASE WHEN a.attgenerated = 's' THEN pg_get_expr(d.adbin, d.adrelid) END, coalesce(o.collisdeterministic, true)
                FROM pg_attribute a
                JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                JOIN pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                LEFT JOIN pg_collation o ON o.oid = a.attcollation
               WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname NOT IN %s
               ORDER BY a.attrelid, a.attnum"""
                .formatted(SYSTEM_SCHEMAS), row -> {
                    String type = objects.types().type((int) row.getLong(3), row.getInt(4)).text();
                    Column.Collation collation = row.getBoolean(7)
                            ? Column.Collation.DETERMINISTIC
                            : Column.Collation.NOT_DETERMINISTIC;
                    columns.computeIfAbsent((int) row.getLong(1), oid -> new ArrayList<>())
                            .add(new Column(row.getString(2), type, row.getBoolean(5), Optional.ofNullable(row.getString(6)),
                                    collation));
                });
        return columns;
    }

    /** Unique indexes over NOT NULL columns, without expressions or conditions, that are enforced at once; the primary key first. */
    private Map<Integer, List<List<String>>> keys() throws SQLException {
        Map<Integer, Map<Integer, List<String>>> byIndex = new HashMap<>();
        query("""
              SELECT i.indrelid, i.indexrelid, a.attname
                FROM pg_index i
                JOIN pg_class c ON c.oid = i.indrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position) ON k.position <= i.indnkeyatts
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
               WHERE i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
                 AND n.nspname NOT IN %s
                 AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS u(attnum, position)
                                   JOIN pg_attribute nullable ON nullable.attrelid = i.indrelid AND nullable.attnum = u.attnum
                                  WHERE u.position <= i.indnkeyatts AND NOT nullable.attnotnull)
               ORDER BY i.indrelid, NOT i.indisprimary, i.indexrelid, k.position""".formatted(SYSTEM_SCHEMAS),
                row -> byIndex.computeIfAbsent((int) row.getLong(1), oid -> new LinkedHashMap<>())
                        .computeIfAbsent((int) row.getLong(2), oid -> new ArrayList<>()).add(row.getString(3)));
        Map<Integer, List<List<String>>> keys = new HashMap<>();
        byIndex.forEach((table, indexes) -> keys.put(table, List.copyOf(indexes.values())));
        return keys;
    }

    private Map<Integer, Placement> placements() throws SQLException {
        Map<Integer, Placement> placements = new HashMap<>();
        if (!exists("SELECT FROM pg_extension WHERE extname = 'citus'")) {
            return placements;
        }
        query("""
              SELECT p.logicalrelid::oid, p.partmethod, p.repmodel, p.colocationid,
                     CASE WHEN p.partmethod = 'h' THEN pg_catalog.column_to_column_name(p.logicalrelid, p.partkey) END,
                     EXISTS (SELECT FROM pg_catalog.pg_dist_schema s WHERE s.colocationid = p.colocationid)
                FROM pg_catalog.pg_dist_partition p""", row -> {
            int oid = (int) row.getLong(1);
            placement(row).ifPresent(p -> placements.put(oid, p));
        });
        return placements;
    }

    private static Optional<Placement> placement(ResultSet row) throws SQLException {
        String method = row.getString(2);
        boolean reference = row.getString(3).equals("t");
        int colocation = row.getInt(4);
        if (method.equals("h")) {
            return Optional.of(new Placement.Distributed(row.getString(5), colocation));
        }
        if (reference) {
            return Optional.of(new Placement.Reference());
        }
        if (colocation == 0) {
            // A local table that Citus knows of has no co-location group.
            return Optional.empty();
        }
        return Optional.of(row.getBoolean(6) ? new Placement.SchemaShard(colocation) : new Placement.SingleShard(colocation));
    }

    private Set<TableName> streamTables() throws SQLException {
        Set<TableName> names = new HashSet<>();
        if (exists("SELECT WHERE to_regclass('pgtrickle.pgt_stream_tables') IS NOT NULL")) {
            query("SELECT schema_name, table_name FROM pgtrickle.pgt_stream_tables",
                    row -> names.add(new TableName(row.getString(1), row.getString(2))));
        }
        return names;
    }

    private boolean exists(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            return result.next();
        }
    }

    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private void query(String sql, RowReader reader) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                reader.read(result);
            }
        }
    }
}
