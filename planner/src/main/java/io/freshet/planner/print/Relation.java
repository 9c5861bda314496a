package io.freshet.planner.print;

import io.freshet.planner.catalog.TableName;
import java.util.Optional;

/** How a leaf of a plan stands in FROM. Its columns must have the names of the leaf's row type. */
public sealed interface Relation {

    /** The alias it should have; a number is added when the alias is taken. Without a wish one is made from its name. */
    Optional<String> alias();

    /** A line above it. */
    Optional<String> comment();

    /** A table or view. */
    record Named(TableName table, Optional<String> alias, Optional<String> comment) implements Relation {
        public static Named of(TableName table) {
            return new Named(table, Optional.empty(), Optional.empty());
        }
    }

    /** A query, without parentheses. Its line breaks are kept, its indentation is not. */
    record Query(String sql, Optional<String> alias, Optional<String> comment) implements Relation {
        public static Query of(String sql) {
            return new Query(sql, Optional.empty(), Optional.empty());
        }
    }

    /** The same with a wish for its alias. */
    default Relation as(String name) {
        return switch (this) {
            case Named named -> new Named(named.table(), Optional.of(name), named.comment());
            case Query query -> new Query(query.sql(), Optional.of(name), query.comment());
        };
    }

    /** The same with a line above it. */
    default Relation withComment(String text) {
        return switch (this) {
            case Named named -> new Named(named.table(), named.alias(), Optional.of(text));
            case Query query -> new Query(query.sql(), query.alias(), Optional.of(text));
        };
    }
}
