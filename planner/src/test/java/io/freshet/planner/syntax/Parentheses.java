package io.freshet.planner.syntax;

import io.freshet.parser.QueryParser;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/**
 * Writes parentheses around every call that the parser finds in an expression of one line. In a chain of ANDs or ORs it balances the calls;
 * PostgreSQL makes one call of all, so they get no parentheses of their own.
 */
final class Parentheses {
    private static final String SELECT = "SELECT ";

    private record Span(int start, int end) {
    }

    private Parentheses() {
    }

    private static Span span(SqlNode node) {
        SqlParserPos pos = node.getParserPosition();
        return new Span(pos.getColumnNum() - 1 - SELECT.length(), pos.getEndColumnNum() - SELECT.length());
    }

    /** The operands, of a chain all of them. */
    private static List<SqlNode> links(SqlCall call) {
        boolean chain = call.getKind() == SqlKind.AND || call.getKind() == SqlKind.OR;
        return call.getOperandList().stream().filter(Objects::nonNull)
                .flatMap(o -> chain && o.getKind() == call.getKind() ? links((SqlCall) o).stream() : Stream.of(o)).toList();
    }

    static String around(String expression) {
        SqlNode node = ((SqlSelect) QueryParser.parse(SELECT + expression).node()).getSelectList().get(0);
        List<Span> spans = new ArrayList<>();
        node.accept(new SqlBasicVisitor<Void>() {
            @Override
            public Void visit(SqlCall call) {
                spans.add(span(call));
                for (SqlNode operand : links(call)) {
                    operand.accept(this);
                }
                return null;
            }
        });
        StringBuilder text = new StringBuilder();
        List<Span> outermostFirst = spans.stream().distinct().sorted(Comparator.comparingInt(s -> -s.end)).toList();
        for (int i = 0; i <= expression.length(); i++) {
            int at = i;
            outermostFirst.stream().filter(s -> s.end == at).forEach(s -> text.append(')'));
            outermostFirst.stream().filter(s -> s.start == at).forEach(s -> text.append('('));
            if (i < expression.length()) {
                text.append(expression.charAt(i));
            }
        }
        return text.toString();
    }
}
