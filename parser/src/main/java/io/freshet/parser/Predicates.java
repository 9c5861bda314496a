package io.freshet.parser;

import io.freshet.parser.ast.OperatorName;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgQuantifiedOperator.Quantifier;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.grammar.PostgresParser.BetweenExprContext;
import io.freshet.parser.grammar.PostgresParser.EscapeExprContext;
import io.freshet.parser.grammar.PostgresParser.InExprContext;
import io.freshet.parser.grammar.PostgresParser.InOperandContext;
import io.freshet.parser.grammar.PostgresParser.LikeExprContext;
import io.freshet.parser.grammar.PostgresParser.QuantifiedContext;
import io.freshet.parser.grammar.PostgresParser.QuantifiedExprContext;
import io.freshet.parser.grammar.PostgresParser.TestContext;
import io.freshet.parser.grammar.PostgresParser.TestExprContext;
import io.freshet.parser.text.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** LIKE, BETWEEN, IN, ANY, ALL, IS. */
final class Predicates {
    private final TreeBuilder tree;
    private final Source source;

    Predicates(TreeBuilder tree) {
        this.tree = tree;
        this.source = tree.source;
    }

    static SqlNode distinctFrom(@Nullable TerminalNode not, SqlNode left, SqlNode right, SqlParserPos pos) {
        return (not == null ? SqlStdOperatorTable.IS_DISTINCT_FROM : SqlStdOperatorTable.IS_NOT_DISTINCT_FROM).createCall(pos,
                left,
                right);
    }

    SqlNode like(LikeExprContext rule, SqlNode left) {
        boolean not = rule.NOT() != null;
        SqlOperator operator = rule.LIKE() != null
                ? (not ? SqlStdOperatorTable.NOT_LIKE : SqlStdOperatorTable.LIKE)
                : rule.ILIKE() != null
                        ? (not ? SqlLibraryOperators.NOT_ILIKE : SqlLibraryOperators.ILIKE)
                        : not ? SqlStdOperatorTable.NOT_SIMILAR_TO : SqlStdOperatorTable.SIMILAR_TO;
        List<SqlNode> operands = new ArrayList<>(List.of(left));
        if (rule.expr(1) instanceof EscapeExprContext escape) {
            operands.add(tree.expression(escape.expr(0)));
            operands.add(tree.expression(escape.expr(1)));
        } else {
            operands.add(tree.expression(rule.expr(1)));
        }
        return operator.createCall(source.pos(rule), operands);
    }

    SqlNode between(BetweenExprContext rule, SqlNode left) {
        boolean not = rule.NOT() != null;
        SqlOperator operator = rule.SYMMETRIC() != null
                ? (not ? SqlStdOperatorTable.SYMMETRIC_NOT_BETWEEN : SqlStdOperatorTable.SYMMETRIC_BETWEEN)
                : not ? SqlStdOperatorTable.NOT_BETWEEN : SqlStdOperatorTable.BETWEEN;
        return operator.createCall(source.pos(rule), left, tree.expressions.restricted(rule.restrictedExpr()),
                tree.expression(rule.expr(1)));
    }

    SqlNode in(InExprContext rule, SqlNode left) {
        SqlOperator operator = rule.NOT() == null ? SqlStdOperatorTable.IN : SqlStdOperatorTable.NOT_IN;
        InOperandContext operand = rule.inOperand();
        SqlNode right = tree.queries.parenthesized(operand.keywordQuery(), operand.expr(), operand.queryTail())
                .orElseGet(() -> new SqlNodeList(tree.expressions.list(operand.expr()), source.pos(operand)));
        return operator.createCall(source.pos(rule), left, right);
    }

    SqlNode quantified(QuantifiedExprContext rule, SqlNode left) {
        QuantifiedContext operand = rule.quantified();
        Quantifier quantifier = operand.ALL() == null ? Quantifier.ANY : Quantifier.ALL;
        SqlParserPos pos = source.pos(rule);
        return tree.queries
                .parenthesized(operand.keywordQuery(), operand.expr() == null ? List.of() : List.of(operand.expr()),
                        operand.queryTail())
                .map(query -> overQuery(rule, quantifier).createCall(pos, left, query))
                .orElseGet(() -> PgOperators.quantified(operatorName(rule), quantifier).createCall(pos, left,
                        tree.expression(operand.expr())));
    }

    private SqlOperator overQuery(QuantifiedExprContext rule, Quantifier quantifier) {
        if (rule.comparison() == null) {
            return PgOperators.quantified(operatorName(rule), quantifier);
        }
        boolean any = quantifier == Quantifier.ANY;
        return switch (rule.comparison().getStart().getType()) {
            case PostgresLexer.Equal -> any ? SqlStdOperatorTable.SOME_EQ : SqlStdOperatorTable.ALL_EQ;
            case PostgresLexer.NotEqual -> any ? SqlStdOperatorTable.SOME_NE : SqlStdOperatorTable.ALL_NE;
            case PostgresLexer.Less -> any ? SqlStdOperatorTable.SOME_LT : SqlStdOperatorTable.ALL_LT;
            case PostgresLexer.LessEqual -> any ? SqlStdOperatorTable.SOME_LE : SqlStdOperatorTable.ALL_LE;
            case PostgresLexer.Greater -> any ? SqlStdOperatorTable.SOME_GT : SqlStdOperatorTable.ALL_GT;
            default -> any ? SqlStdOperatorTable.SOME_GE : SqlStdOperatorTable.ALL_GE;
        };
    }

    private OperatorName operatorName(QuantifiedExprContext rule) {
        String negation = rule.NOT() == null ? "" : "!";
        if (rule.LIKE() != null) {
            return OperatorName.of(negation + "~~");
        }
        if (rule.ILIKE() != null) {
            return OperatorName.of(negation + "~~*");
        }
        return rule.otherOperator() != null
                ? tree.operators.name(rule.otherOperator())
                : OperatorName.of(Operators.symbol(Source.token(rule.getChild(1))));
    }

    SqlNode test(TestExprContext rule, SqlNode left) {
        SqlParserPos pos = source.pos(rule);
        if (rule.test() == null) {
            return (rule.ISNULL() != null ? SqlStdOperatorTable.IS_NULL : SqlStdOperatorTable.IS_NOT_NULL).createCall(pos, left);
        }
        boolean not = rule.NOT() != null;
        TestContext test = rule.test();
        if (test.NORMALIZED() != null) {
            return normalized(test, left, not, pos);
        }
        if (test.DOCUMENT() != null) {
            throw source.unsupported(test.getStart(), "IS DOCUMENT");
        }
        if (test.UNIQUE() != null) {
            throw source.unsupported(test.getStart(), "IS JSON WITH UNIQUE KEYS");
        }
        return (switch (test.getStart().getType()) {
            case PostgresLexer.NULL -> not ? SqlStdOperatorTable.IS_NOT_NULL : SqlStdOperatorTable.IS_NULL;
            case PostgresLexer.TRUE -> not ? SqlStdOperatorTable.IS_NOT_TRUE : SqlStdOperatorTable.IS_TRUE;
            case PostgresLexer.FALSE -> not ? SqlStdOperatorTable.IS_NOT_FALSE : SqlStdOperatorTable.IS_FALSE;
            case PostgresLexer.UNKNOWN -> not ? SqlStdOperatorTable.IS_NOT_UNKNOWN : SqlStdOperatorTable.IS_UNKNOWN;
            default -> json(test, not);
        }).createCall(pos, left);
    }

    private static SqlOperator json(TestContext test, boolean not) {
        if (test.OBJECT() != null) {
            return not ? SqlStdOperatorTable.IS_NOT_JSON_OBJECT : SqlStdOperatorTable.IS_JSON_OBJECT;
        }
        if (test.ARRAY() != null) {
            return not ? SqlStdOperatorTable.IS_NOT_JSON_ARRAY : SqlStdOperatorTable.IS_JSON_ARRAY;
        }
        if (test.SCALAR() != null) {
            return not ? SqlStdOperatorTable.IS_NOT_JSON_SCALAR : SqlStdOperatorTable.IS_JSON_SCALAR;
        }
        return not ? SqlStdOperatorTable.IS_NOT_JSON_VALUE : SqlStdOperatorTable.IS_JSON_VALUE;
    }

    private SqlNode normalized(TestContext test, SqlNode left, boolean not, SqlParserPos pos) {
        List<SqlNode> operands = new ArrayList<>(List.of(left));
        if (test.normalForm() != null) {
            operands.add(Literals.string(test.normalForm().getText().toUpperCase(Locale.ROOT), source.pos(test.normalForm())));
        }
        SqlNode call = PgOperators.systemFunction("is_normalized", pos).createCall(pos, operands);
        return not ? SqlStdOperatorTable.NOT.createCall(pos, call) : call;
    }
}
