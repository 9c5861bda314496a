package io.freshet.ivm.rules;

import io.freshet.planner.catalog.TableName;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.Pair;

/** Plans over tables r(a, b), s(a, b), t(a, b) of nullable integers. */
final class ToyPlans {
    static final List<TableName> TABLES = List.of(new TableName("public", "r"), new TableName("public", "s"),
            new TableName("public", "t"));

    private static final List<SqlBinaryOperator> COMPARISONS = List.of(SqlStdOperatorTable.EQUALS, SqlStdOperatorTable.LESS_THAN,
            SqlStdOperatorTable.NOT_EQUALS);

    private final Random random;
    private final RelDataTypeFactory types = new SqlTypeFactoryImpl(RelDataTypeSystem.DEFAULT);
    private final RexBuilder rex = new RexBuilder(types);
    private final RelOptCluster cluster = RelOptCluster.create(new HepPlanner(HepProgram.builder().build()), rex);

    ToyPlans(Random random) {
        this.random = random;
    }

    RelNode scan(TableName table) {
        RelDataType integer = types.createTypeWithNullability(types.createSqlType(SqlTypeName.BIGINT), true);
        return Scans.of(cluster, table, List.of(Pair.of("a", integer), Pair.of("b", integer)));
    }

    RelNode filter(RelNode input) {
        return LogicalFilter.create(input, condition(input.getRowType()));
    }

    RelNode project(RelNode input) {
        List<RexNode> columns = List.of(operand(input.getRowType()),
                rex.makeCall(SqlStdOperatorTable.PLUS, operand(input.getRowType()), operand(input.getRowType())));
        return LogicalProject.create(input, List.of(), columns, List.of("a", "b"), Set.of());
    }

    RelNode join(RelNode left, RelNode right) {
        RelDataType row = LogicalJoin.create(left, right, List.of(), rex.makeLiteral(true), Set.of(), JoinRelType.INNER)
                .getRowType();
        RexNode condition = random.nextInt(6) == 0 ? rex.makeLiteral(true) : condition(row);
        return LogicalJoin.create(left, right, List.of(), condition, Set.of(), JoinRelType.INNER);
    }

    RelNode unionAll(RelNode left, RelNode right) {
        return LogicalUnion.create(List.of(project(left), project(right)), true);
    }

    /** Any plan of at most {@code joins} joins and unions. */
    RelNode any(int joins) {
        if (joins == 0) {
            RelNode scan = scan(TABLES.get(random.nextInt(TABLES.size())));
            return switch (random.nextInt(3)) {
                case 0 -> filter(scan);
                case 1 -> project(scan);
                default -> scan;
            };
        }
        int left = random.nextInt(joins);
        RelNode a = any(left);
        RelNode b = any(joins - 1 - left);
        return switch (random.nextInt(4)) {
            case 0 -> unionAll(a, b);
            case 1 -> project(join(a, b));
            case 2 -> filter(join(a, b));
            default -> join(a, b);
        };
    }

    private RexNode condition(RelDataType row) {
        RexNode comparison = rex.makeCall(COMPARISONS.get(random.nextInt(COMPARISONS.size())), operand(row), operand(row));
        return switch (random.nextInt(5)) {
            case 0 -> rex.makeCall(SqlStdOperatorTable.OR, comparison,
                    rex.makeCall(SqlStdOperatorTable.IS_NULL, operand(row)));
            case 1 -> rex.makeCall(SqlStdOperatorTable.NOT, comparison);
            default -> comparison;
        };
    }

    private RexNode operand(RelDataType row) {
        List<RexNode> choices = new ArrayList<>();
        for (int i = 0; i < row.getFieldCount(); i++) {
            choices.add(rex.makeInputRef(row.getFieldList().get(i).getType(), i));
        }
        choices.add(rex.makeExactLiteral(BigDecimal.valueOf(random.nextInt(3)),
                types.createSqlType(SqlTypeName.BIGINT)));
        return choices.get(random.nextInt(choices.size()));
    }
}
