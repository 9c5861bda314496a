package io.freshet.parser;

import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.grammar.PostgresParser.AndExprContext;
import io.freshet.parser.grammar.PostgresParser.AtLocalExprContext;
import io.freshet.parser.grammar.PostgresParser.AtTimeZoneExprContext;
import io.freshet.parser.grammar.PostgresParser.BetweenExprContext;
import io.freshet.parser.grammar.PostgresParser.CastExprContext;
import io.freshet.parser.grammar.PostgresParser.CollateExprContext;
import io.freshet.parser.grammar.PostgresParser.ComparisonExprContext;
import io.freshet.parser.grammar.PostgresParser.DistinctFromExprContext;
import io.freshet.parser.grammar.PostgresParser.EscapeExprContext;
import io.freshet.parser.grammar.PostgresParser.ExprContext;
import io.freshet.parser.grammar.PostgresParser.ExprsContext;
import io.freshet.parser.grammar.PostgresParser.InExprContext;
import io.freshet.parser.grammar.PostgresParser.InfixExprContext;
import io.freshet.parser.grammar.PostgresParser.LikeExprContext;
import io.freshet.parser.grammar.PostgresParser.NotExprContext;
import io.freshet.parser.grammar.PostgresParser.OrExprContext;
import io.freshet.parser.grammar.PostgresParser.PrefixExprContext;
import io.freshet.parser.grammar.PostgresParser.PrimaryExprContext;
import io.freshet.parser.grammar.PostgresParser.QuantifiedExprContext;
import io.freshet.parser.grammar.PostgresParser.RestrictedCastContext;
import io.freshet.parser.grammar.PostgresParser.RestrictedComparisonContext;
import io.freshet.parser.grammar.PostgresParser.RestrictedDistinctFromContext;
import io.freshet.parser.grammar.PostgresParser.RestrictedExprContext;
import io.freshet.parser.grammar.PostgresParser.RestrictedInfixContext;
import io.freshet.parser.grammar.PostgresParser.RestrictedPrefixContext;
import io.freshet.parser.grammar.PostgresParser.RestrictedPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.RestrictedSignContext;
import io.freshet.parser.grammar.PostgresParser.SignExprContext;
import io.freshet.parser.grammar.PostgresParser.TestExprContext;
import io.freshet.parser.text.Source;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Expressions, from the loosest operator inwards. */
final class Expressions {
    private final TreeBuilder tree;
    private final Source source;

    Expressions(TreeBuilder tree) {
        this.tree = tree;
        this.source = tree.source;
    }

    List<SqlNode> list(ExprsContext rule) {
        return list(rule.expr());
    }

    List<SqlNode> list(List<ExprContext> rules) {
        return rules.stream().map(this::expression).toList();
    }

    SqlNodeList nodeList(ExprsContext rule) {
        return new SqlNodeList(list(rule), source.pos(rule));
    }

    /** A chain of thousands of operators is as many contexts down the left side: it is walked without recursion. */
    SqlNode expression(ExprContext rule) {
        Deque<ExprContext> spine = new ArrayDeque<>();
        ExprContext leftmost = rule;
        while (leftmost.getChild(0) instanceof ExprContext left) {
            spine.push(leftmost);
            leftmost = left;
        }
        SqlNode node = leaf(leftmost);
        while (!spine.isEmpty()) {
            ExprContext next = spine.pop();
            node = next instanceof AndExprContext || next instanceof OrExprContext
                    ? chain(next, node, spine)
                    : combine(next, node);
        }
        return node;
    }

    private SqlNode leaf(ExprContext rule) {
        SqlParserPos pos = source.pos(rule);
        return switch (rule) {
            case PrimaryExprContext p -> tree.primaries.primary(p.primary());
            case SignExprContext s -> tree.operators.sign(s.getStart(), expression(s.expr()), pos);
            case PrefixExprContext p -> tree.operators.prefix(p.otherOperator(), expression(p.expr()), pos);
            case NotExprContext n -> SqlStdOperatorTable.NOT.createCall(pos, expression(n.expr()));
            default -> throw new IllegalStateException("not the beginning of an expression: " + rule.getClass());
        };
    }

    /** {@code a AND b AND c ..} becomes a balanced tree, so that no stage has to recurse through thousands of levels. */
    private SqlNode chain(ExprContext first, SqlNode left, Deque<ExprContext> spine) {
        SqlOperator operator = first instanceof AndExprContext ? SqlStdOperatorTable.AND : SqlStdOperatorTable.OR;
        List<SqlNode> operands = new ArrayList<>(List.of(left, expression(lastOperand(first))));
        while (!spine.isEmpty() && spine.peek().getClass() == first.getClass()) {
            operands.add(expression(lastOperand(spine.pop())));
        }
        return balanced(operator, operands);
    }

    private static ExprContext lastOperand(ExprContext rule) {
        return (ExprContext) rule.getChild(rule.getChildCount() - 1);
    }

    private static SqlNode balanced(SqlOperator operator, List<SqlNode> operands) {
        if (operands.size() == 1) {
            return operands.getFirst();
        }
        int half = (operands.size() + 1) / 2;
        SqlNode left = balanced(operator, operands.subList(0, half));
        SqlNode right = balanced(operator, operands.subList(half, operands.size()));
        return operator.createCall(left.getParserPosition().plus(right.getParserPosition()), left, right);
    }

    private SqlNode combine(ExprContext rule, SqlNode left) {
        SqlParserPos pos = source.pos(rule);
        return switch (rule) {
            case CastExprContext c -> PgOperators.CAST.createCall(pos, left, tree.typeNode(c.typeName()));
            case CollateExprContext c -> collate(c, left);
            case AtTimeZoneExprContext a ->
                PgOperators.systemFunction("timezone", pos).createCall(pos, expression(a.expr(1)), left);
            case AtLocalExprContext ignored -> PgOperators.systemFunction("timezone", pos).createCall(pos, left);
            case InfixExprContext i -> tree.operators.infix(i.getChild(1), left, expression(i.expr(1)), pos);
            case ComparisonExprContext c -> {
                refuseChain(c, List.of(ComparisonExprContext.class));
                yield tree.operators.infix(c.comparison(), left, expression(c.expr(1)), pos);
            }
            case DistinctFromExprContext d -> {
                refuseChain(d, List.of(DistinctFromExprContext.class, TestExprContext.class));
                yield Predicates.distinctFrom(d.NOT(), left, expression(d.expr(1)), pos);
            }
            case TestExprContext t -> {
                refuseChain(t, List.of(DistinctFromExprContext.class));
                yield tree.predicates.test(t, left);
            }
            case LikeExprContext l -> {
                refuseChain(l, List.of(LikeExprContext.class, BetweenExprContext.class, InExprContext.class));
                yield tree.predicates.like(l, left);
            }
            case BetweenExprContext b -> {
                refuseChain(b, List.of(LikeExprContext.class, BetweenExprContext.class, InExprContext.class));
                yield tree.predicates.between(b, left);
            }
            case InExprContext i -> {
                refuseChain(i, List.of(LikeExprContext.class, BetweenExprContext.class));
                yield tree.predicates.in(i, left);
            }
            case QuantifiedExprContext q -> {
                if (q.comparison() != null) {
                    refuseChain(q, List.of(ComparisonExprContext.class));
                } else if (q.LIKE() != null || q.ILIKE() != null) {
                    refuseChain(q, List.of(LikeExprContext.class, BetweenExprContext.class));
                }
                yield tree.predicates.quantified(q, left);
            }
            case EscapeExprContext e -> throw source.syntaxError(e.ESCAPE().getSymbol());
            default -> throw new IllegalStateException("not an operator: " + rule.getClass());
        };
    }

    /**
     * Some operators don't associate with their own level: {@code a = b = c} is an error. What ends in a parenthesis or a keyword
     * (IN, IS NULL) may have another one after it, but not before.
     */
    private void refuseChain(ExprContext rule, List<Class<? extends ExprContext>> level) {
        ParseTree left = rule.getChild(0);
        if (endsInOperand(left) && level.contains(left.getClass())) {
            throw source.syntaxError(Source.token(rule.getChild(1)));
        }
        ParseTree right = rule.getChild(rule.getChildCount() - 1);
        if (level.contains(right.getClass())) {
            throw source.syntaxError(Source.token(right.getChild(1)));
        }
    }

    private static boolean endsInOperand(ParseTree node) {
        return node.getChild(node.getChildCount() - 1) instanceof ExprContext;
    }

    private SqlNode collate(CollateExprContext rule, SqlNode left) {
        List<SqlNode> operands = new ArrayList<>(List.of(left));
        SqlParserPos namePos = source.pos(rule.qualifiedName());
        tree.names.qualified(rule.qualifiedName()).names.forEach(part -> operands.add(Literals.string(part, namePos)));
        return PgOperators.COLLATE.createCall(source.pos(rule), operands);
    }

    /** The operands of BETWEEN and POSITION. */
    SqlNode restricted(RestrictedExprContext rule) {
        SqlParserPos pos = source.pos(rule);
        return switch (rule) {
            case RestrictedPrimaryContext p -> tree.primaries.primary(p.primary());
            case RestrictedCastContext c ->
                PgOperators.CAST.createCall(pos, restricted(c.restrictedExpr()), tree.typeNode(c.typeName()));
            case RestrictedSignContext s -> tree.operators.sign(s.getStart(), restricted(s.restrictedExpr()), pos);
            case RestrictedPrefixContext p -> tree.operators.prefix(p.otherOperator(), restricted(p.restrictedExpr()), pos);
            case RestrictedInfixContext i ->
                tree.operators.infix(i.getChild(1), restricted(i.restrictedExpr(0)), restricted(i.restrictedExpr(1)), pos);
            case RestrictedComparisonContext c -> {
                if (c.restrictedExpr(0) instanceof RestrictedComparisonContext) {
                    throw source.syntaxError(c.comparison().getStart());
                }
                yield tree.operators.infix(c.comparison(), restricted(c.restrictedExpr(0)), restricted(c.restrictedExpr(1)), pos);
            }
            case RestrictedDistinctFromContext d ->
                Predicates.distinctFrom(d.NOT(), restricted(d.restrictedExpr(0)), restricted(d.restrictedExpr(1)), pos);
            default -> throw new IllegalStateException("not an expression: " + rule.getClass());
        };
    }
}
