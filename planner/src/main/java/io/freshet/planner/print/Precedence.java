package io.freshet.planner.print;

/** How tightly an expression holds together, by the precedence table of PostgreSQL's grammar; loosest first. */
enum Precedence {
    OR,
    AND,
    NOT,
    /** IS NULL, IS DISTINCT FROM, .. */
    IS,
    /** {@code = <> < <= > >=}: not associative. */
    COMPARISON,
    /** BETWEEN, IN, LIKE, SIMILAR: not associative. */
    MATCH,
    /** Every other operator. */
    OPERATOR,
    ADDITIVE,
    MULTIPLICATIVE,
    POWER,
    AT_TIME_ZONE,
    COLLATE,
    UNARY_MINUS,
    /** CASE: a unit of its own, but nothing can be hung onto it without parentheses. */
    CASE,
    CAST,
    ATOM;

    boolean isAtLeast(Precedence other) {
        return compareTo(other) >= 0;
    }

    /** The level above this one: what a non-associative side must have. */
    Precedence tighter() {
        return this == ATOM ? ATOM : values()[ordinal() + 1];
    }

    /** Of a binary operator by its symbol. */
    static Precedence ofBinary(String symbol) {
        return switch (symbol) {
            case "=", "<>", "!=", "<", "<=", ">", ">=" -> COMPARISON;
            case "+", "-" -> ADDITIVE;
            case "*", "/", "%" -> MULTIPLICATIVE;
            case "^" -> POWER;
            default -> OPERATOR;
        };
    }
}
