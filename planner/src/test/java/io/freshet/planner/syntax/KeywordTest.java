package io.freshet.planner.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.QueryParser;
import io.freshet.planner.testing.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of PostgreSQL's keywords is a name exactly where it is one for PostgreSQL; except DEFAULT, which it reads anywhere and refuses later. */
class KeywordTest {
    /** Refused by its name is the special syntax of SQL/JSON and SQL/XML, whose inside is not looked at. */
    private enum Verdict {
        READ,
        REFUSED,
        REFUSED_BY_NAME
    }

    private static Connection connection;
    private static List<String> keywords;

    @BeforeAll
    static void readKeywords() throws SQLException {
        connection = TestPostgres.connect();
        keywords = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement
                        .executeQuery("SELECT word FROM pg_get_keywords() WHERE word <> 'default' ORDER BY 1")) {
            while (result.next()) {
                keywords.add(result.getString(1));
            }
        }
        assertThat(keywords).hasSizeGreaterThan(450);
    }

    @AfterAll
    static void disconnect() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1 AS %s", "SELECT 1 %s", "SELECT 1 + %s FROM t", "SELECT %s FROM t", "SELECT x.%s FROM x",
            "SELECT %s.x FROM t", "SELECT %s(1)", "SELECT %s(1, 2)", "SELECT s.%s(1)", "SELECT 1 FROM %s", "SELECT 1 FROM s.%s",
            "SELECT 1 FROM t %s", "SELECT 1 FROM t AS %s", "SELECT 1 FROM t AS t (%s)", "SELECT 1 FROM t JOIN u USING (%s)",
            "SELECT 1 FROM %s(1)", "SELECT 1::%s", "SELECT %s 'x'", "SELECT CAST(1 AS %s[])", "SELECT 1 COLLATE %s",
            "WITH %s AS (SELECT 1) SELECT 2", "SELECT f(%s => 1)", "SELECT 1 FROM f() AS (%s int)", "SELECT sum(1) OVER %s",
            "SELECT sum(1) OVER (%s ORDER BY 1)", "SELECT 1 FROM t WINDOW %s AS ()", "SELECT (x).%s",
            "SELECT 1 ORDER BY 1 + %s", "SELECT 1 GROUP BY 1 + %s", "SELECT 1 FETCH FIRST %s ROWS ONLY",
            "SELECT 1 FROM t TABLESAMPLE %s (1)"})
    void isANameWherePostgresTakesItForOne(String pattern) throws SQLException {
        List<String> wrong = new ArrayList<>();
        for (String keyword : keywords) {
            String sql = pattern.formatted(keyword);
            Verdict ours = verdict(sql);
            if (ours != Verdict.REFUSED_BY_NAME && (ours == Verdict.READ) != isReadByPostgres(sql)) {
                wrong.add(sql + " is " + ours);
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static Verdict verdict(String sql) {
        try {
            QueryParser.parse(sql);
            return Verdict.READ;
        } catch (FreshetException e) {
            return e.code() == ErrorCode.UNSUPPORTED_SYNTAX ? Verdict.REFUSED_BY_NAME : Verdict.REFUSED;
        }
    }

    private static boolean isReadByPostgres(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("EXPLAIN " + sql);
            return true;
        } catch (SQLException e) {
            // PostgreSQL gives this code to what it refuses after reading, too.
            return !"42601".equals(e.getSQLState()) || !e.getMessage().matches("(?s).*(syntax error|DEFAULT is not allowed).*");
        }
    }
}
