package io.freshet.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of 100 kB and deep nesting, on the stack of an ordinary thread. */
class LimitsTest {
    private static final int ORDINARY_STACK = 1 << 20;

    private static String repeat(int times, String separator, IntFunction<String> part) {
        return IntStream.range(0, times).mapToObj(part).collect(Collectors.joining(separator));
    }

    static String[] longQueries() {
        return new String[]{"SELECT * FROM t WHERE " + repeat(8000, " OR ", i -> "a = " + i),
                "SELECT * FROM t WHERE a IN (" + repeat(15000, ", ", Integer::toString) + ")",
                "SELECT " + repeat(5000, ", ", i -> "c" + i + " AS alias" + i) + " FROM t",
                "SELECT " + repeat(9900, " || ", i -> "column" + i) + " FROM t",
                "SELECT " + repeat(9900, " + ", i -> "a") + " FROM t",
                "VALUES " + repeat(5000, ", ", i -> "(" + i + ", 'x" + i + "', NULL)"),
                "SELECT 1 " + repeat(3000, " ", i -> "UNION ALL SELECT " + i),
                "SELECT * FROM t " + repeat(2500, " ", i -> "LEFT JOIN t" + i + " ON t.a = t" + i + ".b"),
                "SELECT CASE " + repeat(3500, " ", i -> "WHEN a = " + i + " THEN '" + i + "'") + " END FROM t",
                "WITH " + repeat(2000, ", ", i -> "c" + i + " AS (SELECT a FROM t" + i + " WHERE x = " + i + ")") + " TABLE c1",
                "SELECT '" + "x".repeat(100_000) + "'", "SELECT 1 /*" + " x".repeat(50_000) + "*/"};
    }

    static String[] deepQueries() {
        int depth = 150;
        return new String[]{"SELECT " + "(".repeat(depth) + "a" + ")".repeat(depth),
                "SELECT " + "(".repeat(depth) + "SELECT 1" + ")".repeat(depth),
                "SELECT " + "f(a, ".repeat(depth) + "a" + ")".repeat(depth),
                "SELECT " + "CASE WHEN a THEN b ELSE ".repeat(depth) + "c" + " END".repeat(depth),
                "SELECT * FROM " + "(SELECT * FROM ".repeat(depth) + "t" + ") x".repeat(depth),
                "SELECT * FROM t WHERE " + "a IN (SELECT a FROM t WHERE ".repeat(depth) + "b" + ")".repeat(depth),
                "SELECT * FROM " + "(".repeat(depth) + "a" + repeat(depth, "", i -> " JOIN b" + i + " ON c)"),
                "(".repeat(depth) + "SELECT 1" + repeat(depth, "", i -> ") UNION SELECT 2"),
                "SELECT (" + "(".repeat(depth) + "SELECT 1" + repeat(depth, "", i -> ") UNION SELECT 2") + ")"};
    }

    @ParameterizedTest
    @MethodSource({"longQueries", "deepQueries"})
    void areRead(String sql) throws Exception {
        FutureTask<ParsedQuery> task = new FutureTask<>(() -> QueryParser.parse(sql));
        new Thread(null, task, "ordinary", ORDINARY_STACK).start();
        assertThat(task.get().node()).isNotNull();
    }

    @Test
    void nestingBeyondReasonIsRefusedWithItsPlace() {
        assertTooDeep("SELECT " + "(".repeat(100_000) + "a", "the query is nested more than 400 levels deep", 401);
        assertTooDeep("SELECT " + "(".repeat(4_000) + "SELECT 1" + ")".repeat(4_000),
                "the query is nested more than 400 levels deep", 401);
        assertTooDeep("SELECT " + "f(".repeat(2_000) + "a" + ")".repeat(2_000), "the query is nested more than 400 levels deep",
                802);
    }

    @Test
    void aChainOfThousandsOfPrefixesIsNestingToo() {
        assertTooDeep("SELECT " + "NOT ".repeat(1_000_000) + "a", "the query is nested more than 400 levels deep", 1601);
        assertTooDeep("SELECT " + "- ".repeat(5_000) + "a", "the query is nested more than 400 levels deep", 801);
    }

    @ParameterizedTest
    @ValueSource(strings = {" + a", " || a", "::int", " IS NULL", " UNION ALL SELECT a"})
    void aChainThatNoStageCouldWalkIsRefusedWithAPlaceInIt(String link) {
        String sql = "SELECT b,\na" + link.repeat(20_000);
        FreshetException error = catchThrowableOfType(FreshetException.class, () -> QueryParser.parse(sql));
        assertThat(error.code()).isEqualTo(ErrorCode.TOO_DEEP);
        assertThat(error).hasMessage("more than 10000 operators follow each other");
        assertThat(error.position()).isPresent();
    }

    @Test
    void joinsThatEndLaterAreReadOrRefused() {
        assertThat(QueryParser.parse("SELECT 1 FROM t" + " JOIN t".repeat(2_000) + " ON a".repeat(2_000)).node()).isNotNull();
    }

    private static void assertTooDeep(String sql, String message, int columnAfterSelect) {
        FreshetException error = catchThrowableOfType(FreshetException.class, () -> QueryParser.parse(sql));
        assertThat(error.code()).isEqualTo(ErrorCode.TOO_DEEP);
        assertThat(error).hasMessage(message);
        assertThat(error.position().orElseThrow().column()).isEqualTo("SELECT ".length() + columnAfterSelect);
    }

    @Test
    void anErrorAtTheEndOfALongTextIsFound() {
        String sql = "SELECT * FROM t WHERE " + repeat(8000, " OR ", i -> "a = " + i) + " OR";
        FreshetException error = catchThrowableOfType(FreshetException.class, () -> QueryParser.parse(sql));
        assertThat(error.code()).isEqualTo(ErrorCode.SYNTAX_ERROR);
        assertThat(error.position().orElseThrow().offset()).isBetween(sql.length() - 3, sql.length());
    }
}
