/**
 * PostgreSQL's functions, operators, casts and aggregates: the catalog of one server ({@link io.freshet.planner.functions.ServerObjects}),
 * PostgreSQL's own rules for choosing among overloads, and the operators by which they appear in plans.
 *
 * <h2>Expressions of a plan</h2>
 *
 * Every expression's type is a {@link io.freshet.planner.types.PgType} ({@code PgTypes.text} is its text) or, for ROW, a row type. What
 * PostgreSQL would coerce is coerced explicitly where a result type depends on it (CASE, COALESCE, GREATEST, ARRAY, VALUES, set
 * operations), and every untyped literal has the type that PostgreSQL gives it. Arguments of functions and operators are otherwise as
 * written: printed back, PostgreSQL resolves them in the same way.
 *
 * <table>
 * <caption>Expressions</caption>
 * <tr><th>PostgreSQL</th><th>RexNode</th></tr>
 * <tr><td>{@code 'x'} as text</td><td>{@code RexLiteral} of type text, value {@code NlsString}</td></tr>
 * <tr><td>{@code '2020-01-01'} as date, {@code date '2020-01-01'}</td><td>{@link io.freshet.planner.functions.PgCast} of the text literal</td></tr>
 * <tr><td>{@code 12}, {@code 1.50}, {@code -3}</td><td>{@code RexLiteral} of type integer, bigint or numeric, value {@code BigDecimal} with the
 * written scale</td></tr>
 * <tr><td>{@code true}; {@code NULL}</td><td>{@code RexLiteral} of type boolean; null {@code RexLiteral} of the type it has been given</td></tr>
 * <tr><td>{@code = <> < <= > >=}</td><td>{@code SqlStdOperatorTable.EQUALS} .. (a user's own operator of that name:
 * {@link io.freshet.planner.functions.PgOperator}); {@code (a, b) = (c, d)} is {@code a = c AND b = d}, other row comparisons have ROW operands</td></tr>
 * <tr><td>{@code + - * / %}, {@code -a}, {@code ||}, {@code ->>}, {@code ~~} (LIKE), {@code !~~}, {@code ~~*} (ILIKE), {@code @>} ..</td>
 * <td>{@link io.freshet.planner.functions.PgOperator} with {@code info().symbol()}; arithmetic has Calcite's kinds</td></tr>
 * <tr><td>{@code AND OR NOT}, {@code IS [NOT] NULL|TRUE|FALSE|UNKNOWN}, {@code IS [NOT] DISTINCT FROM}</td><td>{@code SqlStdOperatorTable}'s;
 * AND and OR with two operands or more</td></tr>
 * <tr><td>{@code BETWEEN}</td><td>the comparisons it means</td></tr>
 * <tr><td>{@code CASE}, {@code COALESCE}, {@code ROW(..)}, {@code ARRAY[..]}</td><td>{@code SqlStdOperatorTable.CASE}, {@code COALESCE}, {@code ROW},
 * {@code ARRAY_VALUE_CONSTRUCTOR}</td></tr>
 * <tr><td>{@code x::t}, {@code CAST(x AS t)}</td><td>{@link io.freshet.planner.functions.PgCast}; {@code PgCast.isCast}, {@code PgCast.operand}; the
 * target is the call's type</td></tr>
 * <tr><td>{@code f(x)}, {@code EXTRACT}, {@code AT TIME ZONE} and whatever the grammar makes a function of</td>
 * <td>{@link io.freshet.planner.functions.PgFunction}; {@code info()} has schema, name, volatility. Names such as {@code extract},
 * {@code position}, {@code overlay}, {@code substring} are keywords: print them in double quotes</td></tr>
 * <tr><td>{@code a[1]}, {@code (a).f}, {@code COLLATE}, {@code IN (list)}, {@code op ANY (array)}, {@code NULLIF}, {@code GREATEST}, {@code VARIADIC},
 * {@code IS JSON}, {@code CURRENT_DATE} ..</td><td>{@link io.freshet.planner.functions.PgSyntax}</td></tr>
 * <tr><td>{@code EXISTS (q)}, {@code IN (q)}, {@code op ANY (q)}, {@code (q)}, {@code ARRAY(q)}</td><td>{@code RexSubQuery}; {@code op ALL (q)} and
 * {@code NOT IN (q)} are NOT of one</td></tr>
 * <tr><td>window function</td><td>{@code RexOver} whose operator is {@link io.freshet.planner.functions.PgAggregate}</td></tr>
 * </table>
 *
 * <h2>Aggregates</h2>
 *
 * An {@code AggregateCall}'s function is a {@link io.freshet.planner.functions.PgAggregate}: {@code getKind()} is COUNT, SUM, AVG, MIN or MAX for
 * PostgreSQL's own, {@code getName()} its name, {@code info()} the rest. Arguments are fields of the input ({@code count(*)} has none),
 * {@code filterArg} the FILTER (a boolean field), {@code isDistinct()} DISTINCT, {@code getCollation()} the ORDER BY inside the call.
 * An ordered-set aggregate ({@code info().isOrderedSet()}) has its direct arguments as arguments and its WITHIN GROUP as the collation.
 * Literal arguments (a separator, a fraction) are fields of the Project below.
 */
@NullMarked
package io.freshet.planner.functions;

import org.jspecify.annotations.NullMarked;
