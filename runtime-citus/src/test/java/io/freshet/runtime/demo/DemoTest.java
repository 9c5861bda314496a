package io.freshet.runtime.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.sqlapi.InstalledServer;
import io.freshet.runtime.sqlapi.Mailbox;
import io.freshet.runtime.sqlapi.MessageReader;
import io.freshet.runtime.sqlapi.RequestChannel;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demonstration itself; whether stream tables are right is what it shows with a real daemon. */
class DemoTest {
    private static final long SEED = 20;

    private static InstalledServer server;
    private static Connections connections;

    private final StringWriter out = new StringWriter();
    private ViewService service;
    private RequestChannel channel;
    private MessageReader reader;

    @BeforeAll
    static void start() throws Exception {
        server = InstalledServer.start();
        connections = server.connections();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void serve() throws Exception {
        service = new ViewService(connections);
        channel = RequestChannel.open(Mailbox.claim(connections), service);
        reader = new MessageReader(connections.coordinator(), channel::receive);
        channel.announce();
    }

    @AfterEach
    void close() throws Exception {
        reader.close();
        channel.close();
    }

    @Test
    void itWritesMeasuresProvesAndLeavesNothingBehind() throws Exception {
        DemoResult result = run(Screen.lines(new PrintWriter(out, true)));
        assertThat(result.isRight()).isTrue();
        assertThat(result.verifications()).hasSize(DemoTables.QUERIES.size());
        assertThat(result.last().rows()).containsOnlyKeys(DemoTables.TOTALS, DemoTables.LARGE, DemoTables.TIERS)
                .allSatisfy((name, rows) -> assertThat(rows).isPositive());
        assertThat(result.last().transactions()).isPositive();
        assertThat(result.last().probes()).isPositive();
        assertThat(out.toString()).contains("Using the daemon that is running.", "fresh after p50",
                "customer_totals equals its query");
        assertThat(left()).isZero();
    }

    @Test
    void aWrongStreamTableIsNotHidden() throws Exception {
        service.differingRows = 3;
        DemoResult result = run(Screen.terminal(new PrintWriter(out, true)));
        assertThat(result.isRight()).isFalse();
        assertThat(out.toString()).contains("DIFFERS from its query by 3 rows", "\033[");
    }

    @Test
    void whatAKilledDemonstrationLeftIsReplaced() throws Exception {
        try (Connection connection = connections.coordinator()) {
            DemoTables left = DemoTables.create(connection);
            left.createStreamTables();
        }
        assertThat(run(Screen.silent()).isRight()).isTrue();
        assertThat(left()).isZero();
    }

    @Test
    void aSchemaOfSomebodyElseIsLeftAlone() throws Exception {
        try (Connection connection = connections.coordinator()) {
            Jdbc.execute(connection, "CREATE SCHEMA freshet_demo; CREATE TABLE freshet_demo.precious (a int)");
            assertThatThrownBy(() -> run(Screen.silent())).isInstanceOfSatisfying(FreshetException.class,
                    e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME_TAKEN));
            Jdbc.execute(connection, "DROP TABLE freshet_demo.precious; DROP SCHEMA freshet_demo");
        }
    }

    @Test
    void percentilesAreOfTheMeasuredTimes() {
        Latencies latencies = new Latencies();
        assertThat(latencies.percentile(50)).isZero();
        for (int i = 1000; i > 0; i--) {
            latencies.add(i);
        }
        assertThat(latencies.percentile(50)).isEqualTo(Duration.ofNanos(500));
        assertThat(latencies.percentile(99)).isEqualTo(Duration.ofNanos(990));
        assertThat(latencies.percentile(100)).isEqualTo(Duration.ofNanos(1000));
    }

    private DemoResult run(Screen screen) throws Exception {
        return new Demo(new DemoOptions(Optional.of(connections.url()), Duration.ofSeconds(2), 3, 0, SEED), screen).run();
    }

    /** Schemas and stream tables of a demonstration. */
    private static long left() throws Exception {
        try (Connection connection = connections.coordinator()) {
            return Jdbc.first(connection, """
                                          SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = 'freshet_demo')
                                               + (SELECT count(*) FROM pgtrickle.pgt_stream_tables)
                                          """, row -> row.getLong(1)).orElseThrow();
        }
    }
}
