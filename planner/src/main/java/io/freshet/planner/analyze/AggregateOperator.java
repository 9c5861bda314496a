package io.freshet.planner.analyze;

import io.freshet.planner.functions.FunctionInfo;
import java.util.List;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.util.Optionality;

/** A name in the tree that aggregates or window functions have. Which of them is meant is known when the arguments' types are. */
final class AggregateOperator extends SqlAggFunction {
    private final SqlIdentifier name;
    private final List<FunctionInfo> overloads;
    private final List<Direction> withinGroup;

    /** @param withinGroup the order, without its expressions, of WITHIN GROUP; the expressions are the last operands of the call */
    AggregateOperator(SqlIdentifier name, List<FunctionInfo> overloads, List<Direction> withinGroup) {
        super(name.toString(), null, SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION, false,
                false,
                Optionality.OPTIONAL);
        this.name = name;
        this.overloads = List.copyOf(overloads);
        this.withinGroup = List.copyOf(withinGroup);
    }

    /** How one expression orders. */
    record Direction(RelFieldCollation.Direction direction, RelFieldCollation.NullDirection nulls) {
        static Direction of(SqlNode order) {
            RelFieldCollation.Direction direction = RelFieldCollation.Direction.ASCENDING;
            RelFieldCollation.NullDirection nulls = RelFieldCollation.NullDirection.UNSPECIFIED;
            for (SqlNode node = order; isDirection(node); node = ((SqlCall) node).operand(0)) {
                switch (node.getKind()) {
                    case DESCENDING -> direction = RelFieldCollation.Direction.DESCENDING;
                    case NULLS_FIRST -> nulls = RelFieldCollation.NullDirection.FIRST;
                    default -> nulls = RelFieldCollation.NullDirection.LAST;
                }
            }
            return new Direction(direction,
                    nulls == RelFieldCollation.NullDirection.UNSPECIFIED ? direction.defaultNullDirection() : nulls);
        }

        static SqlNode expression(SqlNode order) {
            return isDirection(order) ? expression(((SqlCall) order).operand(0)) : order;
        }

        private static boolean isDirection(SqlNode node) {
            return node.getKind() == SqlKind.DESCENDING || node.getKind() == SqlKind.NULLS_FIRST
                    || node.getKind() == SqlKind.NULLS_LAST;
        }
    }

    List<Direction> withinGroup() {
        return withinGroup;
    }

    SqlIdentifier functionName() {
        return name;
    }

    List<FunctionInfo> overloads() {
        return overloads;
    }
}
