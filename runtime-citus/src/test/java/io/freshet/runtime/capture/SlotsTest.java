package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private final CaptureServer server = CaptureServer.shared();

    @AfterEach
    void reset() throws SQLException {
        server.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String cure) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FreshetException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.hint().orElse("")).contains(cure);
        });
    }

    @Test
    void aSlotIsMadeReadAndDropped() throws SQLException {
        try (Connection connection = server.connect()) {
            assertThat(Slots.state(NodeSession.of(connection), "s")).isEmpty();
            Lsn start = Slots.create(NodeSession.of(connection), server.node(), "s");
            Slots.State state = Slots.require(NodeSession.of(connection), server.node(), "s");
            assertThat(state.confirmed()).isEqualTo(start);
            assertThat(state.twoPhase()).isTrue();
            assertThat(state.active()).isFalse();
            assertThat(state.walStatus()).isEqualTo("reserved");
            assertThat(state.restart()).isLessThanOrEqualTo(state.confirmed());
            Slots.drop(NodeSession.of(connection), "s");
            Slots.drop(NodeSession.of(connection), "s");
            assertFails(() -> Slots.require(NodeSession.of(connection), server.node(), "s"), ErrorCode.SLOT_LOST, "made anew");
        }
    }

    @Test
    void rolesMayHaveOtherSettings() throws SQLException {
        server.execute("ALTER ROLE CURRENT_USER SET statement_timeout = '30s'");
        server.execute("ALTER ROLE CURRENT_USER SET search_path = pg_catalog, public");
        try (Connection connection = server.connect()) {
            Slots.requireSettings(NodeSession.of(connection), server.node());
        } finally {
            server.execute("ALTER ROLE CURRENT_USER RESET ALL");
        }
    }

    @Test
    void tellsHowToGetMoreSlots() throws SQLException {
        try (Connection connection = server.connect()) {
            for (int i = 0; i < 4; i++) {
                Slots.create(NodeSession.of(connection), server.node(), "s" + i);
            }
            assertFails(() -> Slots.create(NodeSession.of(connection), server.node(), "s4"), ErrorCode.NO_FREE_SLOT,
                    "ALTER SYSTEM SET max_replication_slots = 14;");
        }
    }

    @Test
    void tellsThatTheRoleMayNotReplicate() throws SQLException {
        server.execute("CREATE ROLE nobody");
        try (Connection connection = server.connect()) {
            CaptureServer.execute(connection, "SET ROLE nobody");
            assertFails(() -> Slots.create(NodeSession.of(connection), server.node(), "s"), ErrorCode.PERMISSION_DENIED,
                    "REPLICATION");
        } finally {
            server.execute("DROP ROLE nobody");
        }
    }

    @Test
    void tellsThatThereIsNoFreeWalsender() throws Exception {
        List<Connection> walsenders = new ArrayList<>();
        try (NodeCapture capture = server.capture(server.settings())) {
            for (int i = 0; i < 4; i++) {
                walsenders.add(server.connections().openReplication(server.node()));
            }
            assertFails(() -> capture.start(server.node(), "s", PgSnapshot.parse("3:3:")), ErrorCode.NO_FREE_WALSENDER,
                    "ALTER SYSTEM SET max_wal_senders = 14;");
        } finally {
            for (Connection walsender : walsenders) {
                walsender.close();
            }
        }
    }

    @Test
    void tellsThatTheServerHasGivenASlotUp() throws Exception {
        try (Connection connection = server.connect(); NodeCapture capture = server.capture(server.settings())) {
            Slots.create(NodeSession.of(connection), server.node(), "s");
            CaptureServer.execute(connection, "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'", "SELECT pg_reload_conf()");
            try {
                for (int i = 0; i < 4; i++) {
                    CaptureServer.execute(connection, "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000), true)",
                            "SELECT pg_switch_wal()", "CHECKPOINT");
                }
                assertThat(Slots.state(NodeSession.of(connection), "s").orElseThrow().invalidation()).contains("wal_removed");
                assertFails(() -> Slots.require(NodeSession.of(connection), server.node(), "s"), ErrorCode.SLOT_LOST,
                        "max_slot_wal_keep_size");
                assertFails(() -> capture.start(server.node(), "s", server.snapshot()), ErrorCode.SLOT_LOST,
                        "max_slot_wal_keep_size");
            } finally {
                CaptureServer.execute(connection, "ALTER SYSTEM RESET max_slot_wal_keep_size", "SELECT pg_reload_conf()");
            }
        }
    }

    @Test
    void tellsHowToSetTheWalLevel() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "replica").start();
                Connection connection = postgres.getPostgresDatabase().getConnection()) {
            Node node = new Node(0, "localhost", postgres.getPort());
            assertFails(() -> Slots.create(NodeSession.of(connection), node, "s"), ErrorCode.WAL_LEVEL,
                    "ALTER SYSTEM SET wal_level = logical;");
            assertFails(() -> Slots.requireSettings(NodeSession.of(connection), node), ErrorCode.WAL_LEVEL,
                    "Then restart that server.");
        }
        try (Connection connection = server.connect()) {
            Slots.requireSettings(NodeSession.of(connection), server.node());
        }
    }
}
