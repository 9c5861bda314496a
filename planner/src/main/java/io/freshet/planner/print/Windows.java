package io.freshet.planner.print;

import io.freshet.planner.print.Expr.Trait;
import io.freshet.planner.print.Statement.Direction;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.rex.RexWindowExclusion;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlKind;

/** Writes window functions. */
final class Windows {
    /** These look at the whole partition, whatever the frame is. */
    private static final Set<SqlKind> FRAMELESS = EnumSet.of(SqlKind.ROW_NUMBER, SqlKind.RANK, SqlKind.DENSE_RANK,
            SqlKind.PERCENT_RANK,
            SqlKind.CUME_DIST, SqlKind.NTILE, SqlKind.LAG, SqlKind.LEAD);

    private final Scalars scalars;

    Windows(Scalars scalars) {
        this.scalars = scalars;
    }

    Expr of(RexOver over, Row row) {
        if (over.ignoreNulls()) {
            throw Unprintable.because("IGNORE NULLS");
        }
        RexWindow window = over.getWindow();
        List<Expr> order = window.orderKeys.stream()
                .map(key -> direction(scalars.of(key.left, row), Directions.of(key.getDirection(), key.getNullDirection())))
                .toList();
        Over clauses = new Over(scalars.of(window.partitionKeys, row), order, Frame.of(window));
        return call(new Function(over.getAggOperator(), over.getOperands(), over.isDistinct()), clauses, row);
    }

    /** The functions of a window operator, whose keys are fields of its input. */
    List<Expr> of(Window operator, Row row) {
        List<Expr> calls = new ArrayList<>();
        for (Window.Group group : operator.groups) {
            List<Expr> order = group.orderKeys.getFieldCollations().stream()
                    .map(key -> direction(row.fields().get(key.getFieldIndex()).typed(),
                            Directions.of(key.getDirection(), key.nullDirection)))
                    .toList();
            List<Expr> partition = group.keys.asList().stream().map(key -> row.fields().get(key).typed()).toList();
            Over clauses = new Over(partition, order,
                    new Frame(group.isRows ? Unit.ROWS : Unit.RANGE, group.lowerBound, group.upperBound,
                            group.exclude));
            for (Window.RexWinAggCall call : group.aggCalls) {
                calls.add(
                        call(new Function((SqlAggFunction) call.getOperator(), call.getOperands(), call.distinct), clauses, row));
            }
        }
        return calls;
    }

    private record Function(SqlAggFunction operator, List<RexNode> operands, boolean isDistinct) {
    }

    private record Over(List<Expr> partition, List<Expr> order, Frame frame) {
    }

    private enum Unit {
        ROWS,
        RANGE
    }

    private record Frame(Unit unit, RexWindowBound lower, RexWindowBound upper, RexWindowExclusion exclusion) {

        static Frame of(RexWindow window) {
            return new Frame(window.isRows() ? Unit.ROWS : Unit.RANGE, window.getLowerBound(), window.getUpperBound(),
                    window.getExclude());
        }

        /** RANGE from the beginning to the current row's peers: without ORDER BY, all rows are peers. */
        boolean isDefault(boolean ordered) {
            boolean toTheEnd = upper.isUnbounded() && upper.isFollowing();
            return unit == Unit.RANGE && exclusion == RexWindowExclusion.EXCLUDE_NO_OTHER && lower.isUnbounded()
                    && lower.isPreceding()
                    && (upper.isCurrentRow() || (toTheEnd && !ordered));
        }
    }

    private Expr call(Function function, Over over, Row row) {
        String name = AggregateCalls.of(function.operator());
        Expr.Builder builder = new Expr.Builder().text(name + "(").text(function.isDistinct() ? "DISTINCT " : "");
        boolean star = function.operands().isEmpty() && function.operator().getKind() == SqlKind.COUNT;
        builder.text(star ? "*" : "").list(AggregateCalls.arguments(function.operator(), scalars.bare(function.operands(), row)))
                .text(") OVER (");
        List<Expr> clauses = new ArrayList<>();
        if (!over.partition().isEmpty()) {
            clauses.add(new Expr.Builder().text("PARTITION BY ").list(over.partition()).build(Precedence.ATOM));
        }
        if (!over.order().isEmpty()) {
            clauses.add(new Expr.Builder().text("ORDER BY ").list(over.order()).build(Precedence.ATOM));
        }
        if (!FRAMELESS.contains(function.operator().getKind()) && !over.frame().isDefault(!over.order().isEmpty())) {
            clauses.add(frame(over.frame(), row));
        }
        return builder.list(clauses, " ").text(")").trait(Trait.WINDOW).build(Precedence.ATOM);
    }

    private static Expr direction(Expr key, Direction direction) {
        return new Expr.Builder().add(key).text(direction.sql()).build(Precedence.ATOM);
    }

    private Expr frame(Frame frame, Row row) {
        Expr.Builder builder = new Expr.Builder().text(frame.unit() + " BETWEEN ").add(bound(frame.lower(), row)).text(" AND ")
                .add(bound(frame.upper(), row));
        return builder.text(switch (frame.exclusion()) {
            case EXCLUDE_NO_OTHER -> "";
            case EXCLUDE_CURRENT_ROW -> " EXCLUDE CURRENT ROW";
            case EXCLUDE_GROUP -> " EXCLUDE GROUP";
            case EXCLUDE_TIES -> " EXCLUDE TIES";
        }).build(Precedence.ATOM);
    }

    private Expr bound(RexWindowBound bound, Row row) {
        if (bound.isCurrentRow()) {
            return Expr.atom("CURRENT ROW");
        }
        String side = bound.isPreceding() ? "PRECEDING" : "FOLLOWING";
        if (bound.isUnbounded() || bound.getOffset() == null) {
            return Expr.atom("UNBOUNDED " + side);
        }
        return new Expr.Builder().add(scalars.of(bound.getOffset(), row)).text(" " + side).build(Precedence.ATOM);
    }
}
