package io.freshet.runtime.sqlapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** One numbered step of the schema, a SQL script of its own. A released step never changes: a correction is the next one. */
record Migration(int version, String script) {
    private static final List<String> RESOURCES = List.of("001_core.sql", "002_pending.sql", "003_requests.sql",
            "004_health.sql", "005_torn_cuts.sql", "006_following.sql", "007_mirrors.sql",
            "008_dependencies.sql", "009_isolation.sql", "010_capture.sql", "011_unused_nodes.sql", "012_listening.sql",
            "013_renamed.sql", "014_enums.sql");

    static final String UNINSTALL = read("uninstall.sql");

    /** All of them, in their order; the first has version 1. */
    static List<Migration> all() {
        return IntStream.rangeClosed(1, RESOURCES.size()).mapToObj(v -> new Migration(v, read(RESOURCES.get(v - 1)))).toList();
    }

    private static String read(String resource) {
        try (InputStream in = Migration.class.getResourceAsStream("/io/freshet/runtime/sql/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("missing resource " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
