package io.freshet.it.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.ivm.CompiledStreamTable;
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

/**
 * Programs of joins that are not co-located, over random writes: NULL keys, duplicates, several sources changed at once, rows that move from one
 * partner to another. After each epoch a stream table is compared with its query, by Citus and by PostgreSQL alone; and the strategy of every
 * step with the cluster's EXPLAIN.
 */
class CitusMovingProgramsIT {
    private static final int EPOCHS = Integer.getInteger("freshet.programEpochs", 8);

    private static final String SCHEMA = """
                                         CREATE TABLE accounts (id int PRIMARY KEY, city text, referrer int);
                                         CREATE TABLE sales (account_id int, id int, item int, amount numeric(10,2), price numeric, tag text,
                                             PRIMARY KEY (account_id, id));
                                         CREATE TABLE items (id int PRIMARY KEY, kind int, name text);
                                         CREATE TABLE ratings (item bigint, stars int, tag text);
                                         CREATE TABLE memos (tag text, stars int);
                                         SELECT create_distributed_table('accounts', 'id', shard_count => 4, colocate_with => 'none');
                                         SELECT create_distributed_table('sales', 'account_id', colocate_with => 'accounts');
                                         SELECT create_distributed_table('items', 'id', shard_count => 3, colocate_with => 'none');
                                         SELECT create_distributed_table('ratings', 'item', shard_count => 2, colocate_with => 'none');
                                         SELECT create_distributed_table('memos', NULL);
                                         """;

    /** A query and the column that shards its stream table. */
    private record Case(String sql, Optional<String> distributionColumn) {
    }

    private static final List<Case> CASES = List.of(
            // On the other table's distribution column.
            central("SELECT s.account_id, s.id, i.name FROM sales s JOIN items i ON i.id = s.item"),
            sharded("SELECT s.account_id, s.id, s.amount, i.name FROM sales s JOIN items i ON i.id = s.item WHERE i.kind > 0",
                    "account_id"),
            central("SELECT r.stars, i.name FROM ratings r JOIN items i ON i.id = r.item"),
            // On both distribution columns, of different groups.
            central("SELECT a.id, a.city, i.name FROM accounts a JOIN items i ON i.id = a.id"),
            sharded("SELECT a.id, count(*) AS n, max(i.kind) AS most FROM accounts a JOIN items i ON i.id = a.id GROUP BY a.id",
                    "id"),
            central("SELECT a.city, b.city AS other FROM accounts a JOIN accounts b ON b.id = a.referrer"),
            central("SELECT a.id, c.city FROM accounts a JOIN accounts b ON b.id = a.referrer JOIN accounts c ON c.id = b.referrer"),
            central("SELECT i.kind, count(*) AS n, sum(s.amount) AS total FROM sales s JOIN items i ON i.id = s.item GROUP BY i.kind"),
            central("SELECT i.kind, s.tag, count(*) AS n, max(s.price) AS most, min(s.id) AS least FROM sales s JOIN items i ON i.id = s.item"
                    + " GROUP BY i.kind, s.tag"),
            sharded("SELECT s.account_id, i.kind, count(*) AS n, avg(s.price) AS mean, max(s.amount) AS most FROM sales s"
                    + " JOIN items i ON i.id = s.item GROUP BY s.account_id, i.kind HAVING count(*) > 1", "account_id"),
            central("SELECT i.name, string_agg(s.tag, ',' ORDER BY s.tag) AS tags FROM sales s JOIN items i ON i.id = s.item GROUP BY i.name"),
            central("SELECT count(*) AS n, sum(i.kind) AS kinds FROM sales s JOIN items i ON i.id = s.item"),
            central("SELECT s.tag, i.name FROM sales s JOIN items i ON i.id = s.item UNION ALL SELECT tag, tag FROM ratings"),
            // On neither's.
            central("SELECT s.account_id, s.id, r.stars FROM sales s JOIN ratings r ON r.tag = s.tag"),
            sharded("SELECT s.account_id, s.id, i.id AS item FROM sales s JOIN items i ON i.name = s.tag", "account_id"),
            central("SELECT a.id, b.id AS other FROM sales a JOIN sales b ON a.item = b.item AND a.id < b.id"),
            central("SELECT DISTINCT s.tag, r.stars FROM sales s JOIN ratings r ON r.stars = s.id"),
            central("SELECT s.id, i.id AS item FROM sales s JOIN items i ON i.kind < s.id AND s.item < 3"),
            central("SELECT i.kind, count(*) AS n FROM accounts a CROSS JOIN items i GROUP BY i.kind"),
            central("SELECT s.id, r.stars FROM sales s JOIN ratings r ON r.tag IS NOT DISTINCT FROM s.tag"),
            central("SELECT u.t, i.name FROM (SELECT item AS t FROM sales UNION ALL SELECT stars FROM ratings) u JOIN items i ON i.id = u.t"),
            // All kinds.
            central("SELECT a.city, i.name, r.stars FROM sales s JOIN accounts a ON a.id = s.account_id JOIN items i ON i.id = s.item"
                    + " JOIN ratings r ON r.tag = a.city"),
            sharded("SELECT s.account_id, r.stars, count(*) AS n, max(i.kind) AS most FROM sales s JOIN accounts a ON a.id = s.account_id"
                    + " JOIN items i ON i.id = s.item JOIN ratings r ON r.item = i.id GROUP BY s.account_id, r.stars",
                    "account_id"),
            // On one shard.
            central("SELECT s.id, m.stars FROM sales s JOIN memos m ON m.tag = s.tag"),
            central("SELECT m.tag, n.stars, i.name FROM memos m JOIN memos n ON n.stars = m.stars JOIN items i ON i.id = m.stars"));

    @Test
    void streamTablesEqualTheirQueriesAndOnlyChangesMove() throws SQLException {
        long seed = Long.getLong("freshet.seed", 1L);
        Random random = new Random(seed);
        try (Database database = Clusters.citus().createDatabase("moving");
                ProgramRunner runner = new ProgramRunner(database.connect(), database.connect())) {
            for (String statement : SCHEMA.split(";\\s*")) {
                runner.execute(statement);
            }
            write(runner, random, 60);
            Catalog catalog = runner.catalog();
            List<Table> tables = catalog.names().stream().sorted().filter(n -> n.schema().equals("public"))
                    .flatMap(n -> catalog.table(n).stream()).toList();
            for (Table table : tables) {
                runner.capture(table);
            }
            List<CompiledStreamTable> kept = new ArrayList<>();
            for (Case each : CASES) {
                kept.add(StreamTableCompiler.over(catalog)
                        .compile(new StreamTableDefinition(new TableName("public", "moved " + kept.size()), each.sql(),
                                RefreshMode.DIFFERENTIAL, each.distributionColumn())));
                runner.create(kept.getLast());
                requireEqual(runner, kept.getLast(), "filled");
            }
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                write(runner, random, 1 + random.nextInt(12));
                Set<TableName> changed = runner.nextEpoch(tables);
                for (CompiledStreamTable compiled : kept) {
                    runner.refresh(compiled, changed);
                    requireEqual(runner, compiled, "freshet.seed=" + seed + ", changed " + changed);
                }
            }
            for (Strategy strategy : List.of(Strategy.SHUFFLE, Strategy.BROADCAST, Strategy.COLOCATED, Strategy.TWO_PHASE)) {
                assertThat(runner.steps(strategy)).as("steps of strategy %s", strategy).isPositive();
            }
            assertThat(runner.contradictedSteps()).isEmpty();
        }
    }

    private static void requireEqual(ProgramRunner runner, CompiledStreamTable compiled, String when) throws SQLException {
        assertThat(runner.difference(compiled)).as("%s: %s", when, compiled.definition().query()).isZero();
        assertThat(runner.content(compiled)).as("%s: %s", when, compiled.definition().query())
                .isEqualTo(runner.recomputed(compiled));
    }

    private static void write(ProgramRunner runner, Random random, int statements) throws SQLException {
        List<String> amounts = List.of("0", "1.50", "20", "NULL", "'NaN'");
        List<String> prices = List.of("1.0", "2.25", "1.00", "0.125", "NULL");
        List<String> tags = List.of("'a'", "'b'", "'c'", "NULL");
        for (int i = 0; i < statements; i++) {
            int account = 1 + random.nextInt(6);
            int id = 1 + random.nextInt(4);
            String item = "nullif(" + (1 + random.nextInt(5)) + ", 5)";
            runner.execute(switch (random.nextInt(14)) {
                case 0, 1 -> "INSERT INTO sales VALUES (" + account + ", " + id + ", " + item + ", " + any(random, amounts) + ", "
                        + any(random, prices) + ", " + any(random, tags) + ") ON CONFLICT DO NOTHING";
                case 2 -> "UPDATE sales SET item = " + item + ", tag = " + any(random, tags) + " WHERE id = " + id;
                case 3 -> "UPDATE sales SET amount = " + any(random, amounts) + " WHERE account_id = " + account;
                case 4 -> "DELETE FROM sales WHERE id = " + id + " AND account_id < " + account;
                case 5 -> "INSERT INTO accounts VALUES (" + account + ", " + any(random, tags) + ", " + item
                        + ") ON CONFLICT DO NOTHING";
                case 6 ->
                    "UPDATE accounts SET city = " + any(random, tags) + ", referrer = nullif(" + account + ", 6) WHERE id > "
                            + account;
                case 7 -> "DELETE FROM accounts WHERE id = " + account;
                case 8 ->
                    "INSERT INTO items VALUES (" + account + ", " + item + ", " + any(random, tags) + ") ON CONFLICT DO NOTHING";
                case 9 -> "UPDATE items SET kind = " + item + ", name = " + any(random, tags) + " WHERE id = " + account;
                case 10 -> "DELETE FROM items WHERE id = " + account;
                case 11 -> "INSERT INTO ratings VALUES (" + account + ", " + id + ", " + any(random, tags) + ")";
                case 12 -> "DELETE FROM ratings WHERE item = " + account + " AND stars = " + id;
                default -> random.nextBoolean()
                        ? "INSERT INTO memos VALUES (" + any(random, tags) + ", " + id + ")"
                        : "DELETE FROM memos WHERE stars = " + id;
            });
        }
    }

    private static String any(Random random, List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static Case sharded(String sql, String column) {
        return new Case(sql, Optional.of(column));
    }

    private static Case central(String sql) {
        return new Case(sql, Optional.empty());
    }
}
