package io.freshet.parser.ast;

import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.util.Util;

/** What PostgreSQL calls an output column that has no alias. */
public final class OutputName {
    /** The name of a column that PostgreSQL finds none for. */
    public static final String UNNAMED = "?column?";

    /** How much a name is worth: a CASE or cast takes its argument's name only when that is a strong one. */
    private enum Strength {
        NONE,
        WEAK,
        STRONG
    }

    private record Found(String name, Strength strength) {
        static final Found NOTHING = new Found(UNNAMED, Strength.NONE);

        static Found strong(String name) {
            return new Found(name, Strength.STRONG);
        }

        static Found weak(String name) {
            return new Found(name, Strength.WEAK);
        }

        Found orWeak(String name) {
            return strength == Strength.STRONG ? this : weak(name);
        }
    }

    private OutputName() {
    }

    /**
     * The name of an item of a select list: its alias, or what PostgreSQL derives from the expression. Not known for a star, also one
     * that is the only column of a scalar subquery: {@link #UNNAMED}.
     */
    public static String of(SqlNode selectItem) {
        return find(selectItem).name();
    }

    private static Found find(SqlNode node) {
        return switch (node) {
            case SqlIdentifier id -> id.isStar() ? Found.NOTHING : Found.strong(Util.last(id.names));
            case SqlCase cases -> {
                SqlNode otherwise = cases.getElseOperand();
                yield (otherwise == null ? Found.NOTHING : find(otherwise)).orWeak("case");
            }
            case SqlSelect ignored -> ofQuery(node);
            case SqlOrderBy ignored -> ofQuery(node);
            case SqlWith ignored -> ofQuery(node);
            case SqlCall call -> ofCall(call);
            default -> Found.NOTHING;
        };
    }

    private static Found ofCall(SqlCall call) {
        return switch (call.getKind()) {
            case AS -> Found.strong(((SqlIdentifier) call.operand(1)).getSimple());
            case FILTER, WITHIN_GROUP, OVER -> find(call.operand(0));
            case ITEM -> find(call.operand(0));
            case EXISTS -> Found.strong("exists");
            case ROW -> Found.strong("row");
            case ARRAY_VALUE_CONSTRUCTOR, ARRAY_QUERY_CONSTRUCTOR -> Found.strong("array");
            case COALESCE -> Found.strong("coalesce");
            case NULLIF -> Found.strong("nullif");
            case GREATEST_PG -> Found.strong("greatest");
            case LEAST_PG -> Found.strong("least");
            case GROUPING -> Found.strong("grouping");
            case UNION, INTERSECT, EXCEPT, VALUES -> ofQuery(call);
            default -> ofPostgresCall(call);
        };
    }

    private static Found ofPostgresCall(SqlCall call) {
        if (call.getOperator().equals(PgOperators.CAST)) {
            return find(call.operand(0)).orWeak(PgTypeName.of(call.operand(1)).name().getLast());
        }
        if (call.getOperator().equals(PgOperators.COLLATE)) {
            return find(call.operand(0));
        }
        if (call.getOperator().equals(PgOperators.FIELD)) {
            return Found.strong(((SqlLiteral) call.operand(1)).getValueAs(String.class));
        }
        if (call.getOperator().equals(PgOperators.SUBSCRIPT) || call.getOperator().equals(PgOperators.SLICE)) {
            return find(call.operand(0));
        }
        return call.getOperator() instanceof SqlFunction function && call instanceof SqlBasicCall
                ? Found.strong(function.getName())
                : Found.NOTHING;
    }

    /** A scalar subquery is called as its only column is. */
    private static Found ofQuery(SqlNode query) {
        return switch (query) {
            case SqlSelect select -> Found.strong(of(select.getSelectList().get(0)));
            case SqlOrderBy ordered -> ofQuery(ordered.query);
            case SqlWith with -> ofQuery(with.body);
            case SqlCall call -> call.getKind() == SqlKind.VALUES ? Found.strong("column1") : ofQuery(call.operand(0));
            default -> Found.NOTHING;
        };
    }
}
