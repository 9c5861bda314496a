package io.freshet.runtime.definition;

import io.freshet.runtime.store.Jdbc;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads and writes {@code pgtrickle.pgt_dependencies}, in the caller's transaction, and compares it with what is there now. */
public final class DependencyStore {
    private static final String STORED = """
                                         WITH objects AS (
                                             SELECT d.pgt_id, d.kind, d.object, d.column_number, d.looked_in, t.owner_role::name AS role
                                             FROM pgtrickle.pgt_dependencies d JOIN pgtrickle.pgt_stream_tables t USING (pgt_id)
                                             WHERE %s
                                         ), """;

    private static final String ALL = STORED.formatted("true");
    private static final String SOME = STORED.formatted("d.pgt_id = ANY (?)");

    private static final String DIFFERENCES = """
                                              SELECT d.pgt_id, d.kind, d.object::bigint, sort,
                                                     coalesce((SELECT t.identity FROM pgtrickle.pgt_dependencies t
                                                               WHERE (t.pgt_id, t.kind, t.object, t.column_number) = (d.pgt_id, 'table', d.object, 0)), d.identity),
                                                     d.identity,
                                                     coalesce(s.identity, CASE d.kind
                                                         WHEN 'column' THEN (SELECT a.attnum::text FROM pg_catalog.pg_attribute a
                                                                             WHERE a.attrelid = d.object AND a.attname = d.identity AND NOT a.attisdropped)
                                                         WHEN 'function' THEN to_regprocedure(d.identity)::oid::text
                                                         WHEN 'type' THEN to_regtype(d.identity)::oid::text
                                                         ELSE to_regclass(d.identity)::oid::text END), 'was ' || split_part(d.definition, ' / ', 1) || ', is ' || split_part(s.definition, ' / ', 1)
                                              FROM objects o
                                              JOIN pgtrickle.pgt_dependencies d USING (pgt_id, kind, object, column_number)
                                              LEFT JOIN states s USING (pgt_id, kind, object, column_number)
                                              CROSS JOIN LATERAL (VALUES (CASE
                                                  WHEN s.object IS NULL THEN 'GONE'
                                                  WHEN s.identity <> d.identity THEN 'RENAMED'
                                                  WHEN s.definition <> d.definition THEN 'REDEFINED'
                                                  WHEN d.published = s.published || '%s' THEN 'WAITING'
                                                  WHEN s.published IS DISTINCT FROM d.published THEN 'UNPUBLISHED'
                                                  WHEN s.touched <> d.touched AND s.stored_in <> d.stored_in THEN
                                                      CASE WHEN d.kind = 'table' AND to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL
                                                             AND string_to_array(s.stored_in, ' ') @> string_to_array(d.stored_in, ' ')
                                                             AND NOT EXISTS (
                                                                 SELECT FROM unnest(string_to_array(s.stored_in, ' ')) AS f (part)
                                                                 WHERE f.part <> ALL (string_to_array(d.stored_in, ' '))
                                                                   AND split_part(f.part, ':', 2) NOT IN ('0', split_part(f.part, ':', 1)))
                                                      THEN 'EXTENDED' ELSE 'REWRITTEN' END
                                                  WHEN NOT s.guarantees @> d.guarantees THEN 'WEAKENED'
                                                  WHEN s.namesakes IS DISTINCT FROM d.namesakes THEN 'SHADOWED'
                                                  WHEN s.touched <> d.touched OR s.stored_in <> d.stored_in THEN 'TOUCHED'
                                              END)) AS x (sort)
                                              WHERE sort IS NOT NULL
                                              ORDER BY d.pgt_id, d.kind, d.object, d.column_number
                                              """
            .formatted(Publishing.WAITING.mark);

    private DependencyStore() {
    }

    /** Replaces what a stream table hangs on. */
    public static void save(Connection connection, long streamTable, List<Dependency> dependencies) throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_dependencies WHERE pgt_id = ?", streamTable);
        try (PreparedStatement insert = connection.prepareStatement(
                """
                INSERT INTO pgtrickle.pgt_dependencies (pgt_id, kind, object, column_number, looked_in, identity, definition, guarantees,
                    published, touched, stored_in, namesakes)
                VALUES (?, ?, ?::bigint::oid, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            for (Dependency dependency : dependencies) {
                Dependency.State state = dependency.state();
                insert.setLong(1, streamTable);
                insert.setString(2, dependency.kind().word());
                insert.setLong(3, dependency.object());
                insert.setInt(4, dependency.columnNumber());
                insert.setObject(5,
                        dependency.lookedIn().isPresent() ? array(connection, "name", dependency.lookedIn().get()) : null,
                        Types.ARRAY);
                insert.setString(6, state.identity());
                insert.setString(7, state.definition());
                insert.setArray(8, array(connection, "text", state.guarantees()));
                insert.setString(9, state.published().orElse(null));
                insert.setString(10, state.touched());
                insert.setString(11, state.storedIn());
                insert.setString(12, state.namesakes().orElse(null));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static Array array(Connection connection, String type, List<String> elements) throws SQLException {
        return connection.createArrayOf(type, elements.toArray());
    }

    /** Whether all changes from now on are captured that a stream table needs. */
    public enum Publishing {
        DONE(""),
        /** Transactions that had begun before have to end first. Until then the stream table is told apart from one that is well. */
        WAITING(" waiting");

        private final String mark;

        Publishing(String mark) {
            this.mark = mark;
        }
    }

    /** The entries that the stream table's sources have in the publication are the right ones. */
    public static void published(Connection connection, long streamTable, Publishing state) throws SQLException {
        Jdbc.update(connection,
                SOME + ObjectStates.cte(connection)
                        + """
                          UPDATE pgtrickle.pgt_dependencies d SET published = s.published || ? FROM states s
                          WHERE (d.pgt_id, d.kind, d.object, d.column_number) = (s.pgt_id, s.kind, s.object, s.column_number) AND d.pgt_id = ?
                          """,
                ids(connection, List.of(streamTable)), state.mark, streamTable);
    }

    /** Whether the stream table is {@link Publishing#WAITING}, whatever else has happened to its sources. */
    public static boolean isWaiting(Connection connection, long streamTable) throws SQLException {
        return Jdbc.first(connection,
                "SELECT EXISTS (SELECT FROM pgtrickle.pgt_dependencies WHERE pgt_id = ? AND published LIKE '%' || ?)",
                row -> row.getBoolean(1), streamTable, Publishing.WAITING.mark).orElseThrow();
    }

    /** The transactions that were waited for have ended. */
    public static void waited(Connection connection, long streamTable) throws SQLException {
        String mark = Publishing.WAITING.mark;
        Jdbc.update(connection,
                "UPDATE pgtrickle.pgt_dependencies SET published = left(published, -length(?)) WHERE pgt_id = ? AND published LIKE '%' || ?",
                mark, streamTable, mark);
    }

    /** Takes harmless differences as they are. What was rewritten since is no such. */
    public static void touch(Connection connection, long streamTable) throws SQLException {
        Jdbc.update(connection,
                SOME + ObjectStates.cte(connection)
                        + """
                          UPDATE pgtrickle.pgt_dependencies d SET touched = s.touched, stored_in = s.stored_in FROM states s
                          WHERE (d.pgt_id, d.kind, d.object, d.column_number) = (s.pgt_id, s.kind, s.object, s.column_number) AND d.pgt_id = ?
                            AND (s.touched <> d.touched) <> (s.stored_in <> d.stored_in)
                          """,
                ids(connection, List.of(streamTable)), streamTable);
    }

    /** What a stream table hung on when it was last filled from nothing: kinds and oids of what the query's text names. */
    public static Set<Long> named(Connection connection, long streamTable) throws SQLException {
        return new HashSet<>(Jdbc.list(connection,
                "SELECT object::bigint FROM pgtrickle.pgt_dependencies WHERE pgt_id = ? AND looked_in IS NOT NULL",
                row -> row.getLong(1), streamTable));
    }

    /** The stream tables of which it is not known what they hang on. */
    public static Set<Long> unknown(Connection connection) throws SQLException {
        return new HashSet<>(
                Jdbc.list(connection, """
                                      SELECT t.pgt_id FROM pgtrickle.pgt_stream_tables t
                                      WHERE NOT EXISTS (SELECT FROM pgtrickle.pgt_dependencies d WHERE d.pgt_id = t.pgt_id)
                                      """, row -> row.getLong(1)));
    }

    /** What differs, by stream table. In a transaction with a snapshot it is what differed then. */
    public static Map<Long, List<Difference>> differences(Connection connection) throws SQLException {
        Map<Long, List<Difference>> differences = new HashMap<>();
        Jdbc.list(connection, ALL + ObjectStates.cte(connection) + DIFFERENCES, DependencyStore::difference)
                .forEach(d -> differences.computeIfAbsent(d.streamTable(), t -> new ArrayList<>()).add(d));
        return differences;
    }

    /** Of these stream tables those that must not be refreshed by what was compiled for them. */
    public static Set<Long> altered(Connection connection, Collection<Long> streamTables) throws SQLException {
        if (streamTables.isEmpty()) {
            return Set.of();
        }
        Set<Long> altered = new HashSet<>();
        Jdbc.list(connection, SOME + ObjectStates.cte(connection) + DIFFERENCES, DependencyStore::difference,
                ids(connection, streamTables))
                .stream().filter(d -> !d.isHarmless()).forEach(d -> altered.add(d.streamTable()));
        return altered;
    }

    private static Array ids(Connection connection, Collection<Long> streamTables) throws SQLException {
        return connection.createArrayOf("bigint", streamTables.toArray());
    }

    private static Difference difference(ResultSet row) throws SQLException {
        return new Difference(row.getLong(1), Dependency.Kind.of(row.getString(2)), row.getLong(3),
                Difference.Sort.of(row.getString(4)), row.getString(5), row.getString(6), Optional.ofNullable(row.getString(7)),
                Optional.ofNullable(row.getString(8)).orElse(""));
    }
}
