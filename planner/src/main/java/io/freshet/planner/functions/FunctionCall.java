package io.freshet.planner.functions;

import io.freshet.planner.types.PgType;
import java.util.List;

/**
 * A call resolved to an overload.
 *
 * @param argumentTypes what each written argument is taken for, pseudo-types replaced; an untyped literal gets this type
 * @param result nullable
 */
public record FunctionCall(FunctionInfo function, List<Integer> argumentTypes, PgType result) {
}
