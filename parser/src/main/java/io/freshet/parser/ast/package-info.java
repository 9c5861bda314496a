/**
 * The tree that the parser builds: Calcite's {@link org.apache.calcite.sql.SqlNode}, plus the operators of this package for what
 * PostgreSQL has and Calcite does not. The tree says what PostgreSQL's own grammar would say: names are unresolved, no type is
 * interpreted, nothing is folded except the sign of a numeric literal. Every node carries its position (line and column from 1).
 *
 * <p>Three rules cover most of it:
 * <ul>
 * <li>Where Calcite has an operator of the same meaning, it is used ({@code std} below is
 * {@link org.apache.calcite.sql.fun.SqlStdOperatorTable}, {@code lib} is {@code SqlLibraryOperators}).
 * <li>What PostgreSQL's grammar turns into a function call is that function call here, qualified with {@code pg_catalog}
 * ({@code EXTRACT}, {@code AT TIME ZONE}, {@code TRIM}, ..).
 * <li>The rest is an operator of {@link io.freshet.parser.ast.PgOperators}. Names that must not be resolved as columns (a field, a
 * collation) are character literals.
 * </ul>
 *
 * <p><b>Literals and types</b>
 * <table>
 * <caption>Literals and types</caption>
 * <tr><th>PostgreSQL</th><th>node</th></tr>
 * <tr><td>{@code 'x'}, {@code E'x'}, {@code U&'x'}, {@code $$x$$}</td><td>character literal without charset, escapes resolved</td></tr>
 * <tr><td>{@code 12}, {@code 0x1F}, {@code 1_000}</td><td>exact numeric literal of scale 0: its magnitude says int4, int8 or numeric</td></tr>
 * <tr><td>{@code 1.50}</td><td>exact numeric literal of scale 2: numeric</td></tr>
 * <tr><td>{@code 1e3}, {@code 7.}</td><td>{@code CAST(1000, numeric)}: integral, but numeric in PostgreSQL</td></tr>
 * <tr><td>{@code -5}, {@code - 1.5}</td><td>negative literal (as PostgreSQL does it: -2147483648 is an int4); {@code -1::int} is
 * {@code -(1::int)}</td></tr>
 * <tr><td>{@code B'101'}, {@code X'1F'}</td><td>{@code CAST('b101', "bit")}, {@code CAST('x1F', "bit")}</td></tr>
 * <tr><td>{@code TRUE}, {@code NULL}</td><td>Calcite's literals</td></tr>
 * <tr><td>{@code x::t}, {@code CAST(x AS t)}, {@code t 'lit'}, {@code INTERVAL '1' DAY}</td><td>{@code PgOperators.CAST(x, type)}; type is
 * a {@link org.apache.calcite.sql.SqlDataTypeSpec} over {@link io.freshet.parser.ast.PgTypeNameSpec}, read with
 * {@link io.freshet.parser.ast.PgTypeName#of}</td></tr>
 * </table>
 *
 * <p><b>Operators</b>
 * <table>
 * <caption>Operators</caption>
 * <tr><th>PostgreSQL</th><th>node</th></tr>
 * <tr><td>{@code = <> != < <= > >=}</td><td>std {@code EQUALS} etc.; {@code !=} is {@code <>}</td></tr>
 * <tr><td>{@code a + b}, {@code - * / %}; {@code +a}, {@code -a}</td><td>std {@code PLUS} .. {@code PERCENT_REMAINDER}; {@code UNARY_PLUS},
 * {@code UNARY_MINUS}</td></tr>
 * <tr><td>{@code ||}, {@code ^}, {@code ->}, {@code @>}, {@code ~}, {@code <<}, ..</td><td>{@link io.freshet.parser.ast.PgBinaryOperator}</td></tr>
 * <tr><td>{@code ~a}, {@code |/ a}, {@code @ a}, ..</td><td>{@link io.freshet.parser.ast.PgPrefixOperator}</td></tr>
 * <tr><td>{@code a OPERATOR(s.+) b}, {@code OPERATOR(s.-) a}</td><td>the same two classes with a schema, also for {@code = + -} ..</td></tr>
 * <tr><td>{@code AND}, {@code OR}, {@code NOT}</td><td>std; a long chain of one of them is a balanced tree in the written order</td></tr>
 * <tr><td>{@code a IS [NOT] NULL|TRUE|FALSE|UNKNOWN}, {@code ISNULL}, {@code NOTNULL}</td><td>std {@code IS_NULL} etc.</td></tr>
 * <tr><td>{@code a IS [NOT] DISTINCT FROM b}</td><td>std {@code IS_[NOT_]DISTINCT_FROM}</td></tr>
 * <tr><td>{@code a IS [NOT] JSON [VALUE|OBJECT|ARRAY|SCALAR]}</td><td>std {@code IS_[NOT_]JSON_VALUE} etc.</td></tr>
 * <tr><td>{@code a IS [NOT] [NFC] NORMALIZED}</td><td>{@code [NOT] pg_catalog.is_normalized(a [, 'NFC'])}</td></tr>
 * <tr><td>{@code a [NOT] BETWEEN [SYMMETRIC] b AND c}</td><td>std {@code [SYMMETRIC_][NOT_]BETWEEN(a, b, c)}</td></tr>
 * <tr><td>{@code a [NOT] LIKE|SIMILAR TO b [ESCAPE c]}</td><td>std {@code [NOT_]LIKE}, {@code [NOT_]SIMILAR_TO} of 2 or 3 operands</td></tr>
 * <tr><td>{@code a [NOT] ILIKE b [ESCAPE c]}</td><td>lib {@code [NOT_]ILIKE} of 2 or 3 operands</td></tr>
 * <tr><td>{@code a [NOT] IN (x, y)}; {@code IN (SELECT ..)}</td><td>std {@code IN}/{@code NOT_IN} of a, {@code SqlNodeList} or query</td></tr>
 * <tr><td>{@code a = ANY|SOME|ALL (SELECT ..)}, also {@code <> < <= > >=}</td><td>std {@code SOME_EQ}, {@code ALL_EQ}, .. of a, query</td></tr>
 * <tr><td>{@code a op ANY|SOME|ALL (array)}; any other op with a query</td><td>{@link io.freshet.parser.ast.PgQuantifiedOperator} of a, array or
 * query; {@code LIKE} is {@code ~~}, {@code ILIKE} {@code ~~*}, {@code NOT LIKE} {@code !~~}, {@code NOT ILIKE} {@code !~~*}</td></tr>
 * <tr><td>{@code EXISTS (q)}; {@code (q)} as a value; {@code ARRAY(q)}</td><td>std {@code EXISTS(q)}; the query itself; std {@code ARRAY_QUERY(q)}</td></tr>
 * <tr><td>{@code ARRAY[a, [b]]}</td><td>std {@code ARRAY_VALUE_CONSTRUCTOR}, nested; without operands for {@code ARRAY[]}</td></tr>
 * <tr><td>{@code a[i]}</td><td>std {@code ITEM(a, i)}</td></tr>
 * <tr><td>{@code a[i][j]}</td><td>{@code PgOperators.SUBSCRIPT(a, i, j)}: not the same as {@code (a[i])[j]}</td></tr>
 * <tr><td>{@code a[i:j]}, {@code a[:j][k:]}</td><td>{@code PgOperators.SLICE(a, i, j)}, {@code SLICE(a, DEFAULT(), j, k, DEFAULT())};
 * an absent bound is std {@code DEFAULT()}, a plain subscript beside a slice is {@code 1:n}, as in PostgreSQL</td></tr>
 * <tr><td>{@code (a).f}</td><td>{@code PgOperators.FIELD(a, 'f')}; {@code a.b.c} is a {@code SqlIdentifier}</td></tr>
 * <tr><td>{@code (a).*}</td><td>{@code PgOperators.EXPAND(a)}; {@code *} and {@code t.*} are {@code SqlIdentifier}s ending in star</td></tr>
 * <tr><td>{@code ROW(a, b)}, {@code (a, b)}, {@code ROW()}</td><td>std {@code ROW}</td></tr>
 * <tr><td>{@code a COLLATE "C"}, {@code a COLLATE s.c}</td><td>{@code PgOperators.COLLATE(a, 'C')}, {@code COLLATE(a, 's', 'c')}</td></tr>
 * <tr><td>{@code CASE WHEN .. END}, {@code CASE x WHEN y ..}</td><td>{@code SqlCase} in searched form ({@code x = y}); no ELSE is NULL</td></tr>
 * </table>
 *
 * <p><b>Functions</b>
 * <table>
 * <caption>Functions</caption>
 * <tr><th>PostgreSQL</th><th>node</th></tr>
 * <tr><td>{@code f(a)}, {@code s.f(a)}</td><td>call of a {@code SqlUnresolvedFunction} with that identifier</td></tr>
 * <tr><td>{@code f(DISTINCT a)}; {@code f(*)}</td><td>function quantifier {@code DISTINCT} ({@code ALL} is dropped); operand {@code SqlIdentifier.star}</td></tr>
 * <tr><td>{@code f(n => a)}, {@code f(n := a)}; {@code f(VARIADIC a)}</td><td>std {@code ARGUMENT_ASSIGNMENT(a, n)}; {@code PgOperators.VARIADIC(a)}</td></tr>
 * <tr><td>{@code f(a ORDER BY b)}, {@code f(a) WITHIN GROUP (ORDER BY b)}</td><td>std {@code WITHIN_GROUP(f(a), list)} for both: the aggregate's kind
 * tells them apart</td></tr>
 * <tr><td>{@code .. FILTER (WHERE c)}</td><td>std {@code FILTER(call, c)} around it</td></tr>
 * <tr><td>{@code .. OVER w}, {@code .. OVER (..)}</td><td>std {@code OVER(call, SqlIdentifier or SqlWindow)} around that</td></tr>
 * <tr><td>{@code COALESCE}, {@code NULLIF}, {@code GREATEST}, {@code LEAST}, {@code GROUPING}</td><td>std {@code COALESCE}, {@code NULLIF},
 * lib {@code GREATEST_PG}, {@code LEAST_PG}, std {@code GROUPING}</td></tr>
 * <tr><td>{@code current_date}, {@code localtime(3)}, {@code current_user}, .. without parentheses</td>
 * <td>{@link io.freshet.parser.ast.PgValueFunction}, precision as its operand</td></tr>
 * <tr><td>{@code a AT TIME ZONE z}; {@code a AT LOCAL}</td><td>{@code pg_catalog.timezone(z, a)}; {@code pg_catalog.timezone(a)}</td></tr>
 * <tr><td>{@code EXTRACT(f FROM a)}</td><td>{@code pg_catalog.extract('f', a)}</td></tr>
 * <tr><td>{@code POSITION(a IN b)}</td><td>{@code pg_catalog.position(b, a)}</td></tr>
 * <tr><td>{@code SUBSTRING(a FROM b FOR c)}, {@code (a FOR c)}, {@code (a SIMILAR p ESCAPE e)}</td><td>{@code pg_catalog.substring(a, b, c)},
 * {@code (a, 1, CAST(c, integer))}, {@code (a, p, e)}</td></tr>
 * <tr><td>{@code OVERLAY(a PLACING b FROM c FOR d)}</td><td>{@code pg_catalog.overlay(a, b, c, d)}</td></tr>
 * <tr><td>{@code TRIM([BOTH|LEADING|TRAILING] [c FROM] a)}</td><td>{@code pg_catalog.btrim|ltrim|rtrim(a [, c])}</td></tr>
 * <tr><td>{@code (a, b) OVERLAPS (c, d)}</td><td>{@code pg_catalog.overlaps(a, b, c, d)}</td></tr>
 * <tr><td>{@code COLLATION FOR (a)}, {@code NORMALIZE(a, NFC)}</td><td>{@code pg_catalog.pg_collation_for(a)}, {@code pg_catalog.normalize(a, 'NFC')}</td></tr>
 * </table>
 *
 * <p><b>Queries</b>
 * <table>
 * <caption>Queries</caption>
 * <tr><th>PostgreSQL</th><th>node</th></tr>
 * <tr><td>{@code SELECT [DISTINCT] ..}; {@code TABLE t}; {@code VALUES (..), (..)}</td><td>{@code SqlSelect}; {@code SELECT * FROM t}; std
 * {@code VALUES} of {@code ROW}s</td></tr>
 * <tr><td>{@code SELECT DISTINCT ON (a, b) ..}</td><td>{@code SqlSelect} whose {@code qualify} is {@code PgOperators.DISTINCT_ON(a, b)}: PostgreSQL has
 * no QUALIFY, and a consumer that does not know the operator fails instead of dropping it</td></tr>
 * <tr><td>{@code a AS b}</td><td>std {@code AS}; an expression without alias stays bare: {@link io.freshet.parser.ast.OutputName} says what
 * PostgreSQL calls it</td></tr>
 * <tr><td>{@code ORDER BY}, {@code LIMIT}, {@code OFFSET}, {@code FETCH}</td><td>{@code SqlOrderBy} around the query, std {@code DESC}, {@code NULLS_FIRST},
 * {@code NULLS_LAST}; {@code LIMIT ALL|NULL} is absent; {@code WITH TIES} is a fetch of {@code PgOperators.WITH_TIES(n)}</td></tr>
 * <tr><td>{@code UNION}, {@code INTERSECT}, {@code EXCEPT} {@code [ALL]}</td><td>std, binary</td></tr>
 * <tr><td>{@code WITH [RECURSIVE] a(x) AS [NOT] MATERIALIZED (q)}</td><td>{@code SqlWith} of {@code SqlWithItem}s, {@code recursive} on every item;
 * {@code MATERIALIZED} is dropped</td></tr>
 * <tr><td>{@code GROUP BY a, ROLLUP(..), CUBE(..), GROUPING SETS(..), ()}</td><td>std {@code ROLLUP}, {@code CUBE}, {@code GROUPING_SETS};
 * a parenthesised set of several is {@code ROW}, an empty one an empty {@code SqlNodeList}</td></tr>
 * <tr><td>{@code WINDOW w AS (..)}</td><td>{@code SqlWindow} with {@code declName}; bounds are Calcite's; {@code GROUPS} frames have their bounds
 * wrapped in {@code PgOperators.GROUPS(bound)}; a frame of one bound has it as the lower</td></tr>
 * <tr><td>{@code FROM a, b JOIN c ON|USING|NATURAL ..}</td><td>{@code SqlJoin} ({@code COMMA}, {@code CROSS}, {@code INNER}, {@code LEFT},
 * {@code RIGHT}, {@code FULL})</td></tr>
 * <tr><td>{@code t AS a(x, y)}, {@code (q) a}</td><td>std {@code AS(t, a, x, y)}; the list may be shorter than the columns</td></tr>
 * <tr><td>{@code LATERAL (q) a}</td><td>{@code AS(LATERAL(q), a)}</td></tr>
 * <tr><td>{@code FROM [LATERAL] f(x) [AS] a(y)}</td><td>{@code AS(LATERAL(COLLECTION_TABLE(f(x))), a, y)} with std {@code LATERAL},
 * {@code COLLECTION_TABLE}; also for {@code unnest}; without an alias the function's name is the alias</td></tr>
 * <tr><td>{@code f(x) WITH ORDINALITY}; {@code ROWS FROM (f(), g())}</td><td>inside {@code COLLECTION_TABLE}: {@code PgOperators.WITH_ORDINALITY(f(x))};
 * {@code ROWS_FROM(f(), g())}</td></tr>
 * <tr><td>{@code f(x) AS a(y int, z text)}</td><td>inside {@code COLLECTION_TABLE}: {@code PgOperators.COLUMN_DEFINITIONS(f(x), 'y', int, 'z', text)};
 * the names are in {@code AS} too</td></tr>
 * </table>
 */
@NullMarked
package io.freshet.parser.ast;

import org.jspecify.annotations.NullMarked;
