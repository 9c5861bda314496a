package io.freshet.planner.analyze;

import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlAbstractGroupFunction;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;

/** GROUPING, which is an integer in PostgreSQL. */
final class GroupingOperator extends SqlAbstractGroupFunction {
    static final GroupingOperator INSTANCE = new GroupingOperator();

    private GroupingOperator() {
        super("GROUPING", SqlKind.GROUPING, ReturnTypes.INTEGER, null, OperandTypes.ONE_OR_MORE, SqlFunctionCategory.SYSTEM);
    }
}
