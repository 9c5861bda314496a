package io.freshet.planner.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.FreshetException;
import io.freshet.planner.QueryPlanner;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.print.SqlPrinter;
import io.freshet.planner.testing.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;

/** What is written means what it means to PostgreSQL, and what is wrong is wrong at the same place. */
class SameAsPostgresTest {
    private static Connection connection;
    private static QueryPlanner planner;

    @BeforeAll
    static void createTable() throws SQLException {
        connection = TestPostgres.connectToNew("same");
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (a int, b text, \"Odd \"\"name\"\"\" int)");
            statement.execute("INSERT INTO t VALUES (5, 'x', 7)");
        }
        planner = QueryPlanner.over(LiveCatalog.load(connection));
    }

    @AfterAll
    static void disconnect() throws SQLException {
        connection.close();
    }

    static Stream<String> expressions() {
        return entries("expressions.sql");
    }

    static Stream<String> mistakes() {
        return entries("mistakes.sql");
    }

    /** Entries end with a line {@code ----}; no comments, they would be part of what is tested. */
    private static Stream<String> entries(String file) {
        try (InputStream text = SameAsPostgresTest.class.getResourceAsStream("/syntax/" + file)) {
            return Stream.of(new String(text.readAllBytes(), StandardCharsets.UTF_8).split("\n----\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void anExpressionHasTheSameValueAndType(String expression) throws SQLException {
        String sql = "SELECT " + expression + " AS x FROM t";
        String printed = SqlPrinter.plain().print(planner.plan(sql).raw());
        assertThat(valueAndType(printed)).as(printed).isEqualTo(valueAndType(sql));
    }

    private static String valueAndType(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT x::text, pg_typeof(x) FROM (" + sql + "\n) AS q")) {
            result.next();
            return result.getString(1) + " " + result.getString(2);
        }
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsAtTheSamePlace(String sql) throws SQLException {
        FreshetException ours = catchThrowableOfType(FreshetException.class, () -> planner.plan(sql));
        PSQLException theirs;
        try (Statement statement = connection.createStatement()) {
            theirs = catchThrowableOfType(PSQLException.class, () -> statement.executeQuery(sql));
        }
        assertThat(ours.getMessage()).doesNotContainIgnoringCase("token", "viable", "mismatched", "extraneous", "expecting");
        int characters = sql.codePointCount(0, ours.position().orElseThrow().offset());
        assertThat(characters + 1).as("%s against %s", ours.describe(), theirs.getServerErrorMessage())
                .isEqualTo(theirs.getServerErrorMessage().getPosition());
    }
}
