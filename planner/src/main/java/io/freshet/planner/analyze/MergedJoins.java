package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.analyze.Binder.Scope;
import io.freshet.planner.analyze.ColumnNames.Visible;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;

/**
 * Takes USING and NATURAL apart: the join gets an ON condition, and an unqualified merged column becomes what PostgreSQL defines it to be
 * (the left column; of a RIGHT join the right one; of a FULL join the first that is not NULL). Calcite finds such a column ambiguous
 * outside the select list, and knows two sides of it only.
 */
final class MergedJoins {
    private final Environment environment;
    private final ColumnNames columns;

    MergedJoins(Environment environment, ColumnNames columns) {
        this.environment = environment;
        this.columns = columns;
    }

    /** The join without USING and NATURAL; any other as it is. */
    SqlJoin takeApart(SqlJoin join, Scope scope) {
        if (!join.isNatural() && join.getConditionType() != JoinConditionType.USING) {
            return join;
        }
        List<Visible> left = visible(join.getLeft(), join, scope);
        List<Visible> right = visible(join.getRight(), join, scope);
        List<SqlIdentifier> keys = keys(join, left, right);
        SqlParserPos pos = join.getParserPosition();
        List<SqlNode> conditions = new ArrayList<>();
        List<Visible> shown = new ArrayList<>();
        for (SqlIdentifier key : keys) {
            SqlNode leftColumn = only(left, key, "left").reference();
            SqlNode rightColumn = only(right, key, "right").reference();
            conditions.add(SqlStdOperatorTable.EQUALS.createCall(key.getParserPosition(), leftColumn, rightColumn));
            shown.add(new Visible(key.getSimple(),
                    operator(join.getJoinType()).createCall(key.getParserPosition(), leftColumn, rightColumn)));
        }
        Set<String> names = new HashSet<>(keys.stream().map(SqlIdentifier::getSimple).toList());
        left.stream().filter(v -> !names.contains(v.name())).forEach(shown::add);
        right.stream().filter(v -> !names.contains(v.name())).forEach(shown::add);
        SqlNode condition = conditions.stream().reduce((a, b) -> SqlStdOperatorTable.AND.createCall(pos, a, b))
                .orElseGet(() -> SqlLiteral.createBoolean(true, pos));
        SqlJoin apart = new SqlJoin(pos, join.getLeft(), SqlLiteral.createBoolean(false, pos), join.getJoinTypeNode(),
                join.getRight(),
                JoinConditionType.ON.symbol(pos), condition);
        columns.put(apart, shown);
        return apart;
    }

    private static SqlOperator operator(JoinType type) {
        return switch (type) {
            case RIGHT -> ClauseOperators.MERGED_RIGHT;
            case FULL -> ClauseOperators.MERGED_FULL;
            default -> ClauseOperators.MERGED_LEFT;
        };
    }

    private List<Visible> visible(SqlNode side, SqlJoin join, Scope scope) {
        return columns.visible(side, scope).orElseThrow(() -> environment.positions().locate(FreshetException.of(
                ErrorCode.UNSUPPORTED_SYNTAX, "USING or NATURAL with a function that has several columns is not supported")
                .withHint("Write the join's condition with ON."), join.getParserPosition()));
    }

    private static List<SqlIdentifier> keys(SqlJoin join, List<Visible> left, List<Visible> right) {
        if (join.getCondition() instanceof SqlNodeList using) {
            return using.stream().map(SqlIdentifier.class::cast).toList();
        }
        Set<String> rightNames = new HashSet<>(right.stream().map(Visible::name).toList());
        return left.stream().map(Visible::name).filter(rightNames::contains).distinct()
                .map(n -> new SqlIdentifier(n, join.getParserPosition())).toList();
    }

    private Visible only(List<Visible> side, SqlIdentifier key, String name) {
        List<Visible> found = side.stream().filter(v -> v.name().equals(key.getSimple())).toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        FreshetException error = found.isEmpty()
                ? FreshetException.of(ErrorCode.UNDEFINED_COLUMN,
                        "column \"" + key.getSimple() + "\" specified in USING clause does not exist in " + name + " table")
                : FreshetException.of(ErrorCode.AMBIGUOUS_NAME,
                        "common column name \"" + key.getSimple() + "\" appears more than once in " + name + " table");
        throw environment.positions().locate(error, key.getParserPosition());
    }

    /** Replaces the merged columns of a FROM clause in the other clauses; the select list's star is written out. */
    void replaceIn(SqlSelect select, Scope scope) {
        SqlNode from = select.getFrom();
        if (from == null || !columns.hasMerged(from)) {
            return;
        }
        List<Visible> shown = columns.visible(from, scope).orElseThrow();
        SqlShuttle replacement = new Replacement(merged(shown), scope);
        SqlNodeList items = new SqlNodeList(select.getSelectList().getParserPosition());
        for (SqlNode item : select.getSelectList()) {
            if (item instanceof SqlIdentifier id && id.isStar() && id.names.size() == 1) {
                shown.forEach(v -> items.add(SqlStdOperatorTable.AS.createCall(id.getParserPosition(),
                        v.reference().clone(id.getParserPosition()), new SqlIdentifier(v.name(), SqlParserPos.ZERO))));
            } else {
                items.add(item instanceof SqlIdentifier ? item : withoutAlias((SqlCall) item, replacement));
            }
        }
        select.setSelectList(items);
        if (select.getWhere() != null) {
            select.setWhere(select.getWhere().accept(replacement));
        }
        if (select.getGroup() != null) {
            select.setGroupBy((SqlNodeList) select.getGroup().accept(replacement));
        }
        if (select.getHaving() != null) {
            select.setHaving(select.getHaving().accept(replacement));
        }
        if (select.getQualify() != null) {
            select.setQualify(select.getQualify().accept(replacement));
        }
        for (int i = 0; i < select.getWindowList().size(); i++) {
            select.getWindowList().set(i, select.getWindowList().get(i).accept(replacement));
        }
    }

    private static SqlNode withoutAlias(SqlCall as, SqlShuttle replacement) {
        return SqlStdOperatorTable.AS.createCall(as.getParserPosition(), as.operand(0).accept(replacement), as.operand(1));
    }

    /** The ORDER BY of a select; a name of its output means that. */
    SqlNodeList replaceIn(SqlNodeList order, SqlNode query, Scope scope) {
        if (!(query instanceof SqlSelect select) || select.getFrom() == null || !columns.hasMerged(select.getFrom())) {
            return order;
        }
        Map<String, SqlNode> merged = merged(columns.visible(select.getFrom(), scope).orElseThrow());
        Set<String> outputs = new HashSet<>(columns.of(select, scope).orElse(List.of()));
        SqlNodeList replaced = new SqlNodeList(order.getParserPosition());
        for (SqlNode item : order) {
            SqlNode expression = AggregateOperator.Direction.expression(item);
            boolean output = expression instanceof SqlIdentifier id && id.isSimple() && outputs.contains(id.getSimple());
            replaced.add(output ? item : item.accept(new Replacement(merged, scope)));
        }
        return replaced;
    }

    private static Map<String, SqlNode> merged(List<Visible> shown) {
        Map<String, SqlNode> merged = new HashMap<>();
        shown.stream().filter(Visible::isMerged).forEach(v -> merged.put(v.name(), v.reference()));
        return merged;
    }

    /** The condition of a join above a join with merged columns. */
    SqlNode replaceIn(SqlNode condition, SqlJoin join, Scope scope) {
        Map<String, SqlNode> merged = new HashMap<>();
        for (SqlNode side : List.of(join.getLeft(), join.getRight())) {
            if (columns.hasMerged(side)) {
                merged.putAll(merged(columns.visible(side, scope).orElseThrow()));
            }
        }
        return merged.isEmpty() ? condition : condition.accept(new Replacement(merged, scope));
    }

    private final class Replacement extends SqlShuttle {
        private final Map<String, SqlNode> merged;
        private final Scope scope;

        Replacement(Map<String, SqlNode> merged, Scope scope) {
            this.merged = merged;
            this.scope = scope;
        }

        @Override
        public SqlNode visit(SqlIdentifier id) {
            SqlNode column = id.isSimple() && !id.isStar() ? merged.get(id.getSimple()) : null;
            return column == null ? id : column.clone(id.getParserPosition());
        }

        /** A query within sees the merged columns that its own relations do not hide. */
        @Override
        public SqlNode visit(SqlCall call) {
            if (!(call instanceof SqlSelect select)) {
                return super.visit(call);
            }
            Map<String, SqlNode> left = new HashMap<>(merged);
            if (select.getFrom() != null) {
                columns.visible(select.getFrom(), scope).ifPresent(own -> own.forEach(v -> left.remove(v.name())));
            }
            return left.isEmpty() ? select : withReplaced(select, new Replacement(left, scope));
        }

        private SqlSelect withReplaced(SqlSelect select, Replacement inner) {
            for (int i = 0; i < select.operandCount(); i++) {
                SqlNode operand = select.getOperandList().get(i);
                if (operand != null && i != SqlSelect.FROM_OPERAND) {
                    select.setOperand(i, operand.accept(inner));
                }
            }
            return select;
        }
    }
}
