package io.freshet.planner.print;

import io.freshet.planner.print.Block.Fetch;
import io.freshet.planner.print.Block.Grouping;
import io.freshet.planner.print.Block.Ties;
import io.freshet.planner.print.Expr.Trait;
import io.freshet.planner.print.Statement.NumberKey;
import io.freshet.planner.print.Statement.OrderKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Writes a statement: one clause after the other, each on one line while it is short enough. */
final class Layout {
    private final Aliases aliases;
    private final Usage usage;
    private final ExprLayout expressions;
    private final FromLayout from;

    Layout(Statement root) {
        this.aliases = Aliases.of(root);
        this.usage = Usage.of(root);
        this.expressions = new ExprLayout(aliases, this);
        this.from = new FromLayout(this, expressions, aliases);
    }

    /** The statement with its columns called {@code names}. */
    static String text(Statement root, List<String> names) {
        return new Layout(root).statement(root, new Columns(names, Usage.all(names.size()))).text();
    }

    /**
     * The columns of a statement that are printed.
     *
     * @param wanted the ordinals of those that somebody reads
     */
    record Columns(List<String> names, BitSet wanted) {
        static Columns unnamed(int width) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < width; i++) {
                names.add("");
            }
            return new Columns(names, Usage.all(width));
        }
    }

    /** The columns of a derived table that its readers need. */
    Columns columnsOf(FromItem item) {
        return new Columns(item.columns(), usage.of(item));
    }

    Lines statement(Statement statement, Columns columns) {
        return switch (statement) {
            case Statement.Select select -> select(select.block(), columns);
            case Statement.SetOperation operation -> setOperation(operation, columns);
            case Statement.ValuesList values -> values(values);
            case Statement.Recursive recursive -> recursive(recursive, columns);
        };
    }

    private Lines select(Block block, Columns columns) {
        List<Output> outputs = columns.wanted().stream().mapToObj(i -> new Output(block.fields().get(i), columns.names().get(i)))
                .toList();
        boolean distinct = isDistinct(block, outputs);
        Lines lines = new Lines(block.comments().stream().flatMap(Layout::comment).toList());
        lines = lines.newLine(selectList(distinct ? "SELECT DISTINCT" : "SELECT", outputs));
        if (block.from().isPresent()) {
            lines = lines.newLine(from.clause(block));
        }
        if (!block.where().isEmpty()) {
            lines = lines.newLine(expressions.conjunction("WHERE", block.where()));
        }
        if (block.grouping().isPresent() && !distinct && !(isGrand(block.grouping().get()) && saysSo(block, outputs))) {
            lines = lines.newLine(new GroupByLayout(expressions).clause(block.grouping().get()));
        }
        if (!block.having().isEmpty()) {
            lines = lines.newLine(expressions.conjunction("HAVING", block.having()));
        }
        List<Lines> keys = block.order().stream().filter(key -> !key.expr().has(Trait.CONSTANT))
                .map(key -> orderKey(key, outputs))
                .toList();
        if (!keys.isEmpty()) {
            lines = lines.newLine(expressions.list("ORDER BY", keys));
        }
        return limit(lines, block.offset(), block.fetch());
    }

    private Lines limit(Lines lines, Optional<Expr> offset, Optional<Fetch> fetch) {
        Lines all = lines;
        if (fetch.isPresent() && fetch.get().ties() == Ties.CUT) {
            all = all.newLine(Lines.of("LIMIT ").then(expressions.lines(fetch.get().count())));
        }
        if (offset.isPresent()) {
            all = all.newLine(Lines.of("OFFSET ").then(expressions.lines(offset.get())));
        }
        if (fetch.isPresent() && fetch.get().ties() == Ties.WITH_TIES) {
            all = all.newLine(Lines.of("FETCH FIRST ").then(expressions.lines(fetch.get().count().atLeast(Precedence.ATOM)))
                    .then(" ROWS WITH TIES"));
        }
        return all;
    }

    /** An item of a select list. */
    record Output(Expr expr, String name) {
    }

    private Lines selectList(String keyword, List<Output> outputs) {
        return outputs.isEmpty() ? Lines.of(keyword) : expressions.list(keyword, outputs.stream().map(this::output).toList());
    }

    private Lines output(Output output) {
        Lines lines = expressions.lines(output.expr());
        if (output.name().isEmpty() || output.name().equals(naturalName(output.expr()).orElse(""))) {
            return lines;
        }
        return lines.then(" AS " + Quoting.identifier(output.name()));
    }

    /** What PostgreSQL calls a column by itself; other expressions always get an alias. */
    private static Optional<String> naturalName(Expr expr) {
        return expr.isColumn() && expr.parts().getFirst() instanceof Part.Column column
                ? Optional.of(column.item().columns().get(column.ordinal()))
                : Optional.empty();
    }

    private static boolean isGrand(Grouping grouping) {
        return grouping.isSimple() && grouping.keys().isEmpty();
    }

    /** Whether the statement says without GROUP BY that all rows are one group. */
    private static boolean saysSo(Block block, List<Output> outputs) {
        return !block.having().isEmpty() || outputs.stream().anyMatch(output -> output.expr().has(Trait.AGGREGATE));
    }

    /** A GROUP BY whose keys are just what is selected is written as people write it. */
    private static boolean isDistinct(Block block, List<Output> outputs) {
        if (block.grouping().isEmpty() || !block.grouping().get().isSimple() || !block.having().isEmpty()) {
            return false;
        }
        List<Expr> keys = block.grouping().get().keys();
        List<Expr> selected = outputs.stream().map(Output::expr).toList();
        return !keys.isEmpty() && keys.containsAll(selected) && selected.containsAll(keys)
                && block.order().stream().allMatch(key -> selected.contains(key.expr()));
    }

    /**
     * An output column's name where that is what is meant, else the expression. A lone name in ORDER BY means the output column first,
     * so a table's column of the same name is qualified.
     */
    private Lines orderKey(OrderKey key, List<Output> outputs) {
        List<Output> same = outputs.stream().filter(output -> output.expr().equals(key.expr()) && !output.name().isEmpty())
                .toList();
        if (!same.isEmpty() && outputs.stream().filter(output -> output.name().equals(same.getFirst().name())).count() == 1) {
            return Lines.of(Quoting.identifier(same.getFirst().name()) + key.direction().sql());
        }
        Optional<String> name = naturalName(key.expr());
        boolean hidden = name.isPresent() && outputs.stream().anyMatch(output -> output.name().equals(name.get()));
        Lines expr = hidden ? expressions.qualified(key.expr()) : expressions.lines(key.expr());
        return expr.then(key.direction().sql());
    }

    private Lines setOperation(Statement.SetOperation operation, Columns columns) {
        Columns branchColumns = new Columns(columns.names(), Usage.ofBranches(operation, columns.wanted()));
        Lines lines = new Lines(operation.comments().stream().flatMap(Layout::comment).toList());
        for (Statement branch : operation.branches()) {
            if (branch != operation.branches().getFirst()) {
                lines = lines.newLine(new Lines(List.of("", operation.operator().sql(), "")));
            }
            Lines text = statement(branch, branchColumns);
            lines = lines.newLine(needsParentheses(branch) ? text.inParentheses() : text);
        }
        List<NumberKey> order = operation.tail().order();
        if (!order.isEmpty()) {
            List<Integer> printed = branchColumns.wanted().stream().boxed().toList();
            lines = lines.newLine(new Lines(List.of(""))).newLine(expressions.list("ORDER BY",
                    order.stream().map(key -> Lines.of(printed.indexOf(key.ordinal()) + 1 + key.direction().sql())).toList()));
        }
        return limit(lines, operation.tail().offset(), operation.tail().fetch());
    }

    private static boolean needsParentheses(Statement branch) {
        return switch (branch) {
            case Statement.Select select -> select.block().isOrderedOrCut();
            case Statement.SetOperation ignored -> true;
            case Statement.ValuesList ignored -> false;
            case Statement.Recursive ignored -> true;
        };
    }

    private Lines values(Statement.ValuesList values) {
        return expressions.list("VALUES", values.rows().stream()
                .map(row -> expressions.lines(new Expr.Builder().text("(").list(row).text(")").build(Precedence.ATOM))).toList());
    }

    private Lines recursive(Statement.Recursive recursive, Columns columns) {
        FromItem self = recursive.self();
        String name = Quoting.identifier(((FromItem.Source.Recursion) self.source()).name());
        Columns inner = new Columns(self.columns(), Usage.all(self.columns().size()));
        Lines body = statement(recursive.seed(), inner).newLine(new Lines(List.of("", recursive.operator().sql(), "")))
                .newLine(statement(recursive.iteration(), inner));
        List<Lines> outputs = columns.wanted().stream()
                .mapToObj(i -> Lines.of(renamed(self.columns().get(i), columns.names().get(i)))).toList();
        return Lines.of("WITH RECURSIVE " + name + identifiers(self.columns()) + " AS ").then(body.inParentheses())
                .newLine(expressions.list("SELECT", outputs)).newLine("FROM " + name);
    }

    private static String renamed(String column, String name) {
        return name.isEmpty() || name.equals(column)
                ? Quoting.identifier(column)
                : Quoting.identifier(column) + " AS " + Quoting.identifier(name);
    }

    /** A column list in parentheses. */
    static String identifiers(List<String> names) {
        return "(" + String.join(", ", names.stream().map(Quoting::identifier).toList()) + ")";
    }

    /** A comment's lines. */
    static java.util.stream.Stream<String> comment(String text) {
        return text.lines().map(line -> line.isEmpty() ? "--" : "-- " + line);
    }
}
