package io.freshet.planner.print;

import io.freshet.planner.functions.FunctionInfo;
import io.freshet.planner.functions.PgFunction;
import io.freshet.planner.functions.PgSyntax;
import io.freshet.planner.functions.PgSyntax.Construct;
import io.freshet.planner.print.FromItem.AliasWish;
import io.freshet.planner.print.FromItem.Ordinality;
import io.freshet.planner.print.FromItem.Source;
import io.freshet.planner.print.FromTree.Joined;
import io.freshet.planner.print.FromTree.Kind;
import io.freshet.planner.print.FromTree.Leaf;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Collect;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;

/** Reads functions in FROM. */
final class TableFunctionReader {
    private final PlanReader plans;
    private final Scalars scalars;

    TableFunctionReader(PlanReader plans, Scalars scalars) {
        this.plans = plans;
        this.scalars = scalars;
    }

    Block scan(TableFunctionScan scan, Scope scope) {
        if (!scan.getInputs().isEmpty()) {
            throw Unprintable.because("a function that reads a table");
        }
        RexNode call = scan.getCall();
        boolean numbered = PgSyntax.of(call).filter(syntax -> syntax.construct() == Construct.WITH_ORDINALITY).isPresent();
        RexNode function = numbered ? ((RexCall) call).getOperands().getFirst() : call;
        Expr text = scalars.of(function, new Row(List.of(), scope));
        String stem = PgFunction.called(function).map(FunctionInfo::name).orElse("f");
        return Block.of(item(text, numbered ? Ordinality.WITH_ORDINALITY : Ordinality.NONE, scan, stem));
    }

    /** {@code unnest(array, ..)} of the columns of its only input row, or of each. */
    Block unnest(Uncollect unnest, Scope scope) {
        Block input = plans.block(unnest.getInput(), scope);
        if (!input.isRowByRow()) {
            input = plans.derived(input, unnest.getInput());
        }
        Ordinality ordinality = unnest.withOrdinality ? Ordinality.WITH_ORDINALITY : Ordinality.NONE;
        FromItem item = item(Scalars.function("unnest", input.fields()), ordinality, unnest, "unnest");
        FromTree leaf = new Leaf(item);
        FromTree tree = input.from().<FromTree>map(from -> new Joined(from, Kind.INNER, leaf, List.of())).orElse(leaf);
        return Block.of(tree, item.fields()).withWhere(input.where());
    }

    /** All rows as one array. */
    Block collect(Collect collect, Scope scope) {
        Statement rows = plans.block(collect.getInput(), scope).toStatement();
        return Block.values(List.of(new Expr.Builder().text("ARRAY").query(rows).build(Precedence.ATOM)));
    }

    private static FromItem item(Expr call, Ordinality ordinality, RelNode rel, String stem) {
        return new FromItem(new Source.Function(call, ordinality), Names.unique(rel.getRowType().getFieldNames()),
                AliasWish.from(stem));
    }
}
