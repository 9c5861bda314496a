package io.freshet.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.FreshetException;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strings, identifiers, comments, keywords as names. */
class LexicalTest {

    private static SqlNode only(String expression) {
        return ((SqlSelect) QueryParser.parse("SELECT " + expression).node()).getSelectList().get(0);
    }

    private static String string(String literal) {
        return ((SqlLiteral) only(literal)).getValueAs(String.class);
    }

    private static List<String> names(String identifier) {
        return ((SqlIdentifier) only(identifier)).names;
    }

    @Test
    void stringsKeepWhatIsBetweenTheirQuotes() {
        assertThat(string("'it''s'")).isEqualTo("it's");
        assertThat(string("'a\\nb'")).isEqualTo("a\\nb");
        assertThat(string("''")).isEmpty();
        assertThat(string("'line\nbreak'")).isEqualTo("line\nbreak");
        assertThat(string("$$it's$$")).isEqualTo("it's");
        assertThat(string("$tag$x$$y$tag$")).isEqualTo("x$$y");
        assertThat(string("'\uD83D\uDE00 é'")).isEqualTo("\uD83D\uDE00 é");
    }

    @Test
    void escapesAreResolvedInEscapeStrings() {
        assertThat(string("E'a\\nb\\t''c\\\\\\'d'")).isEqualTo("a\nb\t'c\\'d");
        assertThat(string("e'\\x41\\102\\u00e9\\U0001F600'")).isEqualTo("ABé\uD83D\uDE00");
        assertThat(string("E'\\xc3\\xa9'")).isEqualTo("é");
        assertThat(string("E'\\uD83D\\uDE00'")).isEqualTo("\uD83D\uDE00");
        assertThat(string("U&'\\00e9\\+01F600\\\\'")).isEqualTo("é\uD83D\uDE00\\");
        assertThat(string("U&'!00e9!!' UESCAPE '!'")).isEqualTo("é!");
    }

    @Test
    void aStringContinuesAfterANewLine() {
        assertThat(string("'a'\n  'b'")).isEqualTo("ab");
        assertThat(string("'a' -- it's a comment\n 'b'\n'c'")).isEqualTo("abc");
        assertThat(string("E'a\\n'\n'b\\n'")).isEqualTo("a\nb\n");
        assertThatThrownBy(() -> QueryParser.parse("SELECT 'a' 'b'")).hasMessage("syntax error at or near \"'b'\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"E'\\xff'", "E'\\u12'", "E'\\uD83D'", "U&'\\00'", "E'\\000'", "U&'a' UESCAPE '1'"})
    void escapesThatMeanNoCharacterAreRefused(String literal) {
        assertThatThrownBy(() -> string(literal)).isInstanceOf(FreshetException.class);
    }

    @Test
    void identifiersAreFoldedUnlessQuoted() {
        assertThat(names("Any1.NAME")).containsExactly("any1", "name");
        assertThat(names("\"Some\".\"Na\"\"me\"")).containsExactly("Some", "Na\"me");
        assertThat(names("\"a\\b\"")).containsExactly("a\\b");
        assertThat(names("\"a\nb c\"")).containsExactly("a\nb c");
        assertThat(names("ÄÖ_é$1")).containsExactly("ÄÖ_é$1");
        assertThat(names("U&\"d\\0061ta\"")).containsExactly("data");
        assertThat(names("U&\"d!0061ta\" UESCAPE '!'")).containsExactly("data");
        assertThat(names("u")).containsExactly("u");
    }

    @Test
    void longNamesLoseTheirEnd() {
        assertThat(names("a" + "x".repeat(70))).containsExactly("a" + "x".repeat(62));
        assertThat(names("\"" + "é".repeat(40) + "\"")).containsExactly("é".repeat(31));
    }

    @Test
    void commentsNestAndEndOperators() {
        assertThat(Parenthesized.expression("1 /* a /* b */ c */ + 2 -- c")).isEqualTo("(1 + 2)");
        assertThat(Parenthesized.expression("1 +/* x */2")).isEqualTo("(1 + 2)");
        assertThat(Parenthesized.expression("1 +-- x\n2")).isEqualTo("(1 + 2)");
        assertThat(Parenthesized.expression("1 */*x*/ 2")).isEqualTo("(1 * 2)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
                                                                       SELECT 'a             | unterminated quoted string at or near "'a"
                                                                       SELECT "a             | unterminated quoted identifier at or near ""a"
                                                                       SELECT $x$a           | unterminated dollar-quoted string at or near "$x$a"
                                                                       SELECT 1 /* /* */     | unterminated /* comment
                                                                       SELECT E'a\\'         | unterminated quoted string at or near "E'a\\'"
                                                                       SELECT 1x             | trailing junk after numeric literal at or near "1x"
                                                                       SELECT ""             | zero-length delimited identifier at or near \"""\"
                                                                       SELECT \\             | syntax error at or near "\\"
                                                                       """)
    void whatDoesNotEndIsRefused(String sql, String message) {
        assertThatThrownBy(() -> QueryParser.parse(sql)).isInstanceOf(FreshetException.class).hasMessage(message);
    }

    @Test
    void wordsThatPostgresqlDoesNotReserveAreNames() {
        assertThat(Parenthesized.query("SELECT date, value, year, timestamp, interval, name.text FROM key AS position"))
                .isEqualTo("{SELECT [date, value, year, timestamp, interval, name.text] FROM AS(key, position)}");
        assertThat(Parenthesized.query("SELECT 1 value, 2 AS select, 3 \"Quoted\", 4 operator"))
                .isEqualTo("{SELECT [AS(1, value), AS(2, select), AS(3, Quoted), AS(4, operator)]}");
        assertThat(Parenthesized.expression("t.select, t.\"from\", t.order")).isEqualTo("t.select, t.from, t.order");
        assertThatThrownBy(() -> QueryParser.parse("SELECT 1 year")).hasMessage("syntax error at or near \"year\"");
        assertThatThrownBy(() -> QueryParser.parse("SELECT select")).hasMessage("syntax error at or near \"select\"");
        assertThatThrownBy(() -> QueryParser.parse("SELECT left FROM t")).hasMessage("syntax error at or near \"FROM\"");
    }
}
