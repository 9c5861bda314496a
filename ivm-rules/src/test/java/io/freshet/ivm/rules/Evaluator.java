package io.freshet.ivm.rules;

import io.freshet.planner.catalog.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/** What a plan means, in the shortest way: nested loops over Z-sets, three-valued logic. The oracle of the rules' tests. */
final class Evaluator {
    private final Map<TableName, ZSet> tables;
    private final long fromEpoch;

    Evaluator(Map<TableName, ZSet> tables, long fromEpoch) {
        this.tables = tables;
        this.fromEpoch = fromEpoch;
    }

    /** The rows of a plan, its columns all ordinary. */
    ZSet rows(RelNode plan) {
        ZSet result = new ZSet();
        switch (plan) {
            case TableScan scan -> tables.get(Scans.nameOf(scan)).forEach(result::add);
            case Filter filter -> rows(filter.getInput()).forEach((row, weight) -> {
                if (isTrue(value(filter.getCondition(), row))) {
                    result.add(row, weight);
                }
            });
            case Project project -> rows(project.getInput())
                    .forEach((row, weight) -> result.add(values(project.getProjects(), row), weight));
            case Union union -> union.getInputs().forEach(input -> rows(input).forEach(result::add));
            case Join join -> {
                ZSet right = rows(join.getRight());
                rows(join.getLeft()).forEach((l, lw) -> right.forEach((r, rw) -> {
                    List<@Nullable Long> row = new ArrayList<>(l);
                    row.addAll(r);
                    if (isTrue(value(join.getCondition(), row))) {
                        result.add(row, lw * rw);
                    }
                }));
            }
            default -> throw new AssertionError("not evaluated: " + plan.getRelTypeName());
        }
        return result;
    }

    /** The rows of a delta's term: the last column is the weight. */
    ZSet weighted(RelNode term) {
        ZSet result = new ZSet();
        rows(term).forEach((row, copies) -> {
            Long weight = row.getLast();
            result.add(new ArrayList<>(row.subList(0, row.size() - 1)), copies * (weight == null ? 0 : weight));
        });
        return result;
    }

    private List<@Nullable Long> values(List<RexNode> expressions, List<@Nullable Long> row) {
        List<@Nullable Long> values = new ArrayList<>();
        expressions.forEach(e -> values.add(value(e, row)));
        return values;
    }

    private @Nullable Long value(RexNode expression, List<@Nullable Long> row) {
        return switch (expression) {
            case RexInputRef reference -> row.get(reference.getIndex());
            case RexLiteral literal -> literal.isAlwaysTrue() ? Long.valueOf(1) : literal.getValueAs(Long.class);
            case RexDynamicParam fromEpochParameter -> fromEpoch;
            case RexCall call -> call(call.getKind(), values(call.getOperands(), row));
            default -> throw new AssertionError("not evaluated: " + expression);
        };
    }

    private static @Nullable Long call(SqlKind kind, List<@Nullable Long> operands) {
        if (kind == SqlKind.IS_NULL) {
            return operands.getFirst() == null ? 1L : 0L;
        }
        if (kind == SqlKind.AND || kind == SqlKind.OR) {
            long decisive = kind == SqlKind.AND ? 0 : 1;
            if (operands.contains(decisive)) {
                return decisive;
            }
            return operands.contains(null) ? null : Long.valueOf(1 - decisive);
        }
        if (operands.contains(null)) {
            return null;
        }
        long a = operands.getFirst();
        long b = operands.getLast();
        return switch (kind) {
            case NOT -> 1 - a;
            case MINUS_PREFIX -> -a;
            case PLUS -> a + b;
            case MINUS -> a - b;
            case TIMES -> a * b;
            case EQUALS -> a == b ? 1L : 0L;
            case NOT_EQUALS -> a != b ? 1L : 0L;
            case LESS_THAN -> a < b ? 1L : 0L;
            case GREATER_THAN -> a > b ? 1L : 0L;
            default -> throw new AssertionError("not evaluated: " + kind);
        };
    }

    private static boolean isTrue(@Nullable Long value) {
        return value != null && value == 1;
    }
}
