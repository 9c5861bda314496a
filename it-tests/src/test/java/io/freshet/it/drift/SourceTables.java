package io.freshet.it.drift;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.PostgresCluster;
import java.util.List;

/**
 * The tables that the load writes. Their columns have few distinct values, so that groups vanish and return, extremes leave, and rows
 * have twins; {@code log_lines} has no key at all.
 */
enum SourceTables {
    /** Plain PostgreSQL: keys may change, an order may belong to nobody. */
    PLAIN("id", "id", ""),
    /** Citus: a key holds the distribution column, which cannot be updated and is never NULL. */
    DISTRIBUTED("customer_id, id", "customer_id, id",
            """
            SELECT create_distributed_table('customers', 'customer_id');
            SELECT create_distributed_table('orders', 'customer_id', colocate_with => 'customers');
            SELECT create_distributed_table('payments', 'customer_id', colocate_with => 'customers');
            SELECT create_distributed_table('log_lines', 'source', colocate_with => 'none');
            SELECT create_reference_table('bands');
            """);

    static final List<String> NAMES = List.of("customers", "orders", "payments", "bands", "log_lines");

    private final String orderKey;
    private final String paymentKey;
    private final String distribution;

    SourceTables(String orderKey, String paymentKey, String distribution) {
        this.orderKey = orderKey;
        this.paymentKey = paymentKey;
        this.distribution = distribution;
    }

    static SourceTables of(Cluster cluster) {
        return switch (cluster) {
            case PostgresCluster plain -> PLAIN;
            case CitusCluster citus -> DISTRIBUTED;
        };
    }

    /** Creates the tables, empty. On Citus {@code bands} is a reference table. */
    void create(Database database) {
        createWithoutDistribution(database);
        database.execute(distribution + """
                                        ALTER TABLE customers REPLICA IDENTITY FULL;
                                        ALTER TABLE orders REPLICA IDENTITY FULL;
                                        ALTER TABLE payments REPLICA IDENTITY FULL;
                                        ALTER TABLE bands REPLICA IDENTITY FULL;
                                        ALTER TABLE log_lines REPLICA IDENTITY FULL;
                                        """);
    }

    /** The same columns and keys on a plain PostgreSQL, to evaluate queries once more. */
    void createWithoutDistribution(Database database) {
        database.execute(
                """
                CREATE TABLE customers (customer_id int PRIMARY KEY, region text, name text NOT NULL);
                CREATE TABLE orders (id bigint NOT NULL, customer_id int, status text, amount numeric(10,2), qty int NOT NULL, note text,
                    created timestamptz NOT NULL, PRIMARY KEY (%s));
                CREATE TABLE payments (id bigint NOT NULL, customer_id int NOT NULL, paid numeric(10,2), method text, PRIMARY KEY (%s));
                CREATE TABLE bands (label text PRIMARY KEY, low int NOT NULL, high int);
                CREATE TABLE log_lines (source int NOT NULL, level text, message text, n int);
                """.formatted(
                        orderKey, paymentKey));
    }
}
