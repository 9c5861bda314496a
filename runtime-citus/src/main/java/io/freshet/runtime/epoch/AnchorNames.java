package io.freshet.runtime.epoch;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the anchors are called. Those of a distributed schema's group lie in that schema, where Citus itself distributes them: it co-locates no
 * table of another schema with the schema's. All others lie in {@code pgtrickle_state}.
 */
public final class AnchorNames {
    private static final String STATE_SCHEMA = "pgtrickle_state";
    private static final String OF_A_SCHEMA = "pgtrickle_anchor";

    private AnchorNames() {
    }

    static TableName of(Connection connection, int colocationId) throws SQLException {
        Optional<String> schema = Jdbc.first(connection,
                """
                SELECT n.nspname FROM pg_catalog.pg_dist_schema s
                JOIN pg_catalog.pg_namespace n ON n.oid = s.schemaid WHERE s.colocationid = ?
                """, row -> row.getString(1), colocationId);
        return schema.map(name -> new TableName(name, OF_A_SCHEMA))
                .orElseGet(() -> new TableName(STATE_SCHEMA, "anchor_" + colocationId));
    }

    static boolean isInDistributedSchema(TableName anchor) {
        return !anchor.schema().equals(STATE_SCHEMA);
    }

    /** Those that are there, in a list that can be changed. */
    static List<TableName> all(Connection connection) throws SQLException {
        return new ArrayList<>(Jdbc.list(connection, """
                                                     SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
                                                     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                                                     WHERE c.relkind = 'r' AND (c.relname = ?
                                                       OR n.nspname = ? AND c.relname ~ '^anchor_[0-9]+$')
                                                     """, row -> new TableName(row.getString(1), row.getString(2)), OF_A_SCHEMA,
                STATE_SCHEMA));
    }

    /** Drops those that do not go with Freshet's own schemas. */
    public static void dropInOtherSchemas(Connection connection) throws SQLException {
        for (TableName anchor : all(connection)) {
            if (isInDistributedSchema(anchor)) {
                Jdbc.execute(connection, "DROP TABLE " + Quoting.table(anchor));
            }
        }
    }
}
