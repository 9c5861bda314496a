package io.freshet.planner.print;

import io.freshet.planner.print.Expr.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.rex.RexWindowExclusion;

/** Writes window functions. */
final class Windows {
    /** These look at the whole partition, whatever the frame is. */
    private static final Set<String> FRAMELESS = Set.of("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile",
            "lag",
            "lead");

    private final Scalars scalars;

    Windows(Scalars scalars) {
        this.scalars = scalars;
    }

    Expr of(RexOver over, Row row) {
        String name = AggregateNames.of(over.getAggOperator());
        Expr.Builder builder = new Expr.Builder().text(name + "(").text(over.isDistinct() ? "DISTINCT " : "");
        boolean star = over.getOperands().isEmpty() && name.equals("count");
        builder.text(star ? "*" : "").list(scalars.of(over.getOperands(), row)).text(") OVER (");
        RexWindow window = over.getWindow();
        List<Expr> clauses = new ArrayList<>();
        if (!window.partitionKeys.isEmpty()) {
            clauses.add(
                    new Expr.Builder().text("PARTITION BY ").list(scalars.of(window.partitionKeys, row)).build(Precedence.ATOM));
        }
        if (!window.orderKeys.isEmpty()) {
            clauses.add(
                    new Expr.Builder().text("ORDER BY ").list(window.orderKeys.stream().map(key -> orderKey(key, row)).toList())
                            .build(Precedence.ATOM));
        }
        if (!FRAMELESS.contains(name) && !isDefaultFrame(window)) {
            clauses.add(frame(window, row));
        }
        return builder.list(clauses, " ").text(")").trait(Trait.WINDOW).build(Precedence.ATOM);
    }

    private Expr orderKey(RexFieldCollation key, Row row) {
        return new Expr.Builder().add(scalars.of(key.left, row))
                .text(Directions.of(key.getDirection(), key.getNullDirection()).sql())
                .build(Precedence.ATOM);
    }

    /** RANGE from the beginning to the current row's peers: without ORDER BY, all rows are peers. */
    private static boolean isDefaultFrame(RexWindow window) {
        if (window.isRows() || window.getExclude() != RexWindowExclusion.EXCLUDE_NO_OTHER) {
            return false;
        }
        RexWindowBound upper = window.getUpperBound();
        boolean toTheEnd = upper.isUnbounded() && upper.isFollowing();
        return window.getLowerBound().isUnbounded() && window.getLowerBound().isPreceding()
                && (upper.isCurrentRow() || (toTheEnd && window.orderKeys.isEmpty()));
    }

    private Expr frame(RexWindow window, Row row) {
        Expr.Builder builder = new Expr.Builder().text(window.isRows() ? "ROWS BETWEEN " : "RANGE BETWEEN ")
                .add(bound(window.getLowerBound(), row))
                .text(" AND ").add(bound(window.getUpperBound(), row));
        return builder.text(switch (window.getExclude()) {
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
