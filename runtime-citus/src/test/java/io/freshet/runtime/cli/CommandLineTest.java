package io.freshet.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.runtime.sqlapi.CatalogService;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.sqlapi.Mailbox;
import io.freshet.runtime.sqlapi.MessageReader;
import io.freshet.runtime.sqlapi.RequestChannel;
import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    private static EmbeddedPostgres postgres;
    private static String url;
    private static Connections connections;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
        url = "postgresql://postgres:secret@localhost:" + postgres.getPort() + "/postgres";
        connections = new Connections(ConnectionUrl.parse(url));
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void uninstall() {
        assertThat(run("uninstall")).isZero();
        out.getBuffer().setLength(0);
    }

    @Test
    void aStreamTableLivesThroughTheCommands() throws Exception {
        assertThat(run("install")).isZero();
        try (RequestChannel channel = RequestChannel.open(Mailbox.claim(connections), new CatalogService(connections));
                MessageReader reader = new MessageReader(connections.coordinator(), channel::receive)) {
            channel.announce();
            assertThat(run("create", "t", "--sql", "SELECT 1 LIMIT 1", "--schedule", "5s")).isZero();
            assertThat(printed()).contains("refreshed in full: LIMIT has no rule", "Created t.");
            assertThat(run("list")).isZero();
            assertThat(printed()).contains("public.t", "ACTIVE", "public.t fails: division by zero");
            assertThat(run("list", "--format", "json")).isZero();
            assertThat(printed()).startsWith("{\"streamTables\":[{\"name\":\"public.t\",\"status\":\"ACTIVE\"");
            assertThat(run("refresh", "t")).isZero();
            assertThat(printed()).contains("t is at epoch 42.");
            assertThat(run("verify", "t", "--format", "json")).isZero();
            assertThat(printed()).contains("\"equal\":true");
            assertThat(run("explain", "t")).isZero();
            assertThat(printed()).contains("explain public.t as text");
            assertThat(run("status")).isZero();
            assertThat(printed()).contains("The daemon has been running since", "No epoch was committed in the last minute.");
            assertThat(run("uninstall")).isEqualTo(3);
            assertThat(complained()).contains("a daemon is running");
            assertThat(run("drop", "t")).isZero();
            assertThat(printed()).contains("Dropped t.");
        }
        assertThat(run("status")).isZero();
        assertThat(printed()).contains("No daemon is running.", "There are no stream tables.");
    }

    @Test
    void statusShowsTheNodes() throws Exception {
        assertThat(run("install")).isZero();
        try (Connection connection = connections.coordinator(); var statement = connection.createStatement()) {
            statement.execute(
                    """
                    INSERT INTO pgtrickle.pgt_node_states (group_id, host, port, slot_name, is_reachable, is_read, looked_at,
                        frontier_lsn, lag_bytes, failures, failing_since, last_error)
                    VALUES (1, 'worker', 5433, 'freshet_x', false, false, now(), '0/FF', 17, 3, now(), 'connection refused')
                    """);
        }
        assertThat(run("status")).isZero();
        assertThat(printed()).containsPattern("worker:5433 +NO DAEMON +0/FF +17 +-")
                .contains("worker:5433 has not been read since 2", ": connection refused");
        assertThat(run("status", "--format", "json")).isZero();
        assertThat(printed()).contains("\"nodes\":[{\"group_id\":1,\"host\":\"worker\",\"port\":5433,\"slot_name\":\"freshet_x\"",
                "\"lag_bytes\":17");
    }

    @Test
    void aMistakeIsOneMessageWithItsPlaceAndCure() throws Exception {
        assertThat(run("install")).isZero();
        try (RequestChannel channel = RequestChannel.open(Mailbox.claim(connections), new CatalogService(connections));
                MessageReader reader = new MessageReader(connections.coordinator(), channel::receive)) {
            channel.announce();
            assertThat(run("create", "t", "--sql", "SELECT * FROM orderz")).isEqualTo(3);
            assertThat(complained()).isEqualTo("""
                                               FR104: table "orderz" does not exist (line 1, column 15)
                                               LINE 1: SELECT * FROM orderz
                                                                     ^
                                               HINT: Perhaps you mean "orders".
                                               """);
            assertThat(run("create", "t", "--sql", "SELECT * FROM orderz", "--format", "json")).isEqualTo(3);
            assertThat(complained()).contains("\"code\":\"FR104\"", "\"category\":\"USER\"", "\"hint\":\"Perhaps");
            assertThat(run("drop", "nothing")).isEqualTo(3);
            assertThat(complained()).startsWith("FR111: ");
            assertThat(run("create", "t", "--sql", "defect")).isEqualTo(6);
            assertThat(complained()).startsWith("FR901: ");
        }
    }

    @Test
    void withoutASchemaOrADaemonTheErrorSaysSo() {
        assertThat(run("list")).isEqualTo(5);
        assertThat(complained()).startsWith("FR308: ").contains("./freshet install");
        assertThat(run("install")).isZero();
        assertThat(run("refresh", "t")).isEqualTo(5);
        assertThat(complained()).startsWith("FR307: ").contains("./freshet daemon --url");
    }

    @Test
    void anUnreachableServerIsNamedWithoutThePassword() {
        StringWriter unused = new StringWriter();
        int code = Freshet.run(new PrintWriter(unused), new PrintWriter(err), "list", "--url",
                "postgresql://someone:secret@localhost:1/x");
        assertThat(code).isEqualTo(5);
        assertThat(complained()).startsWith("FR306: cannot connect to postgresql://someone@localhost:1/x")
                .doesNotContain("secret")
                .doesNotContain("\tat ");
    }

    @Test
    void aWrongCommandLineShowsTheUsage() {
        assertThat(run("verify")).isEqualTo(2);
        assertThat(complained()).contains("Missing required parameter: 'NAME'", "Usage: freshet verify");
        assertThat(run("frobnicate")).isEqualTo(2);
        assertThat(run("create", "t")).isEqualTo(2);
    }

    @Test
    void aQueryCanBeInAFile(@TempDir Path directory) throws Exception {
        assertThat(run("create", "t", "--query", directory.resolve("none.sql").toString())).isEqualTo(3);
        assertThat(complained()).contains("there is no file");
        Path file = Files.writeString(directory.resolve("q.sql"), "SELECT * FROM orderz");
        assertThat(run("install")).isZero();
        assertThat(run("create", "t", "--query", file.toString())).isEqualTo(5);
        assertThat(complained()).startsWith("FR307");
    }

    @Test
    void aQueryIsExplainedWithoutAStreamTable() throws Exception {
        try (Connection connection = connections.coordinator(); var statement = connection.createStatement()) {
            statement.execute("""
                              CREATE TABLE items (id int PRIMARY KEY, kind text, price numeric);
                              ALTER TABLE items REPLICA IDENTITY FULL
                              """);
            String sql = "SELECT kind, sum(price) AS total FROM items GROUP BY kind";
            assertThat(run("explain", "--sql", sql)).isZero();
            assertThat(printed()).contains("stream table public.stream_table", "DIFFERENTIAL", "When public.items has changed");
            assertThat(run("explain", "--sql", sql, "totals", "--changed", "items", "--format", "json")).isZero();
            assertThat(printed()).startsWith("{").contains("totals");
            assertThat(run("explain", "--sql", sql, "--changed", "orders")).isEqualTo(3);
            assertThat(complained()).contains("the query does not read orders", "It reads public.items.");
            assertThat(run("explain", "--sql", "SELECT kind,\n  prize FROM items")).isEqualTo(3);
            assertThat(complained()).startsWith("FR105: ")
                    .contains("(line 2, column 3)\nLINE 2:   prize FROM items\n          ^");
            assertThat(run("explain")).isEqualTo(2);
            assertThat(complained()).contains("Name a stream table, or give a query.");
            statement.execute("DROP TABLE items");
        }
    }

    @Test
    void theDoctorNamesWhatIsWrongAndItsCure() throws Exception {
        assertThat(run("doctor")).isZero();
        assertThat(printed()).contains("wal_level is logical", "the schema pgtrickle is not installed");
        try (EmbeddedPostgres replica = EmbeddedPostgres.builder().start()) {
            String other = "postgresql://postgres@localhost:" + replica.getPort() + "/postgres";
            int code = Freshet.run(new PrintWriter(out), new PrintWriter(err), "doctor", "--url", other);
            assertThat(code).isEqualTo(1);
            assertThat(printed()).contains("wal_level is replica", "ALTER SYSTEM SET wal_level = logical;");
        }
    }

    @Test
    void uninstallRemovesSlotsAndPublications() throws Exception {
        assertThat(run("install")).isZero();
        try (Connection connection = connections.coordinator()) {
            String id = Installer.find(connection).orElseThrow().id();
            try (var statement = connection.createStatement()) {
                statement.execute("CREATE PUBLICATION freshet_" + id);
                statement.execute("SELECT pg_create_logical_replication_slot('freshet_" + id + "', 'pgoutput')");
            }
            assertThat(run("uninstall")).isZero();
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(
                            "SELECT (SELECT count(*) FROM pg_publication) + (SELECT count(*) FROM pg_replication_slots)")) {
                row.next();
                assertThat(row.getInt(1)).isZero();
            }
        }
    }

    @Test
    void everyCommandHasHelp() {
        assertThat(run("--help")).isZero();
        assertThat(printed()).contains("Exit codes:", "explain");
        assertThat(run("help", "create")).isZero();
        assertThat(printed()).contains("--distribution-column");
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!all.contains("--help") && !all.contains("help") && !all.contains("frobnicate")) {
            all.addAll(List.of("--url", url));
        }
        return Freshet.run(new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(new String[0]));
    }

    private String printed() {
        String text = out.toString();
        out.getBuffer().setLength(0);
        return text;
    }

    private String complained() {
        String text = err.toString();
        err.getBuffer().setLength(0);
        return text;
    }
}
