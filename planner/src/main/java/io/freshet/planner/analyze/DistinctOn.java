package io.freshet.planner.analyze;

import io.freshet.parser.ast.PgOperators;
import java.util.function.UnaryOperator;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * {@code SELECT DISTINCT ON (k) .. ORDER BY k, o} keeps the first row of each k: {@code .. QUALIFY row_number() OVER (PARTITION BY k ORDER
 * BY k, o) = 1}, ordered as before.
 */
final class DistinctOn {
    private DistinctOn() {
    }

    static boolean isIn(SqlSelect select) {
        return select.getQualify() instanceof SqlCall call && call.getOperator().equals(PgOperators.DISTINCT_ON);
    }

    static SqlNode rewrite(@Nullable SqlOrderBy ordered, SqlSelect select, UnaryOperator<SqlNode> bindSelect,
            UnaryOperator<SqlNodeList> bindList) {
        SqlBasicCall distinct = (SqlBasicCall) select.getQualify();
        SqlParserPos pos = distinct.getParserPosition();
        SqlNodeList keys = new SqlNodeList(distinct.getOperandList(), pos);
        SqlNodeList order = ordered == null ? SqlNodeList.EMPTY : ordered.orderList;
        SqlWindow window = SqlWindow.create(null, null, copy(keys), copy(order), SqlLiteral.createBoolean(true, pos), null, null,
                null, pos);
        SqlNode rowNumber = PgOperators.function(new SqlIdentifier("row_number", pos)).createCall(pos);
        select.setQualify(SqlStdOperatorTable.EQUALS.createCall(pos, SqlStdOperatorTable.OVER.createCall(pos, rowNumber, window),
                SqlLiteral.createExactNumeric("1", pos)));
        SqlNode bound = bindSelect.apply(select);
        return ordered == null
                ? bound
                : new SqlOrderBy(ordered.getParserPosition(), bound, bindList.apply(ordered.orderList), ordered.offset,
                        ordered.fetch);
    }

    private static SqlNodeList copy(SqlNodeList list) {
        return SqlNode.clone(list);
    }
}
