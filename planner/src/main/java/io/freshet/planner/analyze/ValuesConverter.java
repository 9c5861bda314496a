package io.freshet.planner.analyze;

import com.google.common.collect.ImmutableList;
import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;

/** VALUES: a relation of literals where all are, else the union of its rows. */
final class ValuesConverter {
    private final Environment environment;
    private final RelOptCluster cluster;
    private final Rex rex;

    ValuesConverter(Environment environment, RelOptCluster cluster) {
        this.environment = environment;
        this.cluster = cluster;
        this.rex = environment.rex();
    }

    RelNode convert(SqlCall values, Function<SqlNode, RexNode> expression, List<String> names) {
        List<List<RexNode>> rows = new ArrayList<>();
        for (SqlNode row : values.getOperandList()) {
            rows.add(((SqlCall) row).getOperandList().stream().map(expression).toList());
        }
        List<PgType> types = new ArrayList<>();
        for (int i = 0; i < rows.getFirst().size(); i++) {
            types.add(commonType(values, rows, i));
        }
        List<List<RexNode>> typed = rows.stream().map(r -> typed(r, types)).toList();
        return typed.stream().flatMap(List::stream).allMatch(RexLiteral.class::isInstance)
                ? literals(typed, names)
                : union(typed, names);
    }

    private PgType commonType(SqlCall values, List<List<RexNode>> rows, int column) {
        if (rows.stream().anyMatch(r -> r.size() != rows.getFirst().size())) {
            throw environment.positions().locate(
                    FreshetException.of(ErrorCode.INVALID_QUERY, "VALUES lists must all be the same length"),
                    values.getParserPosition());
        }
        return environment.commonTypes().select(rows.stream().map(r -> PgTypes.of(r.get(column).getType())).toList(), "VALUES");
    }

    private List<RexNode> typed(List<RexNode> row, List<PgType> types) {
        List<RexNode> typed = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            typed.add(PgTypes.of(row.get(i).getType()).oid() == types.get(i).oid() ? row.get(i) : as(row.get(i), types.get(i)));
        }
        return typed;
    }

    /** A number among numbers of a wider type is a literal of that type. */
    private RexNode as(RexNode node, PgType type) {
        boolean widened = node instanceof RexLiteral literal && !literal.isNull() && PgTypes.isExactNumber(type)
                && PgTypes.isExactNumber(node.getType());
        return widened
                ? rex.makeExactLiteral(((RexLiteral) node).getValueAs(BigDecimal.class), type)
                : rex.as(node, type);
    }

    private RelNode literals(List<List<RexNode>> rows, List<String> names) {
        ImmutableList.Builder<ImmutableList<RexLiteral>> tuples = ImmutableList.builder();
        rows.forEach(r -> tuples.add(r.stream().map(RexLiteral.class::cast).collect(ImmutableList.toImmutableList())));
        return LogicalValues.create(cluster, rowType(rows, names), tuples.build());
    }

    private RelNode union(List<List<RexNode>> rows, List<String> names) {
        RelNode oneRow = LogicalValues.createOneRow(cluster);
        List<RelNode> branches = rows.stream()
                .map(r -> (RelNode) LogicalProject.create(oneRow, List.of(), r, names, Set.of())).toList();
        return branches.size() == 1 ? branches.getFirst() : LogicalUnion.create(branches, true);
    }

    private RelDataType rowType(List<List<RexNode>> rows, List<String> names) {
        List<RelDataType> types = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int column = i;
            RelDataType first = rows.getFirst().get(i).getType();
            types.add(rex.types().createTypeWithNullability(first,
                    rows.stream().anyMatch(r -> r.get(column).getType().isNullable())));
        }
        return rex.types().createStructType(types, names);
    }
}
