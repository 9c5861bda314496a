package io.freshet.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.FreshetException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What binds what: each line was compared with the parse tree of PostgreSQL 17. */
class PrecedenceTest {

    @ParameterizedTest
    @CsvSource(delimiter = '⇒', quoteCharacter = '\u0001', textBlock = """
                                                                       a + b::int                            ⇒ (a + (b::integer))
                                                                       -1::int                               ⇒ (- (1::integer))
                                                                       - 2 ^ 2                               ⇒ (-2 ^ 2)
                                                                       -a ^ b                                ⇒ ((- a) ^ b)
                                                                       2 ^ 3 ^ 4                             ⇒ ((2 ^ 3) ^ 4)
                                                                       a - b - c                             ⇒ ((a - b) - c)
                                                                       a + b * c % d                         ⇒ (a + ((b * c) % d))
                                                                       'x' || 1 + 2                          ⇒ ('x' || (1 + 2))
                                                                       a || b || c                           ⇒ ((a || b) || c)
                                                                       a -> 'b' ->> 'c' = 'd'                ⇒ (((a -> 'b') ->> 'c') = 'd')
                                                                       ~ a + b                               ⇒ (~ (a + b))
                                                                       ~ a || b                              ⇒ ((~ a) || b)
                                                                       @ -5                                  ⇒ (@ -5)
                                                                       a <-1                                 ⇒ (a < -1)
                                                                       a=-1                                  ⇒ (a = -1)
                                                                       a @-1                                 ⇒ (a @- 1)
                                                                       a*-b                                  ⇒ (a * (- b))
                                                                       a OPERATOR(s.*) b + c                 ⇒ (a OPERATOR("s".*) (b + c))
                                                                       a AT TIME ZONE b || c                 ⇒ (pg_catalog.timezone(b, a) || c)
                                                                       -a AT TIME ZONE b                     ⇒ pg_catalog.timezone(b, (- a))
                                                                       a || b COLLATE "C"                    ⇒ (a || COLLATE(b, 'C'))
                                                                       a::text COLLATE "C" < b               ⇒ (COLLATE((a::text), 'C') < b)
                                                                       NOT a = b                             ⇒ (NOT (a = b))
                                                                       NOT a AND b OR c                      ⇒ (((NOT a) AND b) OR c)
                                                                       a OR b AND c                          ⇒ (a OR (b AND c))
                                                                       a = NOT b                             ⇒ (a = (NOT b))
                                                                       a IS NULL = b                         ⇒ ((a IS NULL) = b)
                                                                       a = b IS NULL                         ⇒ ((a = b) IS NULL)
                                                                       NOT a IS NULL                         ⇒ (NOT (a IS NULL))
                                                                       a + b IS NOT NULL                     ⇒ ((a + b) IS NOT NULL)
                                                                       a ISNULL AND b NOTNULL                ⇒ ((a IS NULL) AND (b IS NOT NULL))
                                                                       a IS DISTINCT FROM b = c              ⇒ (a IS DISTINCT FROM (b = c))
                                                                       x BETWEEN 1 AND 2 AND y               ⇒ (BETWEEN ASYMMETRIC(x, 1, 2) AND y)
                                                                       x BETWEEN a + 1 AND b + 1 OR y        ⇒ (BETWEEN ASYMMETRIC(x, (a + 1), (b + 1)) OR y)
                                                                       x BETWEEN 1 AND 2 = y                 ⇒ (BETWEEN ASYMMETRIC(x, 1, 2) = y)
                                                                       NOT x NOT BETWEEN a AND b             ⇒ (NOT NOT BETWEEN ASYMMETRIC(x, a, b))
                                                                       a || 'x' LIKE b || '%'                ⇒ LIKE((a || 'x'), (b || '%'))
                                                                       a LIKE b ESCAPE c AND d               ⇒ (LIKE(a, b, c) AND d)
                                                                       a = b LIKE c                          ⇒ (a = LIKE(b, c))
                                                                       a IN (1, 2) = b                       ⇒ ((a IN [1, 2]) = b)
                                                                       a + 1 IN (1)                          ⇒ ((a + 1) IN [1])
                                                                       a IN (1) IN (TRUE)                    ⇒ ((a IN [1]) IN [true])
                                                                       a = ANY (b) = c                       ⇒ (= ANY(a, b) = c)
                                                                       a || b = ANY (c) || d                 ⇒ (= ANY((a || b), c) || d)
                                                                       a < b AND c >= d                      ⇒ ((a < b) AND (c >= d))
                                                                       (a)[1] + b                            ⇒ (ITEM(a, 1) + b)
                                                                       (a, b) OVERLAPS (c, d) AND e          ⇒ (pg_catalog.overlaps(a, b, c, d) AND e)
                                                                       a::int[]                              ⇒ (a::integer[])
                                                                       a.b::numeric(10, 2)::text             ⇒ ((a.b::numeric(10,2))::text)
                                                                       """)
    void isPostgresqls(String expression, String shape) {
        assertThat(Parenthesized.expression(expression)).isEqualTo(shape);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a = b = c", "a < b > c", "a <> b = ANY (c)", "a LIKE b LIKE c", "a BETWEEN 1 AND 2 BETWEEN 3 AND 4",
            "a LIKE b IN (c)", "a IS DISTINCT FROM b IS NULL", "a BETWEEN 1 AND b LIKE c", "a ESCAPE b"})
    void operatorsThatDoNotAssociateAreRefused(String expression) {
        assertThatThrownBy(() -> QueryParser.parse("SELECT " + expression)).isInstanceOf(FreshetException.class)
                .hasMessageStartingWith("syntax error at or near");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '⇒', textBlock = """
                                            VALUES (1) UNION VALUES (2) INTERSECT VALUES (3)   ⇒ (VALUES(ROW(1)) UNION (VALUES(ROW(2)) INTERSECT VALUES(ROW(3))))
                                            VALUES (1) EXCEPT VALUES (2) UNION ALL VALUES (3)  ⇒ ((VALUES(ROW(1)) EXCEPT VALUES(ROW(2))) UNION ALL VALUES(ROW(3)))
                                            (VALUES (1) UNION VALUES (2)) INTERSECT VALUES (3) ⇒ ((VALUES(ROW(1)) UNION VALUES(ROW(2))) INTERSECT VALUES(ROW(3)))
                                            """)
    void intersectBindsTighterThanUnion(String query, String shape) {
        assertThat(Parenthesized.query(query)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '⇒', textBlock = """
                                            a AND b AND c             ⇒ ((a AND b) AND c)
                                            a AND b AND c AND d       ⇒ ((a AND b) AND (c AND d))
                                            a OR b OR c OR d OR e     ⇒ (((a OR b) OR c) OR (d OR e))
                                            """)
    void chainsOfAndAndOrAreBalancedInTheWrittenOrder(String expression, String shape) {
        assertThat(Parenthesized.expression(expression)).isEqualTo(shape);
    }
}
