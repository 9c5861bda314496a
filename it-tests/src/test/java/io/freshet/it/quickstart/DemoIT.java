package io.freshet.it.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code freshet demo} as a process: its own daemon, its own writers, its own proof. */
class DemoIT {

    private record Ended(int code, String printed) {
    }

    @Test
    void theDemoIsRightOnItsEmbeddedServer() throws Exception {
        Ended ended = demo();
        assertThat(ended.code()).as(ended.printed()).isZero();
        JsonNode result = new ObjectMapper().readTree(ended.printed());
        assertThat(result.get("equal").booleanValue()).isTrue();
        assertThat(result.get("streamTables")).hasSize(3);
        assertThat(result.get("probes").intValue()).isPositive();
    }

    @Test
    void theDemoLeavesAClusterAsItWas() throws Exception {
        try (Database database = Clusters.citus().createDatabase("demo")) {
            Ended ended = demo("--url", database.libpqUrl());
            assertThat(ended.code()).as(ended.printed()).isZero();
            assertThat(new ObjectMapper().readTree(ended.printed()).get("equal").booleanValue()).isTrue();
            assertThat(database.rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^(freshet|pgtrickle)'")).isEmpty();
            assertThat(database.rows("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()")).isEmpty();
            assertThat(database.rows("SELECT pubname FROM pg_publication")).isEmpty();
        }
    }

    private static Ended demo(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dcalcite.default.charset=UTF-8", "-cp", System.getProperty("java.class.path"), "io.freshet.runtime.cli.Freshet",
                "demo", "--seconds", "8", "--format", "json"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), printed);
    }
}
