package io.freshet.planner.print;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.testing.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotingTest {
    private static Connection connection;

    @BeforeAll
    static void connect() throws SQLException {
        connection = TestPostgres.connect();
    }

    @AfterAll
    static void disconnect() throws SQLException {
        connection.close();
    }

    static List<String> awkwardTexts() {
        return List.of("a", "A", "mixedCase", "with space", "'", "''", "\"", "\"\"", "it's", "say \"hi\"", "\\", "\\\\", "\\'",
                "'\\", "\\n",
                "a\nb", "a\\b\n\"", "a\r\nb", "tab\there", "$", "$$", "$1", "$tag$", "ü", "émile", "日本語", "😀", "a😀b", "-- x",
                "/* x */",
                ";", "x;y", "1a", "_",
                "_1", "a$b", "%", "?", ":x", "\u007f", "\u0001", "\u00a0", "\u2028", "\ufeff", "e'x'", "U&'x'", " ", "  lead",
                "trail ", "select",
                "user", "table", "interval", "values", "left", "name", "value", "date", "null", "SELECT", "x".repeat(63),
                "é".repeat(31),
                "日".repeat(21));
    }

    @ParameterizedTest
    @MethodSource("awkwardTexts")
    void identifierComesBackAsItWas(String name) throws SQLException {
        String quoted = Quoting.identifier(name);
        assertThat(columnNameOf("SELECT 1 AS " + quoted)).isEqualTo(name);
        assertThat(columnNameOf("SELECT x." + quoted + " FROM (SELECT 1 AS " + quoted + ") x")).isEqualTo(name);
        assertThat(columnNameOf("SELECT " + quoted + " FROM (SELECT 1) AS x(" + quoted + ")")).isEqualTo(name);
        assertThat(columnNameOf("SELECT " + quoted + ".* FROM (SELECT 1 AS a) AS " + quoted)).isEqualTo("a");
    }

    @ParameterizedTest
    @MethodSource("awkwardTexts")
    void literalComesBackAsItWas(String text) throws SQLException {
        for (String setting : List.of("on", "off")) {
            assertThat(scalar("SET standard_conforming_strings = " + setting, "SELECT " + Quoting.literal(text))).isEqualTo(text);
        }
        scalar("SET standard_conforming_strings = on", "SELECT 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\r", "a\r\nb\\"})
    void everythingStaysOnOneLine(String text) {
        assertThat(Quoting.literal(text)).hasLineCount(1);
        assertThat(Quoting.identifier(text)).hasLineCount(1);
    }

    @Test
    void emptyTextIsALiteral() throws SQLException {
        assertThat(Quoting.literal("")).isEqualTo("''");
    }

    @Test
    void randomTextsComeBack() throws SQLException {
        long seed = 20261122L;
        Random random = new Random(seed);
        String alphabet = "aZ0_$'\"\\;-/*\n é日😀";
        int[] characters = alphabet.codePoints().toArray();
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = 1 + random.nextInt(12); length > 0; length--) {
                text.appendCodePoint(characters[random.nextInt(characters.length)]);
            }
            assertThat(columnNameOf("SELECT 1 AS " + Quoting.identifier(text.toString()))).as("seed %d", seed)
                    .isEqualTo(text.toString());
            assertThat(scalar("SELECT 1", "SELECT " + Quoting.literal(text.toString()))).as("seed %d", seed)
                    .isEqualTo(text.toString());
        }
    }

    @Test
    void keywordsAreTheServers() throws SQLException {
        Set<String> servers = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'")) {
            while (rows.next()) {
                servers.add(rows.getString(1));
            }
        }
        assertThat(Keywords.all()).containsExactlyInAnyOrderElementsOf(servers);
    }

    @Test
    void everyKeywordCanNameATableAndAColumn() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT array_agg(word) FROM pg_get_keywords()")) {
            rows.next();
            for (String word : (String[]) rows.getArray(1).getArray()) {
                String quoted = Quoting.identifier(word);
                String sql = "SELECT %1$s.%1$s, %1$s + 1 AS %1$s FROM (SELECT 1 AS %1$s) %1$s WHERE %1$s > 0 GROUP BY %1$s"
                        .formatted(quoted);
                assertThat(columnNameOf(sql)).isEqualTo(word);
            }
        }
    }

    @Test
    void someKeywordsAreCalledWithoutQuotes() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String word : Keywords.all()) {
                if (Keywords.canBeFunction(word)) {
                    assertThatThrownBy(() -> statement.execute("SELECT " + word + "(1, 2, 3, 4, 5)"))
                            .isInstanceOfSatisfying(SQLException.class,
                                    e -> assertThat(e.getSQLState()).as(word).isEqualTo("42883"));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "order_id", "_x", "x1", "name", "value", "date", "state"})
    void plainNamesStayPlain(String name) {
        assertThat(Quoting.identifier(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "order", "user", "a b", "1x", "a$", "é", "int"})
    void otherNamesAreQuoted(String name) {
        assertThat(Quoting.identifier(name)).isEqualTo("\"" + name + "\"");
    }

    @Test
    void tablesCarryTheirSchema() {
        assertThat(Quoting.table(new TableName("public", "orders"))).isEqualTo("public.orders");
        assertThat(Quoting.table(new TableName("My \"own\"", "order"))).isEqualTo("\"My \"\"own\"\"\".\"order\"");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE})
    void numbersComeBack(long value) throws SQLException {
        assertThat(scalar("SELECT 1", "SELECT " + Quoting.literal(value))).isEqualTo(Long.toString(value));
        String type = value == (int) value ? "integer" : "bigint";
        assertThat(scalar("SELECT 1", "SELECT pg_typeof(" + Quoting.literal(value) + ")")).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\0", "\ud800", "x\udc00"})
    void whatNoServerHoldsIsRefused(String text) {
        assertThatThrownBy(() -> Quoting.literal(text)).isInstanceOfSatisfying(FreshetException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_QUERY));
        assertThatThrownBy(() -> Quoting.identifier(text)).isInstanceOf(FreshetException.class);
    }

    @Test
    void namesThatWouldBeCutOrAreEmptyAreRefused() {
        assertThatThrownBy(() -> Quoting.identifier("")).isInstanceOf(FreshetException.class);
        assertThatThrownBy(() -> Quoting.identifier("x".repeat(64))).isInstanceOfSatisfying(FreshetException.class,
                e -> assertThat(e.hint()).contains("PostgreSQL would cut it to \"" + "x".repeat(63) + "\"."));
        assertThatThrownBy(() -> Quoting.identifier("é".repeat(32))).isInstanceOf(FreshetException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "日", "😀", "x"})
    void clipsAsTheServerDoes(String character) throws SQLException {
        for (int lead = 0; lead < 4; lead++) {
            String name = "a".repeat(lead) + character.repeat(64);
            String servers = scalar("SELECT 1", "SELECT CAST(" + Quoting.literal(name) + " AS name)");
            assertThat(Quoting.clip(name, Quoting.MAX_IDENTIFIER_BYTES)).isEqualTo(servers);
        }
    }

    private static String columnNameOf(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet rows = statement.executeQuery(sql)) {
                return rows.getMetaData().getColumnLabel(1);
            }
        }
    }

    private static String scalar(String before, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(before);
            try (ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getString(1);
            }
        }
    }
}
