package io.freshet.ivm.analysis;

import io.freshet.planner.types.PgType;
import java.math.BigDecimal;
import java.util.List;
import java.util.OptionalInt;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;

/**
 * How many digits every value of a column shows after the point, when its type or expression fixes that. PostgreSQL's sum shows as many
 * digits as the summand that shows most; only when all show the same number can a sum lose a summand and still look like PostgreSQL's.
 * (Display scale of {@code + - *}: PostgreSQL's numeric.c, add_var and mul_var as numeric_mul calls it.)
 */
final class NumericScale {
    private NumericScale() {
    }

    static OptionalInt ofColumn(RelNode plan, int column) {
        OptionalInt byType = ofType(plan.getRowType().getFieldList().get(column).getType());
        if (byType.isPresent()) {
            return byType;
        }
        return switch (plan) {
            case Project project -> of(project.getProjects().get(column), project.getInput());
            case Filter filter -> ofColumn(filter.getInput(), column);
            case Join join -> {
                int left = join.getLeft().getRowType().getFieldCount();
                yield column < left ? ofColumn(join.getLeft(), column) : ofColumn(join.getRight(), column - left);
            }
            case Union union -> common(union.getInputs().stream().map(input -> ofColumn(input, column)).toList());
            default -> OptionalInt.empty();
        };
    }

    private static OptionalInt of(RexNode expression, RelNode input) {
        OptionalInt byType = ofType(expression.getType());
        if (byType.isPresent()) {
            return byType;
        }
        return switch (expression) {
            case RexInputRef reference -> ofColumn(input, reference.getIndex());
            case RexLiteral literal -> ofLiteral(literal);
            case RexCall call -> ofCall(call, call.getOperands().stream().map(operand -> of(operand, input)).toList());
            default -> OptionalInt.empty();
        };
    }

    private static OptionalInt ofCall(RexCall call, List<OptionalInt> operands) {
        if (operands.isEmpty() || !operands.stream().allMatch(OptionalInt::isPresent)) {
            return OptionalInt.empty();
        }
        int first = operands.getFirst().getAsInt();
        int last = operands.getLast().getAsInt();
        return switch (call.getKind()) {
            case PLUS, MINUS -> OptionalInt.of(Math.max(first, last));
            case TIMES -> OptionalInt.of(first + last);
            case PLUS_PREFIX, MINUS_PREFIX -> operands.getFirst();
            case COALESCE -> common(operands);
            default -> OptionalInt.empty();
        };
    }

    private static OptionalInt ofLiteral(RexLiteral literal) {
        return literal.getValue() instanceof BigDecimal number
                ? OptionalInt.of(Math.max(0, number.scale()))
                : OptionalInt.empty();
    }

    private static OptionalInt ofType(RelDataType type) {
        if (!(type instanceof PgType known)) {
            return OptionalInt.empty();
        }
        return switch (known.getSqlTypeName()) {
            case SMALLINT, INTEGER, BIGINT -> OptionalInt.of(0);
            case DECIMAL -> known.modifier() >= 0 ? OptionalInt.of(Math.max(0, known.getScale())) : OptionalInt.empty();
            default -> OptionalInt.empty();
        };
    }

    private static OptionalInt common(List<OptionalInt> scales) {
        return scales.stream().distinct().count() == 1 ? scales.getFirst() : OptionalInt.empty();
    }
}
