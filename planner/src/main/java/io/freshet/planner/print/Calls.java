package io.freshet.planner.print;

import io.freshet.planner.functions.PgCast;
import io.freshet.planner.functions.PgFunction;
import io.freshet.planner.functions.PgOperator;
import io.freshet.planner.functions.PgSyntax;
import io.freshet.planner.print.Expr.Trait;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlOperator;

/** Writes calls of operators and functions. */
final class Calls {
    private final Scalars scalars;

    Calls(Scalars scalars) {
        this.scalars = scalars;
    }

    Expr of(RexCall call, Row row) {
        Expr expr = switch (call.getOperator()) {
            case PgCast ignored -> cast(scalars.of(call.getOperands().getFirst(), row), call);
            case PgOperator operator -> PgCalls.operator(operator.info(), scalars.of(call.getOperands(), row));
            case PgFunction function ->
                PgCalls.function(function.info(), call.getOperands(), scalars.of(call.getOperands(), row));
            case PgSyntax syntax -> PgCalls.construct(syntax, scalars.of(call.getOperands(), row));
            default -> standard(call, row);
        };
        return call.getOperator().isDeterministic() ? expr : expr.with(Trait.VOLATILE);
    }

    private Expr standard(RexCall call, Row row) {
        return switch (call.getKind()) {
            case AND -> junction(RelOptUtil.conjunctions(call), Precedence.AND, row);
            case OR -> junction(RelOptUtil.disjunctions(call), Precedence.OR, row);
            case NOT -> not(call.getOperands().getFirst(), row);
            case CASE -> cases(call.getOperands(), row);
            case CAST -> cast(scalars.of(call.getOperands().getFirst(), row), call);
            default -> standard(call, scalars.of(call.getOperands(), row));
        };
    }

    private Expr standard(RexCall call, List<Expr> operands) {
        SqlOperator operator = call.getOperator();
        return switch (call.getKind()) {
            case IS_NULL, IS_NOT_NULL, IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE, IS_UNKNOWN ->
                Operators.postfix(operands.getFirst(),
                        operator.getName());
            case IS_DISTINCT_FROM, IS_NOT_DISTINCT_FROM ->
                Operators.infix(operands.get(0), operator.getName(), operands.get(1), Precedence.IS);
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL, PLUS, MINUS, TIMES,
                    DIVIDE ->
                Operators.binary(operator.getName(), operands.get(0), operands.get(1));
            case MINUS_PREFIX ->
                new Expr.Builder().text("-").add(operands.getFirst().atLeast(Precedence.CASE)).build(Precedence.UNARY_MINUS);
            case ROW -> Scalars.function("ROW", operands);
            case COALESCE -> Scalars.function("coalesce", operands);
            case ARRAY_VALUE_CONSTRUCTOR -> array(call, operands);
            case ITEM -> PgCalls.construct(PgSyntax.of(PgSyntax.Construct.SUBSCRIPT), operands);
            default -> throw Unprintable.because("the operator " + operator.getName());
        };
    }

    /** Conditions joined by AND or OR; AND inside of OR is put in parentheses for the reader's sake. */
    private Expr junction(List<RexNode> conditions, Precedence level, Row row) {
        String word = level == Precedence.AND ? "AND " : "OR ";
        Expr.Builder builder = new Expr.Builder();
        for (int i = 0; i < conditions.size(); i++) {
            if (i > 0) {
                builder.space(1).text(word);
            }
            builder.add(scalars.of(conditions.get(i), row).atLeast(Precedence.NOT));
        }
        return builder.build(level);
    }

    private Expr not(RexNode operand, Row row) {
        return scalars.subqueries().negated(operand, row).orElseGet(() -> new Expr.Builder().text("NOT ")
                .add(scalars.of(operand, row).atLeast(Precedence.OPERATOR)).build(Precedence.NOT));
    }

    private Expr cases(List<RexNode> operands, Row row) {
        Expr.Builder builder = new Expr.Builder().text("CASE");
        for (int i = 0; i + 1 < operands.size(); i += 2) {
            builder.space(1).text("WHEN ").add(scalars.of(operands.get(i), row)).text(" THEN ")
                    .add(scalars.of(operands.get(i + 1), row));
        }
        if (!RexLiteral.isNullLiteral(operands.getLast())) {
            builder.space(1).text("ELSE ").add(scalars.of(operands.getLast(), row));
        }
        return builder.space(0).text("END").build(Precedence.CASE);
    }

    private Expr cast(Expr value, RexCall call) {
        return scalars.literals().cast(value, call.getType());
    }

    private Expr array(RexCall call, List<Expr> elements) {
        Expr array = new Expr.Builder().text("ARRAY[").list(new ArrayList<>(elements)).text("]").build(Precedence.ATOM);
        return elements.isEmpty() ? scalars.literals().cast(array, call.getType()) : array;
    }
}
