package io.freshet.runtime.sqlapi;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.store.Jdbc;
import java.util.List;
import java.util.Optional;

/** Finds stream tables in the catalog by the names that users write, and tells who may do what with them. */
final class StreamTableDirectory {
    private final DaemonSession session;

    StreamTableDirectory(DaemonSession session) {
        this.session = session;
    }

    /** The name of a table to be made: in the schema that is written, else in the first of the search path. */
    TableName nameToCreate(List<String> name, List<String> searchPath) {
        if (name.size() == 2) {
            return new TableName(name.getFirst(), name.getLast());
        }
        String schema = searchPath.stream().filter(s -> !s.startsWith("pg_")).findFirst()
                .orElseThrow(() -> FreshetException
                        .of(ErrorCode.INVALID_OPTION, "no schema has been selected to create \"" + name.getFirst() + "\" in")
                        .withHint("Write 'schema.name', or SET search_path."));
        return new TableName(schema, name.getFirst());
    }

    boolean exists(TableName name) {
        return session.call(connection -> Jdbc.first(connection,
                "SELECT 1 FROM pgtrickle.pgt_stream_tables WHERE schema_name = ? AND table_name = ?", row -> row.getInt(1),
                name.schema(), name.name())).isPresent();
    }

    /**
     * The stream table that a user means: in the schema that is written, else the first on the search path.
     *
     * @throws FreshetException UNDEFINED_STREAM_TABLE
     */
    TableName find(List<String> name, List<String> searchPath) {
        List<String> schemas = name.size() == 2 ? List.of(name.getFirst()) : searchPath;
        Optional<TableName> found = schemas.stream().map(s -> new TableName(s, name.getLast())).filter(this::exists).findFirst();
        return found.orElseThrow(() -> FreshetException
                .of(ErrorCode.UNDEFINED_STREAM_TABLE, "stream table \"" + String.join(".", name) + "\" does not exist")
                .withHint("SELECT name FROM pgtrickle.pgt_status(); lists those that do."));
    }

    /** @throws FreshetException PERMISSION_DENIED when the role has neither the owner's rights nor is a superuser */
    void requireOwner(TableName name, String role) {
        boolean owns = session.call(connection -> Jdbc.first(connection,
                """
                SELECT 1 FROM pgtrickle.pgt_stream_tables s, pg_roles r
                WHERE s.schema_name = ? AND s.table_name = ? AND r.rolname = ?
                  AND (r.rolsuper OR EXISTS (SELECT FROM pg_roles o
                                             WHERE o.rolname = s.owner_role AND pg_has_role(r.oid, o.oid, 'USAGE')))
                """, row -> row.getInt(1), name.schema(), name.name(), role)).isPresent();
        if (!owns) {
            throw FreshetException.of(ErrorCode.PERMISSION_DENIED, "role \"" + role + "\" must be owner of stream table " + name);
        }
    }

    /** The stream tables that read this one, directly or not, each before those that it reads itself. */
    List<TableName> dependents(TableName name) {
        return session.call(connection -> Jdbc.list(connection,
                """
                WITH RECURSIVE reader (schema_name, table_name, depth) AS (
                    SELECT t.schema_name, t.table_name, 1
                    FROM pgtrickle.pgt_sources s JOIN pgtrickle.pgt_stream_tables t USING (pgt_id)
                    WHERE s.source_schema = ? AND s.source_table = ?
                    UNION ALL
                    SELECT t.schema_name, t.table_name, r.depth + 1
                    FROM reader r
                    JOIN pgtrickle.pgt_sources s ON s.source_schema = r.schema_name AND s.source_table = r.table_name
                    JOIN pgtrickle.pgt_stream_tables t ON t.pgt_id = s.pgt_id
                )
                SELECT schema_name, table_name FROM reader GROUP BY 1, 2 ORDER BY max(depth) DESC, 1, 2
                """, row -> new TableName(row.getString(1), row.getString(2)), name.schema(), name.name()));
    }
}
