package io.freshet.planner.print;

import io.freshet.planner.print.FromItem.Ordinality;
import io.freshet.planner.print.FromTree.Joined;
import io.freshet.planner.print.FromTree.Kind;
import io.freshet.planner.print.FromTree.Leaf;
import java.util.List;
import java.util.Optional;

/** Writes FROM: the first table, then one join per line. */
final class FromLayout {
    private final Layout layout;
    private final ExprLayout expressions;
    private final Aliases aliases;

    FromLayout(Layout layout, ExprLayout expressions, Aliases aliases) {
        this.layout = layout;
        this.expressions = expressions;
        this.aliases = aliases;
    }

    Lines clause(Block block) {
        FromTree tree = block.from().orElseThrow();
        Lines lines = tree(tree, block.items());
        return firstComment(tree).isPresent()
                ? Lines.of("FROM").newLine(lines.indented())
                : Lines.of("FROM ").then(tree instanceof Joined ? joinsIndented(lines, tree, block.items()) : lines);
    }

    /** The lines of all joins go under the first table. */
    private Lines joinsIndented(Lines lines, FromTree tree, List<FromItem> items) {
        int head = tree(leftmost(tree), items).lines().size();
        return new Lines(lines.lines().subList(0, head))
                .newLine(new Lines(lines.lines().subList(head, lines.lines().size())).indented());
    }

    private static FromTree leftmost(FromTree tree) {
        return tree instanceof Joined joined ? leftmost(joined.left()) : tree;
    }

    private static Optional<String> firstComment(FromTree tree) {
        return switch (tree) {
            case Joined joined -> firstComment(joined.left());
            case Leaf leaf -> comment(leaf.item());
        };
    }

    private Lines tree(FromTree tree, List<FromItem> items) {
        return switch (tree) {
            case Leaf leaf -> commented(leaf.item(), item(leaf.item(), items));
            case Joined joined -> tree(joined.left(), items).newLine(join(joined, items));
        };
    }

    private Lines join(Joined joined, List<FromItem> items) {
        boolean cross = joined.on().isEmpty() && joined.kind() == Kind.INNER;
        String keyword = (cross ? "CROSS JOIN" : joined.kind().sql()) + " ";
        Lines lines = switch (joined.right()) {
            case Leaf leaf -> commented(leaf.item(), Lines.of(keyword).then(item(leaf.item(), items)));
            case Joined inner -> Lines.of(keyword).then(tree(inner, items).inParentheses());
        };
        if (cross) {
            return lines;
        }
        return joined.on().isEmpty() ? lines.then(" ON TRUE") : lines.then(expressions.conjunction(" ON", joined.on()));
    }

    private static Lines commented(FromItem item, Lines lines) {
        return comment(item).map(text -> new Lines(Layout.comment(text).toList()).newLine(lines)).orElse(lines);
    }

    private static Optional<String> comment(FromItem item) {
        return switch (item.source()) {
            case FromItem.Source.Named named -> named.relation().comment();
            case FromItem.Source.Written written -> written.relation().comment();
            case FromItem.Source.Derived ignored -> Optional.empty();
            case FromItem.Source.Function ignored -> Optional.empty();
            case FromItem.Source.Recursion ignored -> Optional.empty();
        };
    }

    private Lines item(FromItem item, List<FromItem> items) {
        String alias = Quoting.identifier(aliases.of(item));
        return switch (item.source()) {
            case FromItem.Source.Named named -> aliased(Quoting.table(named.relation().table()), item);
            case FromItem.Source.Recursion recursion -> aliased(Quoting.identifier(recursion.name()), item);
            case FromItem.Source.Written written ->
                new Lines(written.relation().sql().lines().toList()).inParentheses().then(" " + alias);
            case FromItem.Source.Derived derived -> derived(item, derived.statement(), items);
            case FromItem.Source.Function function -> {
                String ordinality = function.ordinality() == Ordinality.WITH_ORDINALITY ? " WITH ORDINALITY" : "";
                yield expressions.lines(function.call()).then(ordinality + " AS " + alias + Layout.identifiers(item.columns()));
            }
        };
    }

    private Lines aliased(String relation, FromItem item) {
        String alias = Quoting.identifier(aliases.of(item));
        return Lines.of(aliases.isBare(item) || alias.equals(relation) ? relation : relation + " " + alias);
    }

    private Lines derived(FromItem item, Statement statement, List<FromItem> items) {
        String alias = Quoting.identifier(aliases.of(item));
        Lines query = layout.statement(statement, layout.columnsOf(item)).inParentheses();
        if (Aliases.readsAny(statement, items)) {
            query = Lines.of("LATERAL ").then(query);
        }
        return statement instanceof Statement.ValuesList
                ? query.then(" AS " + alias + Layout.identifiers(item.columns()))
                : query.then(" " + alias);
    }
}
