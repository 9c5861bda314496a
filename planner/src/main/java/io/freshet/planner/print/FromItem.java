package io.freshet.planner.print;

import java.util.List;
import java.util.Optional;

/** What stands in FROM and can have an alias. Two items are the same only if they are the same object. */
final class FromItem {
    private final Source source;
    private final List<String> columns;
    private final AliasWish wish;

    /** Where the rows come from. */
    sealed interface Source {

        /** A relation by its name. */
        record Named(Relation.Named relation) implements Source {
        }

        /** A query text that the caller wrote. */
        record Written(Relation.Query relation) implements Source {
        }

        record Derived(Statement statement) implements Source {
        }

        record Function(Expr call, Ordinality ordinality) implements Source {
        }

        /** The recursive query's own name. */
        record Recursion(String name) implements Source {
        }
    }

    /** Whether a function's rows are numbered. */
    enum Ordinality {
        NONE,
        WITH_ORDINALITY
    }

    /**
     * What the item would like to be called.
     *
     * @param exact an alias that the caller asks for; else one is made from the stem
     */
    record AliasWish(String stem, Optional<String> exact) {
        static AliasWish from(String stem) {
            return new AliasWish(stem, Optional.empty());
        }
    }

    FromItem(Source source, List<String> columns, AliasWish wish) {
        this.source = source;
        this.columns = List.copyOf(columns);
        this.wish = wish;
    }

    Source source() {
        return source;
    }

    /** The names of its columns, unique. */
    List<String> columns() {
        return columns;
    }

    AliasWish wish() {
        return wish;
    }

    List<Expr> fields() {
        return java.util.stream.IntStream.range(0, columns.size()).mapToObj(i -> Expr.column(this, i)).toList();
    }
}
