package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** Whether a role may create a stream table over these sources, and whether their changes can be captured. */
final class SourceChecks {
    private SourceChecks() {
    }

    /** @throws FreshetException NAME_TAKEN, UNDEFINED_TABLE, PERMISSION_DENIED */
    static void requireFreeName(Connection connection, StreamTableDefinition definition, String role) throws SQLException {
        String schema = definition.name().schema();
        boolean exists = Jdbc
                .first(connection, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?", row -> row.getInt(1), schema)
                .isPresent();
        if (!exists) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "schema " + Quoting.identifier(schema) + " does not exist")
                    .withHint("CREATE SCHEMA " + Quoting.identifier(schema) + ";");
        }
        boolean allowed = Jdbc.first(connection, "SELECT has_schema_privilege(?, ?, 'CREATE')", row -> row.getBoolean(1), role,
                schema).orElseThrow();
        if (!allowed) {
            throw FreshetException.of(ErrorCode.PERMISSION_DENIED, "role " + role + " may not create tables in schema " + schema)
                    .withHint("GRANT CREATE ON SCHEMA " + Quoting.identifier(schema) + " TO " + Quoting.identifier(role) + ";");
        }
        boolean taken = Jdbc
                .first(connection, """
                                   SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                                   WHERE n.nspname = ? AND c.relname = ?
                                   UNION ALL
                                   SELECT 1 FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                                   WHERE n.nspname = ? AND t.typname = ?
                                   """, row -> row.getInt(1), schema, definition.name().name(), schema, definition.name().name())
                .isPresent();
        if (taken) {
            throw FreshetException.of(ErrorCode.NAME_TAKEN, "a relation or type named " + definition.name() + " exists already")
                    .withHint("Choose another name, or remove it: SELECT pgtrickle.drop_stream_table("
                            + Quoting.literal(definition.name().toString()) + ");");
        }
    }

    /** @throws FreshetException PERMISSION_DENIED, REPLICA_IDENTITY, UNSUPPORTED_SOURCE */
    static void requireCapturable(Connection connection, Table source, String role) throws SQLException {
        String name = Quoting.table(source.name());
        if (!Jdbc.first(connection, "SELECT has_table_privilege(?, ?::regclass, 'SELECT')", row -> row.getBoolean(1), role, name)
                .orElseThrow()) {
            throw FreshetException.of(ErrorCode.PERMISSION_DENIED, "role " + role + " may not read " + source.name())
                    .withHint("GRANT SELECT ON " + name + " TO " + Quoting.identifier(role) + ";");
        }
        if (source.kind() == Table.Kind.STREAM_TABLE) {
            return;
        }
        if (source.replicaIdentity() != Table.ReplicaIdentity.FULL) {
            throw FreshetException
                    .of(ErrorCode.REPLICA_IDENTITY, "source " + source.name()
                            + " does not have REPLICA IDENTITY FULL: an UPDATE or DELETE would not tell the old row")
                    .withHint("ALTER TABLE " + name + " REPLICA IDENTITY FULL;");
        }
        requireFullPartitions(connection, source);
        record Traits(boolean subscribed, boolean rowSecurity, boolean unlogged) {
        }
        Traits traits = Jdbc.first(connection,
                """
                SELECT EXISTS (SELECT FROM pg_catalog.pg_subscription_rel s WHERE s.srrelid = c.oid),
                       c.relrowsecurity AND NOT (SELECT rolbypassrls OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = ?),
                       c.relpersistence <> 'p'
                FROM pg_catalog.pg_class c WHERE c.oid = ?::regclass
                """, row -> new Traits(row.getBoolean(1), row.getBoolean(2), row.getBoolean(3)), role, name).orElseThrow();
        if (traits.subscribed()) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SOURCE, "source " + source.name()
                    + " is filled by a subscription: changes that carry a replication origin cannot be seen")
                    .withHint("Create the stream table where the rows are first written.");
        }
        if (traits.rowSecurity()) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SOURCE, "source " + source.name()
                    + " has row security: the stream table would show rows that role " + role + " may not see")
                    .withHint("Let a role with BYPASSRLS create the stream table.");
        }
        if (traits.unlogged()) {
            throw FreshetException
                    .of(ErrorCode.UNSUPPORTED_SOURCE, "source " + source.name() + " is unlogged: its changes are not in the WAL")
                    .withHint("ALTER TABLE " + name + " SET LOGGED;");
        }
    }

    /** What the WAL holds of an old row is decided by the partition that stores it. */
    private static void requireFullPartitions(Connection connection, Table source) throws SQLException {
        List<String> partial = Jdbc.list(connection, """
                                                     SELECT format('%I.%I', n.nspname, c.relname)
                                                     FROM pg_catalog.pg_partition_tree(?::regclass) t
                                                     JOIN pg_catalog.pg_class c ON c.oid = t.relid
                                                     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                                                     WHERE t.isleaf AND c.relreplident <> 'f' AND c.oid <> ?::regclass
                                                     ORDER BY 1
                                                     """, row -> row.getString(1), Quoting.table(source.name()),
                Quoting.table(source.name()));
        if (!partial.isEmpty()) {
            throw FreshetException
                    .of(ErrorCode.REPLICA_IDENTITY, "partitions of source " + source.name()
                            + " do not have REPLICA IDENTITY FULL: an UPDATE or DELETE would not tell the old row")
                    .withHint(partial.stream().map(name -> "ALTER TABLE " + name + " REPLICA IDENTITY FULL;")
                            .collect(Collectors.joining(" ")));
        }
    }
}
