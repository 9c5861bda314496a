package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.runtime.capture.pgoutput.PgOutputDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Messages recorded from a server, each with what it decodes to. {@code -Dfreshet.accept} records anew: review the difference.
 */
class RecordedStreamTest {
    private static final String RECORDING = "pgoutput-17.txt";

    @Test
    void decodesEveryKindOfMessage() throws Exception {
        if (System.getProperty("freshet.accept") != null) {
            record();
        }
        List<String> lines;
        try (InputStream in = RecordedStreamTest.class.getResourceAsStream(RECORDING)) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
        List<String> decoded = new ArrayList<>();
        for (int i = 0; i < lines.size(); i += 2) {
            decoded.add(lines.get(i));
            decoded.add(text(HexFormat.of().parseHex(lines.get(i))));
        }
        assertThat(decoded).isEqualTo(lines);
        assertThat(decoded.stream().filter(l -> l.startsWith("  ")).map(l -> l.trim().replaceAll("\\[.*", ""))).contains("Begin",
                "Commit",
                "BeginPrepare", "Prepare", "CommitPrepared", "RollbackPrepared", "Relation", "Type", "Insert", "Update", "Delete",
                "Truncate",
                "Message", "Origin");
    }

    private static String text(byte[] message) {
        String text = PgOutputDecoder.decode(ByteBuffer.wrap(message)).toString();
        return "  " + text.replaceAll("content=\\[B@[0-9a-f]+", "content=..");
    }

    private static void record() throws SQLException, IOException {
        CaptureServer server = CaptureServer.shared();
        List<String> lines = new ArrayList<>();
        try {
            server.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')",
                    "CREATE TABLE t (id int PRIMARY KEY, v text, m mood, g int GENERATED ALWAYS AS (id * 2) STORED)",
                    "ALTER TABLE t REPLICA IDENTITY FULL", "ALTER TABLE t ALTER v SET STORAGE EXTERNAL",
                    "CREATE TABLE k (id int PRIMARY KEY, v text)");
            server.publish("t, k");
            server.execute("BEGIN", "INSERT INTO t VALUES (1, repeat('x', 2100), 'sad'), (2, NULL, 'happy')",
                    "UPDATE t SET m = 'happy' WHERE id = 1", "DELETE FROM t WHERE id = 2", "COMMIT", //
                    "BEGIN", "INSERT INTO k VALUES (1, 'ä')", "UPDATE k SET v = 'b'", "UPDATE k SET id = 2", "DELETE FROM k",
                    "SELECT pg_logical_emit_message(true, 'freshet', 'inside')", "COMMIT",
                    "SELECT pg_logical_emit_message(false, 'freshet', 'outside')", //
                    "BEGIN", "INSERT INTO k VALUES (3, 'c')", "PREPARE TRANSACTION 'one'", "COMMIT PREPARED 'one'", //
                    "BEGIN", "INSERT INTO k VALUES (4, 'd')", "PREPARE TRANSACTION 'two'", "ROLLBACK PREPARED 'two'", //
                    "ALTER TABLE k ADD COLUMN w timestamptz DEFAULT '2026-01-01 00:00+00'", "INSERT INTO k VALUES (5, 'e')",
                    "TRUNCATE t, k",
                    "SELECT pg_replication_origin_create('elsewhere')", "SELECT pg_replication_origin_session_setup('elsewhere')",
                    "BEGIN", "SELECT pg_replication_origin_xact_setup('0/1', now())", "INSERT INTO k VALUES (6, 'f')", "COMMIT",
                    "SELECT pg_replication_origin_session_reset()", "SELECT pg_replication_origin_drop('elsewhere')");
            server.execute("SELECT pg_logical_emit_message(false, 'flush', '', true)");
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement
                            .executeQuery("SELECT data FROM pg_logical_slot_peek_binary_changes('" + CaptureServer.SLOT
                                    + "', NULL, NULL, 'proto_version', '3', 'publication_names', '\"" + CaptureServer.PUBLICATION
                                    + "\"', 'binary', 'true', 'messages', 'true')")) {
                while (rows.next()) {
                    byte[] message = rows.getBytes(1);
                    lines.add(HexFormat.of().formatHex(message));
                    lines.add(text(message));
                }
            }
        } finally {
            server.reset();
        }
        Files.write(Path.of("src/test/resources/io/freshet/runtime/capture", RECORDING), lines);
        Files.write(Path.of("target/test-classes/io/freshet/runtime/capture", RECORDING), lines);
    }
}
