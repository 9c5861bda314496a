package io.freshet.errors;

/**
 * A place in the user's SQL text.
 *
 * @param offset 0-based, in UTF-16 code units
 * @param line 1-based
 * @param column 1-based, in UTF-16 code units
 */
public record SourcePosition(int offset, int line, int column) {

    /** The position of {@code offset} in {@code text}; an offset past the end means the end. */
    public static SourcePosition of(String text, int offset) {
        int end = Math.max(0, Math.min(offset, text.length()));
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new SourcePosition(end, line, end - lineStart + 1);
    }

    /** The position of a 1-based line and column in {@code text}, as parsers report them. */
    public static SourcePosition of(String text, int line, int column) {
        int lineStart = 0;
        for (int i = 1; i < line; i++) {
            int next = text.indexOf('\n', lineStart);
            if (next < 0) {
                break;
            }
            lineStart = next + 1;
        }
        return new SourcePosition(Math.min(text.length(), lineStart + column - 1), line, column);
    }

    @Override
    public String toString() {
        return "line " + line + ", column " + column;
    }
}
