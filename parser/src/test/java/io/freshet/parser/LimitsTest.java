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
                "SELECT " + repeat(10000, " || ", i -> "column" + i) + " FROM t",
                "SELECT " + repeat(25000, " + ", i -> "a") + " FROM t",
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
        FreshetException error = catchThrowableOfType(FreshetException.class,
                () -> QueryParser.parse("SELECT " + "(".repeat(100_000) + "a"));
        assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_SYNTAX);
        assertThat(error).hasMessage("the query is nested more than 400 levels deep");
        assertThat(error.position().orElseThrow().column()).isEqualTo("SELECT ".length() + 401);
    }

    @Test
    void aChainOfPrefixesThatExhaustsTheStackIsAnOrdinaryError() {
        FreshetException error = catchThrowableOfType(FreshetException.class,
                () -> QueryParser.parse("SELECT " + "NOT ".repeat(1_000_000) + "a"));
        assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_SYNTAX);
        assertThat(error).hasMessage("the query is nested too deeply");
    }

    @Test
    void anErrorAtTheEndOfALongTextIsFound() {
        String sql = "SELECT * FROM t WHERE " + repeat(8000, " OR ", i -> "a = " + i) + " OR";
        FreshetException error = catchThrowableOfType(FreshetException.class, () -> QueryParser.parse(sql));
        assertThat(error.code()).isEqualTo(ErrorCode.SYNTAX_ERROR);
        assertThat(error.position().orElseThrow().offset()).isBetween(sql.length() - 3, sql.length());
    }
}
