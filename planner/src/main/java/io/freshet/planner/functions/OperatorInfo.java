package io.freshet.planner.functions;

import java.util.List;

/**
 * A row of PostgreSQL's {@code pg_operator}.
 *
 * @param left 0 for a prefix operator
 * @param function the oid of the function behind it
 */
public record OperatorInfo(int oid, String schema, String symbol, int left, int right, int result, int function) {

    public boolean isPrefix() {
        return left == 0;
    }

    public boolean isBuiltIn() {
        return schema.equals(ServerObjects.SYSTEM_SCHEMA);
    }

    List<Integer> argumentTypes() {
        return isPrefix() ? List.of(right) : List.of(left, right);
    }
}
