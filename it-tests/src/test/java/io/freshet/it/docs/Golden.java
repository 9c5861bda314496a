package io.freshet.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A checked-in file whose content a test makes. {@code -Dfreshet.accept} writes it; without, it must be equal. */
final class Golden {
    private static final Path ROOT = Path.of("..");

    private Golden() {
    }

    static void check(String file, String content) throws IOException {
        Path path = ROOT.resolve(file);
        if (System.getProperty("freshet.accept") != null) {
            Files.createDirectories(path.getParent());
            Files.writeString(path, content);
            return;
        }
        assertThat(path).as("%s is made by this test: run it with -Dfreshet.accept", file).hasContent(content);
    }
}
