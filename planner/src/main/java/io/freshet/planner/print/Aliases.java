package io.freshet.planner.print;

import io.freshet.planner.print.FromItem.AliasWish;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The alias of each FROM item. An alias is unique among all that can be seen where it stands, so that no correlated query reads another
 * table than it means. The only table of a query without subqueries needs none.
 */
final class Aliases {
    private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z0-9]+|[A-Z]+");

    private final Map<FromItem, String> aliases = new IdentityHashMap<>();
    private final Set<FromItem> bare = Collections.newSetFromMap(new IdentityHashMap<>());

    private Aliases() {
    }

    static Aliases of(Statement root) {
        Aliases aliases = new Aliases();
        aliases.visit(root, Set.of());
        return aliases;
    }

    /** The alias of the item. */
    String of(FromItem item) {
        String alias = aliases.get(item);
        if (alias == null) {
            throw new IllegalStateException("a column of " + item.wish().stem() + " is read where its table cannot be seen");
        }
        return alias;
    }

    /** Whether the item's columns are written without a qualifier. */
    boolean isBare(FromItem item) {
        return bare.contains(item);
    }

    private void visit(Statement statement, Set<String> visible) {
        switch (statement) {
            case Statement.Select select -> visit(select.block(), visible);
            case Statement.SetOperation operation -> operation.branches().forEach(branch -> visit(branch, visible));
            case Statement.ValuesList values -> values.rows()
                    .forEach(row -> row.forEach(value -> value.forEachQuery(query -> visit(query, visible))));
            case Statement.Recursive recursive -> {
                visit(recursive.seed(), visible);
                visit(recursive.iteration(), visible);
            }
        }
    }

    private void visit(Block block, Set<String> outer) {
        List<FromItem> items = block.items();
        Set<String> visible = new HashSet<>(outer);
        items.stream().filter(item -> item.wish().exact().isPresent()).forEach(item -> allocate(item, visible));
        items.stream().filter(item -> item.wish().exact().isEmpty()).forEach(item -> allocate(item, visible));
        if (items.size() == 1 && items.getFirst().wish().exact().isEmpty() && standsAlone(block, items.getFirst())) {
            bare.add(items.getFirst());
        }
        block.expressions().forEach(expr -> expr.forEachQuery(query -> visit(query, visible)));
        for (FromItem item : items) {
            if (item.source() instanceof FromItem.Source.Derived derived) {
                visit(derived.statement(), readsAny(derived.statement(), items) ? visible : outer);
            } else if (item.source() instanceof FromItem.Source.Function function) {
                function.call().forEachQuery(query -> visit(query, visible));
            }
        }
    }

    /** Whether nothing but the item's columns is named in the block, and none of them in an inner query. */
    private static boolean standsAlone(Block block, FromItem item) {
        boolean[] alone = {true};
        block.expressions().forEach(expr -> {
            expr.forEachColumn(column -> alone[0] &= column.item() == item);
            expr.forEachQuery(query -> alone[0] = false);
        });
        return alone[0];
    }

    /** Whether the query reads columns of these items: it must then be LATERAL among them. */
    static boolean readsAny(Statement query, List<FromItem> items) {
        boolean[] reads = {false};
        query.forEachColumn(column -> reads[0] |= items.contains(column.item()));
        return reads[0];
    }

    private void allocate(FromItem item, Set<String> visible) {
        AliasWish wish = item.wish();
        String name = wish.exact().map(Names::fitting).orElseGet(() -> initials(wish.stem()));
        aliases.put(item, Names.firstFree(name, visible));
    }

    /** The first letters of the words of a name: {@code ol} for {@code order_lines}. */
    private static String initials(String stem) {
        Matcher words = WORD.matcher(stem);
        String letters = words.results().map(word -> word.group().substring(0, 1)).collect(Collectors.joining())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z]", "");
        if (letters.isEmpty()) {
            return "t";
        }
        return Keywords.needsQuotes(letters) ? letters.substring(0, 1) : letters;
    }
}
