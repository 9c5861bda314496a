package io.freshet.benchmarks;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.Step;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.compiler.StreamTableCompiler;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.print.Quoting;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How long a delta program takes for 10^3 to 10^6 changes, beside a recompute of the same stream table. A {@code main}: one run takes
 * minutes, so JMH's repetitions would take hours.
 */
public final class MergeThroughput {
    private static final TableName ORDERS = new TableName("public", "orders");
    private static final int ROUNDS = 3;

    private final Connection connection;
    private final int sourceRows;
    private long epoch;

    /** @param query over {@code orders} and {@code customers} */
    private record Case(String name, String query) {
    }

    private static final List<Case> CASES = List.of(
            new Case("filter", "SELECT order_id, customer_id, amount FROM orders WHERE status = 'paid'"),
            new Case("group_by", "SELECT customer_id, count(*) AS n, sum(amount) AS total FROM orders GROUP BY customer_id"),
            new Case("join_group_by", """
                                      SELECT c.region, count(*) AS n, sum(o.amount) AS total
                                      FROM orders o JOIN customers c ON c.customer_id = o.customer_id GROUP BY c.region"""),
            new Case("min_max",
                    "SELECT customer_id, min(amount) AS least, max(amount) AS most FROM orders GROUP BY customer_id"));

    private MergeThroughput(Connection connection, int sourceRows) {
        this.connection = connection;
        this.sourceRows = sourceRows;
    }

    /** @param arguments the number of rows in {@code orders} (1000000), and the largest number of changes (1000000) */
    public static void main(String[] arguments) throws IOException, SQLException {
        int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        int largest = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("shared_buffers", "256MB")
                .setServerConfig("max_wal_size", "4GB").start();
                Connection connection = server.getPostgresDatabase().getConnection()) {
            System.out.printf("%d orders, %d customers; milliseconds are medians of %d%n%n", rows, rows / 10, ROUNDS);
            System.out.println("| stream table | changes | program ms | changes/s | recompute ms | recompute / program |");
            System.out.println("|---|---|---|---|---|---|");
            new MergeThroughput(connection, rows).run(largest);
        }
    }

    private void run(int largest) throws SQLException {
        execute("""
                CREATE SCHEMA pgtrickle_changes;
                CREATE SCHEMA pgtrickle_state;
                CREATE TABLE customers (customer_id int PRIMARY KEY, region text);
                CREATE TABLE orders (order_id bigint PRIMARY KEY, customer_id int, status text, amount numeric(10,2));
                ALTER TABLE customers REPLICA IDENTITY FULL;
                ALTER TABLE orders REPLICA IDENTITY FULL;
                """);
        execute("INSERT INTO customers SELECT i, 'region ' || i % 100 FROM generate_series(0, " + sourceRows / 10 + ") i");
        execute("INSERT INTO orders SELECT i, i % " + sourceRows / 10
                + ", (ARRAY['new', 'paid', 'sent'])[1 + i % 3], (i::bigint * 7919 % 100000) / 100.0 FROM generate_series(1, "
                + sourceRows
                + ") i");
        execute("CREATE INDEX ON orders (customer_id)");
        StreamTableCompiler compiler = StreamTableCompiler.over(LiveCatalog.load(connection));
        boolean first = true;
        for (Case each : CASES) {
            CompiledStreamTable compiled = compiler.compile(new StreamTableDefinition(new TableName("public", each.name()),
                    each.query(), RefreshMode.DIFFERENTIAL, Optional.empty()));
            if (first) {
                for (String statement : ChangeTable.createStatements(
                        compiled.sources().stream().filter(s -> s.name().equals(ORDERS)).findFirst().orElseThrow())) {
                    execute(statement);
                }
                first = false;
            }
            measure(each, compiled, largest);
        }
    }

    private void measure(Case each, CompiledStreamTable compiled, int largest) throws SQLException {
        for (String statement : compiled.createStatements()) {
            execute(statement);
        }
        List<Step> recompute = new ArrayList<>(compiled.clear());
        recompute.addAll(compiled.populate());
        double full = median(() -> time(recompute));
        for (int changes = 1_000; changes <= largest; changes *= 10) {
            int size = changes;
            double program = median(() -> {
                change(size);
                double time = time(compiled.program(Set.of(ORDERS)).steps());
                execute("TRUNCATE " + Quoting.table(ChangeTable.nameFor(ORDERS)));
                return time;
            });
            verify(compiled);
            System.out.printf("| %s | %d | %.1f | %.0f | %.0f | %.2f |%n", each.name(), changes, program,
                    changes / program * 1000,
                    full, full / program);
        }
        for (String statement : compiled.dropStatements()) {
            execute(statement);
        }
    }

    /** Updates half as many orders: each is a row that goes and one that comes. */
    private void change(int changes) throws SQLException {
        epoch++;
        String table = Quoting.table(ChangeTable.nameFor(ORDERS));
        String columns = "order_id, customer_id, status, amount";
        // Every n-th row, so that the changes spread over all groups; more changes than rows change some rows twice.
        int rows = Math.min(changes / 2, sourceRows);
        execute("""
                WITH old AS (SELECT * FROM orders WHERE order_id %% %d = 0 LIMIT %d),
                new AS (UPDATE orders o SET amount = o.amount + 1 FROM old WHERE o.order_id = old.order_id RETURNING o.*)
                INSERT INTO %s (%s, %s, %s)
                SELECT %d, -1, %s FROM old UNION ALL SELECT %d, 1, %s FROM new
                """.formatted(Math.max(1, sourceRows / rows), rows, table, ChangeTable.EPOCH, ChangeTable.WEIGHT, columns, epoch,
                columns, epoch, columns));
        execute("ANALYZE " + table);
    }

    private double time(List<Step> steps) throws SQLException {
        connection.setAutoCommit(false);
        try {
            long start = System.nanoTime();
            for (Step step : steps) {
                execute(step.bind(epoch - 1, epoch));
            }
            connection.commit();
            return (System.nanoTime() - start) / 1e6;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void verify(CompiledStreamTable compiled) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(compiled.verifySql())) {
            row.next();
            if (row.getLong(1) != 0) {
                throw new IllegalStateException(
                        compiled.definition().name() + " differs from its query by " + row.getLong(1) + " rows");
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static double median(Measurement measurement) throws SQLException {
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            times.add(measurement.milliseconds());
        }
        return times.stream().sorted().toList().get(ROUNDS / 2);
    }

    @FunctionalInterface
    private interface Measurement {
        double milliseconds() throws SQLException;
    }
}
