package io.freshet.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.print.SqlPrinter;
import io.freshet.planner.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every query of the corpus, planned and printed, gives on PostgreSQL what the original gives: names, types, rows, and their order where
 * there is one. Those of {@code corpus/refused.txt} give an error with a position.
 */
class CorpusTest {
    private static final Map<String, String> REFUSED = Corpus.refused();
    private static Connection connection;
    private static QueryPlanner planner;

    @BeforeAll
    static void createSchema() throws SQLException {
        connection = TestPostgres.connectToNew("corpus");
        try (Statement statement = connection.createStatement()) {
            statement.execute(Corpus.schema());
        }
        planner = QueryPlanner.over(LiveCatalog.load(connection));
    }

    @AfterAll
    static void disconnect() throws SQLException {
        connection.close();
    }

    static Stream<Corpus.Query> planned() {
        return Corpus.queries().stream().filter(q -> !REFUSED.containsKey(q.name()));
    }

    static Stream<Corpus.Query> refused() {
        return Corpus.queries().stream().filter(q -> REFUSED.containsKey(q.name()));
    }

    @ParameterizedTest
    @MethodSource("planned")
    void aPlannedQueryMeansTheSame(Corpus.Query query) throws SQLException {
        PlannedQuery planned = planner.plan(query.sql());
        QueryResult original = QueryResult.of(connection, query.sql());
        assertThat(planned.columns()).extracting(OutputColumn::name).isEqualTo(original.names());
        assertThat(planned.columns()).extracting(OutputColumn::type).isEqualTo(original.types());
        assertMeansTheSame(planned, planned.raw(), original);
        assertMeansTheSame(planned, planned.normalised(), original);
        assertThat(planned.columns().stream().filter(c -> !c.nullable()).map(OutputColumn::name))
                .allSatisfy(name -> assertThat(valuesOf(original, name)).doesNotContain("null"));
    }

    private static void assertMeansTheSame(PlannedQuery planned, RelNode plan, QueryResult original) throws SQLException {
        String printed = SqlPrinter.plain().print(plan, original.names());
        QueryResult result = QueryResult.of(connection, printed);
        assertThat(result.names()).as(printed).isEqualTo(original.names());
        assertThat(result.types()).as(printed).isEqualTo(original.types());
        assertThat(bag(result)).as(printed).isEqualTo(bag(original));
        if (isOrdered(planned.raw())) {
            assertThat(result.rows()).as(printed).isEqualTo(original.rows());
        }
    }

    private static boolean isOrdered(RelNode plan) {
        return switch (plan) {
            case Sort sort -> !sort.getCollation().getFieldCollations().isEmpty();
            case Project project -> isOrdered(project.getInput());
            default -> false;
        };
    }

    private static Map<String, Integer> bag(QueryResult result) {
        Map<String, Integer> bag = new TreeMap<>();
        result.rows().forEach(r -> bag.merge(r.toString(), 1, Integer::sum));
        return bag;
    }

    private static List<String> valuesOf(QueryResult result, String column) {
        int index = result.names().indexOf(column);
        return result.names().lastIndexOf(column) == index ? result.rows().stream().map(r -> r.get(index)).toList() : List.of();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aQueryThatCannotBePlannedIsRefusedWithItsPosition(Corpus.Query query) {
        assertThatThrownBy(() -> planner.plan(query.sql())).as(query.sql())
                .asInstanceOf(InstanceOfAssertFactories.type(FreshetException.class)).satisfies(e -> {
                    assertThat(e.position()).isPresent();
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_SYNTAX);
                    assertThat(e.getMessage()).isEqualTo(REFUSED.get(query.name()));
                });
    }

    @Test
    void mostOfTheCorpusIsPlanned() {
        List<Corpus.Query> corpus = Corpus.queries("queries.sql");
        assertThat(corpus).hasSize(228);
        assertThat(corpus.stream().filter(q -> !REFUSED.containsKey(q.name())).count()).isGreaterThanOrEqualTo(215);
    }
}
