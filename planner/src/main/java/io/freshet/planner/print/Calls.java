package io.freshet.planner.print;

import io.freshet.planner.functions.PgCast;
import io.freshet.planner.functions.PgFunction;
import io.freshet.planner.functions.PgOperator;
import io.freshet.planner.functions.PgSyntax;
import io.freshet.planner.functions.PgSyntax.Construct;
import io.freshet.planner.print.Expr.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;

/** Writes calls of operators and functions. */
final class Calls {
    private final Scalars scalars;
    private final Matches matches;

    Calls(Scalars scalars) {
        this.scalars = scalars;
        this.matches = new Matches(scalars);
    }

    Expr of(RexCall call, Row row) {
        List<RexNode> operands = call.getOperands();
        Expr expr = switch (call.getOperator()) {
            case PgCast ignored -> cast(call, row);
            case PgOperator operator -> matches.of(operator.info(), operands, row)
                    .orElseGet(() -> PgCalls.operator(operator.info(), scalars.bare(operands, row), types(operands)));
            case PgFunction function -> PgCalls.function(function.info(), operands, scalars.bare(operands, row));
            case PgSyntax syntax -> PgCalls.construct(syntax, operands(syntax, operands, row), types(operands, call));
            default -> standard(call, row);
        };
        return call.getOperator().isDeterministic() ? expr : expr.with(Trait.VOLATILE);
    }

    private static List<RelDataType> types(List<RexNode> nodes) {
        return nodes.stream().map(RexNode::getType).toList();
    }

    private static List<RelDataType> types(List<RexNode> nodes, RexNode last) {
        return Stream.concat(nodes.stream(), Stream.of(last)).map(RexNode::getType).toList();
    }

    private Expr standard(RexCall call, Row row) {
        return switch (call.getKind()) {
            case AND -> junction(Rex.flattened(call, SqlKind.AND), Precedence.AND, row);
            case OR -> junction(Rex.flattened(call, SqlKind.OR), Precedence.OR, row);
            case NOT -> not(call.getOperands().getFirst(), row);
            case CASE -> cases(call, row);
            case CAST -> cast(call, row);
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> infix(call, tuples(call
                    .getOperands(), row), Precedence.COMPARISON);
            default -> standard(call, scalars.bare(call.getOperands(), row));
        };
    }

    private Expr standard(RexCall call, List<Expr> bare) {
        SqlOperator operator = call.getOperator();
        List<Expr> typed = TextLiterals.typed(bare);
        return switch (call.getKind()) {
            case IS_NULL, IS_NOT_NULL, IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE, IS_UNKNOWN ->
                Operators.postfix(typed.getFirst(),
                        operator.getName());
            case IS_DISTINCT_FROM, IS_NOT_DISTINCT_FROM -> infix(call, bare, Precedence.IS);
            case PLUS, MINUS, TIMES, DIVIDE -> Operators.binary(operator.getName(), typed.get(0), typed.get(1));
            case MINUS_PREFIX ->
                new Expr.Builder().text("-").add(typed.getFirst().atLeast(Precedence.CASE)).build(Precedence.UNARY_MINUS);
            case ROW -> Scalars.function("ROW", typed);
            case COALESCE -> Scalars.function("coalesce", TextLiterals.parts(bare, call.getType()));
            case ARRAY_VALUE_CONSTRUCTOR -> array(call, TextLiterals.isTextArray(call.getType()) ? bare : typed);
            case ITEM -> PgCalls.subscripts(typed);
            default -> throw Unprintable.because("the operator " + operator.getName());
        };
    }

    private static Expr infix(RexCall call, List<Expr> bare, Precedence level) {
        List<Expr> operands = TextLiterals.compared(bare, types(call.getOperands()));
        return Operators.infix(operands.get(0), call.getOperator().getName(), operands.get(1), level);
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
        if (PgSyntax.of(operand).filter(syntax -> syntax.construct() == Construct.IN_LIST).isPresent()) {
            List<RexNode> operands = ((RexCall) operand).getOperands();
            List<Expr> texts = tuples(operands, row);
            boolean text = TextLiterals.isText(operands.getFirst().getType());
            return PgCalls.inList(text ? texts : TextLiterals.typed(texts), " NOT IN (");
        }
        return scalars.subqueries().negated(operand, row).orElseGet(() -> new Expr.Builder().text("NOT ")
                .add(scalars.of(operand, row).atLeast(Precedence.OPERATOR)).build(Precedence.NOT));
    }

    private List<Expr> operands(PgSyntax syntax, List<RexNode> operands, Row row) {
        return syntax.construct() == Construct.IN_LIST ? tuples(operands, row) : scalars.bare(operands, row);
    }

    /** Rows that are compared are written without the word ROW, as far as they have two columns. */
    private List<Expr> tuples(List<RexNode> operands, Row row) {
        return operands.stream().map(operand -> operand.getKind() == SqlKind.ROW && ((RexCall) operand).getOperands().size() > 1
                ? Subqueries.tuple(scalars.of(((RexCall) operand).getOperands(), row))
                : scalars.bare(operand, row)).toList();
    }

    private Expr cases(RexCall call, Row row) {
        List<RexNode> operands = call.getOperands();
        boolean text = TextLiterals.isText(call.getType());
        Expr.Builder builder = new Expr.Builder().text("CASE");
        for (int i = 0; i + 1 < operands.size(); i += 2) {
            Expr then = scalars.bare(operands.get(i + 1), row);
            builder.space(1).text("WHEN ").add(scalars.of(operands.get(i), row)).text(" THEN ").add(text ? then : then.typed());
        }
        if (!RexLiteral.isNullLiteral(operands.getLast())) {
            Expr otherwise = scalars.bare(operands.getLast(), row);
            builder.space(1).text("ELSE ").add(text ? otherwise : otherwise.typed());
        }
        return builder.space(0).text("END").build(Precedence.CASE);
    }

    private Expr cast(RexCall call, Row row) {
        return scalars.literals().cast(scalars.bare(call.getOperands().getFirst(), row), call.getType());
    }

    private Expr array(RexCall call, List<Expr> elements) {
        Expr array = new Expr.Builder().text("ARRAY[").list(new ArrayList<>(elements)).text("]").build(Precedence.ATOM);
        return elements.isEmpty() ? scalars.literals().cast(array, call.getType()) : array;
    }
}
