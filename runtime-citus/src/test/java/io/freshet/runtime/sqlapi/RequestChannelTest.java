package io.freshet.runtime.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.RefreshMode;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.schedule.Schedule;
import io.freshet.runtime.service.StreamTableService.CreateRequest;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class RequestChannelTest {
    private static InstalledServer server;
    private static Connections connections;

    private CatalogService service;
    private RequestChannel channel;
    private MessageReader reader;
    private Connection user;

    @BeforeAll
    static void start() throws Exception {
        server = InstalledServer.start();
        connections = server.connections();
        try (Connection connection = connections.coordinator(); Statement statement = connection.createStatement()) {
            statement.execute("""
                              CREATE SCHEMA sales;
                              CREATE ROLE alice LOGIN;
                              CREATE ROLE bob LOGIN;
                              CREATE ROLE team;
                              GRANT team TO alice;
                              """);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void open() throws Exception {
        service = new CatalogService(connections);
        service.update("TRUNCATE pgtrickle.pgt_stream_tables, pgtrickle.pgt_sources, pgtrickle.pgt_requests CASCADE");
        channel = RequestChannel.open(Mailbox.claim(connections), service);
        reader = new MessageReader(connections.coordinator(), message -> channel.receive(message));
        channel.announce();
        user = connections.coordinator();
    }

    @AfterEach
    void close() throws Exception {
        user.close();
        reader.close();
        channel.close();
    }

    @Test
    void createsWithTheCallersNamesAndOptions() throws Exception {
        execute("SET search_path = nowhere, sales, public");
        execute("""
                SELECT pgtrickle.create_stream_table(
                'order_totals',
                $$SELECT customer_id, SUM(amount) AS total
                FROM orders GROUP BY customer_id$$,
                schedule => '5s',
                output_distribution_column => 'customer_id'
                );
                """);
        CreateRequest request = service.created.take();
        assertThat(request.definition().name()).isEqualTo(new TableName("sales", "order_totals"));
        assertThat(request.definition().query())
                .isEqualTo("SELECT customer_id, SUM(amount) AS total\nFROM orders GROUP BY customer_id");
        assertThat(request.definition().mode()).isEqualTo(RefreshMode.AUTO);
        assertThat(request.definition().distributionColumn()).contains("customer_id");
        assertThat(request.schedule()).isEqualTo(Schedule.parse("5s"));
        assertThat(request.initialize()).isTrue();
        assertThat(request.role()).isEqualTo("postgres");
        assertThat(request.settings().values()).containsEntry("search_path", "sales, public").containsKey("TimeZone");
    }

    @Test
    void quotesAndBackslashesInNamesAndQueriesArriveAsTheyAre() throws Exception {
        execute("SELECT pgtrickle.create_stream_table('\"Sal\\es\".\"it''s \"\"odd\"\"\"', 'SELECT ''\\'' AS \"a\\\"\"b\" -- \u00fc\u2603')");
        CreateRequest request = service.created.take();
        assertThat(request.definition().name()).isEqualTo(new TableName("Sal\\es", "it's \"odd\""));
        assertThat(request.definition().query()).isEqualTo("SELECT '\\' AS \"a\\\"\"b\" -- \u00fc\u2603");
    }

    @Test
    void aLongQueryArrivesWhole() throws Exception {
        execute("SELECT pgtrickle.create_stream_table('long', 'SELECT 1 -- ' || repeat('x', 200000))");
        assertThat(service.created.take().definition().query()).hasSize(200_012);
    }

    @Test
    void theCompilersErrorComesWithCodePlaceAndCure() {
        PSQLException error = failure("SELECT pgtrickle.create_stream_table('t', E'SELECT *\\n  FROM orderz')");
        ServerErrorMessage message = error.getServerErrorMessage();
        assertThat(error.getSQLState()).isEqualTo("42P01");
        assertThat(message.getMessage()).isEqualTo("FR104: table \"orderz\" does not exist (line 2, column 8)");
        assertThat(message.getDetail()).isEqualTo("LINE 2:   FROM orderz\n               ^");
        assertThat(message.getHint()).isEqualTo("Perhaps you mean \"orders\".");
    }

    @Test
    void aDefectIsReportedAsOne() {
        assertThat(failure("SELECT pgtrickle.create_stream_table('t', 'defect')").getServerErrorMessage().getMessage())
                .isEqualTo("FR901: broken invariant");
    }

    @Test
    void aFullRefreshIsAnnouncedByANotice() throws SQLException {
        try (Statement statement = user.createStatement()) {
            statement.execute("SELECT pgtrickle.create_stream_table('t', 'SELECT 1 LIMIT 1')");
            SQLWarning notice = statement.getWarnings();
            assertThat(notice.getMessage()).isEqualTo("refreshed in full: LIMIT has no rule");
        }
    }

    @Test
    void ifNotExistsKeepsWhatIsThere() throws Exception {
        execute("SELECT pgtrickle.create_stream_table_if_not_exists('t', 'SELECT 1')");
        execute("SELECT pgtrickle.create_stream_table_if_not_exists('t', 'SELECT 2')");
        assertThat(service.created).hasSize(1);
    }

    @Test
    void everyFunctionReachesTheService() throws Exception {
        execute("SELECT pgtrickle.create_stream_table('sales.t', 'SELECT 1')");
        execute("SET search_path = sales");
        assertThat(text("SELECT pgtrickle.refresh_stream_table('t')")).isEqualTo("42");
        assertThat(text("SELECT pgtrickle.explain_st('t')")).isEqualTo("explain sales.t as text");
        assertThat(text("SELECT pgtrickle.explain_st('t', format => 'json')")).isEqualTo("explain sales.t as json");
        assertThat(text("SELECT v::text FROM pgtrickle.verify_stream_table('t') v")).isEqualTo("(sales.t,43,0,t)");
        assertThat(text("SELECT (name, status, refresh_mode, last_error)::text FROM pgtrickle.pgt_status()"))
                .isEqualTo("(sales.t,ACTIVE,FULL,\"division by zero\")");
        execute("SELECT pgtrickle.drop_stream_table('t')");
        assertThat(text("SELECT count(*) FROM pgtrickle.pgt_status()")).isEqualTo("0");
    }

    @Test
    void wrongArgumentsAreRefusedWithTheirCure() {
        assertThat(complaint("SELECT pgtrickle.create_stream_table('a.b.c', 'SELECT 1')")).contains("FR112")
                .contains("'a.b.c'");
        assertThat(complaint("SELECT pgtrickle.create_stream_table('x y', 'SELECT 1')")).contains("FR112");
        assertThat(complaint("SELECT pgtrickle.create_stream_table(NULL, 'SELECT 1')")).contains("FR112");
        assertThat(complaint("SELECT pgtrickle.create_stream_table('t', NULL)")).contains("FR102");
        assertThat(complaint("SELECT pgtrickle.create_stream_table('t', 'SELECT 1', schedule => 'soon')"))
                .contains("FR112").contains("'5s'");
        assertThat(complaint("SELECT pgtrickle.create_stream_table('t', 'SELECT 1', refresh_mode => 'fast')"))
                .contains("FR112");
        assertThat(complaint("SELECT pgtrickle.create_stream_table('t', 'SELECT 1', initialize => NULL)"))
                .contains("FR112: initialize is NULL");
        assertThat(complaint("SELECT pgtrickle.refresh_stream_table('nothing')")).contains("FR111")
                .contains("pgt_status");
        assertThat(service.created).isEmpty();
    }

    @Test
    void onlyAReadCommittedTransactionWithoutWritesCanCreate() throws SQLException {
        execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
        assertThat(complaint("SELECT pgtrickle.explain_st('t')")).contains("FR117")
                .contains("REPEATABLE READ");
        execute("ROLLBACK");
        execute("BEGIN READ ONLY");
        assertThat(complaint("SELECT pgtrickle.explain_st('t')")).contains("FR117");
        execute("ROLLBACK");
        execute("BEGIN; CREATE TABLE written (a int)");
        assertThat(complaint("SELECT pgtrickle.create_stream_table('t', 'SELECT 1')")).contains("FR117")
                .contains("COMMIT");
        execute("ROLLBACK");
    }

    @Test
    void aRequestTakesNoTransactionId() throws SQLException {
        execute("BEGIN");
        execute("SELECT pgtrickle.create_stream_table('t', 'SELECT 1')");
        assertThat(text("SELECT pg_current_xact_id_if_assigned() IS NULL")).isEqualTo("t");
        execute("ROLLBACK");
    }

    @Test
    void theRoleIsTheOneThatRunsTheStatement() throws Exception {
        execute("SET SESSION AUTHORIZATION alice");
        execute("SELECT pgtrickle.create_stream_table('public.of_alice', 'SELECT 1')");
        assertThat(service.created.take().role()).isEqualTo("alice");
        execute("SET ROLE team");
        execute("SELECT pgtrickle.create_stream_table('public.of_team', 'SELECT 1')");
        assertThat(service.created.take().role()).isEqualTo("team");
        execute("RESET SESSION AUTHORIZATION");
        execute("""
                CREATE FUNCTION as_bob() RETURNS void LANGUAGE sql SECURITY DEFINER
                AS $$SELECT pgtrickle.create_stream_table('public.of_bob', 'SELECT 1')$$;
                ALTER FUNCTION as_bob() OWNER TO bob;
                """);
        execute("SELECT as_bob()");
        assertThat(service.created.take().role()).isEqualTo("bob");
        execute("DROP FUNCTION as_bob()");
    }

    @Test
    void nobodyCanAskInAnothersName() throws Exception {
        execute("SET SESSION AUTHORIZATION bob");
        execute("""
                INSERT INTO pgtrickle.pgt_mailbox
                SELECT gen_random_uuid(), pgtrickle.pgt_daemon_incarnation(), 'create',
                    '{"name": ["public", "forged"], "query": "SELECT 1", "schedule": "1s", "refreshMode": "AUTO", "initialize": true}',
                    '{public}', 'postgres'
                """);
        assertThat(service.created.take().role()).isEqualTo("bob");
        assertThat(complaint("SELECT inner_key FROM pgtrickle.pgt_request_secret")).contains("permission denied");
        assertThat(complaint("SELECT * FROM pgtrickle.pgt_requests")).contains("permission denied");
        assertThat(complaint("""
                             CREATE TEMP TABLE mine (LIKE pgtrickle.pgt_mailbox);
                             CREATE TRIGGER t BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION pgtrickle.pgt_mailbox_send()
                             """)).contains("permission denied");
        execute("SELECT pg_logical_emit_message(false, 'freshet.request', sha256('x') || '{}'::bytea, true)");
        execute("SELECT pg_logical_emit_message(false, 'freshet.request', 'short'::bytea, true)");
        execute("SELECT pgtrickle.create_stream_table('public.honest', 'SELECT 1')");
        assertThat(service.created.take().definition().name().name()).isEqualTo("honest");
    }

    @Test
    void onlyTheOwnersRightsAllowToDropRefreshAndVerify() throws SQLException {
        execute("SET SESSION AUTHORIZATION alice; SET ROLE team");
        execute("SELECT pgtrickle.create_stream_table('public.t', 'SELECT 1')");
        execute("SET SESSION AUTHORIZATION bob");
        assertThat(complaint("SELECT pgtrickle.drop_stream_table('t')")).contains("FR115").contains("bob");
        assertThat(failure("SELECT pgtrickle.refresh_stream_table('t')").getSQLState()).isEqualTo("42501");
        assertThat(failure("SELECT pgtrickle.verify_stream_table('t')").getSQLState()).isEqualTo("42501");
        assertThat(text("SELECT last_error IS NULL FROM pgtrickle.pgt_status()")).isEqualTo("t");
        execute("SET SESSION AUTHORIZATION alice");
        assertThat(text("SELECT last_error FROM pgtrickle.pgt_status()")).isEqualTo("division by zero");
        execute("SELECT pgtrickle.refresh_stream_table('t')");
        execute("SELECT pgtrickle.drop_stream_table('t')");
    }

    @Test
    void cascadeDropsReadersFirst() throws SQLException {
        for (String name : new String[]{"a", "b", "c"}) {
            execute("SELECT pgtrickle.create_stream_table('public." + name + "', 'SELECT 1')");
        }
        execute("""
                INSERT INTO pgtrickle.pgt_sources
                SELECT r.pgt_id, 'public', e.read, 0
                FROM (VALUES ('b', 'a'), ('c', 'a'), ('c', 'b')) e (reader, read)
                JOIN pgtrickle.pgt_stream_tables r ON r.table_name = e.reader
                """);
        execute("SELECT pgtrickle.drop_stream_table('a', cascade => true)");
        assertThat(service.calls).containsExactly("drop public.c", "drop public.b", "drop public.a");
    }

    @Test
    void withoutADaemonTheErrorSaysHowToStartOne() {
        channel.close();
        PSQLException error = failure("SELECT pgtrickle.create_stream_table('t', 'SELECT 1')");
        assertThat(error.getServerErrorMessage().getMessage()).startsWith("FR307");
        assertThat(error.getServerErrorMessage().getHint()).contains("./freshet daemon --url postgresql://")
                .endsWith(":" + server.postgres().getPort() + "/postgres");
    }

    @Test
    void aWaiterLearnsThatTheDaemonWentAway() throws Exception {
        execute("SELECT pgtrickle.create_stream_table('t', 'SELECT 1')");
        service.gate = new CountDownLatch(1);
        try (ExecutorService background = Executors.newSingleThreadExecutor()) {
            Future<PSQLException> waiting = background.submit(() -> failure("SELECT pgtrickle.refresh_stream_table('t')"));
            assertThat(service.calls.take()).isEqualTo("refresh public.t");
            service.update("DO $$BEGIN PERFORM pg_terminate_backend(pid) FROM pgtrickle.pgt_daemon; END$$");
            assertThat(waiting.get().getMessage()).contains("FR307").contains("went away");
        } finally {
            service.gate.countDown();
        }
    }

    @Test
    void aRequestWhoseWaiterIsGoneIsAnsweredAllTheSame() throws Exception {
        execute("SELECT pgtrickle.create_stream_table('t', 'SELECT 1')");
        service.gate = new CountDownLatch(1);
        execute("SET statement_timeout = '300ms'");
        assertThat(failure("SELECT pgtrickle.refresh_stream_table('t')").getSQLState()).isEqualTo("57014");
        service.gate.countDown();
        execute("RESET statement_timeout");
        awaitText("SELECT count(*) FROM pgtrickle.pgt_requests WHERE kind = 'refresh' AND result ->> 'epoch' = '42'", "1");
    }

    @Test
    void theNextDaemonCancelsWhatWasLeftUnanswered() throws SQLException {
        channel.close();
        execute("""
                INSERT INTO pgtrickle.pgt_requests (request_id, incarnation, kind, role)
                VALUES (gen_random_uuid(), gen_random_uuid(), 'create', 'alice')
                """);
        channel = RequestChannel.open(Mailbox.claim(connections), service);
        assertThat(text("SELECT error_code FROM pgtrickle.pgt_requests")).isEqualTo("FR307");
    }

    @Test
    void beforeItIsAnnouncedNoFunctionFindsIt() throws SQLException {
        channel.close();
        channel = RequestChannel.open(Mailbox.claim(connections), service);
        assertThat(text("SELECT pgtrickle.pgt_daemon_incarnation() IS NULL")).isEqualTo("t");
        channel.announce();
        assertThat(text("SELECT pgtrickle.pgt_daemon_incarnation() IS NULL")).isEqualTo("f");
    }

    @Test
    void aSecondDaemonIsRefused() {
        assertThatThrownBy(() -> RequestChannel.open(Mailbox.claim(connections), service))
                .isInstanceOfSatisfying(FreshetException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.FENCED);
                    assertThat(e.describe()).contains("pg_terminate_backend(");
                });
    }

    @Test
    void aStoppedChannelStillKeepsOtherDaemonsOut() {
        channel.stop();
        assertThatThrownBy(() -> RequestChannel.open(Mailbox.claim(connections), service))
                .isInstanceOfSatisfying(FreshetException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED));
    }

    @Test
    void theSessionComesBackByItself() throws SQLException {
        service.update("DO $$BEGIN PERFORM pg_terminate_backend(pid, 10000) FROM pgtrickle.pgt_daemon; END$$");
        awaitText("SELECT pgtrickle.pgt_daemon_incarnation() IS NOT NULL", "t");
        execute("SELECT pgtrickle.create_stream_table('t', 'SELECT 1')");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = user.createStatement()) {
            statement.execute(sql);
        }
    }

    private PSQLException failure(String sql) {
        return catchThrowableOfType(PSQLException.class, () -> execute(sql));
    }

    /** Message, detail and hint of the error. */
    private String complaint(String sql) {
        return failure(sql).getMessage();
    }

    private String text(String sql) throws SQLException {
        try (Statement statement = user.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private void awaitText(String sql, String expected) throws SQLException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!text(sql).equals(expected)) {
            assertThat(System.nanoTime()).as(sql).isLessThan(end);
        }
    }
}
