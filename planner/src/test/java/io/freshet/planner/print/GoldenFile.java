package io.freshet.planner.print;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Expected texts in {@code src/test/resources}; {@code -Dfreshet.accept} writes what came out instead of comparing. */
final class GoldenFile {
    private static final Path FOLDER = Path.of("src/test/resources/print");

    private GoldenFile() {
    }

    static void assertSame(String name, String text) {
        Path file = FOLDER.resolve(name + ".sql");
        try {
            if (System.getProperty("freshet.accept") != null) {
                Files.createDirectories(FOLDER);
                Files.writeString(file, text + "\n");
            }
            assertThat(file).as("run with -Dfreshet.accept to write it").exists();
            assertThat(text + "\n").isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
