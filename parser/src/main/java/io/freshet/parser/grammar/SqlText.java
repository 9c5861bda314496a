package io.freshet.parser.grammar;

import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.IntStream;
import org.antlr.v4.runtime.misc.Interval;

/** A text as ANTLR's input, by UTF-16 code units, so that a token's offset is an index of the string. */
public final class SqlText implements CharStream {
    private final String text;
    private int next;

    public SqlText(String text) {
        this.text = text;
    }

    @Override
    public String getText(Interval interval) {
        int end = Math.min(interval.b + 1, text.length());
        return interval.a >= end ? "" : text.substring(interval.a, end);
    }

    @Override
    public void consume() {
        if (next >= text.length()) {
            throw new IllegalStateException("consume at the end of the text");
        }
        next++;
    }

    @Override
    public int LA(int distance) {
        int index = distance > 0 ? next + distance - 1 : next + distance;
        return distance == 0 || index < 0 || index >= text.length() ? IntStream.EOF : text.charAt(index);
    }

    @Override
    public int mark() {
        return -1;
    }

    @Override
    public void release(int marker) {
        // The whole text stays in memory.
    }

    @Override
    public int index() {
        return next;
    }

    @Override
    public void seek(int index) {
        next = Math.min(index, text.length());
    }

    @Override
    public int size() {
        return text.length();
    }

    @Override
    public String getSourceName() {
        return IntStream.UNKNOWN_SOURCE_NAME;
    }

    @Override
    public String toString() {
        return text;
    }
}
