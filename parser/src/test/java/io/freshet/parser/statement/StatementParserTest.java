package io.freshet.parser.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.QueryParser;
import io.freshet.parser.statement.StreamTableStatement.Alter;
import io.freshet.parser.statement.StreamTableStatement.Change;
import io.freshet.parser.statement.StreamTableStatement.Create;
import io.freshet.parser.statement.StreamTableStatement.Dependents;
import io.freshet.parser.statement.StreamTableStatement.Drop;
import io.freshet.parser.statement.StreamTableStatement.Explain;
import io.freshet.parser.statement.StreamTableStatement.ExplainCreate;
import io.freshet.parser.statement.StreamTableStatement.Format;
import io.freshet.parser.statement.StreamTableStatement.IfMissing;
import io.freshet.parser.statement.StreamTableStatement.IfTaken;
import io.freshet.parser.statement.StreamTableStatement.Refresh;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementParserTest {

    private static StreamTableStatement parse(String sql) {
        return StatementParser.parse(sql);
    }

    @Test
    void createKeepsTheQueryToTheLetter() {
        String sql = "create stream table Sales.\"By Region\" with (schedule = '5s', mode = differential, n = -1.5)\nas\n  SELECT 1 -- one\n;";
        Create create = (Create) parse(sql);
        assertThat(create.name().parts()).containsExactly("sales", "By Region");
        assertThat(create.options().keySet()).containsExactly("schedule", "mode", "n");
        assertThat(create.options().values()).extracting(StreamTableStatement.Option::value).containsExactly("5s", "differential",
                "-1.5");
        assertThat(create.options().get("mode").position()).isEqualTo(SourcePosition.of(sql, sql.indexOf("differential")));
        assertThat(create.query().sql()).isEqualTo("SELECT 1");
        assertThat(create.query().offset()).isEqualTo(sql.indexOf("SELECT"));
        assertThat(create.ifTaken()).isEqualTo(IfTaken.FAIL);
    }

    @Test
    void anErrorInTheQueryHasItsPlaceInTheStatement() {
        String sql = "CREATE STREAM TABLE t AS\nSELECT a\nFROM x y z";
        Create create = (Create) parse(sql);
        FreshetException error = catchThrowableOfType(FreshetException.class, () -> QueryParser.parse(create.query().sql()));
        assertThat(create.query().in(sql, error.position().orElseThrow())).isEqualTo(SourcePosition.of(sql, 3, 10));
    }

    @Test
    void createSaysWhatToDoWithATakenName() {
        assertThat(((Create) parse("CREATE STREAM TABLE IF NOT EXISTS t AS TABLE x")).ifTaken()).isEqualTo(IfTaken.KEEP);
        assertThat(((Create) parse("CREATE OR REPLACE STREAM TABLE t AS TABLE x")).ifTaken()).isEqualTo(IfTaken.REPLACE);
    }

    @Test
    void alterChangesOptionsStateOrQuery() {
        assertThat(((Alter) parse("ALTER STREAM TABLE t PAUSE")).change()).isEqualTo(new Change.Pause());
        assertThat(((Alter) parse("ALTER STREAM TABLE t RESUME;")).change()).isEqualTo(new Change.Resume());
        assertThat(((Change.Set) ((Alter) parse("ALTER STREAM TABLE t SET (schedule = '1m')")).change()).options())
                .containsOnlyKeys("schedule");
        assertThat(((Change.Redefine) ((Alter) parse("ALTER STREAM TABLE t AS VALUES (1)")).change()).query().sql())
                .isEqualTo("VALUES (1)");
    }

    @Test
    void dropRefreshAndExplain() {
        Drop drop = (Drop) parse("DROP STREAM TABLE IF EXISTS s.t CASCADE");
        assertThat(drop.ifMissing()).isEqualTo(IfMissing.SKIP);
        assertThat(drop.dependents()).isEqualTo(Dependents.CASCADE);
        assertThat(((Drop) parse("DROP STREAM TABLE t")).dependents()).isEqualTo(Dependents.RESTRICT);
        assertThat(((Refresh) parse("REFRESH STREAM TABLE t")).name().last()).isEqualTo("t");
        assertThat(((Explain) parse("EXPLAIN STREAM TABLE t")).format()).isEqualTo(Format.TEXT);
        ExplainCreate explain = (ExplainCreate) parse("EXPLAIN (FORMAT JSON) CREATE STREAM TABLE t AS SELECT 1");
        assertThat(explain.format()).isEqualTo(Format.JSON);
        assertThat(explain.create().query().sql()).isEqualTo("SELECT 1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
                                                                       CREATE TABLE t AS SELECT 1                        | SYNTAX_ERROR        | 8  | syntax error at or near "TABLE"
                                                                       CREATE STREAM TABLE t                             | SYNTAX_ERROR        | 22 | syntax error at end of input
                                                                       CREATE STREAM TABLE t AS                          | EMPTY_QUERY         | 25 | the statement holds no query
                                                                       CREATE STREAM TABLE t WITH (a = 1, a = 2) AS SELECT 1 | SYNTAX_ERROR    | 36 | option "a" is given twice
                                                                       CREATE STREAM TABLE t WITH (a) AS SELECT 1        | SYNTAX_ERROR        | 30 | syntax error at or near ")"
                                                                       CREATE OR REPLACE STREAM TABLE IF NOT EXISTS t AS SELECT 1 | SYNTAX_ERROR | 8 | OR REPLACE and IF NOT EXISTS exclude each other
                                                                       DROP STREAM TABLE t u                             | SYNTAX_ERROR        | 21 | syntax error at or near "u"
                                                                       REFRESH STREAM TABLE t; REFRESH STREAM TABLE u    | MULTIPLE_STATEMENTS | 25 | only one statement is allowed here
                                                                       EXPLAIN (FORMAT XML) STREAM TABLE t               | SYNTAX_ERROR        | 17 | syntax error at or near "XML"
                                                                       ;                                                 | EMPTY_QUERY         | 2  | the text holds no statement
                                                                       """)
    void errorsHaveTheirPlace(String sql, ErrorCode code, int column, String message) {
        FreshetException error = catchThrowableOfType(FreshetException.class, () -> parse(sql));
        assertThat(error).hasMessage(message);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.position()).contains(SourcePosition.of(sql, 1, column));
    }
}
