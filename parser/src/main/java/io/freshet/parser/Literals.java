package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.grammar.PostgresParser.LiteralContext;
import io.freshet.parser.grammar.PostgresParser.StringContext;
import io.freshet.parser.grammar.PostgresParser.TypedLiteralContext;
import io.freshet.parser.text.Source;
import io.freshet.parser.text.StringDecoder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import org.antlr.v4.runtime.Token;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Constants. */
final class Literals {
    /** PostgreSQL's numeric has at most this many digits before the decimal point, and 16383 after it. */
    private static final int MOST_DIGITS = 131_072;

    private final Source source;
    private final Types types;
    private final StringDecoder strings;

    Literals(Source source, Types types) {
        this.source = source;
        this.types = types;
        this.strings = new StringDecoder(source);
    }

    SqlNode literal(LiteralContext rule) {
        Token token = rule.getStart();
        SqlParserPos pos = source.pos(rule);
        return switch (token.getType()) {
            case PostgresLexer.Integer -> SqlLiteral.createExactNumeric(integer(token).toString(), pos);
            case PostgresLexer.Numeral -> numeral(token, pos);
            case PostgresLexer.TRUE -> SqlLiteral.createBoolean(true, pos);
            case PostgresLexer.FALSE -> SqlLiteral.createBoolean(false, pos);
            case PostgresLexer.NULL -> SqlLiteral.createNull(pos);
            case PostgresLexer.BitString -> cast(string("b" + strings.decode(token), pos), PgTypeName.system("bit"), pos);
            case PostgresLexer.HexString -> cast(string("x" + strings.decode(token), pos), PgTypeName.system("bit"), pos);
            case PostgresLexer.NationalString -> cast(string(strings.decode(token), pos), PgTypeName.system("bpchar"), pos);
            default -> string(rule.string());
        };
    }

    SqlLiteral string(StringContext rule) {
        return string(value(rule), source.pos(rule));
    }

    String value(StringContext rule) {
        Token first = rule.getStart();
        if (first.getType() == PostgresLexer.UnicodeString) {
            return strings.unicode(first, rule.UESCAPE() == null ? null : rule.String().getSymbol());
        }
        return strings.decode(first);
    }

    static SqlLiteral string(String value, SqlParserPos pos) {
        return SqlLiteral.createCharString(value, pos);
    }

    static SqlNode cast(SqlNode value, PgTypeName type, SqlParserPos pos) {
        return PgOperators.CAST.createCall(pos, value, type.toNode(pos));
    }

    /** {@code type 'value'} for the types that have their own syntax. */
    SqlNode typed(TypedLiteralContext rule) {
        SqlNode value = string(rule.string());
        if (rule.keywordType() != null) {
            PgTypeName type = types.ofLiteral(rule.keywordType());
            return PgOperators.CAST.createCall(source.pos(rule), value, type.toNode(source.pos(rule.keywordType())));
        }
        PgTypeName type = rule.Integer() == null
                ? types.interval(Optional.ofNullable(rule.intervalFields()))
                : types.interval(rule.Integer().getSymbol());
        if (rule.Integer() != null && rule.intervalFields() != null) {
            throw source.syntaxError(rule.intervalFields().getStart());
        }
        return PgOperators.CAST.createCall(source.pos(rule), value, type.toNode(source.pos(rule.getStart())));
    }

    /** {@code type 'value'} for any other type. */
    SqlNode typed(PgTypeName type, SqlParserPos typePos, StringContext string, SqlParserPos pos) {
        return PgOperators.CAST.createCall(pos, string(string), type.toNode(typePos));
    }

    private static BigInteger integer(Token token) {
        String digits = token.getText().replace("_", "").toLowerCase(Locale.ROOT);
        if (digits.startsWith("0x")) {
            return new BigInteger(digits.substring(2), 16);
        }
        if (digits.startsWith("0o")) {
            return new BigInteger(digits.substring(2), 8);
        }
        return digits.startsWith("0b") ? new BigInteger(digits.substring(2), 2) : new BigInteger(digits);
    }

    /** With a point or an exponent it is a numeric, also when its value is integral. */
    private SqlNode numeral(Token token, SqlParserPos pos) {
        BigDecimal value;
        try {
            value = new BigDecimal(token.getText().replace("_", ""));
        } catch (NumberFormatException e) {
            throw source.error(ErrorCode.SYNTAX_ERROR, token, "value overflows numeric format: " + token.getText()).causedBy(e);
        }
        if (value.precision() - (long) value.scale() > MOST_DIGITS || value.scale() > MOST_DIGITS) {
            throw source.error(ErrorCode.SYNTAX_ERROR, token, "value overflows numeric format: " + token.getText());
        }
        String plain = value.toPlainString();
        SqlNumericLiteral literal = SqlLiteral.createExactNumeric(plain, pos);
        return plain.indexOf('.') >= 0 ? literal : numeral(literal);
    }

    /** An integral literal as a numeric. */
    static SqlNode numeral(SqlNumericLiteral literal) {
        return cast(literal, PgTypeName.system("numeric"), literal.getParserPosition());
    }

    /** Whether {@code node} is one literal, not a cast that was written: that one covers more text than its operand. */
    static boolean isNumeral(SqlNode node) {
        return node instanceof SqlCall call && call.getOperator() == PgOperators.CAST
                && call.operand(0) instanceof SqlNumericLiteral
                && call.getParserPosition().equals(call.operand(0).getParserPosition());
    }
}
