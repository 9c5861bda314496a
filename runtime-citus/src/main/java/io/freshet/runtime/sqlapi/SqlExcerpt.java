package io.freshet.runtime.sqlapi;

import io.freshet.errors.SourcePosition;

/** The line of a SQL text that an error is about, with a caret below the place, as psql shows it. */
public final class SqlExcerpt {
    private static final int BEFORE = 60;
    private static final int WIDTH = 76;

    private SqlExcerpt() {
    }

    public static String of(String sql, SourcePosition position) {
        int start = sql.lastIndexOf('\n', position.offset() - 1) + 1;
        int newline = sql.indexOf('\n', position.offset());
        int end = newline < 0 ? sql.length() : newline;
        int from = position.offset() - start > BEFORE ? position.offset() - BEFORE : start;
        int to = Math.min(end, from + WIDTH);
        String label = "LINE " + position.line() + ": " + (from > start ? ".." : "");
        String text = sql.substring(from, to).replace('\t', ' ').stripTrailing() + (to < end ? ".." : "");
        return label + text + '\n' + " ".repeat(label.length() + position.offset() - from) + '^';
    }
}
