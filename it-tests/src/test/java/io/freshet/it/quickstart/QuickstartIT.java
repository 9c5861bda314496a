package io.freshet.it.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The statements that users of pg_trickle know from its page on Citus, without those that create extensions, to the letter. */
class QuickstartIT {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::citus);

    private static final String ORDERS = "CREATE TABLE orders (order_id bigint, customer_id bigint, amount numeric)";
    private static final String DISTRIBUTE = """
                                             -- Distribute (or co-locate) the source
                                             SELECT create_distributed_table('orders', 'customer_id');""";
    private static final String IDENTITY = """
                                           -- Required for logical decoding to capture old values on UPDATE / DELETE
                                           ALTER TABLE orders REPLICA IDENTITY FULL;""";
    private static final String CREATE = """
                                         SELECT pgtrickle.create_stream_table(
                                         'order_totals',
                                         $$SELECT customer_id, SUM(amount) AS total
                                         FROM orders GROUP BY customer_id$$,
                                         schedule => '5s'
                                         );""";
    private static final String CREATE_DISTRIBUTED = """
                                                     SELECT pgtrickle.create_stream_table(
                                                     'order_totals',
                                                     $$SELECT customer_id, SUM(amount) AS total
                                                     FROM orders GROUP BY customer_id$$,
                                                     schedule => '5s',
                                                     output_distribution_column => 'customer_id'
                                                     );""";

    @Test
    void theQuickstartWorksToTheLetter() {
        Database database = DATABASE.get();
        database.execute(ORDERS);
        database.execute("INSERT INTO orders SELECT i, i % 10, i FROM generate_series(1, 100) i");
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            assertThat(database.value("SHOW wal_level;")).isEqualTo("logical");
            database.execute(DISTRIBUTE);
            database.execute(IDENTITY);
            database.execute(CREATE);
            follows(database);
            database.execute("SELECT pgtrickle.drop_stream_table('order_totals');");
            database.execute(CREATE_DISTRIBUTED);
            assertThat(database.value("""
                                      SELECT t.colocation_id = o.colocation_id FROM citus_tables t, citus_tables o
                                      WHERE t.table_name = 'order_totals'::regclass AND o.table_name = 'orders'::regclass"""))
                    .isEqualTo("t");
            follows(database);
            assertThat(database.value("SELECT is_equal FROM pgtrickle.verify_stream_table('order_totals')")).isEqualTo("t");
            database.execute("SELECT pgtrickle.drop_stream_table('order_totals');");
        }
    }

    private static void follows(Database database) {
        assertThat(database.value("SELECT refresh_mode FROM pgtrickle.pgt_status()")).isEqualTo("DIFFERENTIAL");
        database.execute("UPDATE orders SET amount = amount + 1 WHERE customer_id = 3");
        database.execute("DELETE FROM orders WHERE customer_id = 4");
        database.execute("INSERT INTO orders VALUES (1000, 4, 5)");
        Await.until("order_totals follows orders",
                () -> database
                        .value("""
                               SELECT count(*) FROM (
                                   (SELECT customer_id, sum(amount) FROM orders GROUP BY 1 EXCEPT ALL SELECT customer_id, total FROM order_totals)
                                   UNION ALL
                                   (SELECT customer_id, total FROM order_totals EXCEPT ALL SELECT customer_id, sum(amount) FROM orders GROUP BY 1)) d
                               """)
                        .equals("0"));
    }
}
