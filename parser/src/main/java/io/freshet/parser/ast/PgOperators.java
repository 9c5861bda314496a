package io.freshet.parser.ast;

import io.freshet.parser.ast.PgQuantifiedOperator.Quantifier;
import java.util.List;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * The operators of the tree that Calcite does not have; the package's description is the table of their use. Calcite compares
 * operators by class, name and kind, so two that are made for the same name are equal.
 */
public final class PgOperators {
    /** (expression, {@code SqlDataTypeSpec}). Not Calcite's CAST, which would interpret the type. */
    public static final SqlOperator CAST = new PgCastOperator();
    /** (expression, name part literal, ..). */
    public static final SqlOperator COLLATE = new PgSpecialOperator("COLLATE");
    /** (composite value, field name literal). */
    public static final SqlOperator FIELD = new PgSpecialOperator("FIELD");
    /** (composite value): all its fields, in a select list. */
    public static final SqlOperator EXPAND = new PgSpecialOperator("EXPAND");
    /** (array, subscript, subscript, ..), two subscripts or more. */
    public static final SqlOperator SUBSCRIPT = new PgSpecialOperator("SUBSCRIPT");
    /** (array, lower, upper, ..), pairs; an absent bound is {@code SqlStdOperatorTable.DEFAULT}. */
    public static final SqlOperator SLICE = new PgSpecialOperator("SLICE");
    /** (argument): the last argument of a call is the array of a VARIADIC parameter. */
    public static final SqlOperator VARIADIC = new PgSpecialOperator("VARIADIC");
    /** (expression, ..): the {@code qualify} of a select with DISTINCT ON. */
    public static final SqlOperator DISTINCT_ON = new PgSpecialOperator("DISTINCT_ON");
    /** (row count): the {@code fetch} of FETCH FIRST .. WITH TIES. */
    public static final SqlOperator WITH_TIES = new PgSpecialOperator("WITH_TIES");
    /** (bound): a bound of a GROUPS frame. */
    public static final SqlOperator GROUPS = new PgSpecialOperator("GROUPS");
    /** (function call): in FROM. */
    public static final SqlOperator WITH_ORDINALITY = new PgSpecialOperator("WITH_ORDINALITY");
    /** (function call, ..): in FROM. */
    public static final SqlOperator ROWS_FROM = new PgSpecialOperator("ROWS_FROM");
    /** (function call, name literal, {@code SqlDataTypeSpec}, ..): in FROM. */
    public static final SqlOperator COLUMN_DEFINITIONS = new PgSpecialOperator("COLUMN_DEFINITIONS");

    private PgOperators() {
    }

    public static PgBinaryOperator binary(OperatorName name) {
        return new PgBinaryOperator(name);
    }

    public static PgPrefixOperator prefix(OperatorName name) {
        return new PgPrefixOperator(name);
    }

    public static PgQuantifiedOperator quantified(OperatorName name, Quantifier quantifier) {
        return new PgQuantifiedOperator(name, quantifier);
    }

    public static PgValueFunction value(PgValueFunction.Name name) {
        return new PgValueFunction(name);
    }

    /** A function by its name as written, not yet looked up. */
    public static SqlUnresolvedFunction function(SqlIdentifier name) {
        return new SqlUnresolvedFunction(name, null, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION);
    }

    /** A function that PostgreSQL's grammar puts in place of special syntax. */
    public static SqlUnresolvedFunction systemFunction(String name, SqlParserPos pos) {
        return function(new SqlIdentifier(List.of("pg_catalog", name), pos));
    }
}
