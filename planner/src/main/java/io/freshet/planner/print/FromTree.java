package io.freshet.planner.print;

import java.util.List;
import java.util.function.Consumer;

/** The FROM clause. */
sealed interface FromTree {

    record Leaf(FromItem item) implements FromTree {
    }

    /** @param on joined by AND; empty means TRUE */
    record Joined(FromTree left, Kind kind, FromTree right, List<Expr> on) implements FromTree {
        public Joined {
            on = List.copyOf(on);
        }
    }

    /** The kinds of join that PostgreSQL writes in FROM. */
    enum Kind {
        INNER("JOIN"),
        LEFT("LEFT JOIN"),
        RIGHT("RIGHT JOIN"),
        FULL("FULL JOIN");

        private final String sql;

        Kind(String sql) {
            this.sql = sql;
        }

        String sql() {
            return sql;
        }
    }

    default void forEachItem(Consumer<FromItem> visitor) {
        switch (this) {
            case Leaf leaf -> visitor.accept(leaf.item());
            case Joined joined -> {
                joined.left().forEachItem(visitor);
                joined.right().forEachItem(visitor);
            }
        }
    }

    default void forEachCondition(Consumer<Expr> visitor) {
        if (this instanceof Joined joined) {
            joined.left().forEachCondition(visitor);
            joined.right().forEachCondition(visitor);
            joined.on().forEach(visitor);
        }
    }
}
