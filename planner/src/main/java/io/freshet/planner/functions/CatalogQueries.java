package io.freshet.planner.functions;

import java.util.Arrays;
import java.util.List;

/** The queries whose rows make {@link ServerObjects}, for a live server and for the bundled snapshot alike. Every column is text. */
enum CatalogQueries {
    // Row types of PostgreSQL's own tables are left out: nothing that a stream table reads has them.
    TYPES("""
          SELECT t.oid, n.nspname, t.typname,
                 CASE WHEN n.nspname = 'pg_catalog' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(t.typname),
                 CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 AND t.typlen = -1 THEN 'A' ELSE t.typtype::text END,
                 t.typcategory, t.typispreferred, t.typelem, t.typarray,
                 coalesce(r.rngsubtype, m.rngtypid, t.typbasetype), t.typtypmod,
                 EXISTS (SELECT FROM pg_opclass c WHERE c.opcintype = t.oid AND c.opcdefault AND c.opcmethod = 405),
                 EXISTS (SELECT FROM pg_opclass c WHERE c.opcintype = t.oid AND c.opcdefault AND c.opcmethod = 403)
            FROM pg_type t
            JOIN pg_namespace n ON n.oid = t.typnamespace
            LEFT JOIN pg_class relation ON relation.oid = t.typrelid
            LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
            LEFT JOIN pg_range r ON r.rngtypid = t.oid
            LEFT JOIN pg_range m ON m.rngmultitypid = t.oid
           WHERE t.typisdefined
             AND NOT (n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast')
                      AND 'c' IN (t.typtype, coalesce(e.typtype, t.typtype)))
           ORDER BY t.oid"""),

    FIELDS("""
           SELECT t.oid, a.attname, a.atttypid, a.atttypmod
             FROM pg_attribute a
             JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('c', 'r', 'p', 'v', 'm', 'f')
             JOIN pg_type t ON t.oid = c.reltype
             JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attnum > 0 AND NOT a.attisdropped
              AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
            ORDER BY t.oid, a.attnum"""),

    // Functions on "internal" are not callable from SQL.
    FUNCTIONS("""
              SELECT p.oid, n.nspname, p.proname, p.prokind, coalesce(a.aggkind, ' '), p.provolatile, p.proisstrict, p.proretset,
                     p.prorettype, p.pronargdefaults, p.provariadic, p.proargtypes::text,
                     array_to_string(p.proallargtypes, ' '), array_to_string(p.proargmodes, ' '),
                     coalesce(a.aggnumdirectargs, 0),
                     array_to_string(p.proargnames, chr(1))
                FROM pg_proc p
                JOIN pg_namespace n ON n.oid = p.pronamespace
                LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
               WHERE p.prokind <> 'p' AND n.nspname <> 'information_schema'
                 AND p.prorettype NOT IN (2281, 2279, 3838) AND NOT 2281 = ANY (p.proargtypes)
               ORDER BY p.oid"""),

    OPERATORS("""
              SELECT o.oid, n.nspname, o.oprname, o.oprleft, o.oprright, o.oprresult, o.oprcode::oid
                FROM pg_operator o
                JOIN pg_namespace n ON n.oid = o.oprnamespace
               WHERE o.oprresult <> 0
               ORDER BY o.oid"""),

    CASTS("""
          SELECT castsource, casttarget, castfunc, castcontext, castmethod FROM pg_cast ORDER BY castsource, casttarget""");

    private final String sql;

    CatalogQueries(String sql) {
        this.sql = sql;
    }

    String sql() {
        return sql;
    }

    static List<CatalogQueries> all() {
        return Arrays.asList(values());
    }
}
