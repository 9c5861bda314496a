package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A server waits, before it stops, until its walsenders' clients have confirmed everything. */
class ServerShutdownTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void transactionsThatNoEpochTakesDoNotKeepAServerFromStopping() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start()) {
            Node node = new Node(Node.COORDINATOR_GROUP, "localhost", postgres.getPort());
            Connections connections = new Connections(
                    ConnectionUrl.parse("postgresql://postgres@localhost:" + node.port() + "/postgres"));
            ProcessHandle postmaster;
            PgSnapshot snapshot;
            try (Connection connection = connections.coordinator()) {
                CaptureServer.execute(connection, "CREATE TABLE t (id int)", "CREATE PUBLICATION p FOR TABLE t");
                Slots.create(NodeSession.of(connection), node, "s");
                snapshot = PgSnapshot.parse(CaptureServer.text(connection, "SELECT pg_current_snapshot()"));
                Path file = Path.of(CaptureServer.text(connection, "SHOW data_directory"), "postmaster.pid");
                postmaster = ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst())).orElseThrow();
            }
            try (StreamingCapture capture = new StreamingCapture(connections::openReplication, CaptureSettings.of("p"))) {
                capture.start(node, "s", snapshot);
                try (Connection connection = connections.coordinator()) {
                    CaptureServer.execute(connection, "INSERT INTO t VALUES (1)");
                }
                assertThat(capture.awaitChanges(LIMIT)).isTrue();
                // What pg_ctl stop -m fast does.
                new ProcessBuilder("kill", "-INT", Long.toString(postmaster.pid())).start().waitFor();
                postmaster.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
                assertThat(capture.broken()).containsExactly(node);
            }
        }
    }
}
