package io.freshet.runtime.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

class MailboxTest {
    private static final String CREATE = "SELECT pgtrickle.create_stream_table('t', 'SELECT 1')";

    private static InstalledServer server;
    private static Connections connections;

    private final ExecutorService background = Executors.newSingleThreadExecutor();
    private CatalogService service;
    private Mailbox mailbox;
    private RequestChannel channel;
    private MessageReader reader;
    private Connection user;

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
    void open() throws Exception {
        service = new CatalogService(connections);
        service.update("TRUNCATE pgtrickle.pgt_stream_tables, pgtrickle.pgt_sources, pgtrickle.pgt_requests CASCADE");
        mailbox = Mailbox.claim(connections, Duration.ZERO);
        channel = RequestChannel.open(mailbox, service);
        reader = new MessageReader(connections.coordinator(), message -> channel.receive(message));
        user = connections.coordinator();
    }

    @AfterEach
    void close() throws Exception {
        user.close();
        reader.close();
        channel.close();
        background.close();
    }

    @Test
    void itIsNotShutBeforeAnybodyCanAsk() {
        assertThat(mailbox.shutUnlessWanted()).isFalse();
        channel.announce();
        assertThat(mailbox.shutUnlessWanted()).isTrue();
    }

    @Test
    void aTransactionThatHasAskedKeepsItOpen() throws Exception {
        channel.announce();
        user.setAutoCommit(false);
        execute(CREATE);
        assertThat(mailbox.shutUnlessWanted()).isFalse();
        assertThat(mailbox.isOpen()).isTrue();
        user.commit();
        assertThat(mailbox.shutUnlessWanted()).isTrue();
        assertThat(mailbox.isOpen()).isFalse();
    }

    @Test
    void itIsOpenedForWhoeverAsks() throws Exception {
        announceAndRest();
        Future<PSQLException> creation = background.submit(() -> failure(CREATE));
        await(mailbox::isWanted);
        assertThat(mailbox.shutUnlessWanted()).isFalse();
        assertThat(service.created).isEmpty();
        mailbox.open();
        assertThat((Throwable) creation.get()).isNull();
        assertThat(service.created.take().definition().query()).isEqualTo("SELECT 1");
    }

    @Test
    void whoAsksIsToldWhyItCannotBeOpened() throws Exception {
        announceAndRest();
        mailbox.refuse(FreshetException.of(ErrorCode.WAL_LEVEL, "an old refusal"));
        Future<PSQLException> creation = background.submit(() -> failure(CREATE));
        await(mailbox::isWanted);
        mailbox.refuse(FreshetException.of(ErrorCode.NO_FREE_SLOT, "none is free").withHint("Drop one."));
        PSQLException refused = creation.get();
        assertThat(refused.getServerErrorMessage().getMessage()).isEqualTo(ErrorCode.NO_FREE_SLOT.code() + ": none is free");
        assertThat(refused.getServerErrorMessage().getHint()).isEqualTo("Drop one.");
        assertThat(mailbox.shutUnlessWanted()).isTrue();
        assertThat(service.created).isEmpty();
    }

    /** The daemon's slot would wait for its end, and it for the daemon. */
    @Test
    void aTransactionThatHasWrittenDoesNotWaitForIt() throws Exception {
        announceAndRest();
        execute("CREATE TABLE written (a int)");
        user.setAutoCommit(false);
        execute("INSERT INTO written VALUES (1)");
        PSQLException refused = failure("SELECT pgtrickle.refresh_stream_table('t')");
        assertThat(refused.getMessage()).contains("FR117", "has already written", "COMMIT first");
        user.rollback();
        execute("DROP TABLE written");
        user.commit();
    }

    @Test
    void whoAsksLearnsThatTheDaemonWentAway() throws Exception {
        announceAndRest();
        Future<PSQLException> creation = background.submit(() -> failure(CREATE));
        await(mailbox::isWanted);
        channel.close();
        assertThat(creation.get().getMessage()).contains("FR307", "went away before it was asked");
    }

    /** A daemon whose session was lost tells the same as before. */
    @Test
    void itIsStillShutWhenTheSessionIsBack() throws Exception {
        announceAndRest();
        service.update("DO $$BEGIN PERFORM pg_terminate_backend(pid, 10000) FROM pgtrickle.pgt_daemon; END$$");
        assertThat(mailbox.isWanted()).isFalse();
        Future<PSQLException> creation = background.submit(() -> failure(CREATE));
        await(mailbox::isWanted);
        mailbox.open();
        assertThat((Throwable) creation.get()).isNull();
    }

    /** As when the slot is made anew. */
    @Test
    void aRequestThatNobodyReadIsSentAgain() throws Exception {
        channel.announce();
        reader.close();
        Future<PSQLException> creation = background.submit(() -> failure(CREATE));
        await(MailboxTest::someoneSleeps);
        reader = new MessageReader(connections.coordinator(), message -> channel.receive(message));
        assertThat((Throwable) creation.get()).isNull();
        assertThat(service.created).hasSize(1);
    }

    /** As when the slot is lost and cannot be made anew. */
    @Test
    void aRequestThatNobodyWillReadIsRefused() throws Exception {
        channel.announce();
        reader.close();
        Future<PSQLException> creation = background.submit(() -> failure(CREATE));
        await(MailboxTest::someoneSleeps);
        mailbox.shut();
        mailbox.refuse(FreshetException.of(ErrorCode.NO_FREE_SLOT, "none is free").withHint("Drop one."));
        assertThat(creation.get().getMessage()).contains(ErrorCode.NO_FREE_SLOT.code() + ": none is free");
        reader = new MessageReader(connections.coordinator(), message -> channel.receive(message));
    }

    /** Whoever may connect may take such a lock. */
    @Test
    void aLockThatSomebodyElseHoldsKeepsNobodyFromAsking() throws Exception {
        channel.announce();
        try (Connection other = connections.coordinator(); Statement statement = other.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(1718773107, 2)");
            assertThat(mailbox.shutUnlessWanted()).isFalse();
            execute(CREATE);
        }
    }

    private void announceAndRest() {
        channel.announce();
        assertThat(mailbox.shutUnlessWanted()).isTrue();
    }

    private static boolean someoneSleeps() {
        try (Connection connection = connections.coordinator();
                ResultSet row = connection.createStatement()
                        .executeQuery("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')")) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = user.createStatement()) {
            statement.execute(sql);
        }
    }

    private PSQLException failure(String sql) {
        return catchThrowableOfType(PSQLException.class, () -> execute(sql));
    }
}
