package io.freshet.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.CaptureSettings;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.capture.StreamStatus;
import io.freshet.runtime.capture.StreamingCapture;
import io.freshet.runtime.settings.DataSize;
import io.freshet.runtime.sqlapi.CatalogService;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.sqlapi.Mailbox;
import io.freshet.runtime.sqlapi.RequestChannel;
import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeMonitorTest {
    private static final Node WORKER = new Node(1, "localhost", 1);

    private static EmbeddedPostgres postgres;
    private static Connections connections;
    private static Node coordinator;
    private static String slot;

    private volatile EpochFailures epochFailures = EpochFailures.NONE;
    private Connection connection;
    private StreamingCapture capture;
    private RequestChannel channel;
    private Optional<NodeMonitor> monitor = Optional.empty();

    @BeforeAll
    static void startServer() throws Exception {
        postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical")
                .setServerConfig("max_prepared_transactions", "5").start();
        connections = new Connections(
                ConnectionUrl.parse("postgresql://postgres@localhost:" + postgres.getPort() + "/postgres"));
        coordinator = new Node(Node.COORDINATOR_GROUP, "localhost", postgres.getPort());
        try (Connection connection = connections.coordinator(); Statement statement = connection.createStatement()) {
            slot = "freshet_" + Installer.install(connection).id();
            statement.execute("CREATE ROLE guest; CREATE PUBLICATION " + slot);
            Slots.create(NodeSession.of(connection), coordinator, slot);
        }
    }

    @AfterAll
    static void stopServer() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void open() throws Exception {
        connection = connections.coordinator();
        execute("TRUNCATE pgtrickle.pgt_node_states, pgtrickle.pgt_stream_tables, pgtrickle.pgt_sources, pgtrickle.pgt_pending CASCADE");
        capture = new StreamingCapture(connections::openReplication, CaptureSettings.of(slot));
        channel = RequestChannel.open(Mailbox.claim(connections), new CatalogService(connections));
    }

    @AfterEach
    void close() throws Exception {
        if (monitor.isPresent()) {
            monitor.get().close();
        }
        channel.close();
        capture.close();
        connection.close();
    }

    @Test
    void aNodeThatIsReadIsOk() throws Exception {
        read();
        serve();
        await("OK|true|0|null", "SELECT health, active, consecutive_failures, last_error FROM pgtrickle.pgt_worker_slots");
        assertThat(rows("SELECT slot_name, status, wal_status, lag_bytes IS NOT NULL FROM pgtrickle.check_cdc_health()"))
                .containsExactly(slot + "|OK|reserved|true");
        assertThat(rows("SELECT check_name, severity FROM pgtrickle.health_check()")).containsExactly("daemon|OK", "epochs|OK",
                "stream_tables|OK", "slots|OK", "old_transactions|OK", "prepared_transactions|OK", "settings|OK",
                "replica_identity|OK");
    }

    @Test
    void aStreamThatEndsIsToldWithItsReason() throws Exception {
        read();
        serve();
        await("OK", "SELECT health FROM pgtrickle.pgt_worker_slots");
        execute("SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
        await("NOT READ|false|true|true", """
                                          SELECT health, active, failing_since IS NOT NULL, last_error IS NOT NULL
                                          FROM pgtrickle.pgt_worker_slots
                                          """);
        await("ERROR", "SELECT status FROM pgtrickle.check_cdc_health() WHERE detail LIKE 'not read since %'");
        read();
        await("OK|null", "SELECT health, failing_since FROM pgtrickle.pgt_worker_slots");
    }

    @Test
    void aStreamThatCannotBeStartedNamesWhatTheEpochMetWith() throws Exception {
        epochFailures = EpochFailures.NONE.and(new CaptureBrokenException(coordinator, "no free walsender"));
        serve();
        await("NOT READ|" + coordinator + ": no free walsender", "SELECT health, last_error FROM pgtrickle.pgt_worker_slots");
        await("WARN",
                "SELECT severity FROM pgtrickle.health_check() WHERE check_name = 'epochs' AND detail LIKE '%no free walsender'");
        epochFailures = EpochFailures.NONE;
        await("OK", "SELECT severity FROM pgtrickle.health_check() WHERE check_name = 'epochs'");
    }

    @Test
    void theLagOfTheCoordinatorIsThatOfNow() throws Exception {
        serve();
        await("NOT READ", "SELECT health FROM pgtrickle.pgt_worker_slots");
        monitor.orElseThrow().close();
        long before = lag();
        execute("SELECT pg_logical_emit_message(false, 'test', repeat('x', 3000000), true)");
        assertThat(lag()).isGreaterThan(before + 2_999_999);
        read();
        execute("UPDATE pgtrickle.pgt_node_states SET is_read = true");
        await("true", "SELECT lag_bytes < 1000000 FROM pgtrickle.pgt_worker_slots");
    }

    @Test
    void withoutADaemonNothingIsAlive() throws Exception {
        read();
        serve();
        await("OK", "SELECT health FROM pgtrickle.pgt_worker_slots");
        channel.close();
        assertThat(rows("SELECT health, active FROM pgtrickle.pgt_worker_slots")).containsExactly("NO DAEMON|false");
        assertThat(rows("SELECT severity FROM pgtrickle.health_check() WHERE detail LIKE 'no daemon has been running since 2%'"))
                .containsExactly("WARN");
        assertThat(
                rows("SELECT status FROM pgtrickle.check_cdc_health() WHERE detail LIKE 'no daemon has been running since 2%'"))
                .containsExactly("ERROR");
        assertThat(rows("SELECT DISTINCT detail FROM pgtrickle.health_check() WHERE check_name LIKE '%transactions'"))
                .containsExactly("not known: no daemon looks at the nodes");
    }

    @Test
    void whatAnEarlierDaemonSawIsNotShownAsAlive() throws Exception {
        channel.announce();
        HealthStore.save(connection, state(WORKER, Optional.of(answer("0/100")), Optional.empty()), slot);
        assertThat(rows("SELECT health, active FROM pgtrickle.pgt_worker_slots")).containsExactly("OK|true");
        execute("UPDATE pgtrickle.pgt_daemon SET started_at = clock_timestamp()");
        assertThat(rows("SELECT health, active FROM pgtrickle.pgt_worker_slots")).containsExactly("STALE|false");
    }

    @Test
    void aNodeThatDoesNotAnswerKeepsWhatItSaidLast() throws Exception {
        channel.announce();
        HealthStore.save(connection, state(WORKER, Optional.of(answer("0/100")), Optional.empty()), slot);
        for (int i = 0; i < 5; i++) {
            HealthStore.save(connection, state(WORKER, Optional.empty(), Optional.of("refused")), slot);
        }
        assertThat(rows("""
                        SELECT group_id, port, frontier_lsn, lag_bytes, active, consecutive_failures, last_error, health,
                               failing_since > last_polled_at
                        FROM pgtrickle.pgt_worker_slots
                        """)).containsExactly("1|1|0/100|256|false|5|refused|UNREACHABLE|true");
        assertThat(rows("SELECT status FROM pgtrickle.check_cdc_health()")).containsExactly("ERROR");
    }

    @Test
    void aNodeThatTakesConnectionsAndSaysNothingIsGivenUpSoon() throws Exception {
        try (ServerSocket silent = new ServerSocket(0);
                NodeProbe probe = new NodeProbe(connections,
                        new Node(1, "localhost", silent.getLocalPort()), slot)) {
            long start = System.nanoTime();
            assertThatThrownBy(probe::ask).isInstanceOf(SQLException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void slotsAndPublicationsOfNoInstallationAreReported() throws Exception {
        execute("SELECT pg_create_logical_replication_slot('freshet_deadbeef', 'pgoutput')");
        execute("CREATE PUBLICATION freshet_cafebabe");
        try {
            assertThat(rows("SELECT slot_name, status, lag_bytes IS NOT NULL FROM pgtrickle.check_cdc_health()"))
                    .containsExactly("freshet_cafebabe|WARN|false", "freshet_deadbeef|WARN|true");
            HealthStore.save(connection, new NodeState(WORKER, Optional.of(new NodeProbe(connections, coordinator, slot).ask()),
                    Optional.empty(), Optional.empty()), slot);
            assertThat(rows("SELECT slot_name FROM pgtrickle.check_cdc_health() WHERE group_id = 1 AND status = 'WARN'"))
                    .containsExactly("freshet_cafebabe", "freshet_deadbeef");
        } finally {
            execute("SELECT pg_drop_replication_slot('freshet_deadbeef')");
            execute("DROP PUBLICATION freshet_cafebabe");
        }
    }

    @Test
    void whoeverHasNoRightsSeesEverythingButErrors() throws Exception {
        execute("""
                INSERT INTO pgtrickle.pgt_stream_tables (schema_name, table_name, query, requested_mode, refresh_mode, schedule, owner_role,
                    status, last_error)
                VALUES ('public', 't', 'SELECT 1', 'AUTO', 'FULL', '5s', 'postgres', 'FAILING', 'secret');
                INSERT INTO pgtrickle.pgt_sources SELECT pgt_id, 'public', 's', 0 FROM pgtrickle.pgt_stream_tables
                """);
        epochFailures = EpochFailures.NONE.and(new IllegalStateException("secret"));
        read();
        serve();
        await("ERROR|public.t fails: secret",
                "SELECT severity, detail FROM pgtrickle.health_check() WHERE check_name = 'stream_tables'");
        await("WARN", "SELECT severity FROM pgtrickle.health_check() WHERE check_name = 'epochs' AND detail LIKE '%: secret'");
        execute("SET ROLE guest");
        List<String> seen = rows("SELECT check_name, severity, detail FROM pgtrickle.health_check()");
        assertThat(seen).contains("stream_tables|ERROR|public.t fails").anyMatch(row -> row.startsWith("epochs|WARN|1 in a row"))
                .noneMatch(row -> row.contains("secret"));
        assertThat(rows("SELECT last_error FROM pgtrickle.pgt_daemon_status")).containsExactly("null");
        assertThat(
                rows("SELECT stream_table, source, slot_name, lease_holder LIKE 'daemon %', health FROM pgtrickle.citus_status"))
                .containsExactly("public.t|public.s|" + slot + "|true|OK");
        assertThat(rows("SELECT status FROM pgtrickle.check_cdc_health()")).containsExactly("OK");
    }

    @Test
    void transactionsThatHoldBackSlotsAreNamedWithTheirCure() throws Exception {
        execute("CREATE TABLE held (a int)");
        execute("BEGIN; INSERT INTO held VALUES (1); PREPARE TRANSACTION 'it''s held'");
        try (Connection open = connections.coordinator(); Connection asking = connections.coordinator()) {
            open.setAutoCommit(false);
            open.createStatement().execute("SELECT 1");
            String findings = new NodeProbe(connections, coordinator, slot).findings(NodeSession.of(asking), Duration.ZERO,
                    Duration.ZERO);
            assertThat(findings).contains("has had a transaction open since", "SELECT pg_terminate_backend(",
                    "ROLLBACK PREPARED 'it''s held';");
            execute("INSERT INTO pgtrickle.pgt_cut VALUES (1, 'localhost', 1, 'gone', 1, '1:1:', '0/100')");
            channel.announce();
            HealthStore.save(connection, state(WORKER, Optional.of(new NodeState.Answer(Lsn.parse("0/200"), Optional.empty(),
                    Optional.of("wal_level is not logical"), findings)), Optional.empty()), slot);
            assertThat(
                    rows("SELECT DISTINCT check_name, severity FROM pgtrickle.health_check() WHERE severity <> 'OK' ORDER BY 1"))
                    .containsExactly("old_transactions|WARN", "prepared_transactions|WARN", "settings|ERROR", "slots|ERROR");
            assertThat(rows("SELECT health FROM pgtrickle.pgt_worker_slots")).containsExactly("SLOT LOST");
            execute("DELETE FROM pgtrickle.pgt_cut WHERE group_id = 1");
            assertThat(rows("SELECT health FROM pgtrickle.pgt_worker_slots")).as("a slot that is still to be made")
                    .doesNotContain("SLOT LOST");
        } finally {
            execute("ROLLBACK PREPARED 'it''s held'");
        }
    }

    @Test
    void aStreamTableThatIsBehindItsScheduleIsNamed() throws Exception {
        execute("""
                INSERT INTO pgtrickle.pgt_stream_tables (schema_name, table_name, query, requested_mode, refresh_mode, schedule, owner_role,
                    status, from_epoch, last_refresh_at)
                SELECT 'public', name, 'SELECT 1', 'AUTO', 'FULL', schedule, 'postgres', 'ACTIVE', 1, now() - interval '10 minutes'
                FROM (VALUES ('late', '5 m'), ('fresh', 'calculated'), ('waiting', '1h')) AS t (name, schedule);
                INSERT INTO pgtrickle.pgt_sources SELECT pgt_id, 'public', 'source of ' || table_name, 0 FROM pgtrickle.pgt_stream_tables;
                INSERT INTO pgtrickle.pgt_pending VALUES ('public', 'source of late', 2, false), ('public', 'source of waiting', 2, false)
                """);
        assertThat(rows("SELECT severity, detail FROM pgtrickle.health_check() WHERE check_name = 'stream_tables'"))
                .containsExactly(
                        "WARN|public.late is behind: it is at epoch 1, its sources have changed in epoch 2");
    }

    @Test
    void anEndedSessionOfTheMonitorIsOpenedAgain() throws Exception {
        read();
        serve();
        await("OK", "SELECT health FROM pgtrickle.pgt_worker_slots");
        execute("""
                SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                WHERE query LIKE '%pgt_daemon_state%' AND pid <> pg_backend_pid()
                """);
        execute("UPDATE pgtrickle.pgt_node_states SET looked_at = '-infinity'");
        await("OK", "SELECT health FROM pgtrickle.pgt_worker_slots");
    }

    private void serve() {
        channel.announce();
        monitor = Optional.of(NodeMonitor.start(connections, new NodeMonitor.Watched() {
            @Override
            public Optional<String> whyUnread(Node node) {
                return Optional.of("its stream is not being read");
            }

            @Override
            public Optional<StreamStatus> stream(Node node) {
                return capture.status(node);
            }

            @Override
            public EpochFailures epochFailures() {
                return epochFailures;
            }

            @Override
            public void fellSilent(Set<Node> nodes) {
                throw new AssertionError(nodes + " answer");
            }
        }, new HealthSettings(slot, 5, DataSize.ofMegabytes(100), DataSize.ofMegabytes(1024))));
    }

    private void read() throws Exception {
        capture.start(coordinator, slot, PgSnapshot.parse(rows("SELECT pg_current_snapshot()").getFirst()));
    }

    private static NodeState state(Node node, Optional<NodeState.Answer> answer, Optional<String> error) {
        Optional<StreamStatus> stream = error.isPresent()
                ? Optional.empty()
                : Optional.of(new StreamStatus(slot, Lsn.parse("0/100"), Lsn.parse("0/80"), 0, 0, Optional.empty()));
        return new NodeState(node, answer, stream, error);
    }

    private static NodeState.Answer answer(String confirmed) {
        return new NodeState.Answer(Lsn.parse("0/200"), Optional.of(
                new Slots.State(slot, true, true, Lsn.parse(confirmed), Lsn.parse("0/80"), "reserved", Optional.empty())),
                Optional.empty(), "[]");
    }

    private long lag() throws SQLException {
        return Long.parseLong(rows("SELECT lag_bytes FROM pgtrickle.pgt_worker_slots").getFirst());
    }

    private void await(String expected, String query) throws SQLException {
        long limit = System.nanoTime() + 30_000_000_000L;
        while (!rows(query).equals(List.of(expected)) && System.nanoTime() < limit) {
            LockSupport.parkNanos(20_000_000);
        }
        assertThat(rows(query)).containsExactly(expected);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> rows(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    values.add(String.valueOf(row.getObject(i)));
                }
                rows.add(String.join("|", values));
            }
        }
        return rows;
    }
}
