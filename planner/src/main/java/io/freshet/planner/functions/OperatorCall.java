package io.freshet.planner.functions;

import io.freshet.planner.types.PgType;
import java.util.List;

/**
 * An operator resolved to an overload.
 *
 * @param argumentTypes what each operand is taken for, pseudo-types replaced; an untyped literal gets this type
 * @param result nullable
 */
public record OperatorCall(OperatorInfo operator, List<Integer> argumentTypes, PgType result) {
}
