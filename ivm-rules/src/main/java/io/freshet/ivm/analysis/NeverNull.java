package io.freshet.ivm.analysis;

import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;

/**
 * Whether a column of a linear plan can hold NULL: only what a NOT NULL or distribution column of a table, a constant, coalesce with one of these, a
 * comparison or IS NOT NULL rules out is believed,
 * not the nullability of expressions, which PostgreSQL's functions don't promise.
 */
public final class NeverNull {
    private NeverNull() {
    }

    public static boolean holds(RelNode plan, int column) {
        return switch (plan) {
            case TableScan scan -> !scan.getRowType().getFieldList().get(column).getType().isNullable()
                    || isDistributionColumn(scan, column);
            case Filter filter -> isRequired(filter.getCondition(), column) || holds(filter.getInput(), column);
            case Project project -> holds(project.getInput(), project.getProjects().get(column));
            case Join join -> {
                int left = join.getLeft().getRowType().getFieldCount();
                yield isRequired(join.getCondition(), column)
                        || (column < left ? holds(join.getLeft(), column) : holds(join.getRight(), column - left));
            }
            case Union union -> union.getInputs().stream().allMatch(input -> holds(input, column));
            default -> false;
        };
    }

    private static boolean holds(RelNode input, RexNode expression) {
        return switch (expression) {
            case RexInputRef reference -> holds(input, reference.getIndex());
            case RexLiteral literal -> !literal.isNull();
            case RexCall call when call.getKind() == SqlKind.COALESCE ->
                call.getOperands().stream().anyMatch(o -> holds(input, o));
            default -> false;
        };
    }

    /** Citus takes no row without a shard. */
    private static boolean isDistributionColumn(TableScan scan, int column) {
        Table table = scan.getTable().unwrap(Table.class);
        return table != null && table.placement() instanceof Placement.Distributed distributed
                && distributed.column().equals(scan.getRowType().getFieldNames().get(column));
    }

    /** Whether the condition is true for no row that has NULL in the column. */
    private static boolean isRequired(RexNode condition, int column) {
        return RelOptUtil.conjunctions(condition).stream().anyMatch(conjunct -> switch (conjunct.getKind()) {
            case EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL,
                    IS_NOT_NULL ->
                ((RexCall) conjunct).getOperands()
                        .stream().anyMatch(operand -> operand instanceof RexInputRef reference && reference.getIndex() == column);
            default -> false;
        });
    }
}
