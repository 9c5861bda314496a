package io.freshet.planner.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What binds what, for every pair of operators of PostgreSQL's precedence table: an expression, and the same with parentheses where our
 * parser sees calls, are one and the same to PostgreSQL; and what PostgreSQL refuses to group, our parser refuses.
 */
class PrecedenceTest {
    /** One of each level, and more where a level has members of different kinds. */
    private static final List<String> INFIX = List.of("^", "*", "%", "+", "-", "||", "->", "@-", "OPERATOR(pg_catalog.||)",
            "AT TIME ZONE",
            "LIKE", "NOT LIKE", "ILIKE", "SIMILAR TO", "<", "=", "<>", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "AND",
            "OR");
    private static final List<String> PREFIX = List.of("-", "+", "~", "@-", "NOT");
    private static final List<String> POSTFIX = List.of("::text", "::boolean", "COLLATE \"C\"", "AT LOCAL", "IN (d, e)",
            "NOT IN (d)",
            "IN (SELECT d)", "= ANY (z)", "LIKE ANY (z)", "|| ANY (z)", "< ALL (SELECT d)", "IS NULL", "ISNULL", "NOTNULL",
            "IS NOT TRUE",
            "IS UNKNOWN", "IS NFC NORMALIZED", "IS NOT JSON", "LIKE d ESCAPE e", "BETWEEN d AND e",
            "NOT BETWEEN SYMMETRIC d AND e");

    private static Shapes shapes;

    @BeforeAll
    static void createOperators() throws SQLException {
        shapes = new Shapes("precedence");
    }

    @AfterAll
    static void disconnect() throws SQLException {
        shapes.close();
    }

    @Test
    void ofTwoInfixOperators() throws SQLException {
        assertAllGroupAsInPostgres(pairs(INFIX, INFIX, "a %s b %s c"), 300);
    }

    @Test
    void ofAPrefixAndAnInfixOperator() throws SQLException {
        assertAllGroupAsInPostgres(Stream.concat(pairs(PREFIX, INFIX, "%s a %s b"), pairs(INFIX, PREFIX, "a %s %s b")), 100);
    }

    @Test
    void ofAnInfixAndAPostfixOperator() throws SQLException {
        assertAllGroupAsInPostgres(Stream.concat(pairs(INFIX, POSTFIX, "a %s b %s"), pairs(POSTFIX, INFIX, "a %s %s c")), 500);
    }

    @Test
    void ofAPrefixAndAPostfixOperator() throws SQLException {
        assertAllGroupAsInPostgres(Stream.concat(pairs(PREFIX, POSTFIX, "%s a %s"), pairs(PREFIX, PREFIX, "%s %s a")), 80);
    }

    @Test
    void ofTwoPostfixOperators() throws SQLException {
        assertAllGroupAsInPostgres(pairs(POSTFIX, POSTFIX, "a %s %s"), 200);
    }

    @Test
    void ofOperatorsInsideBetween() throws SQLException {
        List<String> cases = new ArrayList<>();
        for (String infix : INFIX) {
            cases.add("a BETWEEN b " + infix + " c AND d");
            cases.add("a BETWEEN b AND c " + infix + " d");
            cases.add("a NOT BETWEEN b AND c " + infix + " d AND e");
        }
        for (String prefix : PREFIX) {
            cases.add("a BETWEEN " + prefix + " b AND c");
            cases.add("a BETWEEN b AND " + prefix + " c");
        }
        for (String postfix : POSTFIX) {
            cases.add("a BETWEEN b " + postfix + " AND c");
            cases.add("a BETWEEN b AND c " + postfix);
        }
        assertAllGroupAsInPostgres(cases.stream(), 60);
    }

    @Test
    void ofThreeOperators() throws SQLException {
        List<String> levels = List.of("^", "/", "-", "||", "AT TIME ZONE", "LIKE", "=", "IS DISTINCT FROM", "AND", "OR");
        assertAllGroupAsInPostgres(
                levels.stream().flatMap(first -> pairs(levels, levels, "e " + first.replace("%", "%%") + " a %s b %s c")),
                500);
    }

    /** Longer expressions, always the same ones. */
    @Test
    void ofManyOperators() throws SQLException {
        Random random = new Random(17);
        assertAllGroupAsInPostgres(Stream.generate(() -> expression(random)).limit(3000), 500);
    }

    private static String expression(Random random) {
        StringBuilder text = new StringBuilder(operand(random));
        for (int i = 0; i < 4; i++) {
            text.append(random.nextInt(4) == 0 ? " " + any(POSTFIX, random) : " " + any(INFIX, random) + " " + operand(random));
        }
        return text.toString();
    }

    private static String operand(Random random) {
        String name = String.valueOf("abcde".charAt(random.nextInt(5)));
        return switch (random.nextInt(6)) {
            case 0 -> any(PREFIX, random) + " " + name;
            case 1 -> "(" + name + " " + any(INFIX, random) + " " + name + ")";
            default -> name;
        };
    }

    private static String any(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static Stream<String> pairs(List<String> first, List<String> second, String pattern) {
        return first.stream().flatMap(x -> second.stream().map(y -> pattern.formatted(x, y)));
    }

    /**
     * @param understood how many of them PostgreSQL must at least understand, so that the test says something
     */
    private static void assertAllGroupAsInPostgres(Stream<String> expressions, int understood) throws SQLException {
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (String expression : expressions.toList()) {
            String expected = shapes.of(expression);
            String found = ours(expression, expected);
            if (!found.equals(expected)) {
                wrong.add(expression + "\n    PostgreSQL " + expected + "\n    Freshet    " + found);
            }
            compared += Shapes.isError(expected) ? 0 : 1;
        }
        assertThat(wrong).as(wrong.size() + " expressions").isEmpty();
        assertThat(compared).isGreaterThanOrEqualTo(understood);
    }

    /** What PostgreSQL makes of our parentheses; {@code expected} where both refuse to group. */
    private static String ours(String expression, String expected) throws SQLException {
        String grouped;
        try {
            grouped = Parentheses.around(expression);
        } catch (FreshetException e) {
            return e.code() == ErrorCode.SYNTAX_ERROR && Shapes.isSyntaxError(expected) ? expected : e.describe();
        }
        if (Shapes.isSyntaxError(expected)) {
            return "understood as " + grouped;
        }
        String shape = shapes.of(grouped);
        // Both are refused for their types: the grouping can still differ, which other operators show.
        return shape.equals(expected) || Shapes.isError(shape) && Shapes.isError(expected)
                ? expected
                : shape + " (from " + grouped + ")";
    }
}
