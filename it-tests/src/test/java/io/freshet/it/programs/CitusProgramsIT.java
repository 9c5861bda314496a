package io.freshet.it.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.Output;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.Strategy;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.compiler.StreamTableCompiler;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Programs of distributed, coordinator-side, reference-table and single-shard stream tables over random writes. */
class CitusProgramsIT {
    private static final int EPOCHS = 12;

    private static final String SCHEMA = """
                                         CREATE TABLE customers (id int PRIMARY KEY, name text, region int);
                                         CREATE TABLE orders (customer_id int, id int, amount numeric(10,2), price numeric, note text, PRIMARY KEY (customer_id, id));
                                         CREATE TABLE clicks (customer_id int, page text, ms int);
                                         CREATE TABLE regions (id int PRIMARY KEY, name text);
                                         CREATE TABLE plain (id int PRIMARY KEY, v int);
                                         CREATE TABLE others (id int PRIMARY KEY);
                                         SELECT create_distributed_table('others', 'id', shard_count => 3, colocate_with => 'none');
                                         SELECT create_distributed_table('customers', 'id', shard_count => 4);
                                         SELECT create_distributed_table('orders', 'customer_id', colocate_with => 'customers');
                                         SELECT create_distributed_table('clicks', 'customer_id', colocate_with => 'customers');
                                         SELECT create_reference_table('regions');
                                         """;

    /** A query and where its stream table lies. */
    private record Case(String sql, Output output) {
    }

    private static final List<Case> CASES = List.of(
            sharded("SELECT * FROM orders", "customer_id"),
            sharded("SELECT id AS customer, name FROM customers WHERE region = 1", "customer"),
            sharded("SELECT o.customer_id, c.name, o.amount FROM orders o JOIN customers c ON c.id = o.customer_id",
                    "customer_id"),
            sharded("SELECT a.customer_id, a.id, b.id AS other FROM orders a JOIN orders b ON a.customer_id = b.customer_id AND a.id < b.id",
                    "customer_id"),
            sharded("SELECT * FROM clicks", "customer_id"),
            sharded("SELECT customer_id AS c, note AS t FROM orders UNION ALL SELECT customer_id, page FROM clicks", "c"),
            sharded("SELECT k.customer_id, k.page, c.name FROM clicks k JOIN customers c ON c.id = k.customer_id", "customer_id"),
            sharded("SELECT customer_id, count(*) AS n, sum(amount) AS total, avg(price) AS price, min(amount) AS least FROM orders"
                    + " GROUP BY customer_id", "customer_id"),
            sharded("SELECT c.id AS customer, c.region, count(*) AS n, max(o.price) AS most FROM orders o JOIN customers c ON c.id = o.customer_id"
                    + " GROUP BY c.id, c.region HAVING count(*) > 1", "customer"),
            sharded("SELECT o.customer_id, k.page, count(*) AS n, sum(k.ms) AS ms FROM orders o JOIN customers c ON c.id = o.customer_id"
                    + " JOIN clicks k ON k.customer_id = c.id GROUP BY o.customer_id, k.page", "customer_id"),
            sharded("SELECT DISTINCT customer_id, note FROM orders", "customer_id"),
            sharded("SELECT customer_id, sum(ms::numeric) AS total FROM clicks GROUP BY customer_id", "customer_id"),
            sharded("SELECT customer_id, count(*) AS n, max(ms) AS most FROM clicks GROUP BY customer_id", "customer_id"),
            sharded("SELECT customer_id, page, count(*) AS n, max(ms) AS most FROM clicks GROUP BY customer_id, page",
                    "customer_id"),
            sharded("SELECT customer_id, string_agg(page, ',' ORDER BY page) AS pages FROM clicks GROUP BY customer_id",
                    "customer_id"),
            sharded("SELECT DISTINCT customer_id FROM clicks", "customer_id"),
            sharded("SELECT customer_id, string_agg(note, ',' ORDER BY id) AS notes FROM orders GROUP BY customer_id",
                    "customer_id"),
            sharded("SELECT customer_id, note, array_agg(id ORDER BY id) AS ids FROM orders GROUP BY customer_id, note",
                    "customer_id"),
            sharded("SELECT customer_id, id, amount FROM orders", "id"),
            sharded("SELECT coalesce(page, '') AS page, ms FROM clicks", "page"),
            sharded("SELECT ms, count(*) AS n, max(page) AS last FROM clicks WHERE ms > 0 GROUP BY ms", "ms"),
            sharded("SELECT id, sum(price) AS s, min(amount) AS least, avg(amount) AS a FROM orders GROUP BY id HAVING count(*) > 1",
                    "id"),
            sharded("SELECT id, string_agg(note, ',' ORDER BY customer_id) AS notes FROM orders GROUP BY id", "id"),
            sharded("SELECT DISTINCT id, note FROM orders", "id"),
            sharded("SELECT id, name FROM regions", "id"),
            sharded("SELECT p.id, count(*) AS n, max(r.name) AS m FROM plain p JOIN regions r ON r.id = p.v GROUP BY p.id", "id"),
            beside("SELECT o.id, c.name, o.amount FROM orders o JOIN customers c ON c.id = o.customer_id", "id", "customers"),
            beside("SELECT o.id, count(*) AS n, max(r.name) AS last FROM orders o JOIN regions r ON r.id = o.id GROUP BY o.id",
                    "id",
                    "clicks"),
            // The groups' keys and their rows are distributed by the same column, in different groups.
            beside("SELECT customer_id, count(*) AS n, max(ms) AS most FROM clicks GROUP BY customer_id", "customer_id",
                    "others"),
            beside("SELECT customer_id, string_agg(note, ',' ORDER BY id) AS notes FROM orders GROUP BY customer_id",
                    "customer_id",
                    "others"),
            everywhere("SELECT customer_id, id, amount FROM orders"),
            everywhere("SELECT page, ms FROM clicks"),
            everywhere("SELECT note, sum(amount) AS s, min(price) AS least, count(*) AS n FROM orders GROUP BY note"),
            everywhere("SELECT customer_id, count(*) AS n, max(ms) AS most FROM clicks GROUP BY customer_id"),
            everywhere("SELECT note, string_agg(id::text, ',' ORDER BY customer_id, id) AS ids FROM orders GROUP BY note"),
            everywhere("SELECT count(*) AS n, sum(price) AS s, min(amount) AS least FROM orders"),
            everywhere("SELECT name, count(*) AS n FROM regions GROUP BY name"),
            everywhere("SELECT p.v, r.name FROM plain p JOIN regions r ON r.id = p.v"),
            central("SELECT id, amount FROM orders WHERE amount > 1"),
            central("SELECT o.id, c.name, o.note FROM orders o JOIN customers c ON c.id = o.customer_id"),
            central("SELECT page, ms FROM clicks"),
            central("SELECT note FROM orders UNION ALL SELECT name FROM customers"),
            central("SELECT region, count(*) AS n, max(name) AS last FROM customers GROUP BY region"),
            central("SELECT note, sum(amount) AS s, min(amount) AS least, avg(price) AS a, count(*) AS n FROM orders GROUP BY note"),
            central("SELECT c.region, count(*) AS n, sum(o.price) AS s, max(o.amount) AS m FROM orders o JOIN customers c ON c.id = o.customer_id"
                    + " GROUP BY c.region HAVING count(*) > 1"),
            central("SELECT DISTINCT note FROM orders"),
            central("SELECT count(*) AS n, sum(price) AS s, min(amount) AS least FROM orders"),
            central("SELECT count(*) AS n, max(o.price) AS most FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.region = 1"),
            central("SELECT string_agg(note, ',' ORDER BY customer_id, id) AS s FROM orders"),
            central("SELECT * FROM regions"),
            central("SELECT name, count(*) AS n, max(id) AS m FROM regions GROUP BY name"),
            sharded("SELECT o.customer_id, o.id, r.name FROM orders o JOIN regions r ON r.id = o.id", "customer_id"),
            sharded("SELECT c.id AS k, count(*) AS n, max(p.v) AS most FROM plain p JOIN regions r ON r.id = p.v"
                    + " JOIN customers c ON c.id = r.id GROUP BY c.id", "k"),
            sharded("SELECT c.customer_id, p.v, string_agg(c.page, ',' ORDER BY c.ms) AS pages FROM plain p JOIN clicks c ON c.ms = p.id"
                    + " GROUP BY c.customer_id, p.v", "customer_id"),
            central("SELECT r.name, sum(o.amount) AS total FROM regions r JOIN orders o ON o.id = r.id GROUP BY r.name"),
            central("SELECT page FROM clicks UNION ALL SELECT name FROM regions"),
            central("SELECT p.id, p.v FROM plain p WHERE v > 1"),
            central("SELECT v, max(id) AS m FROM plain GROUP BY v"));

    @Test
    void streamTablesEqualTheirQueriesAndColocatedStepsStayOnTheirShards() throws SQLException {
        long seed = Long.getLong("freshet.seed", 1L);
        Random random = new Random(seed);
        try (Database database = Clusters.citus().createDatabase("programs");
                ProgramRunner runner = new ProgramRunner(database.connect(), database.connect())) {
            for (String statement : SCHEMA.split(";\\s*")) {
                runner.execute(statement);
            }
            write(runner, random, 40);
            Catalog catalog = runner.catalog();
            List<Table> tables = catalog.names().stream().sorted().filter(n -> n.schema().equals("public"))
                    .flatMap(n -> catalog.table(n).stream()).toList();
            for (Table table : tables) {
                runner.capture(table);
            }
            List<CompiledStreamTable> kept = new ArrayList<>();
            for (Case each : CASES) {
                kept.add(StreamTableCompiler.over(catalog)
                        .compile(new StreamTableDefinition(new TableName("public", "kept " + kept.size()),
                                each.sql(), RefreshMode.DIFFERENTIAL, each.output())));
                runner.create(kept.getLast());
            }
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                write(runner, random, 1 + random.nextInt(12));
                Set<TableName> changed = runner.nextEpoch(tables);
                for (CompiledStreamTable compiled : kept) {
                    runner.refresh(compiled, changed);
                    assertThat(runner.difference(compiled))
                            .as("freshet.seed=%d, changed %s: %s", seed, changed, compiled.definition().query()).isZero();
                }
            }
            assertThat(runner.steps(Strategy.COLOCATED)).isPositive();
            assertThat(runner.contradictedSteps()).isEmpty();
        }
    }

    private static void write(ProgramRunner runner, Random random, int statements) throws SQLException {
        List<String> amounts = List.of("0", "1.50", "20", "NULL", "'NaN'");
        List<String> prices = List.of("1.0", "2.25", "'Infinity'", "0.125", "NULL");
        List<String> notes = List.of("'a'", "'b'", "NULL");
        for (int i = 0; i < statements; i++) {
            int customer = 1 + random.nextInt(6);
            int id = 1 + random.nextInt(4);
            runner.execute(switch (random.nextInt(11)) {
                case 0, 1 -> "INSERT INTO orders VALUES (" + customer + ", " + id + ", " + any(random, amounts) + ", "
                        + any(random, prices) + ", "
                        + any(random, notes) + ") ON CONFLICT DO NOTHING";
                case 2 ->
                    "UPDATE orders SET amount = " + any(random, amounts) + ", note = " + any(random, notes) + " WHERE id = " + id;
                case 3 -> "DELETE FROM orders WHERE id = " + id + " AND customer_id < " + customer;
                case 4 -> "INSERT INTO customers VALUES (" + customer + ", " + any(random, notes) + ", nullif(" + id
                        + ", 3)) ON CONFLICT DO NOTHING";
                case 5 -> "UPDATE customers SET region = nullif(" + id + ", 3) WHERE id = " + customer;
                case 6 -> "DELETE FROM customers WHERE id = " + customer;
                case 7 -> "INSERT INTO clicks VALUES (" + customer + ", " + any(random, notes) + ", " + id + ")";
                case 8 -> "DELETE FROM clicks WHERE customer_id = " + customer + " AND ms = " + id;
                case 9 -> "INSERT INTO regions VALUES (" + id + ", " + any(random, notes)
                        + ") ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name";
                default ->
                    "INSERT INTO plain VALUES (" + customer + ", " + id + ") ON CONFLICT (id) DO UPDATE SET v = EXCLUDED.v";
            });
        }
    }

    private static String any(Random random, List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static Case sharded(String sql, String column) {
        return new Case(sql, new Output.Distributed(column, Optional.empty()));
    }

    private static Case beside(String sql, String column, String table) {
        return new Case(sql, new Output.Distributed(column, Optional.of(new TableName("public", table))));
    }

    private static Case everywhere(String sql) {
        return new Case(sql, new Output.Replicated());
    }

    private static Case central(String sql) {
        return new Case(sql, new Output.Local());
    }
}
