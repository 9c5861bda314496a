package io.freshet.parser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.junit.jupiter.api.Test;

/** Every node knows where it was written. */
class PositionTest {
    private static final String SQL = """
                                      SELECT o.region, sum(o.amount * 2) AS "Total"
                                      FROM orders o
                                        LEFT JOIN customers c ON o.customer = c.id AND c.name LIKE 'A%'
                                      WHERE o.placed::date >= DATE '2024-01-01'
                                      GROUP BY o.region
                                      """;

    private static String written(SqlParserPos pos) {
        String[] lines = SQL.split("\n", -1);
        if (pos.getLineNum() == pos.getEndLineNum()) {
            return lines[pos.getLineNum() - 1].substring(pos.getColumnNum() - 1, pos.getEndColumnNum());
        }
        StringBuilder text = new StringBuilder(lines[pos.getLineNum() - 1].substring(pos.getColumnNum() - 1));
        for (int line = pos.getLineNum(); line < pos.getEndLineNum() - 1; line++) {
            text.append('\n').append(lines[line]);
        }
        return text.append('\n').append(lines[pos.getEndLineNum() - 1], 0, pos.getEndColumnNum()).toString();
    }

    private static List<SqlNode> nodes() {
        List<SqlNode> nodes = new ArrayList<>();
        QueryParser.parse(SQL).node().accept(new SqlBasicVisitor<Void>() {
            @Override
            public Void visit(SqlCall call) {
                nodes.add(call);
                return super.visit(call);
            }

            @Override
            public Void visit(SqlIdentifier identifier) {
                nodes.add(identifier);
                return null;
            }

            @Override
            public Void visit(SqlLiteral literal) {
                nodes.add(literal);
                return null;
            }

            @Override
            public Void visit(SqlDataTypeSpec type) {
                nodes.add(type);
                return null;
            }

            @Override
            public Void visit(SqlNodeList list) {
                return super.visit(list);
            }
        });
        return nodes;
    }

    @Test
    void positionsCoverWhatWasWritten() {
        List<String> texts = nodes().stream().map(SqlNode::getParserPosition).map(PositionTest::written).toList();
        assertThat(texts).contains("o.region", "sum(o.amount * 2) AS \"Total\"", "sum(o.amount * 2)", "o.amount * 2", "\"Total\"",
                "orders o",
                "customers c", "o.customer = c.id AND c.name LIKE 'A%'", "c.name LIKE 'A%'", "'A%'", "o.placed::date", "date",
                "DATE '2024-01-01'", "o.placed::date >= DATE '2024-01-01'", SQL.strip());
    }

    @Test
    void noNodeIsWithoutAPosition() {
        assertThat(nodes()).allSatisfy(node -> assertThat(node.getParserPosition()).isNotEqualTo(SqlParserPos.ZERO));
    }

    @Test
    void partsOfANameHavePositionsOfTheirOwn() {
        SqlIdentifier name = (SqlIdentifier) nodes().stream().filter(n -> n.toString().equals("c.name")).findFirst()
                .orElseThrow();
        assertThat(written(name.getComponentParserPosition(0))).isEqualTo("c");
        assertThat(written(name.getComponentParserPosition(1))).isEqualTo("name");
    }
}
