package io.freshet.runtime.demo;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.sqlapi.StreamTableFunctions;
import io.freshet.runtime.sqlapi.StreamTableFunctions.Creation;
import io.freshet.runtime.sqlapi.StreamTableFunctions.Lying;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Source tables and stream tables of the demonstration, in a schema of their own. */
final class DemoTables implements AutoCloseable {
    static final String SCHEMA = "freshet_demo";
    static final int CUSTOMERS = 200;
    static final int ORDERS = 1000;
    static final int REGIONS = 5;

    private static final String MARK = "Made by freshet demo, which drops it";
    private static final String SOURCES = """
                                          CREATE SCHEMA freshet_demo;
                                          COMMENT ON SCHEMA freshet_demo IS '%s';
                                          SET search_path = freshet_demo, public;
                                          CREATE TABLE regions (region_id int PRIMARY KEY, name text NOT NULL);
                                          CREATE TABLE customers (customer_id int PRIMARY KEY, name text NOT NULL, region_id int, tier text);
                                          CREATE TABLE orders (customer_id int, order_id bigint, status text NOT NULL, amount numeric(10,2),
                                                               PRIMARY KEY (customer_id, order_id));
                                          ALTER TABLE regions REPLICA IDENTITY FULL;
                                          ALTER TABLE customers REPLICA IDENTITY FULL;
                                          ALTER TABLE orders REPLICA IDENTITY FULL;
                                          """
            .formatted(MARK);
    private static final String PLACEMENT = """
                                            SELECT create_reference_table('regions');
                                            SELECT create_distributed_table('customers', 'customer_id');
                                            SELECT create_distributed_table('orders', 'customer_id', colocate_with => 'customers');
                                            """;
    private static final String ROWS = """
                                       INSERT INTO regions SELECT i, 'region ' || i FROM generate_series(1, %3$d) i;
                                       INSERT INTO customers SELECT i, 'customer ' || i, 1 + i %% %3$d, 'silver' FROM generate_series(1, %1$d) i;
                                       INSERT INTO orders SELECT 1 + i %% %1$d, i, 'open', i %% 1000 FROM generate_series(1, %2$d) i;
                                       """
            .formatted(CUSTOMERS, ORDERS, REGIONS);

    /** A join on the distribution column, aggregated. */
    static final String TOTALS = "customer_totals";
    /** A filter; freshness is measured here. */
    static final String LARGE = "large_orders";
    /** Distinct rows. */
    static final String TIERS = "region_tiers";

    /** @param distributedBy an output column, on Citus */
    record Query(String name, String sql, Optional<String> distributedBy) {
    }

    static final List<Query> QUERIES = List.of(
            new Query(TOTALS, """
                              SELECT o.customer_id, c.name, count(*) AS orders, sum(o.amount) AS total
                              FROM orders o JOIN customers c ON c.customer_id = o.customer_id
                              GROUP BY o.customer_id, c.name""", Optional.of("customer_id")),
            new Query(LARGE, """
                             SELECT customer_id, order_id, status, amount
                             FROM orders
                             WHERE amount >= 500 AND status <> 'cancelled'""", Optional.empty()),
            new Query(TIERS, """
                             SELECT DISTINCT region_id, tier
                             FROM customers""", Optional.empty()));

    private final Connection connection;
    private final StreamTableFunctions functions;

    private DemoTables(Connection connection) {
        this.connection = connection;
        this.functions = new StreamTableFunctions(connection);
    }

    static boolean hasCitus(Connection connection) throws SQLException {
        return Jdbc.first(connection, "SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus'", row -> row.getInt(1))
                .isPresent();
    }

    /**
     * Makes the source tables, after it has dropped what a demonstration that was killed has left.
     *
     * @throws FreshetException NAME_TAKEN when the schema is somebody else's
     */
    static DemoTables create(Connection connection) throws SQLException {
        DemoTables tables = new DemoTables(connection);
        tables.close();
        Jdbc.execute(connection, SOURCES);
        if (hasCitus(connection)) {
            Jdbc.execute(connection, PLACEMENT);
        }
        Jdbc.execute(connection, ROWS);
        return tables;
    }

    /** Creates the stream tables; returns what the daemon remarks. */
    List<String> createStreamTables() throws SQLException {
        boolean citus = hasCitus(connection);
        List<String> remarks = new ArrayList<>();
        for (Query query : QUERIES) {
            remarks.addAll(functions.create(new Creation(query.name(), query.sql(), "calculated", "AUTO", true, false,
                    new Lying(query.distributedBy().filter(column -> citus), Optional.empty(), Optional.empty()))));
        }
        return remarks;
    }

    /** Drops all of it. */
    @Override
    public void close() throws SQLException {
        Optional<String> mark = Jdbc.first(connection,
                """
                SELECT coalesce(pg_catalog.obj_description(oid, 'pg_namespace'), '') FROM pg_catalog.pg_namespace WHERE nspname = ?
                """,
                row -> row.getString(1), SCHEMA);
        if (mark.isEmpty()) {
            return;
        }
        if (!mark.get().equals(MARK)) {
            throw FreshetException.of(ErrorCode.NAME_TAKEN, "the schema " + SCHEMA + " exists and is not the demonstration's")
                    .withHint("Rename it: ALTER SCHEMA " + SCHEMA + " RENAME TO <another name>;");
        }
        for (String name : Jdbc.list(connection,
                "SELECT table_name FROM pgtrickle.pgt_stream_table_states WHERE schema_name = ? ORDER BY table_name DESC",
                row -> row.getString(1), SCHEMA)) {
            functions.drop(SCHEMA + "." + name);
        }
        Jdbc.execute(connection,
                "SET client_min_messages = warning; DROP SCHEMA freshet_demo CASCADE; RESET client_min_messages");
    }

    long count(String table) throws SQLException {
        return Jdbc.first(connection, "SELECT count(*) FROM freshet_demo." + table, row -> row.getLong(1)).orElseThrow();
    }

    StreamTableFunctions functions() {
        return functions;
    }
}
