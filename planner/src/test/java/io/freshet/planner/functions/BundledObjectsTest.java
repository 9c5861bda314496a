package io.freshet.planner.functions;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.testing.TestPostgres;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

class BundledObjectsTest {
    private static final Path SOURCE = Path.of("src/main/resources/io/freshet/planner/functions", BundledObjects.RESOURCE);

    /** {@code -Dfreshet.accept} makes the resource anew. */
    @Test
    void theBundledSnapshotIsWhatPostgres17Has() throws Exception {
        try (Connection connection = TestPostgres.connect()) {
            if (Boolean.getBoolean("freshet.accept")) {
                try (OutputStream file = Files.newOutputStream(SOURCE)) {
                    BundledObjects.write(LiveObjects.rows(connection), file);
                }
            }
            assertThat(BundledObjects.read(Files.newInputStream(SOURCE))).isEqualTo(LiveObjects.rows(connection));
        }
    }
}
