package io.freshet.planner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Queries of many kinds, each with a name, over a schema with rows of many types. */
final class Corpus {
    private static final Pattern ENTRY = Pattern.compile("(?m)^-- @(\\S+)[^\\n]*\\n(.*?);\\s*(?=^-- @|\\z)",
            Pattern.DOTALL | Pattern.MULTILINE);

    record Query(String name, String sql) {
        @Override
        public String toString() {
            return name;
        }
    }

    private Corpus() {
    }

    static String schema() {
        return read("schema.sql");
    }

    /** The queries of a file: a line {@code -- @name remark}, then the text up to the semicolon before the next. */
    static List<Query> queries(String file) {
        List<Query> queries = new ArrayList<>();
        Matcher matcher = ENTRY.matcher(read(file));
        while (matcher.find()) {
            queries.add(new Query(matcher.group(1), matcher.group(2)));
        }
        return queries;
    }

    static List<Query> queries() {
        List<Query> all = new ArrayList<>(queries("queries.sql"));
        all.addAll(queries("traps.sql"));
        return all;
    }

    /** The queries that are refused, each with the message. */
    static Map<String, String> refused() {
        Map<String, String> refused = new TreeMap<>();
        read("refused.txt").lines().filter(l -> !l.isBlank() && !l.startsWith("#"))
                .forEach(l -> refused.put(l.substring(0, l.indexOf(' ')), l.substring(l.indexOf(' ')).strip()));
        return refused;
    }

    static String read(String name) {
        try (InputStream file = Corpus.class.getResourceAsStream("/corpus/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
