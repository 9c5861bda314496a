package io.freshet.planner.print;

import io.freshet.planner.print.Expr.Trait;
import io.freshet.planner.print.FromItem.AliasWish;
import io.freshet.planner.print.FromItem.Source;
import io.freshet.planner.print.Statement.Operator;
import io.freshet.planner.print.Statement.Recursive;
import io.freshet.planner.print.Statement.SetOperation;
import io.freshet.planner.print.Statement.Tail;
import io.freshet.planner.print.Statement.ValuesList;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.util.Util;

/** Reads rows of constants and set operations. */
final class SetReader {
    private final PlanReader plans;
    private final Scalars scalars;

    SetReader(PlanReader plans, Scalars scalars) {
        this.plans = plans;
        this.scalars = scalars;
    }

    /** One row is a SELECT without FROM, none is one that is never true. */
    Block values(Values values) {
        List<RelDataType> types = types(values);
        if (values.tuples.isEmpty()) {
            return Block.values(types.stream().map(scalars.literals()::nullOf).toList())
                    .withWhere(List.of(Expr.atom("FALSE").with(Trait.CONSTANT)));
        }
        List<List<Expr>> rows = new ArrayList<>();
        for (List<RexLiteral> tuple : values.tuples) {
            List<Expr> row = tuple.stream().map(scalars.literals()::of).toList();
            rows.add(rows.isEmpty() && values.tuples.size() > 1 ? typed(row, types) : row);
        }
        if (rows.size() == 1) {
            return Block.values(rows.getFirst());
        }
        return statement(new ValuesList(rows), values, "v");
    }

    Block setOperation(SetOp operation, Scope scope) {
        Operator operator = operator(operation);
        List<Statement> branches = new ArrayList<>();
        for (RelNode input : operation.getInputs()) {
            Statement branch = branch(input, operation, scope);
            if (branch instanceof SetOperation inner && canJoin(inner, operator, branches.isEmpty())) {
                branches.addAll(inner.branches());
            } else {
                branches.add(branch);
            }
        }
        return statement(new SetOperation(operator, branches), operation, "u");
    }

    /** The iteration reads the table that the recursion is called after. */
    Block recursion(RepeatUnion recursion, Scope scope) {
        RelOptTable table = recursion.getTransientTable();
        if (table == null || recursion.iterationLimit >= 0) {
            throw Unprintable.because("a recursion of unknown kind");
        }
        String name = Names.fitting(Util.last(table.getQualifiedName()));
        List<String> columns = Names.unique(recursion.getRowType().getFieldNames());
        Scope inner = scope.withRecursion(Util.last(table.getQualifiedName()), columns);
        FromItem self = new FromItem(new Source.Recursion(name), columns, AliasWish.from(name));
        Statement seed = branch(recursion.getSeedRel(), recursion, inner);
        Statement iteration = branch(recursion.getIterativeRel(), recursion, inner);
        Operator operator = recursion.all ? Operator.UNION_ALL : Operator.UNION;
        return statement(new Recursive(self, seed, operator, iteration), recursion, name);
    }

    private Statement branch(RelNode input, RelNode whole, Scope scope) {
        Block block = plans.block(input, scope);
        return block.withFields(typed(block.fields(), types(whole))).toStatement();
    }

    /** {@code (a UNION b) UNION c} needs no parentheses; {@code a UNION ALL (b UNION ALL c)} neither. */
    private static boolean canJoin(SetOperation inner, Operator outer, boolean isFirst) {
        return inner.operator() == outer && inner.tail().equals(Tail.NONE) && inner.comments().isEmpty()
                && (isFirst || outer == Operator.UNION_ALL || outer == Operator.UNION);
    }

    private static Operator operator(SetOp operation) {
        return switch (operation.kind) {
            case UNION -> operation.all ? Operator.UNION_ALL : Operator.UNION;
            case INTERSECT -> operation.all ? Operator.INTERSECT_ALL : Operator.INTERSECT;
            case EXCEPT -> operation.all ? Operator.EXCEPT_ALL : Operator.EXCEPT;
            default -> throw Unprintable.because("the set operator " + operation.kind);
        };
    }

    private static Block statement(Statement statement, RelNode rel, String stem) {
        return Block.of(new FromItem(new Source.Derived(statement), Names.unique(rel.getRowType().getFieldNames()),
                AliasWish.from(stem)));
    }

    /** Literals with the types that the columns have: beside others, PostgreSQL would infer them from those. */
    private List<Expr> typed(List<Expr> fields, List<RelDataType> types) {
        List<Expr> typed = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            typed.add(fields.get(i).has(Trait.UNTYPED) ? scalars.literals().cast(fields.get(i), types.get(i)) : fields.get(i));
        }
        return typed;
    }

    private static List<RelDataType> types(RelNode rel) {
        return rel.getRowType().getFieldList().stream().map(RelDataTypeField::getType).toList();
    }
}
