package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.parser.ast.OperatorName;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.grammar.PostgresParser.AnyOperatorContext;
import io.freshet.parser.grammar.PostgresParser.OperatorSymbolContext;
import io.freshet.parser.grammar.PostgresParser.OtherOperatorContext;
import io.freshet.parser.text.Source;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Infix and prefix operators. */
final class Operators {
    private final TreeBuilder tree;
    private final Source source;

    Operators(TreeBuilder tree) {
        this.tree = tree;
        this.source = tree.source;
    }

    /** {@code operator} is a token, a {@code comparison} or an {@code otherOperator}. */
    SqlNode infix(ParseTree operator, SqlNode left, SqlNode right, SqlParserPos pos) {
        SqlOperator found = operator instanceof OtherOperatorContext other
                ? PgOperators.binary(name(other))
                : standard(Source.token(operator));
        return found.createCall(pos, left, right);
    }

    private static SqlOperator standard(Token operator) {
        return switch (operator.getType()) {
            case PostgresLexer.Plus -> SqlStdOperatorTable.PLUS;
            case PostgresLexer.Minus -> SqlStdOperatorTable.MINUS;
            case PostgresLexer.Star -> SqlStdOperatorTable.MULTIPLY;
            case PostgresLexer.Slash -> SqlStdOperatorTable.DIVIDE;
            case PostgresLexer.Percent -> SqlStdOperatorTable.PERCENT_REMAINDER;
            case PostgresLexer.Less -> SqlStdOperatorTable.LESS_THAN;
            case PostgresLexer.LessEqual -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
            case PostgresLexer.Greater -> SqlStdOperatorTable.GREATER_THAN;
            case PostgresLexer.GreaterEqual -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
            case PostgresLexer.Equal -> SqlStdOperatorTable.EQUALS;
            case PostgresLexer.NotEqual -> SqlStdOperatorTable.NOT_EQUALS;
            default -> PgOperators.binary(OperatorName.of(symbol(operator)));
        };
    }

    /** As PostgreSQL stores it. */
    static String symbol(Token operator) {
        return operator.getType() == PostgresLexer.NotEqual ? "<>" : operator.getText();
    }

    /** A minus before a number is part of the number, as in PostgreSQL: the smallest integer has no positive. */
    SqlNode sign(Token sign, SqlNode operand, SqlParserPos pos) {
        boolean minus = sign.getType() == PostgresLexer.Minus;
        if (minus && operand instanceof SqlNumericLiteral number) {
            return SqlLiteral.createNegative(number, pos);
        }
        if (minus && Literals.isNumeral(operand)) {
            return Literals.numeral(SqlLiteral.createNegative(((SqlCall) operand).operand(0), pos));
        }
        return (minus ? SqlStdOperatorTable.UNARY_MINUS : SqlStdOperatorTable.UNARY_PLUS).createCall(pos, operand);
    }

    SqlNode prefix(OtherOperatorContext operator, SqlNode operand, SqlParserPos pos) {
        return PgOperators.prefix(name(operator)).createCall(pos, operand);
    }

    OperatorName name(OtherOperatorContext rule) {
        return rule.OPERATOR() == null
                ? OperatorName.of(rule.Operator().getText())
                : qualified(rule, rule.name().stream().map(tree.names::text).toList(), rule.operatorSymbol());
    }

    OperatorName name(AnyOperatorContext rule) {
        return rule.OPERATOR() == null
                ? OperatorName.of(symbol(rule.operatorSymbol().getStart()))
                : qualified(rule, rule.name().stream().map(tree.names::text).toList(), rule.operatorSymbol());
    }

    private OperatorName qualified(ParserRuleContext whole, List<String> schema, OperatorSymbolContext symbol) {
        if (schema.size() > 1) {
            throw source.error(ErrorCode.UNSUPPORTED_SYNTAX, whole.getStart(), "an operator's schema cannot be qualified");
        }
        return new OperatorName(schema.stream().findFirst(), symbol(symbol.getStart()));
    }
}
