package io.freshet.planner;

/** A kind of construct whose place in a query's text errors point to. */
public enum SyntaxPart {
    SELECT_LIST,
    LEFT_JOIN,
    RIGHT_JOIN,
    FULL_JOIN,
    LATERAL,
    TABLE_FUNCTION,
    SUBQUERY_EXPRESSION,
    AGGREGATE,
    DISTINCT_AGGREGATE,
    ORDERED_AGGREGATE,
    GROUPING_SETS,
    DISTINCT,
    DISTINCT_ON,
    WINDOW_FUNCTION,
    UNION,
    INTERSECT,
    EXCEPT,
    ORDER_BY,
    LIMIT,
    RECURSION,
    SAMPLE
}
