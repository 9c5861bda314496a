package io.freshet.planner.print;

/** A piece of an expression. What depends on the rest of the statement (a column's qualifier, where a line breaks) is still open. */
sealed interface Part {

    record Word(String text) implements Part {
    }

    /** A column of a FROM item. */
    record Column(FromItem item, int ordinal) implements Part {
    }

    /** A query, in parentheses. */
    record Query(Statement statement) implements Part {
    }

    /** An expression inside this one, which may break its lines by itself. */
    record Nested(Expr expr) implements Part {
    }

    /**
     * The place where a line too long is broken.
     *
     * @param depth how far the new line is indented
     * @param flat what stands there in a line that is short enough
     */
    record Break(int depth, String flat) implements Part {
    }
}
