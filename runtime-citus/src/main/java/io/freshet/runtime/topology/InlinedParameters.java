package io.freshet.runtime.topology;

import io.freshet.planner.print.Quoting;

/** Writes parameters into a query's text, where a text is all that can be sent. */
final class InlinedParameters {
    private InlinedParameters() {
    }

    /** The query with a literal for each {@code ?} that stands outside quotes. The texts are this project's own: no comments, no dollar quotes. */
    static String in(String query, Object... parameters) {
        StringBuilder sql = new StringBuilder();
        int next = 0;
        boolean quoted = false;
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            quoted ^= c == '\'';
            if (c == '?' && !quoted) {
                sql.append(literal(parameters[next++]));
            } else {
                sql.append(c);
            }
        }
        if (next != parameters.length) {
            throw new IllegalArgumentException(parameters.length + " values for " + next + " parameters");
        }
        return sql.toString();
    }

    private static String literal(Object value) {
        return switch (value) {
            case String text -> Quoting.literal(text);
            case Integer number -> Quoting.literal(number.longValue());
            case Long number -> Quoting.literal(number);
            default -> throw new IllegalArgumentException("a parameter cannot be a " + value.getClass());
        };
    }
}
