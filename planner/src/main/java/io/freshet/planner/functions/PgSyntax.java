package io.freshet.planner.functions;

import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlSpecialOperator;

/**
 * A construct of PostgreSQL's grammar that is neither function nor operator, and that Calcite has no operator for.
 */
public final class PgSyntax extends SqlSpecialOperator {
    private final Construct construct;
    private final String argument;

    /** What is written; the operands in brackets. */
    public enum Construct {
        /** {@code a[i][j]} [a, i, j ..]. */
        SUBSCRIPT,
        /** {@code a[i:j]} [a, i, j ..] in pairs; an absent bound is a {@link #ABSENT}. */
        SLICE,
        /** [] */
        ABSENT,
        /** {@code (a).f} [a]; the argument is the field's name. */
        FIELD,
        /** {@code a COLLATE c} [a]; the argument is the collation as SQL text. */
        COLLATE,
        /** {@code a IN (b, c)} [a, b, c ..]; all of one row width when a is a ROW. */
        IN_LIST,
        /** {@code a op ANY (array)} [a, array]; the argument is the operator as SQL text. */
        ANY,
        /** {@code a op ALL (array)} [a, array]; the argument is the operator as SQL text. */
        ALL,
        /** {@code NULLIF(a, b)} [a, b]. */
        NULLIF,
        /** {@code GREATEST(a, b)} [a, b ..]. */
        GREATEST,
        /** {@code LEAST(a, b)} [a, b ..]. */
        LEAST,
        /** {@code VARIADIC a} [a], the last argument of a function call. */
        VARIADIC,
        /** {@code name => a} [a], an argument of a function call; the argument is the name. */
        NAMED,
        /** {@code a IS JSON ..} [a]; the argument is what follows a: {@code IS NOT JSON ARRAY}. */
        IS_JSON,
        /** {@code f(x) WITH ORDINALITY} [f(x)], as the call of a table function scan. */
        WITH_ORDINALITY,
        /** {@code CURRENT_DATE}, {@code LOCALTIME(3)} []; the argument is the text. */
        VALUE_FUNCTION
    }

    private PgSyntax(Construct construct, String argument) {
        super(argument.isEmpty() ? construct.name() : construct.name() + " " + argument, SqlKind.OTHER);
        this.construct = construct;
        this.argument = argument;
    }

    public static PgSyntax of(Construct construct) {
        return new PgSyntax(construct, "");
    }

    public static PgSyntax of(Construct construct, String argument) {
        return new PgSyntax(construct, argument);
    }

    public Construct construct() {
        return construct;
    }

    /** See {@link Construct}; empty where that names none. */
    public String argument() {
        return argument;
    }

    /** The construct that an expression is, when it is one. */
    public static Optional<PgSyntax> of(RexNode node) {
        return node instanceof RexCall call && call.getOperator() instanceof PgSyntax syntax
                ? Optional.of(syntax)
                : Optional.empty();
    }

    @Override
    public boolean isDynamicFunction() {
        return construct == Construct.VALUE_FUNCTION;
    }
}
