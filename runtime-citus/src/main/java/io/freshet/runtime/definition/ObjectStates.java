package io.freshet.runtime.definition;

import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The SQL that reads the state of things from the system catalogs. It takes no lock on them: nothing waits for whoever alters a source.
 *
 * <p>How a rewrite shows: {@code ALTER COLUMN .. TYPE .. USING} changes values without a change in the stream and, if the type stays, without
 * any in the definition. It writes the column's row in {@code pg_attribute} anew and gives the table another file. Neither alone means that:
 * {@code VACUUM FULL}, TRUNCATE and {@code ADD COLUMN} with a volatile default give another file, {@code SET STATISTICS} writes the row anew. A
 * partitioned table has no file: there the row alone counts. What TRUNCATE does to a partition directly is not published under its root's name, so that
 * for a partitioned table the partitions' files count as well, and since when they are its own; the first file of a table has the table's oid. A partition that is read by its own
 * name is in the same case when its root is read, too.
 *
 * <p>How a table shows that had another name for a while: what was written to it then is in the stream under that name. Renaming a table, or giving it another
 * schema, writes the row of its row type in {@code pg_type} anew, which besides only another owner does.
 */
final class ObjectStates {
    private static final String CITUS_PLACEMENT = """
                                                  (SELECT concat_ws(' ', p.partmethod, p.partkey, p.colocationid)
                                                   FROM pg_catalog.pg_dist_partition p WHERE p.logicalrelid = c.oid)
                                                  """;

    /** A type's name, which must not depend on the search path as {@code format_type}'s does. Built-in types need no schema. */
    private static final String TYPE_NAME = """
                                            (SELECT CASE WHEN y.typnamespace = 'pg_catalog'::regnamespace THEN format_type(y.oid, %2$s)
                                                         ELSE (pg_identify_object('pg_catalog.pg_type'::regclass, y.oid, 0)).identity
                                                              || coalesce('(' || nullif(%2$s, -1) || ')', '') END
                                             FROM pg_catalog.pg_type y WHERE y.oid = %1$s)
                                            """;

    private static final String STATES = """
                                         publication AS (
                                             SELECT p.oid, concat_ws(' ', p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot) AS options
                                             FROM pg_catalog.pg_publication p
                                             WHERE p.pubname = 'freshet_' || (SELECT i.id FROM pgtrickle.installation i)
                                         ), states AS (
                                             SELECT o.pgt_id, o.kind, o.object, o.column_number, format('%%I.%%I', n.nspname, c.relname) AS identity,
                                                    concat_ws(' ', c.relkind, c.relpersistence, 'identity', c.relreplident,
                                                              CASE WHEN c.relrowsecurity AND NOT (r.rolsuper OR r.rolbypassrls) THEN 'row security' END,
                                                              CASE WHEN NOT has_table_privilege(r.oid, c.oid, 'SELECT') THEN 'not readable' END,
                                                              CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_subscription_rel s WHERE s.srrelid = c.oid) THEN 'subscribed' END,
                                                              CASE WHEN c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)
                                                                  THEN 'with children' END,
                                                              %1$s,
                                                              'named ' || (SELECT y.xmin FROM pg_catalog.pg_type y WHERE y.oid = c.reltype)) AS definition,
                                                    ARRAY(SELECT i.indkey::text FROM pg_catalog.pg_index i
                                                          WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
                                                            AND i.indexprs IS NULL ORDER BY 1) AS guarantees,
                                                    (SELECT concat_ws(' ', m.oid, p.options, m.prattrs::text, md5(m.prqual::text))
                                                     FROM pg_catalog.pg_publication_rel m JOIN publication p ON p.oid = m.prpubid WHERE m.prrelid = c.oid) AS published,
                                                    coalesce(md5(parts.files), own.file, '') AS touched, coalesce(parts.files, own.file, '') AS stored_in,
                                                    (SELECT string_agg(x.oid::text, ' ' ORDER BY x.oid)
                                                     FROM pg_catalog.pg_class x JOIN pg_catalog.pg_namespace xn ON xn.oid = x.relnamespace
                                                     WHERE x.relname = c.relname AND xn.nspname = ANY (o.looked_in)) AS namesakes
                                             FROM objects o
                                             JOIN pg_catalog.pg_class c ON c.oid = o.object
                                             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                                             LEFT JOIN pg_catalog.pg_roles r ON r.rolname = o.role
                                             LEFT JOIN LATERAL (
                                                 SELECT string_agg(concat_ws(':', f.oid, f.relfilenode, f.since), ' ' ORDER BY f.oid) AS files
                                                 FROM (WITH RECURSIVE parts (oid, since) AS (
                                                           SELECT i.inhrelid, i.xmin FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid
                                                           UNION ALL
                                                           SELECT i.inhrelid, i.xmin FROM parts JOIN pg_catalog.pg_inherits i ON i.inhparent = parts.oid)
                                                       SELECT f.oid, f.relfilenode, parts.since FROM parts JOIN pg_catalog.pg_class f ON f.oid = parts.oid) f
                                             ) parts ON c.relkind = 'p'
                                             LEFT JOIN LATERAL (SELECT c.relfilenode::text AS file) own ON c.relkind = 'r' AND c.relispartition
                                             WHERE o.kind = 'table'
                                             UNION ALL
                                             SELECT o.pgt_id, o.kind, o.object, o.column_number, a.attname,
                                                    %2$s || ' / ' || concat_ws(' ', a.atttypid, a.attcollation, a.attgenerated, md5(e.adbin::text)),
                                                    CASE WHEN a.attnotnull THEN ARRAY['not null'] ELSE '{}' END, NULL, a.xmin::text,
                                                    CASE WHEN c.relkind = 'p' THEN a.xmin::text ELSE c.relfilenode::text END, NULL
                                             FROM objects o
                                             JOIN pg_catalog.pg_class c ON c.oid = o.object
                                             JOIN pg_catalog.pg_attribute a ON a.attrelid = o.object AND a.attnum = o.column_number AND NOT a.attisdropped
                                             LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum AND a.attgenerated <> ''
                                             WHERE o.kind = 'column'
                                             UNION ALL
                                             SELECT o.pgt_id, o.kind, o.object, o.column_number, c.relname,
                                                    (SELECT string_agg(concat_ws(' ', a.attname, %2$s), ', ' ORDER BY a.attnum)
                                                     FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
                                                    '{}', NULL, '', '', NULL
                                             FROM objects o
                                             JOIN pg_catalog.pg_class c ON c.oid = o.object
                                             WHERE o.kind = 'row'
                                             UNION ALL
                                             SELECT o.pgt_id, o.kind, o.object, o.column_number, format('%%I.%%I', n.nspname, c.relname), md5(w.ev_action::text), '{}', NULL, '', '',
                                                    (SELECT string_agg(x.oid::text, ' ' ORDER BY x.oid)
                                                     FROM pg_catalog.pg_class x JOIN pg_catalog.pg_namespace xn ON xn.oid = x.relnamespace
                                                     WHERE x.relname = c.relname AND xn.nspname = ANY (o.looked_in))
                                             FROM objects o
                                             JOIN pg_catalog.pg_class c ON c.oid = o.object
                                             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                                             JOIN pg_catalog.pg_rewrite w ON w.ev_class = c.oid AND w.ev_type = '1'
                                             WHERE o.kind = 'view'
                                             UNION ALL
                                             SELECT o.pgt_id, o.kind, o.object, o.column_number, format('%%I.%%I(%%s)', n.nspname, f.proname, (SELECT string_agg(%3$s, ', ' ORDER BY p.number)
                                                                                                FROM unnest(f.proargtypes) WITH ORDINALITY AS p (type, number))),
                                                    md5(concat_ws('|', f.prosrc, f.probin, f.prosqlbody::text, f.proconfig::text, f.provolatile, f.prosecdef, f.proisstrict,
                                                                  f.proretset, f.prorettype, f.prolang, g::text)), '{}', NULL, '', '',
                                                    (SELECT string_agg(x.oid::text, ' ' ORDER BY x.oid)
                                                     FROM pg_catalog.pg_proc x JOIN pg_catalog.pg_namespace xn ON xn.oid = x.pronamespace
                                                     WHERE x.proname = f.proname AND xn.nspname = ANY (o.looked_in))
                                             FROM objects o
                                             JOIN pg_catalog.pg_proc f ON f.oid = o.object
                                             JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
                                             LEFT JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = f.oid
                                             WHERE o.kind = 'function'
                                             UNION ALL
                                             SELECT o.pgt_id, o.kind, o.object, o.column_number, format('%%I.%%I', n.nspname, y.typname), '',
                                                    ARRAY(SELECT concat_ws(' ', e.oid, e.enumlabel) FROM pg_catalog.pg_enum e WHERE e.enumtypid = y.oid ORDER BY e.oid),
                                                    NULL, '', '', NULL
                                             FROM objects o
                                             JOIN pg_catalog.pg_type y ON y.oid = o.object
                                             JOIN pg_catalog.pg_namespace n ON n.oid = y.typnamespace
                                             WHERE o.kind = 'type'
                                         )
                                         """;

    private ObjectStates() {
    }

    /**
     * Common table expressions that end with {@code states (pgt_id, kind, object, column_number, identity, definition, guarantees, published,
     * touched, stored_in, namesakes)}: a row for each row of {@code objects (pgt_id, kind, object, column_number, looked_in, role)} that exists.
     */
    static String cte(Connection connection) throws SQLException {
        boolean citus = Jdbc.first(connection, "SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL",
                row -> row.getBoolean(1)).orElseThrow();
        return STATES.formatted(citus ? CITUS_PLACEMENT : "NULL", TYPE_NAME.formatted("a.atttypid", "a.atttypmod"),
                TYPE_NAME.formatted("p.type", "NULL"));
    }
}
