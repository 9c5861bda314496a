package io.freshet.parser.ast;

/** {@code a op ANY (array)} and {@code a op ALL (array)}; with a query as second operand where Calcite has no quantified operator. */
public final class PgQuantifiedOperator extends PgSpecialOperator {
    private final OperatorName operatorName;
    private final Quantifier quantifier;

    /** ANY (SOME is the same) or ALL. */
    public enum Quantifier {
        ANY,
        ALL
    }

    PgQuantifiedOperator(OperatorName operatorName, Quantifier quantifier) {
        super(operatorName + " " + quantifier);
        this.operatorName = operatorName;
        this.quantifier = quantifier;
    }

    public OperatorName operatorName() {
        return operatorName;
    }

    public Quantifier quantifier() {
        return quantifier;
    }
}
