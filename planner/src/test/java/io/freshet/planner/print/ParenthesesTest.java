package io.freshet.planner.print;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.functions.OperatorInfo;
import io.freshet.planner.functions.PgOperator;
import io.freshet.planner.functions.PgSyntax;
import io.freshet.planner.functions.PgSyntax.Construct;
import io.freshet.planner.testing.TestPostgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.tools.RelBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random expressions, printed once by the printer and once with every parenthesis that there can be: PostgreSQL must read the same from
 * both, as its own description of the plan shows.
 */
class ParenthesesTest {
    private static final long SEED = 20261122;
    private static final int ROUNDS = 40;
    private static final int EXPRESSIONS = 50;

    private static Connection connection;

    private final Random random = new Random(SEED);
    private final RelBuilder b = Plans.builder();
    private final RelNode orders = b.scan("orders").build();
    private final RexBuilder rex = b.getRexBuilder();

    /** An expression, and its text in full parentheses. */
    private record Sample(RexNode node, String text) {
    }

    @BeforeAll
    static void createTables() throws SQLException {
        connection = TestPostgres.connectToNew("parentheses_test");
        try (Statement statement = connection.createStatement()) {
            statement.execute(Plans.SCHEMA);
        }
    }

    @AfterAll
    static void disconnect() throws SQLException {
        connection.close();
    }

    @Test
    void printedTextMeansTheSame() throws SQLException {
        for (int round = 0; round < ROUNDS; round++) {
            List<Sample> samples = new ArrayList<>();
            for (int i = 0; i < EXPRESSIONS; i++) {
                samples.add(i % 3 == 0 ? number(4) : i % 3 == 1 ? truth(4) : text(4));
            }
            List<RexNode> nodes = samples.stream().map(Sample::node).toList();
            String printed = SqlPrinter.plain()
                    .print(LogicalProject.create(orders, List.of(), nodes, (List<String>) null, Set.of()));
            String full = "SELECT " + String.join(", ", samples.stream().map(Sample::text).toList()) + " FROM public.orders";
            assertThat(explain(printed)).as("seed %d, round %d", SEED, round).isEqualTo(explain(full));
        }
    }

    private static List<String> explain(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet rows = statement.executeQuery("EXPLAIN (VERBOSE, COSTS OFF) " + sql)) {
                List<String> lines = new ArrayList<>();
                while (rows.next()) {
                    lines.add(rows.getString(1));
                }
                return lines;
            }
        } catch (SQLException e) {
            throw new SQLException(sql, e);
        }
    }

    private Sample number(int depth) {
        if (depth == 0 || random.nextInt(6) == 0) {
            return random.nextInt(4) == 0 ? literal(random.nextInt(7) - 3) : column(random.nextInt(2));
        }
        RelDataType type = type(SqlTypeName.INTEGER);
        return switch (random.nextInt(8)) {
            case 0 -> infix(type, standard("+"), number(depth - 1), number(depth - 1));
            case 1 -> infix(type, standard("-"), number(depth - 1), number(depth - 1));
            case 2 -> infix(type, standard("*"), number(depth - 1), number(depth - 1));
            case 3 -> infix(type, operator("#", 23, 23), number(depth - 1), number(depth - 1));
            case 4 -> infix(type, operator("<<", 23, 23), number(depth - 1), number(depth - 1));
            case 5 -> prefix(type, operator("~", 0, 23), "~ ", number(depth - 1));
            case 6 -> prefix(type, SqlStdOperatorTable.UNARY_MINUS, "-", number(depth - 1));
            default -> cases(type, truth(depth - 1), number(depth - 1), number(depth - 1));
        };
    }

    private Sample text(int depth) {
        if (depth == 0 || random.nextInt(6) == 0) {
            return column(3 + random.nextInt(2));
        }
        RelDataType type = type(SqlTypeName.VARCHAR);
        return switch (random.nextInt(4)) {
            case 0, 1 -> infix(type, operator("||", 25, 25), text(depth - 1), text(depth - 1));
            case 2 -> {
                Sample value = text(depth - 1);
                yield new Sample(rex.makeCall(type, PgSyntax.of(Construct.COLLATE, "\"C\""), List.of(value.node)),
                        "((" + value.text + ") COLLATE \"C\")");
            }
            default -> {
                Sample value = number(depth - 1);
                yield new Sample(rex.makeAbstractCast(type, value.node, false), "((" + value.text + ")::text)");
            }
        };
    }

    private Sample truth(int depth) {
        if (depth == 0 || random.nextInt(8) == 0) {
            return infix(type(SqlTypeName.BOOLEAN), SqlStdOperatorTable.EQUALS, column(0), column(1));
        }
        RelDataType type = type(SqlTypeName.BOOLEAN);
        return switch (random.nextInt(12)) {
            case 0 -> infix(type, SqlStdOperatorTable.AND, truth(depth - 1), truth(depth - 1));
            case 1 -> infix(type, SqlStdOperatorTable.OR, truth(depth - 1), truth(depth - 1));
            case 2 -> prefix(type, SqlStdOperatorTable.NOT, "NOT ", truth(depth - 1));
            case 3 -> infix(type, SqlStdOperatorTable.LESS_THAN, number(depth - 1), number(depth - 1));
            case 4 -> infix(type, SqlStdOperatorTable.EQUALS, truth(depth - 1), truth(depth - 1));
            case 5 -> infix(type, SqlStdOperatorTable.IS_DISTINCT_FROM, truth(depth - 1), truth(depth - 1));
            case 6 -> postfix(type, SqlStdOperatorTable.IS_NOT_TRUE, truth(depth - 1));
            case 7 -> postfix(type, SqlStdOperatorTable.IS_NULL, number(depth - 1));
            case 8 -> infix(type, operator("~~", 25, 25), text(depth - 1), text(depth - 1));
            case 9 -> infix(type, operator("~", 25, 25), text(depth - 1), text(depth - 1));
            case 10 -> {
                Sample value = number(depth - 1);
                Sample first = number(depth - 1);
                Sample second = number(depth - 1);
                yield new Sample(rex.makeCall(type, PgSyntax.of(Construct.IN_LIST), List.of(value.node, first.node, second.node)),
                        "((" + value.text + ") IN ((" + first.text + "), (" + second.text + ")))");
            }
            default -> cases(type, truth(depth - 1), truth(depth - 1), truth(depth - 1));
        };
    }

    private Sample cases(RelDataType type, Sample when, Sample then, Sample otherwise) {
        return new Sample(rex.makeCall(type, SqlStdOperatorTable.CASE, List.of(when.node, then.node, otherwise.node)),
                "(CASE WHEN (" + when.text + ") THEN (" + then.text + ") ELSE (" + otherwise.text + ") END)");
    }

    private Sample infix(RelDataType type, SqlOperator operator, Sample left, Sample right) {
        return new Sample(rex.makeCall(type, operator, List.of(left.node, right.node)),
                "((" + left.text + ") " + operator.getName() + " (" + right.text + "))");
    }

    private Sample prefix(RelDataType type, SqlOperator operator, String word, Sample operand) {
        return new Sample(rex.makeCall(type, operator, List.of(operand.node)), "(" + word + "(" + operand.text + "))");
    }

    private Sample postfix(RelDataType type, SqlOperator operator, Sample operand) {
        return new Sample(rex.makeCall(type, operator, List.of(operand.node)),
                "((" + operand.text + ") " + operator.getName() + ")");
    }

    private Sample literal(int value) {
        return new Sample(rex.makeExactLiteral(BigDecimal.valueOf(value), type(SqlTypeName.INTEGER)), "(" + value + ")");
    }

    private Sample column(int index) {
        return new Sample(rex.makeInputRef(orders, index), orders.getRowType().getFieldNames().get(index));
    }

    private static PgOperator operator(String symbol, int left, int right) {
        return new PgOperator(new OperatorInfo(0, "pg_catalog", symbol, left, right, 0, 0));
    }

    private static SqlOperator standard(String symbol) {
        return switch (symbol) {
            case "+" -> SqlStdOperatorTable.PLUS;
            case "-" -> SqlStdOperatorTable.MINUS;
            default -> SqlStdOperatorTable.MULTIPLY;
        };
    }

    private RelDataType type(SqlTypeName name) {
        return b.getTypeFactory().createTypeWithNullability(b.getTypeFactory().createSqlType(name), true);
    }
}
