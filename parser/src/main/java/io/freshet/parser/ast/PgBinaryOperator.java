package io.freshet.parser.ast;

import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlKind;

/** A binary operator that only PostgreSQL has, or that names its schema. */
public final class PgBinaryOperator extends SqlBinaryOperator {
    private final OperatorName operatorName;

    PgBinaryOperator(OperatorName operatorName) {
        super(operatorName.toString(), SqlKind.OTHER, precedence(operatorName), true, null, null, null);
        this.operatorName = operatorName;
    }

    public OperatorName operatorName() {
        return operatorName;
    }

    // Only for unparsing, on Calcite's scale: comparisons 30, LIKE 32, + 40, * 60.
    private static int precedence(OperatorName name) {
        return name.equals(OperatorName.of("^")) ? 70 : 36;
    }
}
