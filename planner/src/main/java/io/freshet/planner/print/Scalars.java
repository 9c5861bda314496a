package io.freshet.planner.print;

import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexSubQuery;

/** Turns the plan's scalar expressions into SQL's. */
final class Scalars {
    private final PrintOptions options;
    private final Literals literals;
    private final Calls calls;
    private final Windows windows;
    private final Subqueries subqueries;

    Scalars(PrintOptions options, PlanReader plans) {
        this.options = options;
        this.literals = new Literals(new PlanTypeText());
        this.calls = new Calls(this);
        this.windows = new Windows(this);
        this.subqueries = new Subqueries(this, plans);
    }

    /** The expression where its type must be clear from itself. */
    Expr of(RexNode node, Row row) {
        return bare(node, row).typed();
    }

    List<Expr> of(List<? extends RexNode> nodes, Row row) {
        return nodes.stream().map(node -> of(node, row)).toList();
    }

    List<Expr> bare(List<? extends RexNode> nodes, Row row) {
        return nodes.stream().map(node -> bare(node, row)).toList();
    }

    /** The expression where a literal may stand without its type. */
    Expr bare(RexNode node, Row row) {
        return switch (node) {
            case RexInputRef ref -> row.fields().get(ref.getIndex());
            case RexLiteral literal -> literals.of(literal);
            case RexOver over -> windows.of(over, row);
            case RexSubQuery query -> subqueries.of(query, row);
            case RexCall call -> calls.of(call, row);
            case RexFieldAccess access -> fieldAccess(access, row);
            case RexDynamicParam parameter -> Expr.atom(options.parameter(parameter.getIndex()));
            default -> throw Unprintable.because("the expression " + node);
        };
    }

    Literals literals() {
        return literals;
    }

    Windows windows() {
        return windows;
    }

    Subqueries subqueries() {
        return subqueries;
    }

    private Expr fieldAccess(RexFieldAccess access, Row row) {
        if (access.getReferenceExpr() instanceof RexCorrelVariable outer) {
            List<Expr> fields = row.scope().row(outer.id)
                    .orElseThrow(() -> Unprintable.because("a reference to the unknown outer row " + outer.id));
            return fields.get(access.getField().getIndex());
        }
        return field(of(access.getReferenceExpr(), row), access.getField().getName());
    }

    /** {@code (value).name}. */
    static Expr field(Expr value, String name) {
        return new Expr.Builder().add(value.parenthesised()).text("." + Quoting.identifier(Names.fitting(name)))
                .build(Precedence.ATOM);
    }

    /** {@code function(a, b)}. */
    static Expr function(String name, List<Expr> arguments) {
        return new Expr.Builder().text(name).arguments(arguments).build(Precedence.ATOM);
    }

}
