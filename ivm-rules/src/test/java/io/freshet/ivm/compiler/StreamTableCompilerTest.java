package io.freshet.ivm.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.DeltaProgram;
import io.freshet.ivm.Explanation;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.Output;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.Step;
import io.freshet.ivm.Strategy;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What has no program, and why; where tables lie; what is refused. */
class StreamTableCompilerTest {
    private static final TableName NAME = new TableName("public", "summary");
    private static final TableName ORDERS = new TableName("public", "orders");
    private static final TableName CUSTOMERS = new TableName("public", "customers");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
            "LEFT JOIN | SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id",
            "FULL JOIN | SELECT o.id FROM orders o FULL JOIN customers c ON c.id = o.customer_id",
            "window function | SELECT id, row_number() OVER (ORDER BY id) AS n FROM customers",
            "LIMIT or OFFSET | SELECT id FROM customers ORDER BY id LIMIT 3",
            "EXISTS or IN (subquery) | SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
            "nested aggregate | SELECT max(n) AS m FROM (SELECT count(*) AS n FROM orders GROUP BY note) x",
            "DISTINCT below other operators | SELECT count(*) AS n FROM (SELECT DISTINCT note FROM orders) x",
            "GROUPING SETS, ROLLUP or CUBE | SELECT note, count(*) AS n FROM orders GROUP BY ROLLUP (note)",
            "INTERSECT | SELECT id FROM orders INTERSECT SELECT id FROM customers",
            "EXCEPT | SELECT id FROM orders EXCEPT SELECT id FROM customers",
            "query without a table | SELECT 1 AS one",
            "partitioned table | SELECT x FROM parted",
            "STABLE function now | SELECT id FROM orders WHERE placed < now()"})
    void whatHasNoProgramIsRefreshedInFullOrRefused(String operator, String sql) {
        CompiledStreamTable full = compile(Catalogs.plain(), sql, RefreshMode.AUTO);

        assertThat(full.mode()).isEqualTo(RefreshMode.FULL);
        assertThat(full.fullRefreshReasons()).extracting(FullRefreshReason::operator).contains(operator);
        assertThat(full.populate()).hasSize(1);
        FullRefreshReason first = full.fullRefreshReasons().getFirst();
        assertThatExceptionOfType(FreshetException.class)
                .isThrownBy(() -> compile(Catalogs.plain(), sql, RefreshMode.DIFFERENTIAL))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_DIFFERENTIABLE);
                    assertThat(e.getMessage()).isEqualTo(first.operator() + ": " + first.message());
                    assertThat(e.hint()).isEqualTo(first.hint());
                    assertThat(e.position()).isEqualTo(first.position());
                });
    }

    @Test
    void aReasonKnowsItsPlace() {
        CompiledStreamTable full = compile(Catalogs.plain(), "SELECT id\nFROM customers\nLIMIT 3", RefreshMode.AUTO);

        assertThat(full.fullRefreshReasons().getFirst().position()).map(SourcePosition::line).contains(3);
    }

    @Test
    void aFullRefreshReplacesEverything() {
        CompiledStreamTable full = compile(Catalogs.plain(), "SELECT note, count(*) AS n FROM orders GROUP BY note",
                RefreshMode.FULL);

        assertThat(full.fullRefreshReasons()).isEmpty();
        assertThat(full.program(Set.of(ORDERS)).steps()).extracting(Step::sql)
                .containsExactly("DELETE FROM public.summary", full.populate().getFirst().sql());
    }

    @Test
    void volatileFunctionsAreRefusedInEveryMode() {
        for (RefreshMode mode : RefreshMode.values()) {
            assertRefused(ErrorCode.VOLATILE_FUNCTION, Catalogs.plain(), "SELECT id, random() AS r FROM orders", mode);
        }
    }

    @Test
    void foreignTablesAreRefused() {
        assertRefused(ErrorCode.UNSUPPORTED_SOURCE, Catalogs.plain(), "SELECT x FROM remote", RefreshMode.AUTO);
    }

    @Test
    void reservedAndDuplicateColumnNamesAreRefused() {
        assertRefused(ErrorCode.INVALID_QUERY, Catalogs.plain(), "SELECT id AS __pgt_k1 FROM orders", RefreshMode.AUTO);
        assertRefused(ErrorCode.DUPLICATE_OUTPUT_COLUMN, Catalogs.plain(), "SELECT id, id FROM orders", RefreshMode.AUTO);
    }

    @Test
    void distributionColumnsMustKeepTheSourcesDistribution() {
        String sql = "SELECT o.id, o.customer_id AS customer, c.region FROM orders o JOIN customers c ON c.id = o.customer_id";

        assertThat(distributed(Catalogs.citus(), sql, "customer").createStatements())
                .contains("SELECT create_distributed_table('public.summary', 'customer', colocate_with => 'public.orders')");
        assertDistributionRefused(Catalogs.citus(), sql, "region", "coalesce(region, ..)");
        assertDistributionRefused(Catalogs.citus(), sql, "nothing", "The query's columns are: id, customer, region.");
        assertDistributionRefused(Catalogs.plain(), sql, "customer", "distribute a source first");
        assertDistributionRefused(Catalogs.citus(), "SELECT doc FROM events WHERE doc IS NOT NULL", "doc",
                "another output column");
    }

    @Test
    void anyColumnThatIsNeverNullCanDistribute() {
        CompiledStreamTable elsewhere = distributed(Catalogs.citus(),
                "SELECT id, coalesce(note, '') AS note, amount FROM orders", "note");
        assertThat(elsewhere.createStatements())
                .contains("SELECT create_distributed_table('public.summary', 'note', colocate_with => 'none')")
                .anyMatch(s -> s.contains("_delta'") && s.contains("'note', colocate_with => 'public.summary'"));
        assertThat(strategies(elsewhere)).containsExactly(Strategy.SHUFFLE, Strategy.COLOCATED, Strategy.COLOCATED,
                Strategy.COLOCATED);
        CompiledStreamTable computed = distributed(Catalogs.citus(), "SELECT note, count(*) AS n FROM orders GROUP BY note", "n");
        assertThat(computed.fullRefreshReasons()).extracting(FullRefreshReason::operator)
                .containsExactly("distribution by what is computed of a group");
    }

    @Test
    void aNamedTableIsJoinedWhenItsTypeIsTheColumns() {
        assertThat(beside("SELECT id, customer_id FROM orders", "id", "customers").createStatements())
                .contains("SELECT create_distributed_table('public.summary', 'id', colocate_with => 'public.customers')");
        assertThat(beside("SELECT id, customer_id FROM orders", "id", "customers").program(Set.of(ORDERS)).steps().getFirst()
                .strategy()).isEqualTo(Strategy.SHUFFLE);
        assertThat(beside("SELECT id, customer_id FROM orders", "customer_id", "customers").program(Set.of(ORDERS)).steps())
                .extracting(Step::strategy).containsOnly(Strategy.COLOCATED);
        assertThatExceptionOfType(FreshetException.class)
                .isThrownBy(() -> beside("SELECT id, customer_id FROM orders", "id", "events"))
                .satisfies(e -> assertThat(e.hint()).contains("Select id::text AS id."));
        assertThatExceptionOfType(FreshetException.class)
                .isThrownBy(() -> beside("SELECT id, customer_id FROM orders", "id", "regions"))
                .satisfies(e -> assertThat(e.getMessage()).contains("is no distributed table"));
    }

    @Test
    void aReferenceTableReadsNothingThatDiffersBetweenNodes() {
        CompiledStreamTable everywhere = StreamTableCompiler.over(Catalogs.citus()).compile(new StreamTableDefinition(NAME,
                "SELECT name, count(*) AS n FROM regions GROUP BY name", RefreshMode.AUTO, new Output.Replicated()));

        assertThat(everywhere.createStatements()).contains("SELECT create_reference_table('public.summary')");
        assertThat(everywhere.mirrored()).hasSize(1);
        assertThat(everywhere.verifySql()).doesNotContain("public.regions");
        CompiledStreamTable full = StreamTableCompiler.over(Catalogs.citus()).compile(new StreamTableDefinition(NAME,
                "SELECT name FROM regions", RefreshMode.FULL, new Output.Replicated()));
        assertThat(full.populate().getFirst().sql()).endsWith("WHERE EXISTS (SELECT FROM pgtrickle.installation)");
    }

    @Test
    void rowsOnTheShardsOfAnotherColumnAreBroughtTogetherBeforeTheyAreCompared() {
        String query = "SELECT id, customer_id FROM orders";
        CompiledStreamTable byAnother = StreamTableCompiler.over(Catalogs.citus())
                .compile(new StreamTableDefinition(NAME, query, RefreshMode.AUTO, Optional.of("id")));

        assertThat(byAnother.verifySql()).contains("FROM (SELECT * FROM public.summary OFFSET 0) AS stored");
        assertThat(beside(query, "customer_id", "customers").verifySql()).contains("FROM public.summary AS stored");
    }

    @Test
    void aUnionThatCitusWouldAnswerWronglyIsRefused() {
        String wrong = "SELECT customer_id, id FROM orders UNION ALL SELECT region, id FROM customers";
        StreamTableCompiler compiler = StreamTableCompiler.over(Catalogs.citus());

        assertThatExceptionOfType(FreshetException.class)
                .isThrownBy(() -> compiler.compile(new StreamTableDefinition(NAME, wrong, RefreshMode.AUTO, Optional.empty())))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_SOURCE);
                    assertThat(e.position()).contains(new SourcePosition(0, 1, 1));
                    assertThat(e.hint()).hasValue(
                            "Give one of them a group of its own: SELECT alter_distributed_table('public.customers', colocate_with => 'none');");
                });
        String right = "SELECT customer_id, id FROM orders UNION ALL SELECT id, region FROM customers";
        assertThat(compiler.compile(new StreamTableDefinition(NAME, right, RefreshMode.AUTO, Optional.empty())).mode())
                .isEqualTo(RefreshMode.DIFFERENTIAL);
    }

    private static CompiledStreamTable beside(String sql, String column, String table) {
        return StreamTableCompiler.over(Catalogs.citus()).compile(new StreamTableDefinition(NAME, sql, RefreshMode.AUTO,
                new Output.Distributed(column, Optional.of(new TableName("public", table)))));
    }

    @Test
    void aFullRefreshCanBeDistributedByAnyColumn() {
        CompiledStreamTable full = StreamTableCompiler.over(Catalogs.citus()).compile(
                new StreamTableDefinition(NAME, "SELECT note, count(*) AS n FROM orders GROUP BY note", RefreshMode.FULL,
                        Optional.of("note")));

        assertThat(full.createStatements())
                .contains("SELECT create_distributed_table('public.summary', 'note', colocate_with => 'none')");
    }

    @Test
    void joinsThatCitusCannotKeepTogetherAreRefreshedInFull() {
        assertReason("aggregate without GROUP BY over a join that is not co-located",
                "SELECT max(o.id) AS most FROM orders o JOIN events e ON e.value = o.id");
        assertReason("join of many tables that are not co-located",
                "SELECT 1 AS one FROM orders a, orders b, orders c, orders d, orders e,"
                        + " orders f, orders g, orders h, orders i");
        assertReason("reference or local table without a key", "SELECT c.name FROM customers c JOIN keyless k ON k.x = c.region");
        assertReason("join that is not co-located, with a reference or local table",
                "SELECT o.id, e.kind, r.name FROM orders o JOIN events e ON e.value = o.id JOIN regions r ON r.id = o.id");
    }

    @Test
    void tablesWithoutShardsAreReadThroughMirrorsBesideShards() {
        CompiledStreamTable joined = distributed(Catalogs.citus(),
                "SELECT c.id, c.name, r.name AS region FROM regions r JOIN customers c ON r.id = c.region", "id");

        assertThat(joined.mirrored()).extracting(Table::name).containsExactly(new TableName("public", "regions"));
        assertThat(Stream.of(joined.populate(), joined.program(Set.of(CUSTOMERS)).steps()).flatMap(List::stream).map(Step::sql)
                .toList()).allSatisfy(sql -> assertThat(sql).doesNotContain("public.regions"))
                .anyMatch(sql -> sql.contains("_mirror"));
        assertThat(joined.verifySql()).doesNotContain("public.regions").contains("_mirror");
        assertThat(joined.program(Set.of(CUSTOMERS)).steps()).extracting(Step::strategy).containsOnly(Strategy.COLOCATED);
        assertThat(compile(Catalogs.citus(), "SELECT r.name FROM regions r JOIN regions s ON s.id = r.id", RefreshMode.AUTO)
                .mirrored())
                .isEmpty();
        assertThat(compile(Catalogs.plain(), "SELECT c.name FROM customers c JOIN regions r ON r.id = c.region", RefreshMode.AUTO)
                .mirrored()).isEmpty();
    }

    @Test
    void aJoinThatIsNotColocatedLiesBesideOneOfItsTablesOrIsReplaced() {
        String sql = "SELECT o.customer_id AS customer, o.note, p.id FROM orders o JOIN products p ON p.id = o.id";

        assertThat(distributed(Catalogs.citus(), sql, "customer").createStatements()).contains(
                "SELECT create_distributed_table('public.summary', 'customer', colocate_with => 'public.orders')");
        assertThat(distributed(Catalogs.citus(), sql, "id").createStatements())
                .contains("SELECT create_distributed_table('public.summary', 'id', colocate_with => 'public.products')");
        CompiledStreamTable replaced = distributed(Catalogs.citus(), sql, "note");
        assertThat(replaced.mode()).isEqualTo(RefreshMode.FULL);
        assertThat(replaced.fullRefreshReasons().getFirst().hint().orElseThrow()).contains("customer, id");
        assertThat(replaced.createStatements())
                .contains("SELECT create_distributed_table('public.summary', 'note', colocate_with => 'none')");
    }

    @Test
    void tablesThatMeetThroughAThirdAreNotMoved() {
        CompiledStreamTable compiled = compile(Catalogs.citus(),
                "SELECT a.id, b.id AS other FROM orders a, orders b, customers c WHERE a.customer_id = c.id AND b.customer_id = c.id",
                RefreshMode.AUTO);

        assertThat(strategies(compiled)).doesNotContain(Strategy.SHUFFLE, Strategy.BROADCAST);
    }

    @Test
    void aJoinOnTheDistributionColumnsOfTwoGroupsIsFilledInPieces() {
        String onBoth = "SELECT c.name, p.weight FROM customers c JOIN parcels p ON p.customer_id = c.id";
        assertThat(compile(Catalogs.citus(), onBoth, RefreshMode.AUTO).populate()).extracting(Step::sql)
                .anyMatch(sql -> sql.contains("OFFSET 0"));
        String onOne = "SELECT c.name, p.weight FROM customers c JOIN parcels p ON p.customer_id = c.region";
        assertThat(compile(Catalogs.citus(), onOne, RefreshMode.AUTO).populate()).extracting(Step::sql)
                .noneMatch(sql -> sql.contains("OFFSET 0"));
    }

    @Test
    void everyStepHasTheStrategyOfItsPlacement() {
        assertThat(strategies(distributed(Catalogs.citus(), "SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id",
                "customer_id")))
                .containsOnly(Strategy.COLOCATED);
        assertThat(
                strategies(
                        compile(Catalogs.citus(), "SELECT note, count(*) AS n FROM orders GROUP BY note", RefreshMode.AUTO)))
                .containsExactly(Strategy.TWO_PHASE, Strategy.COORDINATOR, Strategy.COORDINATOR, Strategy.COORDINATOR,
                        Strategy.COORDINATOR);
        assertThat(strategies(compile(Catalogs.plain(), "SELECT note FROM orders", RefreshMode.AUTO)))
                .containsOnly(Strategy.COORDINATOR);
    }

    @Test
    void programsAreForSourcesOnly() {
        CompiledStreamTable compiled = compile(Catalogs.plain(), "SELECT id FROM orders", RefreshMode.AUTO);

        assertThatIllegalArgumentException().isThrownBy(() -> compiled.program(Set.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> compiled.program(Set.of(NAME)));
        DeltaProgram program = compiled.program(Set.of(ORDERS));
        assertThat(compiled.program(Set.of(ORDERS))).isSameAs(program);
    }

    @Test
    void theJsonFormIsComplete() throws IOException {
        CompiledStreamTable full = compile(Catalogs.citus(),
                "SELECT c.name FROM customers c LEFT JOIN regions r ON r.id = c.region",
                RefreshMode.AUTO);

        JsonNode json = new ObjectMapper().readTree(Explanation.of(full).json());

        assertThat(json.path("name").asText()).isEqualTo("public.summary");
        assertThat(json.path("mode").asText()).isEqualTo("FULL");
        assertThat(json.path("full_refresh_reasons").get(0).path("operator").asText()).isEqualTo("LEFT JOIN");
        assertThat(json.path("full_refresh_reasons").get(0).path("position").path("column").asInt()).isPositive();
        assertThat(json.path("sources")).extracting(s -> s.path("name").asText(), s -> s.path("placement").path("kind").asText())
                .containsExactly(tuple("public.customers", "distributed"), tuple("public.regions", "reference"));
        assertThat(json.path("programs").get(0).path("steps").get(0).path("sql").asText())
                .isEqualTo("DELETE FROM public.summary");
        assertThat(json.path("create")).isNotEmpty();
        assertThat(json.path("verify").asText()).startsWith("SELECT");
    }

    private static void assertReason(String operator, String sql) {
        assertThat(compile(Catalogs.citus(), sql, RefreshMode.AUTO).fullRefreshReasons()).extracting(FullRefreshReason::operator)
                .containsExactly(operator);
    }

    private static void assertRefused(ErrorCode code, Catalog catalog, String sql, RefreshMode mode) {
        assertThatExceptionOfType(FreshetException.class).isThrownBy(() -> compile(catalog, sql, mode)).satisfies(e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.hint()).isPresent();
        });
    }

    private static void assertDistributionRefused(Catalog catalog, String sql, String column, String hint) {
        assertThatExceptionOfType(FreshetException.class).isThrownBy(() -> distributed(catalog, sql, column)).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DISTRIBUTION_COLUMN);
            assertThat(e.hint().orElseThrow()).contains(hint);
        });
    }

    private static List<Strategy> strategies(CompiledStreamTable compiled) {
        return compiled.program(Set.of(ORDERS)).steps().stream().map(Step::strategy).toList();
    }

    private static CompiledStreamTable distributed(Catalog catalog, String sql, String column) {
        return StreamTableCompiler.over(catalog)
                .compile(new StreamTableDefinition(NAME, sql, RefreshMode.AUTO, Optional.of(column)));
    }

    private static CompiledStreamTable compile(Catalog catalog, String sql, RefreshMode mode) {
        return StreamTableCompiler.over(catalog).compile(new StreamTableDefinition(NAME, sql, mode, Optional.empty()));
    }
}
