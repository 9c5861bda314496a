package io.freshet.runtime.store;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Whether Citus may send whole tables from node to node to join them. It must, to evaluate a query whose joins are not co-located; a delta program never
 * needs to, and a statement of one that would is refused instead.
 *
 * <p>The jobs of such a join run on the transaction's own connection to each node, and so read its snapshot: measured with writers that commit in between.
 */
public final class WholeQueries {
    private WholeQueries() {
    }

    /** For what follows in the transaction. */
    public static void allow(Connection connection) throws SQLException {
        Jdbc.execute(connection, "SET LOCAL citus.enable_repartition_joins = on");
    }

    /** For what follows in the transaction. */
    public static void forbid(Connection connection) throws SQLException {
        Jdbc.execute(connection, "SET LOCAL citus.enable_repartition_joins = off");
    }
}
