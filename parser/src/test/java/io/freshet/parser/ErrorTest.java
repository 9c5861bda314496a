package io.freshet.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each refused text: code, sentence and place. */
class ErrorTest {

    private static FreshetException error(String sql) {
        return catchThrowableOfType(FreshetException.class, () -> QueryParser.parse(sql));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', nullValues = "-", textBlock = """
                                                                                         SELECT a FROM                         | 1 | 14 | syntax error at end of input
                                                                                         SELECT a FORM t WHERE b               | 1 | 15 | syntax error at or near "t"
                                                                                         SELECT a, FROM t                      | 1 | 11 | syntax error at or near "FROM"
                                                                                         SELECT (a + b FROM t                  | 1 | 15 | syntax error at or near "FROM"
                                                                                         SELECT a FROM t WHERE a == 1          | 1 | 25 | -
                                                                                         SELECT a FROM t GROUP a               | 1 | 23 | syntax error at or near "a"
                                                                                         SELECT a FROM t ORDER BY a LIMIT 1 LIMIT 2 | 1 | 36 | multiple LIMIT clauses not allowed
                                                                                         SELECT count(* FROM t                 | 1 | 16 | syntax error at or near "FROM"
                                                                                         SELECT a FROM t JOIN u                | 1 | 23 | syntax error at end of input
                                                                                         SELECT a FROM t LIMIT 1 ORDER BY a    | 1 | 25 | syntax error at or near "ORDER"
                                                                                         SELECT a FROM (t)                     | 1 | 17 | syntax error at or near ")"
                                                                                         SELECT CASE a END                     | 1 | 15 | syntax error at or near "END"
                                                                                         SELECT a b c                          | 1 | 12 | syntax error at or near "c"
                                                                                         SELECT DISTINCT FROM t | 1 | 17 | syntax error at or near "FROM"
                                                                                         SELECT f() OVER (rows ORDER BY a) | 1 | 23 | syntax error at or near "ORDER"
                                                                                         SELECT DISTINCT | 1 | 16 | syntax error at end of input
                                                                                         SELECT operator(1) | 1 | 17 | syntax error at or near "1"
                                                                                         INSERT INTO t VALUES (1)              | 1 | 1  | syntax error at or near "INSERT"
                                                                                         SELECT f(a) OVER (ROWS UNBOUNDED FOLLOWING) | 1 | 24 | frame start cannot be UNBOUNDED FOLLOWING
                                                                                         SELECT (a, b, c) OVERLAPS (d, e)      | 1 | 8  | wrong number of parameters on left side of OVERLAPS expression
                                                                                         SELECT a::float(99)                   | 1 | 17 | precision for type float must be between 1 and 53 bits
                                                                                         """)
    void syntaxErrorsHaveTheirPlace(String sql, int line, int column, String message) {
        FreshetException error = error(sql);
        if (message == null) {
            // "==" is an operator as good as any: whether it exists is not for the parser to say.
            assertThat(error).isNull();
            return;
        }
        assertThat(error.code()).isEqualTo(ErrorCode.SYNTAX_ERROR);
        assertThat(error).hasMessage(message);
        assertThat(error.position()).contains(SourcePosition.of(sql, line, column));
    }

    @Test
    void placesCountLinesAndCharacters() {
        String sql = "SELECT 'é\uD83D\uDE00',\n  -- comment\n\ta b c";
        assertThat(error(sql).position()).contains(new SourcePosition(sql.lastIndexOf('c'), 3, 6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n ", ";", "; ;", "-- only a comment", "/* nothing */ ;"})
    void aTextWithoutAQueryIsEmpty(String sql) {
        assertThat(error(sql).code()).isEqualTo(ErrorCode.EMPTY_QUERY);
        assertThat(error(sql).position()).isPresent();
    }

    @Test
    void oneStatementIsEnough() {
        assertThat(QueryParser.parse("SELECT 1;").sql()).isEqualTo("SELECT 1;");
        assertThat(QueryParser.parse("SELECT 1 ; -- done").node()).isNotNull();
        FreshetException error = error("SELECT 1; SELECT 2");
        assertThat(error.code()).isEqualTo(ErrorCode.MULTIPLE_STATEMENTS);
        assertThat(error.position()).contains(new SourcePosition(10, 1, 11));
        assertThat(error("SELECT ';' ; DROP TABLE t").code()).isEqualTo(ErrorCode.MULTIPLE_STATEMENTS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
                                                                       SELECT a FROM t FOR UPDATE                        | 17 | FOR UPDATE is not supported
                                                                       SELECT a FROM t WHERE b = $1                      | 27 | parameter $1 is not allowed: a stored query has no parameters
                                                                       SELECT a INTO u FROM t                            | 10 | SELECT INTO is not supported
                                                                       SELECT FROM t                                     | 1  | SELECT without columns is not supported
                                                                       SELECT a FROM ONLY t                              | 15 | ONLY is not supported
                                                                       SELECT a FROM t TABLESAMPLE system (1)            | 17 | TABLESAMPLE is not supported
                                                                       SELECT json_query(a, '$.b' WITH WRAPPER)          | 8  | JSON_QUERY(..) is not supported
                                                                       SELECT a FROM xmltable('x' PASSING b COLUMNS c int) | 15 | XMLTABLE(..) is not supported
                                                                       SELECT a FROM t GROUP BY DISTINCT a               | 26 | GROUP BY DISTINCT is not supported
                                                                       SELECT a FROM (t CROSS JOIN u) AS x               | 32 | an alias of a parenthesized join is not supported
                                                                       SELECT a FROM t JOIN u USING (b) AS x             | 34 | an alias of JOIN .. USING is not supported
                                                                       SELECT a FROM t ORDER BY a USING <<               | 34 | ORDER BY .. USING << is not supported
                                                                       WITH RECURSIVE x AS (TABLE t) CYCLE a SET b USING c TABLE x | 31 | CYCLE of a WITH query is not supported
                                                                       """)
    void whatFreshetDoesNotUnderstandIsRefusedByName(String sql, int column, String message) {
        FreshetException error = error(sql);
        assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_SYNTAX);
        assertThat(error).hasMessage(message);
        assertThat(error.position()).contains(SourcePosition.of(sql, 1, column));
    }
}
