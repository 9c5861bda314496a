package io.freshet.planner.print;

import io.freshet.planner.print.Part.Column;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A query. The names of its columns are given by the place where it stands. */
sealed interface Statement {

    record Select(Block block) implements Statement {
    }

    /**
     * UNION, INTERSECT or EXCEPT of two or more.
     *
     * @param comments the lines above it
     */
    record SetOperation(Operator operator, List<Statement> branches, Tail tail, List<String> comments) implements Statement {
        SetOperation(Operator operator, List<Statement> branches) {
            this(operator, branches, Tail.NONE, List.of());
        }

        public SetOperation {
            branches = List.copyOf(branches);
        }
    }

    /** Rows of values, at least one. */
    record ValuesList(List<List<Expr>> rows) implements Statement {
    }

    /** WITH RECURSIVE: {@code name} is what the iteration reads. */
    record Recursive(FromItem self, Statement seed, Operator operator, Statement iteration) implements Statement {
    }

    /** A set operator. */
    enum Operator {
        UNION,
        UNION_ALL,
        INTERSECT,
        INTERSECT_ALL,
        EXCEPT,
        EXCEPT_ALL;

        String sql() {
            return name().replace('_', ' ');
        }

        /** Whether a column can be left out of all branches when nobody reads it. */
        boolean keepsEveryRow() {
            return this == UNION_ALL;
        }
    }

    /** What follows a set operation: ORDER BY of its columns by number, OFFSET, FETCH. */
    record Tail(List<NumberKey> order, Optional<Expr> offset, Optional<Block.Fetch> fetch) {
        static final Tail NONE = new Tail(List.of(), Optional.empty(), Optional.empty());
    }

    /** An output column to order by. */
    record NumberKey(int ordinal, Direction direction) {
    }

    /** An expression to order by. */
    record OrderKey(Expr expr, Direction direction) {
    }

    /** ASC or DESC with the place of NULLs. */
    enum Direction {
        ASC(""),
        ASC_NULLS_FIRST(" NULLS FIRST"),
        DESC(" DESC"),
        DESC_NULLS_LAST(" DESC NULLS LAST");

        private final String sql;

        Direction(String sql) {
            this.sql = sql;
        }

        String sql() {
            return sql;
        }
    }

    /** Visits every column named anywhere in the statement. */
    default void forEachColumn(Consumer<Column> visitor) {
        switch (this) {
            case Select select -> select.block().forEachColumn(visitor);
            case SetOperation operation -> operation.branches().forEach(branch -> branch.forEachColumn(visitor));
            case ValuesList values -> values.rows().forEach(row -> row.forEach(value -> value.forEachColumn(visitor)));
            case Recursive recursive -> {
                recursive.seed().forEachColumn(visitor);
                recursive.iteration().forEachColumn(visitor);
            }
        }
    }
}
