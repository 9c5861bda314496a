package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.runtime.topology.NodeSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One look after the other, without a thread. Messages are written as the letters of their types. */
class SlotPeekTest {
    private static final int FEW_BYTES = 1000;
    private static final String VOID = "|";

    private final CaptureServer server = CaptureServer.shared();
    private NodeSession session;
    private SlotPeek peek;
    private Lsn confirmed;

    @BeforeEach
    void start() throws SQLException {
        server.execute("CREATE TABLE t (id int)", "ALTER TABLE t REPLICA IDENTITY FULL");
        server.publish("t");
        session = NodeSession.of(server.connect());
        confirmed = server.confirmed();
        peek = new SlotPeek(CaptureServer.SLOT, CaptureServer.PUBLICATION, confirmed, new AnswerSizes(FEW_BYTES));
    }

    @AfterEach
    void reset() throws SQLException {
        session.close();
        server.reset();
    }

    /** Flushed: what is not is not decoded. */
    private void write(String... statements) throws SQLException {
        try (Connection connection = server.connect()) {
            CaptureServer.execute(connection, "SET synchronous_commit = on");
            CaptureServer.execute(connection, statements);
        }
    }

    private SlotPeek.Look look(StringBuilder types) throws SQLException, IOException {
        return peek.look(session, confirmed, new SlotPeek.Reader() {
            @Override
            public void message(ByteBuffer message) {
                types.append((char) message.get(0));
            }

            @Override
            public void partIsVoid() {
                types.append(VOID);
            }
        });
    }

    /** Everything that there is to be read, in as many answers as it takes. */
    private String readAll() throws SQLException, IOException {
        StringBuilder types = new StringBuilder();
        SlotPeek.Look look = look(types);
        while (look.complete().isEmpty()) {
            look = look(types);
        }
        return types.toString();
    }

    @Test
    void readsEverythingOnce() throws Exception {
        write("INSERT INTO t VALUES (1)", "SELECT pg_logical_emit_message(false, 'x', 'y', true)");
        assertThat(readAll()).isEqualTo("BRICM");
        assertThat(readAll()).isEmpty();
        write("BEGIN", "INSERT INTO t VALUES (2)", "PREPARE TRANSACTION 'p'", "INSERT INTO t VALUES (3)");
        assertThat(readAll()).as("the relation was announced before").isEqualTo("bIPBIC");
        write("COMMIT PREPARED 'p'");
        assertThat(readAll()).isEqualTo("K");
    }

    @Test
    void aTransactionComesInSeveralAnswers() throws Exception {
        write("INSERT INTO t SELECT generate_series(1, 1000)", "DELETE FROM t WHERE id = 1");
        StringBuilder first = new StringBuilder();
        SlotPeek.Look look = look(first);
        assertThat(look.complete()).isEmpty();
        assertThat(look.messages()).isBetween(2L, 100L);
        assertThat(first + readAll()).isEqualTo("BR" + "I".repeat(1000) + "CBDC");
        assertThat(readAll()).isEmpty();
    }

    @Test
    void manySmallTransactionsComeInSeveralAnswers() throws Exception {
        for (int i = 0; i < 50; i++) {
            write("INSERT INTO t VALUES (" + i + ")");
        }
        assertThat(readAll()).isEqualTo("BRIC" + "BIC".repeat(49));
    }

    @Test
    void readsOnWhenTheSlotHasBeenAdvanced() throws Exception {
        write("INSERT INTO t VALUES (1)");
        StringBuilder types = new StringBuilder();
        confirmed = look(types).complete().orElseThrow();
        write("INSERT INTO t VALUES (2)");
        assertThat(readAll()).as("decoding begins anew, and announces anew").isEqualTo("BRIC");
        assertThat(server.confirmed()).isEqualTo(confirmed);
    }

    @Test
    void whatFitsComesInWholePieces() throws Exception {
        for (int i = 0; i < 20; i++) {
            write("INSERT INTO t SELECT generate_series(1, 5)");
        }
        StringBuilder types = new StringBuilder();
        SlotPeek.Look look = look(types);
        assertThat(types.toString()).matches("BRI{5}C(BI{5}C)+");
        assertThat(look.complete()).isEmpty();
        assertThat(types + readAll()).isEqualTo("BRIIIIIC" + "BIIIIIC".repeat(19));
    }

    @Test
    void aPreparedTransactionThatIsCutShortIsNotTakenForWhole() throws Exception {
        write("BEGIN", "INSERT INTO t SELECT generate_series(1, 1000)", "PREPARE TRANSACTION 'p'");
        StringBuilder part = new StringBuilder();
        assertThat(look(part).complete()).isEmpty();
        assertThat(part.toString()).matches("bRI+");
        write("ROLLBACK PREPARED 'p'", "INSERT INTO t SELECT generate_series(1, 1000)");
        assertThat(readAll()).as("what was read of it is void, and it comes again").matches("\\|bR?I{0,99}PrBR?I{1000}C");
    }

    /** A session that decodes announces again, as of the past, what somebody alters meanwhile. */
    @Test
    void whereARelationIsAnnouncedDoesNotMatter() throws Exception {
        int transactions = 20;
        for (int i = 0; i < transactions; i++) {
            write("INSERT INTO t SELECT generate_series(1, 100)");
        }
        StringBuilder types = new StringBuilder();
        AtomicBoolean read = new AtomicBoolean();
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> altering = threads.submit(() -> {
                try (Connection connection = server.connect()) {
                    for (int i = 0; !read.get(); i++) {
                        CaptureServer.execute(connection, "ALTER TABLE t SET (fillfactor = " + (50 + i % 50) + ")");
                    }
                }
                return null;
            });
            try {
                while (types.chars().filter(c -> c == 'C').count() < transactions) {
                    look(types);
                }
            } finally {
                read.set(true);
            }
            altering.get();
        }
        assertThat(types.toString().replace("R", "")).isEqualTo(("B" + "I".repeat(100) + "C").repeat(transactions));
    }

    @Test
    void theSlotStaysWhileATransactionIsReadInParts() throws Exception {
        write("INSERT INTO t VALUES (1)");
        StringBuilder types = new StringBuilder();
        Lsn first = look(types).complete().orElseThrow();
        write("INSERT INTO t SELECT generate_series(1, 1000)");
        assertThat(look(types).complete()).isEmpty();
        Lsn before = confirmed;
        confirmed = first;
        SlotPeek.Look look = look(types);
        assertThat(look.confirmed()).isEqualTo(before);
        assertThat(server.confirmed()).isEqualTo(before);
        readAll();
        assertThat(look(types).confirmed()).isEqualTo(first);
        assertThat(server.confirmed()).isEqualTo(first);
    }

    @Test
    void aSlotThatIsGoneIsAnError() throws Exception {
        write("SELECT pg_drop_replication_slot('" + CaptureServer.SLOT + "')");
        assertThatThrownBy(this::readAll).isInstanceOf(IOException.class).hasMessage("the slot is gone");
    }
}
