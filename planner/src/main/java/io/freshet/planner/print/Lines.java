package io.freshet.planner.print;

import java.util.ArrayList;
import java.util.List;

/**
 * Text by lines, to be put together and indented. No literal or name holds a line break of its own ({@link Quoting} escapes them), so
 * indenting never changes a value.
 */
record Lines(List<String> lines) {
    private static final String INDENT = "  ";

    static Lines of(String text) {
        return new Lines(text.lines().toList());
    }

    /** The next text goes on where this one ends. */
    Lines then(Lines next) {
        if (lines.isEmpty()) {
            return next;
        }
        if (next.lines.isEmpty()) {
            return this;
        }
        List<String> joined = new ArrayList<>(lines);
        joined.set(joined.size() - 1, joined.getLast() + next.lines.getFirst());
        joined.addAll(next.lines.subList(1, next.lines.size()));
        return new Lines(joined);
    }

    Lines then(String text) {
        return then(new Lines(List.of(text)));
    }

    /** The next text begins a line of its own. */
    Lines newLine(Lines next) {
        List<String> all = new ArrayList<>(lines);
        all.addAll(next.lines);
        return new Lines(all);
    }

    Lines newLine(String text) {
        return newLine(of(text));
    }

    Lines indented() {
        return new Lines(lines.stream().map(line -> line.isEmpty() ? line : INDENT + line).toList());
    }

    /** Every line but the first is indented. */
    Lines hanging() {
        if (lines.size() < 2) {
            return this;
        }
        return new Lines(lines.subList(0, 1)).newLine(new Lines(lines.subList(1, lines.size())).indented());
    }

    /** In parentheses, on lines of their own. */
    Lines inParentheses() {
        return of("(").newLine(indented()).newLine(")");
    }

    boolean fits(int width) {
        return lines.size() <= 1 && (lines.isEmpty() || lines.getFirst().length() <= width);
    }

    String text() {
        return String.join("\n", lines);
    }
}
