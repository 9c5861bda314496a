package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalIntersect;
import org.apache.calcite.rel.logical.LogicalMinus;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.validate.SqlValidatorNamespace;

/** UNION, INTERSECT, EXCEPT: every branch is cast to the columns' common types. */
final class SetOperations {
    private final Environment environment;
    private final PgValidator validator;
    private final Rex rex;

    SetOperations(Environment environment, PgValidator validator) {
        this.environment = environment;
        this.validator = validator;
        this.rex = environment.rex();
    }

    RelNode convert(SqlCall call, RelNode left, RelNode right) {
        String name = call.getOperator().getName().split(" ")[0];
        if (left.getRowType().getFieldCount() != right.getRowType().getFieldCount()) {
            throw environment.positions().locate(FreshetException.of(ErrorCode.INVALID_QUERY,
                    "each " + name + " query must have the same number of columns"), call.getParserPosition());
        }
        List<PgType> types = commonTypes(call, name, left, right);
        List<RelNode> branches = List.of(as(left, types), as(right, types));
        boolean all = ((SqlSetOperator) call.getOperator()).isAll();
        return switch (call.getKind()) {
            case INTERSECT -> LogicalIntersect.create(branches, all);
            case EXCEPT -> LogicalMinus.create(branches, all);
            default -> union(call, branches);
        };
    }

    private RelNode union(SqlCall call, List<RelNode> branches) {
        boolean all = ((SqlSetOperator) call.getOperator()).isAll();
        SqlValidatorNamespace namespace = validator.getNamespace(call);
        if (namespace != null && namespace.getEnclosingNode() instanceof SqlWithItem item
                && RelOptUtil.findTable(branches.get(1), item.name.getSimple()) != null) {
            return PlainRelBuilder.FACTORY.create(branches.getFirst().getCluster(), null).push(branches.get(0))
                    .push(branches.get(1))
                    .repeatUnion(item.name.getSimple(), all).build();
        }
        return LogicalUnion.create(branches, all);
    }

    private List<PgType> commonTypes(SqlCall call, String name, RelNode left, RelNode right) {
        List<PgType> types = new ArrayList<>();
        for (int i = 0; i < left.getRowType().getFieldCount(); i++) {
            PgType a = type(left, i);
            PgType b = type(right, i);
            try {
                types.add(environment.commonTypes().select(List.of(a, b), name));
            } catch (FreshetException e) {
                throw environment.positions().locate(e, call.operand(1).getParserPosition());
            }
        }
        return types;
    }

    private static PgType type(RelNode branch, int column) {
        return PgTypes.of(branch.getRowType().getFieldList().get(column).getType());
    }

    private RelNode as(RelNode branch, List<PgType> types) {
        List<RexNode> columns = new ArrayList<>();
        boolean changed = false;
        List<RelDataTypeField> fields = branch.getRowType().getFieldList();
        for (int i = 0; i < types.size(); i++) {
            RexNode column = branch instanceof Project project ? project.getProjects().get(i) : rex.makeInputRef(branch, i);
            RexNode cast = rex.as(column, types.get(i));
            changed |= cast != column;
            columns.add(cast);
        }
        if (!changed) {
            return branch;
        }
        RelNode input = branch instanceof Project project ? project.getInput() : branch;
        List<String> names = fields.stream().map(RelDataTypeField::getName).toList();
        return LogicalProject.create(input, List.of(), columns, names,
                branch instanceof Project project ? project.getVariablesSet() : Set.of());
    }
}
