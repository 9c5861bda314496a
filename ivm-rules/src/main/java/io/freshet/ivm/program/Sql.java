package io.freshet.ivm.program;

import io.freshet.planner.print.Quoting;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Pieces of SQL text, laid out for people. Names pass {@link Quoting}. */
final class Sql {
    private Sql() {
    }

    static String names(Collection<String> columns) {
        return columns.stream().map(Quoting::identifier).collect(Collectors.joining(", "));
    }

    static String names(String alias, Collection<String> columns) {
        return columns.stream().map(column -> name(alias, column)).collect(Collectors.joining(", "));
    }

    static String name(String alias, String column) {
        return alias + '.' + Quoting.identifier(column);
    }

    /** A select list, one expression a line. */
    static String list(Collection<String> expressions) {
        return expressions.stream().collect(Collectors.joining(",\n       "));
    }

    static String and(Collection<String> conditions) {
        return String.join("\n  AND ", conditions);
    }

    static <T> List<T> concat(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** The query as a derived table: in parentheses, indented. */
    static String derived(String query, String alias) {
        String indented = query.lines().map(line -> line.isBlank() ? "" : "    " + line).collect(Collectors.joining("\n"));
        return "(\n" + indented + "\n) AS " + alias;
    }
}
