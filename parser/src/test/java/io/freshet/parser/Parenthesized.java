package io.freshet.parser;

import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgTypeName;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlPostfixOperator;
import org.apache.calcite.sql.SqlPrefixOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.util.NlsString;

/** Shows the shape of a tree: every call in parentheses. */
final class Parenthesized {
    private Parenthesized() {
    }

    /** The only item of {@code SELECT expression}. */
    static String expression(String expression) {
        SqlSelect select = (SqlSelect) QueryParser.parse("SELECT " + expression).node();
        return select.getSelectList().stream().map(Parenthesized::of).collect(Collectors.joining(", "));
    }

    static String query(String sql) {
        return of(QueryParser.parse(sql).node());
    }

    static String of(SqlNode node) {
        return switch (node) {
            case null -> "-";
            case SqlNumericLiteral number -> number.bigDecimalValue().toPlainString();
            case SqlLiteral literal -> literal(literal);
            case SqlIdentifier id -> id.names.stream().map(n -> n.isEmpty() ? "*" : n).collect(Collectors.joining("."));
            case SqlDataTypeSpec type -> PgTypeName.of(type).text();
            case SqlNodeList list -> list.stream().map(Parenthesized::of).collect(Collectors.joining(", ", "[", "]"));
            case SqlCase cases ->
                "CASE(" + of(cases.getWhenOperands()) + ", " + of(cases.getThenOperands()) + ", " + of(cases.getElseOperand())
                        + ")";
            case SqlSelect select -> select(select);
            case SqlWindow window -> named("WINDOW", window);
            case SqlCall call -> call(call);
            default -> node.toString();
        };
    }

    private static String literal(SqlLiteral literal) {
        return literal.getValue() instanceof NlsString string
                ? "'" + string.getValue() + "'"
                : String.valueOf(literal.getValue());
    }

    private static String call(SqlCall call) {
        if (call.getOperator() == PgOperators.CAST) {
            return "(" + of(call.operand(0)) + "::" + of(call.operand(1)) + ")";
        }
        if (call.getOperator() instanceof SqlBinaryOperator && call.operandCount() == 2) {
            return "(" + of(call.operand(0)) + " " + call.getOperator().getName() + " " + of(call.operand(1)) + ")";
        }
        if (call.getOperator() instanceof SqlPrefixOperator) {
            return "(" + call.getOperator().getName() + " " + of(call.operand(0)) + ")";
        }
        if (call.getOperator() instanceof SqlPostfixOperator) {
            return "(" + of(call.operand(0)) + " " + call.getOperator().getName() + ")";
        }
        SqlLiteral quantifier = call.getFunctionQuantifier();
        String name = call.getOperator() instanceof SqlFunction f && f.getSqlIdentifier() != null
                ? String.join(".", f.getSqlIdentifier().names)
                : call.getOperator().getName();
        return named(quantifier == null ? name : name + " " + quantifier.getValue(), call);
    }

    private static String named(String name, SqlCall call) {
        return name + call.getOperandList().stream().map(Parenthesized::of).collect(Collectors.joining(", ", "(", ")"));
    }

    private static String select(SqlSelect select) {
        StringBuilder text = new StringBuilder("SELECT");
        if (select.isDistinct()) {
            text.append(" DISTINCT");
        }
        text.append(' ').append(of(select.getSelectList()));
        append(text, "FROM", select.getFrom());
        append(text, "WHERE", select.getWhere());
        append(text, "GROUP", select.getGroup());
        append(text, "HAVING", select.getHaving());
        append(text, "WINDOWS", select.getWindowList().isEmpty() ? null : select.getWindowList());
        append(text, "QUALIFY", select.getQualify());
        return "{" + text + "}";
    }

    private static void append(StringBuilder text, String clause, SqlNode node) {
        if (node != null) {
            text.append(' ').append(clause).append(' ').append(of(node));
        }
    }
}
