package io.freshet.planner.print;

import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;

/** Writes queries inside expressions. */
final class Subqueries {
    private final Scalars scalars;
    private final PlanReader plans;

    Subqueries(Scalars scalars, PlanReader plans) {
        this.scalars = scalars;
        this.plans = plans;
    }

    Expr of(RexSubQuery query, Row row) {
        return switch (query.getKind()) {
            case EXISTS -> exists(plans.block(query.rel, row.scope()));
            case SCALAR_QUERY -> new Expr.Builder().query(statement(query, row)).build(Precedence.ATOM);
            case ARRAY_QUERY_CONSTRUCTOR -> new Expr.Builder().text("ARRAY").query(statement(query, row)).build(Precedence.ATOM);
            case IN -> in(query, row, " IN ");
            case SOME -> quantified(query, row, ((SqlQuantifyOperator) query.op).comparisonKind.sql + " ANY ");
            case ALL -> quantified(query, row, ((SqlQuantifyOperator) query.op).comparisonKind.sql + " ALL ");
            default -> throw Unprintable.because("the subquery " + query.getKind());
        };
    }

    /** NOT of a query where that is written inside of it. */
    Optional<Expr> negated(RexNode node, Row row) {
        if (!(node instanceof RexSubQuery query)) {
            return Optional.empty();
        }
        if (query.getKind() == SqlKind.IN) {
            return Optional.of(in(query, row, " NOT IN "));
        }
        if (query.getKind() == SqlKind.SOME) {
            SqlKind opposite = ((SqlQuantifyOperator) query.op).comparisonKind.negateNullSafe();
            return Optional.of(quantified(query, row, opposite.sql + " ALL "));
        }
        return query.getKind() == SqlKind.EXISTS ? Optional.of(not(of(query, row))) : Optional.empty();
    }

    static Expr not(Expr condition) {
        return new Expr.Builder().text("NOT ").add(condition).build(Precedence.NOT);
    }

    /** {@code EXISTS (SELECT 1 ..)}. */
    static Expr exists(Block block) {
        boolean fieldsMatter = block.grouping().isPresent() || block.isSetReturning();
        Block query = fieldsMatter
                ? block
                : block.withFields(List.of(Expr.atom("1"))).withOrder(block.isCut() ? block.order() : List.of());
        return new Expr.Builder().text("EXISTS ").query(query.toStatement()).build(Precedence.ATOM);
    }

    private Expr in(RexSubQuery query, Row row, String word) {
        return new Expr.Builder().add(left(query, row)).text(word).query(statement(query, row)).build(Precedence.MATCH);
    }

    /** {@code (a, b) IN (query)}. */
    static Expr in(List<Expr> sought, Statement query) {
        return new Expr.Builder().add(tuple(sought)).text(" IN ").query(query).build(Precedence.MATCH);
    }

    static Expr tuple(List<Expr> values) {
        return values.size() == 1
                ? values.getFirst().atLeast(Precedence.OPERATOR)
                : new Expr.Builder().text("(").list(values).text(")").build(Precedence.ATOM);
    }

    private Expr quantified(RexSubQuery query, Row row, String word) {
        return new Expr.Builder().add(left(query, row)).text(" " + word).query(statement(query, row))
                .build(Precedence.COMPARISON);
    }

    private Expr left(RexSubQuery query, Row row) {
        boolean text = TextLiterals.isText(query.rel.getRowType().getFieldList().getFirst().getType());
        List<Expr> operands = text ? scalars.bare(query.getOperands(), row) : scalars.of(query.getOperands(), row);
        return tuple(operands);
    }

    private Statement statement(RexSubQuery query, Row row) {
        return plans.block(query.rel, row.scope()).toStatement();
    }
}
