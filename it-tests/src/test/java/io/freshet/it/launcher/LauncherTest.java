package io.freshet.it.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher up to the start of Java. What it builds and starts is what every other test is about. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "freshet").toAbsolutePath().normalize();
    private static final int EX_CONFIG = 78;

    @TempDir
    private Path directory;

    private record Ended(int code, String printed) {
    }

    @Test
    void aDirectoryThatIsNoJdkIsRefusedInOneLine() throws Exception {
        Ended ended = run(LAUNCHER, Map.of("FRESHET_JAVA_HOME", directory.toString()));
        assertThat(ended.code()).isEqualTo(EX_CONFIG);
        assertThat(ended.printed()).contains("JDK 21 or newer", directory.toString()).hasLineCount(1);
    }

    @Test
    void anOldJdkIsRefusedByItsReleaseFileAlone() throws Exception {
        jdk("17.0.9");
        assertThat(run(LAUNCHER, Map.of("FRESHET_JAVA_HOME", directory.toString())).code()).isEqualTo(EX_CONFIG);
        jdk("1.8.0_402");
        assertThat(run(LAUNCHER, Map.of("FRESHET_JAVA_HOME", directory.toString())).code()).isEqualTo(EX_CONFIG);
    }

    @Test
    void itFindsItselfThroughSymbolicLinks() throws Exception {
        Path first = Files.createSymbolicLink(directory.resolve("first"), LAUNCHER);
        Path second = Files.createSymbolicLink(directory.resolve("second"), first.getFileName());
        Ended ended = run(second, Map.of("FRESHET_JAVA_HOME", directory.toString()));
        assertThat(ended.code()).isEqualTo(EX_CONFIG);
    }

    private void jdk(String version) throws IOException {
        Files.createDirectories(directory.resolve("bin"));
        Path java = directory.resolve("bin").resolve("java");
        Files.writeString(java, "#!/bin/sh\nexit 3\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(directory.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    private Ended run(Path launcher, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(launcher.toString(), "--version")).directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), printed);
    }
}
