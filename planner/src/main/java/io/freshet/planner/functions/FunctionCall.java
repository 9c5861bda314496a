package io.freshet.planner.functions;

import io.freshet.planner.types.PgType;
import java.util.List;

/**
 * A call resolved to an overload.
 *
 * @param argumentTypes what each written argument is taken for, pseudo-types replaced; an untyped literal gets this type
 * @param declaredTypes the same with the pseudo-types as declared
 * @param result nullable
 */
public record FunctionCall(FunctionInfo function, List<Integer> argumentTypes, List<Integer> declaredTypes, PgType result) {
}
