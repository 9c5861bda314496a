package io.freshet.ivm.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.Explanation;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.Step;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.TableName;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Long and deep queries through all stages, called from a thread with an ordinary stack, and run on PostgreSQL: their stream tables equal
 * them after they were filled and after a change.
 */
@Timeout(120)
class LimitsTest {
    private static final int ORDINARY_STACK = 1 << 20;
    private static final TableName ITEMS = new TableName("public", "items");

    private static TestDatabase database;
    private static int tables;

    @BeforeAll
    static void createSource() throws SQLException {
        database = TestDatabase.create("limits", "CREATE TABLE items (id int PRIMARY KEY, other int, note text)");
        database.capture(database.catalog().table(ITEMS).orElseThrow());
        database.execute("SET max_stack_depth = '6MB'");
        database.epoch(1);
        database.execute("INSERT INTO items SELECT i, i % 3, 'note ' || i FROM generate_series(1, 20) i");
    }

    @AfterAll
    static void disconnect() throws SQLException {
        database.close();
    }

    private static String repeat(int times, String separator, IntFunction<String> part) {
        return IntStream.range(0, times).mapToObj(part).collect(Collectors.joining(separator));
    }

    static String[] longQueries() {
        return new String[]{"SELECT id FROM items WHERE id IN (" + repeat(15_000, ", ", i -> "" + 2 * i) + ")",
                "SELECT id, " + repeat(1_500, ", ", i -> "other * " + i + " AS a_product_of_" + i) + " FROM items",
                "SELECT id FROM items WHERE " + repeat(2_000, " AND ", i -> "id <> " + 3 * i),
                "SELECT id FROM items WHERE " + repeat(5_000, " OR ", i -> "id = " + 3 * i),
                "SELECT id, " + repeat(2_000, " || ", i -> "note") + " AS x FROM items",
                "SELECT id, " + repeat(2_000, " + ", i -> "id") + " AS x FROM items",
                "SELECT id, CASE " + repeat(2_500, " ", i -> "WHEN id = " + i + " THEN 'word " + i + "'")
                        + " END AS x FROM items",
                "SELECT i.id, w FROM items i JOIN (VALUES " + repeat(4_000, ", ", i -> "(" + i + ", 'word " + i + "')")
                        + ") v(k, w) ON v.k = i.id",
                "SELECT id, coalesce(" + repeat(5_000, ", ", i -> "note") + ") AS x FROM items",
                repeat(1_000, " UNION ALL ", i -> "SELECT id, " + i + " AS n FROM items"),
                repeat(150, " UNION ", i -> "SELECT id, " + i + " AS n FROM items")};
    }

    static String[] deepQueries() {
        int depth = 300;
        return new String[]{"SELECT id, " + "(".repeat(depth) + "other" + ")".repeat(depth) + " AS x FROM items",
                "SELECT id, " + "(1 + ".repeat(depth) + "other" + ")".repeat(depth) + " AS x FROM items",
                "SELECT id, " + "abs(".repeat(depth) + "other" + ")".repeat(depth) + " AS x FROM items",
                "SELECT id, other" + "::bigint::int".repeat(depth) + " AS x FROM items",
                "SELECT id, " + "CASE WHEN id = 1 THEN 2 ELSE ".repeat(depth) + "other" + " END".repeat(depth)
                        + " AS x FROM items",
                "SELECT id FROM items WHERE " + "NOT (".repeat(depth) + "id > 3" + ")".repeat(depth),
                "SELECT * FROM " + "(SELECT * FROM ".repeat(depth) + "items" + ") x".repeat(depth),
                "SELECT id FROM items WHERE " + "EXISTS (SELECT 1 FROM items WHERE ".repeat(depth) + "id > 3" + ")".repeat(depth),
                "SELECT id, " + "(SELECT max(id) + ".repeat(60) + "1" + " FROM items)".repeat(60) + " AS x FROM items"};
    }

    @ParameterizedTest
    @MethodSource({"longQueries", "deepQueries"})
    void equalTheirStreamTables(String sql) throws Exception {
        TableName name = new TableName("public", "limit_" + tables++);
        FutureTask<CompiledStreamTable> compilation = new FutureTask<>(() -> {
            CompiledStreamTable compiled = compile(name, sql);
            assertThat(Explanation.of(compiled).text()).isNotEmpty();
            return compiled;
        });
        new Thread(null, compilation, "ordinary", ORDINARY_STACK).start();
        CompiledStreamTable compiled = compilation.get();
        for (String statement : compiled.createStatements()) {
            database.execute(statement);
        }
        run(compiled.populate(), 1, 1);
        assertThat(database.number(compiled.verifySql())).isZero();
        int epoch = 1 + tables;
        database.epoch(epoch);
        database.execute("UPDATE items SET note = note || '!', other = other + 1 WHERE id % 4 = 0");
        run(compiled.program(Set.of(ITEMS)).steps(), epoch - 1, epoch);
        assertThat(database.number(compiled.verifySql())).isZero();
    }

    private static CompiledStreamTable compile(TableName name, String sql) throws SQLException {
        return StreamTableCompiler.over(database.catalog())
                .compile(new StreamTableDefinition(name, sql, RefreshMode.AUTO, Optional.empty()));
    }

    private static void run(List<Step> steps, long fromEpoch, long toEpoch) throws SQLException {
        for (Step step : steps) {
            database.execute(step.bind(fromEpoch, toEpoch));
        }
    }

    /** PostgreSQL's own stack holds none of them with its default settings. */
    @Test
    void chainsOfManyThousandOperatorsAreReadOrRefusedInTime() throws SQLException {
        assertThat(compile(ITEMS, "SELECT id, " + repeat(9_000, " + ", i -> "id") + " AS x FROM items").mode())
                .isEqualTo(RefreshMode.DIFFERENTIAL);
        assertTooDeep("SELECT id, " + repeat(25_000, " + ", i -> "id") + " AS x FROM items");
        assertTooDeep("SELECT id, " + "abs(".repeat(5_000) + "other" + ")".repeat(5_000) + " AS x FROM items");
        assertTooDeep("SELECT * FROM " + "(SELECT * FROM ".repeat(2_000) + "items" + ") x".repeat(2_000));
    }

    private static void assertTooDeep(String sql) {
        FreshetException error = catchThrowableOfType(FreshetException.class, () -> compile(ITEMS, sql));
        assertThat(error.code()).isEqualTo(ErrorCode.TOO_DEEP);
        assertThat(error.position()).isPresent();
    }

    /** The terms of a delta double with each input. */
    @Test
    void aJoinOfVeryManyTablesIsRefreshedInFull() throws SQLException {
        String joins = repeat(30, " ", i -> "JOIN items i" + i + " ON i" + i + ".id = i.other");
        CompiledStreamTable compiled = compile(new TableName("public", "joined"), "SELECT i.id FROM items i " + joins);
        assertThat(compiled.fullRefreshReasons()).extracting(FullRefreshReason::operator).containsExactly("join of many tables");
        assertThat(Explanation.of(compiled).text()).contains("refreshed in full because of join of many tables");
        String fewer = repeat(7, " ", i -> "JOIN items i" + i + " ON i" + i + ".id = i.other");
        assertThat(compile(new TableName("public", "joined"), "SELECT i.id FROM items i " + fewer).mode())
                .isEqualTo(RefreshMode.DIFFERENTIAL);
    }
}
