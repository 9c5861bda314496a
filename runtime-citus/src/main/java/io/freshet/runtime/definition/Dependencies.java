package io.freshet.runtime.definition;

import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.QuerySettings;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * Asks the server what a query hangs on: a temporary view of it is created, its entries in {@code pg_depend} are followed through views,
 * functions and operators, and it is rolled back. Not followed is what the server does not record: the names in the body of a function that is a
 * text.
 */
public final class Dependencies {
    private static final String OBJECTS = """
                                          WITH RECURSIVE refs (classid, objid, objsubid, named) AS (
                                              SELECT d.refclassid, d.refobjid, d.refobjsubid, true
                                              FROM pg_catalog.pg_rewrite r
                                              JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid AND d.deptype = 'n'
                                              WHERE r.ev_class = 'pg_temp.__pgt_dependencies'::regclass
                                              UNION
                                              SELECT d.refclassid, d.refobjid, d.refobjsubid, false
                                              FROM refs x
                                              LEFT JOIN pg_catalog.pg_class v ON x.classid = 'pg_catalog.pg_class'::regclass AND v.oid = x.objid AND v.relkind = 'v'
                                              LEFT JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid
                                              JOIN pg_catalog.pg_depend d ON d.deptype = 'n'
                                               AND (d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
                                                    OR x.classid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass)
                                                       AND d.classid = x.classid AND d.objid = x.objid)
                                          ), views AS (
                                              SELECT 'pg_temp.__pgt_dependencies'::regclass::oid AS oid
                                              UNION
                                              SELECT v.oid FROM refs x JOIN pg_catalog.pg_class v ON x.classid = 'pg_catalog.pg_class'::regclass AND v.oid = x.objid
                                              WHERE v.relkind = 'v'
                                          ), found (kind, object, column_number, named) AS (
                                              SELECT CASE WHEN c.relkind = 'v' THEN 'view' ELSE 'table' END, c.oid, 0, x.named
                                              FROM refs x JOIN pg_catalog.pg_class c ON x.classid = 'pg_catalog.pg_class'::regclass AND c.oid = x.objid
                                              WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v')
                                              UNION ALL
                                              SELECT 'column', c.oid, x.objsubid, false
                                              FROM refs x JOIN pg_catalog.pg_class c ON x.classid = 'pg_catalog.pg_class'::regclass AND c.oid = x.objid
                                              WHERE c.relkind IN ('r', 'p', 'm', 'f') AND x.objsubid > 0
                                              UNION ALL
                                              SELECT 'column', c.oid, a.attnum, false
                                              FROM refs x JOIN pg_catalog.pg_class c ON x.classid = 'pg_catalog.pg_class'::regclass AND c.oid = x.objid
                                              JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                                              WHERE c.relkind IN ('r', 'p', 'm', 'f') AND EXISTS (SELECT FROM whole)
                                              UNION ALL
                                              SELECT 'row', c.oid, 0, false
                                              FROM refs x JOIN pg_catalog.pg_class c ON x.classid = 'pg_catalog.pg_class'::regclass AND c.oid = x.objid
                                              WHERE c.relkind IN ('r', 'p', 'm', 'f') AND EXISTS (SELECT FROM whole)
                                              UNION ALL
                                              SELECT 'function', x.objid, 0, x.named FROM refs x WHERE x.classid = 'pg_catalog.pg_proc'::regclass
                                          ), whole AS (
                                              SELECT FROM views v JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid
                                              WHERE r.ev_action::text ~ ':varattno 0 '
                                          ), types (oid) AS (
                                              (SELECT x.objid FROM refs x WHERE x.classid = 'pg_catalog.pg_type'::regclass
                                               UNION
                                               SELECT a.atttypid FROM found f
                                               JOIN pg_catalog.pg_attribute a ON f.kind = 'column' AND a.attrelid = f.object AND a.attnum = f.column_number)
                                              UNION
                                              SELECT part.oid
                                              FROM types t JOIN pg_catalog.pg_type y ON y.oid = t.oid
                                              CROSS JOIN LATERAL (
                                                  VALUES (y.typbasetype), (y.typelem)
                                                  UNION ALL
                                                  SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE y.oid IN (r.rngtypid, r.rngmultitypid)
                                                  UNION ALL
                                                  SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid = y.typrelid AND a.attnum > 0
                                              ) part (oid)
                                          ), enums (kind, object, column_number, named) AS (
                                              SELECT 'type', y.oid, 0, false FROM types t JOIN pg_catalog.pg_type y ON y.oid = t.oid WHERE y.typtype = 'e'
                                          ), objects AS (
                                              SELECT 0::bigint AS pgt_id, f.kind, f.object, f.column_number,
                                                     CASE WHEN bool_or(f.named) THEN ?::name[] END AS looked_in, ?::name AS role
                                              FROM (SELECT * FROM found UNION ALL SELECT * FROM enums) f
                                              GROUP BY f.kind, f.object, f.column_number
                                          ), """;

    private static final String STATES = """
                                         SELECT s.kind, s.object::bigint, s.column_number, o.looked_in, s.identity, s.definition, s.guarantees, s.published, s.touched,
                                                s.stored_in, s.namesakes
                                         FROM states s JOIN objects o USING (kind, object, column_number)
                                         """;

    private Dependencies() {
    }

    /**
     * What the query hangs on, as it is now. The connection must not be in a transaction.
     *
     * @param query one statement, without a semicolon
     * @param settings with which its text is read
     * @param role whose rights to its sources are looked at
     * @throws SQLException also when the server refuses the query
     */
    public static List<Dependency> of(Connection connection, String query, QuerySettings settings, String role)
            throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            settings.apply(connection, QuerySettings.Scope.TRANSACTION);
            List<String> path = Jdbc.list(connection, "SELECT s FROM unnest(current_schemas(false)) s", row -> row.getString(1));
            // The driver is not to look for escapes in the text.
            statement.setEscapeProcessing(false);
            statement.execute("CREATE TEMPORARY VIEW __pgt_dependencies AS " + query);
            statement.execute("SET LOCAL search_path = pg_catalog");
            return Jdbc.list(connection, OBJECTS + ObjectStates.cte(connection) + STATES, Dependencies::map,
                    connection.createArrayOf("name", path.toArray()), role);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static Dependency map(ResultSet row) throws SQLException {
        return new Dependency(Dependency.Kind.of(row.getString(1)), row.getLong(2), row.getInt(3),
                Optional.ofNullable(row.getArray(4)).isPresent() ? Optional.of(texts(row.getArray(4))) : Optional.empty(),
                new Dependency.State(row.getString(5), row.getString(6), texts(row.getArray(7)),
                        Optional.ofNullable(row.getString(8)), row.getString(9), row.getString(10),
                        Optional.ofNullable(row.getString(11))));
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
