package io.freshet.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** Finds constructs in a tree, in the order of the text. */
final class SyntaxFinder {
    private final SqlNode tree;

    SyntaxFinder(SqlNode tree) {
        this.tree = tree;
    }

    Optional<SqlParserPos> first(SyntaxPart part) {
        List<SqlParserPos> found = new ArrayList<>();
        tree.accept(new SqlBasicVisitor<Void>() {
            @Override
            public Void visit(SqlCall call) {
                if (is(call, part) && call.getParserPosition().getLineNum() > 0) {
                    found.add(place(call, part));
                }
                return super.visit(call);
            }
        });
        return found.stream().min((a, b) -> a.getLineNum() == b.getLineNum()
                ? Integer.compare(a.getColumnNum(), b.getColumnNum())
                : Integer.compare(a.getLineNum(), b.getLineNum()));
    }

    private static SqlParserPos place(SqlCall call, SyntaxPart part) {
        return switch (call) {
            case SqlSelect select when part == SyntaxPart.SELECT_LIST -> select.getSelectList().getParserPosition();
            case SqlSelect select when part == SyntaxPart.LIMIT && select.getFetch() != null ->
                select.getFetch().getParserPosition();
            case SqlOrderBy ordered when part == SyntaxPart.LIMIT && ordered.fetch != null -> ordered.fetch.getParserPosition();
            default -> call.getParserPosition();
        };
    }

    private static boolean is(SqlCall call, SyntaxPart part) {
        return switch (part) {
            case SELECT_LIST -> call instanceof SqlSelect;
            case LEFT_JOIN -> isJoin(call, JoinType.LEFT);
            case RIGHT_JOIN -> isJoin(call, JoinType.RIGHT);
            case FULL_JOIN -> isJoin(call, JoinType.FULL);
            case LATERAL -> call.getKind() == SqlKind.LATERAL;
            case TABLE_FUNCTION -> call.getKind() == SqlKind.COLLECTION_TABLE;
            case SUBQUERY_EXPRESSION -> isSubQuery(call);
            case AGGREGATE -> call.getOperator().isAggregator();
            case DISTINCT_AGGREGATE -> call.getOperator().isAggregator() && call.getFunctionQuantifier() != null;
            case ORDERED_AGGREGATE -> call.getKind() == SqlKind.WITHIN_GROUP;
            case GROUPING_SETS ->
                call.getKind() == SqlKind.GROUPING_SETS || call.getKind() == SqlKind.ROLLUP || call.getKind() == SqlKind.CUBE;
            case DISTINCT -> call instanceof SqlSelect select && select.getModifierNode(SqlSelectKeyword.DISTINCT) != null;
            case DISTINCT_ON -> call instanceof SqlSelect select && select.getQualify() != null;
            case WINDOW_FUNCTION -> call.getKind() == SqlKind.OVER;
            case UNION, INTERSECT, EXCEPT ->
                call.getOperator() instanceof SqlSetOperator && call.getKind().name().equals(part.name());
            case ORDER_BY -> call instanceof SqlSelect select && select.getOrderList() != null
                    || call instanceof SqlOrderBy ordered && !ordered.orderList.isEmpty();
            case LIMIT -> call instanceof SqlSelect select && (select.getFetch() != null || select.getOffset() != null)
                    || call instanceof SqlOrderBy ordered && (ordered.fetch != null || ordered.offset != null);
            case RECURSION -> call instanceof SqlWithItem item && item.recursive.booleanValue();
            case SAMPLE -> call.getKind() == SqlKind.TABLESAMPLE;
        };
    }

    private static boolean isJoin(SqlCall call, JoinType type) {
        return call instanceof SqlJoin join && join.getJoinType() == type;
    }

    private static boolean isSubQuery(SqlCall call) {
        return switch (call.getKind()) {
            case EXISTS, SCALAR_QUERY, ARRAY_QUERY_CONSTRUCTOR, SOME, ALL -> true;
            case IN, NOT_IN -> true;
            default -> false;
        };
    }
}
