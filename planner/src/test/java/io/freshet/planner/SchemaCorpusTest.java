package io.freshet.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.catalog.offline.SchemaCatalog;
import io.freshet.planner.print.SqlPrinter;
import io.freshet.planner.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A query of the corpus means the same over the schema's script as over a server that has run it. */
class SchemaCorpusTest {
    private static Connection connection;
    private static QueryPlanner live;
    private static QueryPlanner offline;

    @BeforeAll
    static void createSchema() throws SQLException {
        connection = TestPostgres.connectToNew("schema_corpus");
        try (Statement statement = connection.createStatement()) {
            statement.execute(Corpus.schema());
        }
        live = QueryPlanner.over(LiveCatalog.load(connection));
        offline = QueryPlanner.over(SchemaCatalog.of(Corpus.schema() + planned().filter(SchemaCorpusTest::canBeView)
                .map(q -> ";\nCREATE VIEW " + viewOf(q) + " AS " + q.sql()).collect(Collectors.joining())));
    }

    @AfterAll
    static void disconnect() throws SQLException {
        connection.close();
    }

    /** A script's functions, which these begin with, are not read. */
    static Stream<Corpus.Query> planned() {
        return Corpus.queries().stream().filter(q -> !Corpus.refused().containsKey(q.name()) && !q.sql().contains("my_"));
    }

    @ParameterizedTest
    @MethodSource("planned")
    void aQueryHasTheSamePlan(Corpus.Query query) {
        PlannedQuery expected = live.plan(query.sql());
        PlannedQuery planned = offline.plan(query.sql());
        assertThat(planned.columns()).isEqualTo(expected.columns());
        assertThat(SqlPrinter.plain().print(planned.normalised())).isEqualTo(SqlPrinter.plain().print(expected.normalised()));
    }

    static Stream<Corpus.Query> views() {
        return planned().filter(SchemaCorpusTest::canBeView);
    }

    @ParameterizedTest
    @MethodSource("views")
    void aViewHasTheRowsOfItsQuery(Corpus.Query query) throws SQLException {
        QueryResult original = QueryResult.of(connection, query.sql());
        PlannedQuery planned = offline.plan("SELECT * FROM " + viewOf(query));
        assertThat(planned.columns()).extracting(OutputColumn::type).isEqualTo(original.types());
        String printed = SqlPrinter.plain().print(planned.raw(), original.names());
        assertThat(bag(QueryResult.of(connection, printed))).as(printed).isEqualTo(bag(original));
    }

    /** As in PostgreSQL, the columns have different names and are no rows. */
    private static boolean canBeView(Corpus.Query query) {
        List<OutputColumn> columns = live.plan(query.sql()).columns();
        return columns.stream().map(OutputColumn::name).distinct().count() == columns.size()
                && columns.stream().noneMatch(c -> c.type().equals("record"));
    }

    private static String viewOf(Corpus.Query query) {
        return "\"view of " + query.name() + "\"";
    }

    private static Map<String, Integer> bag(QueryResult result) {
        Map<String, Integer> bag = new TreeMap<>();
        result.rows().forEach(r -> bag.merge(r.toString(), 1, Integer::sum));
        return bag;
    }
}
