package io.freshet.parser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table in the description of {@code io.freshet.parser.ast}, line by line. */
class ShapeTest {

    @ParameterizedTest
    @CsvSource(delimiter = '⇒', quoteCharacter = '\u0001', textBlock = """
                                                                       1_000                                              ⇒ 1000
                                                                       0x1F, 0o17, 0b101                                  ⇒ 31, 15, 5
                                                                       99999999999999999999                               ⇒ 99999999999999999999
                                                                       1.50                                               ⇒ 1.50
                                                                       .5                                                 ⇒ 0.5
                                                                       1e3                                                ⇒ (1000::numeric)
                                                                       7.                                                 ⇒ (7::numeric)
                                                                       -1e3                                               ⇒ (-1000::numeric)
                                                                       1.5e-3                                             ⇒ 0.0015
                                                                       -2147483648                                        ⇒ -2147483648
                                                                       - (5)                                              ⇒ -5
                                                                       TRUE, NULL                                         ⇒ true, null
                                                                       B'101', X'1F'                                      ⇒ ('b101'::"bit"), ('x1F'::"bit")
                                                                       N'x'                                               ⇒ ('x'::bpchar)
                                                                       DATE '2020-01-01'                                  ⇒ ('2020-01-01'::date)
                                                                       s.t 'x'                                            ⇒ ('x'::s.t)
                                                                       numeric(10,2) '1'                                  ⇒ ('1'::numeric(10,2))
                                                                       timestamp(3) with time zone 'now'                  ⇒ ('now'::timestamp(3) with time zone)
                                                                       interval '1 day'                                   ⇒ ('1 day'::interval)
                                                                       INTERVAL '1' DAY                                   ⇒ ('1'::interval day)
                                                                       INTERVAL '1-2' YEAR TO MONTH                       ⇒ ('1-2'::interval year to month)
                                                                       interval '1' second(3)                             ⇒ ('1'::interval second(3))
                                                                       interval(2) '1 second'                             ⇒ ('1 second'::interval(2))
                                                                       CAST(a AS double precision)                        ⇒ (a::double precision)
                                                                       a::char, a::char(3), a::bit, a::varchar            ⇒ (a::character(1)), (a::character(3)), (a::bit(1)), (a::character varying)
                                                                       a::float(24), a::float                             ⇒ (a::real), (a::double precision)
                                                                       a::"Mood", a::s.mood[]                             ⇒ (a::"Mood"), (a::s.mood[])
                                                                       a <> b, a != b                                     ⇒ (a <> b), (a <> b)
                                                                       a @> b, a ? b, a #>> b                             ⇒ (a @> b), (a ? b), (a #>> b)
                                                                       |/ a, !! a                                         ⇒ (|/ a), (!! a)
                                                                       a OPERATOR(pg_catalog.=) b                         ⇒ (a OPERATOR("pg_catalog".=) b)
                                                                       a IS NOT TRUE, a IS UNKNOWN                        ⇒ (a IS NOT TRUE), (a IS UNKNOWN)
                                                                       a IS JSON, a IS NOT JSON ARRAY                     ⇒ (a IS JSON VALUE), (a IS NOT JSON ARRAY)
                                                                       a IS NOT NFC NORMALIZED                            ⇒ (NOT pg_catalog.is_normalized(a, 'NFC'))
                                                                       a BETWEEN SYMMETRIC b AND c                        ⇒ BETWEEN SYMMETRIC(a, b, c)
                                                                       a NOT LIKE b, a ILIKE b, a NOT ILIKE b             ⇒ NOT LIKE(a, b), ILIKE(a, b), NOT ILIKE(a, b)
                                                                       a NOT SIMILAR TO b ESCAPE c                        ⇒ NOT SIMILAR TO(a, b, c)
                                                                       a NOT IN (1, 2)                                    ⇒ (a NOT IN [1, 2])
                                                                       a IN (VALUES (1)), a IN ((VALUES (1)))             ⇒ (a IN VALUES(ROW(1))), (a IN VALUES(ROW(1)))
                                                                       a = ANY (VALUES (1)), a < ALL (VALUES (1))         ⇒ (a = SOME VALUES(ROW(1))), (a < ALL VALUES(ROW(1)))
                                                                       a = SOME (b), a ~ ALL (b)                          ⇒ = ANY(a, b), ~ ALL(a, b)
                                                                       a LIKE ANY (b), a NOT ILIKE ALL (b)                ⇒ ~~ ANY(a, b), !~~* ALL(a, b)
                                                                       a LIKE ANY (VALUES ('x'))                          ⇒ ~~ ANY(a, VALUES(ROW('x')))
                                                                       EXISTS (VALUES (1))                                ⇒ (EXISTS VALUES(ROW(1)))
                                                                       ARRAY(VALUES (1))                                  ⇒ ARRAY(VALUES(ROW(1)))
                                                                       ARRAY[1, 2], ARRAY[[1], [2]], ARRAY[]              ⇒ ARRAY(1, 2), ARRAY(ARRAY(1), ARRAY(2)), ARRAY()
                                                                       a[1], a[1][2], (a[1])[2]                           ⇒ ITEM(a, 1), SUBSCRIPT(a, 1, 2), ITEM(ITEM(a, 1), 2)
                                                                       a[1:2], a[:2], a[1:], a[:]                         ⇒ SLICE(a, 1, 2), SLICE(a, DEFAULT(), 2), SLICE(a, 1, DEFAULT()), SLICE(a, DEFAULT(), DEFAULT())
                                                                       a[1:2][3]                                          ⇒ SLICE(a, 1, 2, 1, 3)
                                                                       (a).f, (a.b).f.g, a.b[1].f                         ⇒ FIELD(a, 'f'), FIELD(FIELD(a.b, 'f'), 'g'), FIELD(ITEM(a.b, 1), 'f')
                                                                       (a).*, t.*, s.t.*, *                               ⇒ EXPAND(a), t.*, s.t.*, *
                                                                       ROW(a), (a, b), ROW()                              ⇒ ROW(a), ROW(a, b), ROW()
                                                                       a COLLATE s."C"                                    ⇒ COLLATE(a, 's', 'C')
                                                                       CASE WHEN a THEN b END                             ⇒ CASE([a], [b], null)
                                                                       CASE a WHEN 1 THEN b WHEN 2 THEN c ELSE d END      ⇒ CASE([(a = 1), (a = 2)], [b, c], d)
                                                                       f(), s.f(a), f(a, VARIADIC b)                      ⇒ f(), s.f(a), f(a, VARIADIC(b))
                                                                       f(DISTINCT a), f(ALL a), f(*)                      ⇒ f DISTINCT(a), f(a), f(*)
                                                                       f(n => a), f(n := a)                               ⇒ f(=>(a, n)), f(=>(a, n))
                                                                       f(a ORDER BY b DESC NULLS LAST)                    ⇒ (f(a) WITHIN GROUP [((b DESC) NULLS LAST)])
                                                                       f(0.5) WITHIN GROUP (ORDER BY b)                   ⇒ (f(0.5) WITHIN GROUP [b])
                                                                       f(a) FILTER (WHERE b) OVER w                       ⇒ ((f(a) FILTER b) OVER w)
                                                                       coalesce(a, b), nullif(a, b)                       ⇒ COALESCE(a, b), NULLIF(a, b)
                                                                       greatest(a, b), least(a), grouping(a, b)           ⇒ GREATEST(a, b), LEAST(a), GROUPING(a, b)
                                                                       current_date, current_timestamp(3), user           ⇒ current_date(), current_timestamp(3), user()
                                                                       a AT TIME ZONE 'UTC', a AT LOCAL                   ⇒ pg_catalog.timezone('UTC', a), pg_catalog.timezone(a)
                                                                       extract(epoch FROM a), extract('year' FROM a)      ⇒ pg_catalog.extract('epoch', a), pg_catalog.extract('year', a)
                                                                       position(a IN b)                                   ⇒ pg_catalog.position(b, a)
                                                                       substring(a FROM b FOR c), substring(a, b)         ⇒ pg_catalog.substring(a, b, c), substring(a, b)
                                                                       substring(a FOR b)                                 ⇒ pg_catalog.substring(a, 1, (b::integer))
                                                                       substring(a SIMILAR b ESCAPE c)                    ⇒ pg_catalog.substring(a, b, c)
                                                                       overlay(a PLACING b FROM c FOR d)                  ⇒ pg_catalog.overlay(a, b, c, d)
                                                                       trim(a), trim(LEADING b FROM a), trim(TRAILING a)  ⇒ pg_catalog.btrim(a), pg_catalog.ltrim(a, b), pg_catalog.rtrim(a)
                                                                       collation for (a), normalize(a, NFKC)              ⇒ pg_catalog.pg_collation_for(a), pg_catalog.normalize(a, 'NFKC')
                                                                       left(a, 1), "Left"(a)                              ⇒ left(a, 1), Left(a)
                                                                       """)
    void ofExpressions(String expression, String shape) {
        assertThat(Parenthesized.expression(expression)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '⇒', quoteCharacter = '\u0001', textBlock = """
                                                                       SELECT DISTINCT a FROM t                           ⇒ {SELECT DISTINCT [a] FROM t}
                                                                       SELECT DISTINCT ON (a, b) c FROM t                 ⇒ {SELECT [c] FROM t QUALIFY DISTINCT_ON(a, b)}
                                                                       TABLE s.t                                          ⇒ {SELECT [*] FROM s.t}
                                                                       SELECT a AS b, c d FROM t                          ⇒ {SELECT [AS(a, b), AS(c, d)] FROM t}
                                                                       SELECT a FROM t ORDER BY a DESC, b USING > LIMIT 1 ⇒ ORDER BY({SELECT [a] FROM t}, [(a DESC), (b DESC)], -, 1)
                                                                       SELECT a LIMIT ALL OFFSET 2                        ⇒ ORDER BY({SELECT [a]}, [], 2, -)
                                                                       SELECT a LIMIT NULL                                ⇒ {SELECT [a]}
                                                                       SELECT a ORDER BY a FETCH FIRST ROW WITH TIES      ⇒ ORDER BY({SELECT [a]}, [a], -, WITH_TIES(1))
                                                                       (SELECT a ORDER BY a) LIMIT 1                      ⇒ ORDER BY({SELECT [a]}, [a], -, 1)
                                                                       SELECT a GROUP BY a, ROLLUP(b, (c, d)), ()         ⇒ {SELECT [a] GROUP [a, ROLLUP(b, ROW(c, d)), []]}
                                                                       SELECT a GROUP BY GROUPING SETS ((a), (), CUBE(b)) ⇒ {SELECT [a] GROUP [GROUPING SETS(a, [], CUBE(b))]}
                                                                       SELECT a HAVING b                                  ⇒ {SELECT [a] HAVING b}
                                                                       SELECT a FROM t, u                                 ⇒ {SELECT [a] FROM COMMA-JOIN(t, false, COMMA, u, NONE, -)}
                                                                       SELECT a FROM t LEFT JOIN u USING (b)              ⇒ {SELECT [a] FROM JOIN(t, false, LEFT, u, USING, [b])}
                                                                       SELECT a FROM t NATURAL FULL OUTER JOIN u          ⇒ {SELECT [a] FROM JOIN(t, true, FULL, u, NONE, -)}
                                                                       SELECT a FROM t JOIN u JOIN v ON b ON c            ⇒ {SELECT [a] FROM JOIN(t, false, INNER, JOIN(u, false, INNER, v, ON, b), ON, c)}
                                                                       SELECT a FROM (t CROSS JOIN u)                     ⇒ {SELECT [a] FROM JOIN(t, false, CROSS, u, NONE, -)}
                                                                       SELECT a FROM t AS x(b, c)                         ⇒ {SELECT [a] FROM AS(t, x, b, c)}
                                                                       SELECT a FROM (VALUES (1)) v, LATERAL (TABLE t) w  ⇒ {SELECT [a] FROM COMMA-JOIN(AS(VALUES(ROW(1)), v), false, COMMA, AS(LATERAL({SELECT [*] FROM t}), w), NONE, -)}
                                                                       SELECT a FROM ((TABLE t) UNION TABLE u) v          ⇒ {SELECT [a] FROM AS(({SELECT [*] FROM t} UNION {SELECT [*] FROM u}), v)}
                                                                       SELECT ((TABLE t) UNION TABLE u)                   ⇒ {SELECT [({SELECT [*] FROM t} UNION {SELECT [*] FROM u})]}
                                                                       SELECT a FROM f(1)                                 ⇒ {SELECT [a] FROM AS(LATERAL(TABLE(f(1))), f)}
                                                                       SELECT a FROM s.f(1) WITH ORDINALITY AS x(b, n)    ⇒ {SELECT [a] FROM AS(LATERAL(TABLE(WITH_ORDINALITY(s.f(1)))), x, b, n)}
                                                                       SELECT a FROM f(1) AS x(b int, c text)             ⇒ {SELECT [a] FROM AS(LATERAL(TABLE(COLUMN_DEFINITIONS(f(1), 'b', integer, 'c', text))), x, b, c)}
                                                                       SELECT a FROM ROWS FROM (f(1), g()) x              ⇒ {SELECT [a] FROM AS(LATERAL(TABLE(ROWS_FROM(f(1), g()))), x)}
                                                                       WITH x(a) AS MATERIALIZED (TABLE t) TABLE x        ⇒ WITH([WITH_ITEM(x, [a], {SELECT [*] FROM t}, false)], {SELECT [*] FROM x})
                                                                       WITH RECURSIVE x AS (TABLE t) TABLE x LIMIT 1      ⇒ ORDER BY(WITH([WITH_ITEM(x, -, {SELECT [*] FROM t}, true)], {SELECT [*] FROM x}), [], -, 1)
                                                                       """)
    void ofQueries(String sql, String shape) {
        assertThat(Parenthesized.query(sql)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '⇒', quoteCharacter = '\u0001', textBlock = """
                                                                       SELECT f() OVER (PARTITION BY a ORDER BY b)                             ⇒ WINDOW(-, -, [a], [b], false, -, -, -, EXCLUDE NO OTHER)
                                                                       SELECT f() OVER (w ROWS 1 PRECEDING)                                    ⇒ WINDOW(-, w, [], [], true, (1 PRECEDING), -, -, EXCLUDE NO OTHER)
                                                                       SELECT f() OVER (ORDER BY a RANGE BETWEEN '1 day' PRECEDING AND CURRENT ROW EXCLUDE TIES) ⇒ WINDOW(-, -, [], [a], false, ('1 day' PRECEDING), CURRENT ROW, -, EXCLUDE TIES)
                                                                       SELECT f() OVER (GROUPS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)  ⇒ WINDOW(-, -, [], [], false, GROUPS(UNBOUNDED PRECEDING), GROUPS(UNBOUNDED FOLLOWING), -, EXCLUDE NO OTHER)
                                                                       """)
    void ofWindows(String sql, String shape) {
        assertThat(Parenthesized.query(sql)).isEqualTo("{SELECT [(f() OVER " + shape + ")]}");
    }
}
