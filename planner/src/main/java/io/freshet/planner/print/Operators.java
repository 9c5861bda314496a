package io.freshet.planner.print;

/** Writes operators between their operands, with the parentheses that their precedence asks for. */
final class Operators {
    private Operators() {
    }

    /** An operator by its symbol. */
    static Expr binary(String symbol, Expr left, Expr right) {
        return infix(left, symbol, right, Precedence.ofBinary(symbol));
    }

    /** Comparisons and matches take nothing looser than an operator on either side; the others associate to the left. */
    static Expr infix(Expr left, String word, Expr right, Precedence level) {
        boolean associative = level.isAtLeast(Precedence.OPERATOR);
        return new Expr.Builder().add(left.atLeast(associative ? level : Precedence.OPERATOR)).text(" " + word + " ")
                .add(right.atLeast(associative ? level.tighter() : Precedence.OPERATOR)).build(level);
    }

    /** {@code operand IS NULL}. */
    static Expr postfix(Expr operand, String word) {
        return new Expr.Builder().add(operand.atLeast(Precedence.OPERATOR)).text(" " + word).build(Precedence.IS);
    }
}
