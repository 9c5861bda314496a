package io.freshet.planner.print;

import io.freshet.planner.print.Expr.Trait;
import io.freshet.planner.print.FromItem.AliasWish;
import io.freshet.planner.print.Part.Column;
import io.freshet.planner.print.Statement.NumberKey;
import io.freshet.planner.print.Statement.OrderKey;
import io.freshet.planner.print.Statement.SetOperation;
import io.freshet.planner.print.Statement.Tail;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One SELECT while operators are added to it. Clauses take effect in SQL's order (FROM, WHERE, GROUP BY, HAVING, select list, ORDER BY,
 * LIMIT), so an operator fits only if nothing later than its clause is there yet; else the block becomes a derived table first.
 *
 * @param fields what each output column of the plan so far is, in terms of the FROM items
 */
record Block(Optional<FromTree> from, List<Expr> where, Optional<Grouping> grouping, List<Expr> having, List<Expr> fields,
        List<OrderKey> order, Optional<Expr> offset, Optional<Fetch> fetch, List<String> comments) {

    /** GROUP BY: the keys, and which of them each grouping set has. */
    record Grouping(List<Expr> keys, List<BitSet> sets) {
        boolean isSimple() {
            return sets.size() == 1 && sets.getFirst().cardinality() == keys.size();
        }
    }

    /** LIMIT; {@code WITH TIES} also takes the rows that are equal to the last one. */
    record Fetch(Expr count, Ties ties) {
    }

    /** What happens to rows equal to the last one. */
    enum Ties {
        CUT,
        WITH_TIES
    }

    Block {
        where = List.copyOf(where);
        having = List.copyOf(having);
        fields = List.copyOf(fields);
        order = List.copyOf(order);
        comments = List.copyOf(comments);
    }

    static Block values(List<Expr> fields) {
        return new Block(Optional.empty(), List.of(), Optional.empty(), List.of(), fields, List.of(), Optional.empty(),
                Optional.empty(), List.of());
    }

    static Block of(FromItem item) {
        return of(new FromTree.Leaf(item), item.fields());
    }

    static Block of(FromTree from, List<Expr> fields) {
        return values(fields).withFrom(from);
    }

    Block withFrom(FromTree tree) {
        return new Block(Optional.of(tree), where, grouping, having, fields, order, offset, fetch, comments);
    }

    Block withFields(List<Expr> newFields) {
        return new Block(from, where, grouping, having, newFields, order, offset, fetch, comments);
    }

    Block withWhere(List<Expr> more) {
        return new Block(from, concat(where, more), grouping, having, fields, order, offset, fetch, comments);
    }

    Block withHaving(List<Expr> more) {
        return new Block(from, where, grouping, concat(having, more), fields, order, offset, fetch, comments);
    }

    Block withGrouping(Grouping newGrouping, List<Expr> newFields) {
        return new Block(from, where, Optional.of(newGrouping), having, newFields, order, offset, fetch, comments);
    }

    Block withOrder(List<OrderKey> keys) {
        return new Block(from, where, grouping, having, fields, keys, offset, fetch, comments);
    }

    Block withLimit(Optional<Expr> newOffset, Optional<Fetch> newFetch) {
        return new Block(from, where, grouping, having, fields, order, newOffset, newFetch, comments);
    }

    Block withComments(List<String> more) {
        return new Block(from, where, grouping, having, fields, order, offset, fetch, concat(more, comments));
    }

    /** Nothing but FROM, WHERE and columns made row by row: can become part of a join. */
    boolean isRowByRow() {
        return grouping.isEmpty() && !isOrderedOrCut() && fields.stream().noneMatch(Block::needsAllRows);
    }

    boolean isOrderedOrCut() {
        return !order.isEmpty() || isCut();
    }

    boolean isCut() {
        return offset.isPresent() || fetch.isPresent();
    }

    boolean hasWindows() {
        return fields.stream().anyMatch(field -> field.has(Trait.WINDOW));
    }

    boolean isSetReturning() {
        return fields.stream().anyMatch(field -> field.has(Trait.SET_RETURNING));
    }

    boolean hasOnlyColumns() {
        return fields.stream().allMatch(Expr::isColumn);
    }

    private static boolean needsAllRows(Expr field) {
        return field.has(Trait.WINDOW) || field.has(Trait.AGGREGATE) || field.has(Trait.SET_RETURNING);
    }

    /** This block as a derived table; constants are copied up, as they are the same on both levels. */
    Block derived(List<String> names) {
        Block outer = strictlyDerived(names);
        List<Expr> lifted = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            lifted.add(fields.get(i).has(Trait.CONSTANT) ? fields.get(i) : outer.fields.get(i));
        }
        return outer.withFields(lifted);
    }

    /** This block as a derived table of which every field is a column. */
    Block strictlyDerived(List<String> names) {
        if (from.isPresent() && where.isEmpty() && isRowByRow() && comments.isEmpty() && isItemItself()) {
            return this;
        }
        return of(new FromItem(new FromItem.Source.Derived(toStatement()), Names.unique(names), AliasWish.from(stem())));
    }

    /** The query of this block; a block that only reads and orders all columns of another query is that query. */
    Statement toStatement() {
        if (from.orElse(null) instanceof FromTree.Leaf leaf && leaf.item().source() instanceof FromItem.Source.Derived derived
                && where.isEmpty() && grouping.isEmpty() && isItemItself()) {
            if (!isOrderedOrCut() && comments.isEmpty()) {
                return derived.statement();
            }
            if (derived.statement() instanceof SetOperation operation && operation.tail().equals(Tail.NONE)
                    && order.stream().allMatch(key -> key.expr().isColumn())) {
                return new SetOperation(operation.operator(), operation.branches(), new Tail(numbers(), offset, fetch),
                        concat(comments, operation.comments()));
            }
        }
        return new Statement.Select(this);
    }

    private List<NumberKey> numbers() {
        return order.stream().map(key -> new NumberKey(((Column) key.expr().parts().getFirst()).ordinal(), key.direction()))
                .toList();
    }

    private boolean isItemItself() {
        if (!(from.orElse(null) instanceof FromTree.Leaf leaf) || fields.size() != leaf.item().columns().size()) {
            return false;
        }
        for (int i = 0; i < fields.size(); i++) {
            if (!fields.get(i).isColumn() || !fields.get(i).parts().getFirst().equals(new Column(leaf.item(), i))) {
                return false;
            }
        }
        return true;
    }

    /** What a derived table of this block is called after: the table it reads when there is only one. */
    private String stem() {
        return from.orElse(null) instanceof FromTree.Leaf leaf ? leaf.item().wish().stem() : "query";
    }

    List<FromItem> items() {
        List<FromItem> items = new ArrayList<>();
        from.ifPresent(tree -> tree.forEachItem(items::add));
        return items;
    }

    /** Every expression at this level, the select list left out. */
    Stream<Expr> clauses() {
        Stream.Builder<Expr> all = Stream.builder();
        from.ifPresent(tree -> tree.forEachCondition(all));
        where.forEach(all);
        grouping.ifPresent(g -> g.keys().forEach(all));
        having.forEach(all);
        order.forEach(key -> all.add(key.expr()));
        offset.ifPresent(all);
        fetch.ifPresent(f -> all.add(f.count()));
        return all.build();
    }

    Stream<Expr> expressions() {
        return Stream.concat(fields.stream(), clauses());
    }

    void forEachColumn(Consumer<Column> visitor) {
        expressions().forEach(expr -> expr.forEachColumn(visitor));
        for (FromItem item : items()) {
            switch (item.source()) {
                case FromItem.Source.Derived derived -> derived.statement().forEachColumn(visitor);
                case FromItem.Source.Function function -> function.call().forEachColumn(visitor);
                case FromItem.Source.Named ignored -> {
                }
                case FromItem.Source.Written ignored -> {
                }
                case FromItem.Source.Recursion ignored -> {
                }
            }
        }
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
