package io.freshet.parser.ast;

import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlPrefixOperator;

/** A prefix operator that only PostgreSQL has, or that names its schema. */
public final class PgPrefixOperator extends SqlPrefixOperator {
    private final OperatorName operatorName;

    PgPrefixOperator(OperatorName operatorName) {
        super(operatorName.toString(), SqlKind.OTHER, 36, null, null, null);
        this.operatorName = operatorName;
    }

    public OperatorName operatorName() {
        return operatorName;
    }
}
