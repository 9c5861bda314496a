package io.freshet.planner.print;

import io.freshet.parser.depth.DeepStack;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.calcite.rel.RelNode;

/**
 * Writes a plan as the SELECT a person would have written: joins, filters and columns in one flat block, subqueries only where SQL needs
 * them, no CTE. Lines end with a line feed, the last one with nothing; no literal or name contains a line break, so the text may be
 * indented. Immutable and safe for concurrent use.
 */
public final class SqlPrinter {
    private final PrintOptions options;

    private SqlPrinter(PrintOptions options) {
        this.options = options;
    }

    /** Prints every table scan as its table. */
    public static SqlPrinter plain() {
        return new SqlPrinter(PrintOptions.PLAIN);
    }

    /** Prints leaves as {@code scans} says. */
    public static SqlPrinter with(ScanRenderer scans) {
        PrintOptions plain = PrintOptions.PLAIN;
        return new SqlPrinter(new PrintOptions(scans, plain.comments(), plain.aliases(), plain.parameters()));
    }

    /** With lines above the SELECT that each operator becomes part of, without the dashes. */
    public SqlPrinter withComments(Function<RelNode, Optional<String>> comments) {
        return new SqlPrinter(new PrintOptions(options.scans(), comments, options.aliases(), options.parameters()));
    }

    /** With aliases for leaves; a number is added to one that is taken. */
    public SqlPrinter withAliases(Function<RelNode, Optional<String>> aliases) {
        return new SqlPrinter(new PrintOptions(options.scans(), options.comments(), aliases, options.parameters()));
    }

    /** With the texts of dynamic parameters by their number from 0; else they are {@code $1}, {@code $2}, .. */
    public SqlPrinter withParameters(IntFunction<String> parameters) {
        return new SqlPrinter(new PrintOptions(options.scans(), options.comments(), options.aliases(), parameters));
    }

    /** The plan with its columns called as its row type says. */
    public String print(RelNode plan) {
        return print(plan, plan.getRowType().getFieldNames());
    }

    /**
     * The plan with its columns called {@code names}; a name may come twice.
     *
     * @throws io.freshet.errors.FreshetException INTERNAL for an operator or expression that has no text in SQL
     */
    public String print(RelNode plan, List<String> names) {
        return DeepStack.call(() -> {
            Statement statement = new PlanReader(options).block(plan, Scope.EMPTY).toStatement();
            return Layout.text(statement, names.stream().map(Names::fitting).toList());
        });
    }
}
