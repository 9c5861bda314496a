package io.freshet.it.input;

import static io.freshet.it.input.BadInput.call;
import static io.freshet.it.input.BadInput.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes in the call itself, on a plain PostgreSQL. */
class BadInputIT {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::postgres);

    private static final String OPTION = "SELECT a, b FROM t";
    private static DaemonProcess daemon;

    @BeforeAll
    static void start() {
        daemon = DaemonProcess.start(DATABASE.get());
        DATABASE.get().execute("""
                               CREATE TABLE t (a int PRIMARY KEY, b text, c numeric);
                               CREATE TABLE u (a int PRIMARY KEY, d text);
                               CREATE TABLE no_identity (a int PRIMARY KEY);
                               CREATE UNLOGGED TABLE unlogged (a int PRIMARY KEY);
                               CREATE MATERIALIZED VIEW stored AS SELECT 1 AS a;
                               CREATE VIEW v AS SELECT a, b FROM t;
                               CREATE SEQUENCE s;
                               CREATE FUNCTION dice() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 4';
                               ALTER TABLE t REPLICA IDENTITY FULL;
                               ALTER TABLE u REPLICA IDENTITY FULL;
                               ALTER TABLE unlogged REPLICA IDENTITY FULL;
                               INSERT INTO t SELECT i, 'b' || i, i FROM generate_series(1, 10) i;
                               """);
        new StreamTables(DATABASE.get()).create("taken", "SELECT a FROM t");
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    static Stream<BadInput> mistakes() {
        return Stream.of(query("SELECT * FROM nowhere", ErrorCode.UNDEFINED_TABLE).says("nowhere").at("nowhere"),
                query("SELECT * FROM nowhere.t", ErrorCode.UNDEFINED_TABLE).says("nowhere.t").at("nowhere"),
                query("SELECT a,\n  nope\nFROM t", ErrorCode.UNDEFINED_COLUMN).says("nope").at("nope"),
                query("SELECT t.nope FROM t", ErrorCode.UNDEFINED_COLUMN).says("nope"),
                query("SELECT x.a FROM t", ErrorCode.UNDEFINED_TABLE).says("x").at("x"),
                query("SELECT frobnicate(a) FROM t", ErrorCode.UNDEFINED_FUNCTION).says("frobnicate").at("frobnicate"),
                query("SELECT a || 1 FROM t", ErrorCode.UNDEFINED_FUNCTION).says("||"),
                query("SELECT a::nonsense FROM t", ErrorCode.UNDEFINED_TYPE).says("nonsense"),
                query("SELECT a FROM t, u", ErrorCode.AMBIGUOUS_NAME).says("a").at("a"),
                query("SELECT a, count(*) FROM t", ErrorCode.INVALID_QUERY).says("column \"a\" must appear in the GROUP BY")
                        .at("a"),
                query("SELECT a FROM t WHERE b", ErrorCode.INVALID_QUERY).says("boolean"),
                query("SELECT a FROM t UNION ALL SELECT d FROM u", ErrorCode.INVALID_QUERY),
                query("SELEC a FROM t", ErrorCode.SYNTAX_ERROR).at("SELEC"),
                query("SELECT a FROM t WHERE", ErrorCode.SYNTAX_ERROR),
                query("SELECT a FROM t WHERE b = 'open", ErrorCode.SYNTAX_ERROR).at("'open"),
                query("SELECT a FROM t WHERE \"a = 1", ErrorCode.SYNTAX_ERROR).at("\"a"),
                query("SELECT a FROM t /* open", ErrorCode.SYNTAX_ERROR).at("/*"),
                query("SELECT a FROM t WHERE b = $$open", ErrorCode.SYNTAX_ERROR).at("$$open"),
                query("SELECT (a FROM t", ErrorCode.SYNTAX_ERROR).at("FROM"), query("", ErrorCode.EMPTY_QUERY),
                query(" \n\t", ErrorCode.EMPTY_QUERY), query("-- nothing\n/* at all */", ErrorCode.EMPTY_QUERY),
                query(";", ErrorCode.EMPTY_QUERY), query("SELECT a FROM t; SELECT a FROM u", ErrorCode.MULTIPLE_STATEMENTS),
                query("SELECT a FROM t; DROP TABLE t", ErrorCode.MULTIPLE_STATEMENTS).at("DROP"),
                query("SELECT a, a FROM t", ErrorCode.DUPLICATE_OUTPUT_COLUMN).says("a"),
                query("SELECT a, random() AS r FROM t", ErrorCode.VOLATILE_FUNCTION).says("random").at("random"),
                query("SELECT a, nextval('s') AS n FROM t", ErrorCode.VOLATILE_FUNCTION).says("nextval").at("nextval"),
                query("SELECT a FROM t WHERE c > dice()", ErrorCode.VOLATILE_FUNCTION).says("dice").at("dice"),
                query("SELECT a FROM no_identity", ErrorCode.REPLICA_IDENTITY).says("no_identity")
                        .curedBy("ALTER TABLE public.no_identity REPLICA IDENTITY FULL;"),
                query("SELECT a FROM unlogged", ErrorCode.UNSUPPORTED_SOURCE).curedBy("ALTER TABLE public.unlogged SET LOGGED;"),
                query("SELECT a FROM stored", ErrorCode.UNSUPPORTED_SOURCE).says("stored"),
                query("SELECT relname FROM pg_class", ErrorCode.UNSUPPORTED_SOURCE).says("pg_class"),
                query("SELECT t.a, u.d FROM t LEFT JOIN u ON u.a = t.a", "refresh_mode => 'DIFFERENTIAL'",
                        ErrorCode.NOT_DIFFERENTIABLE).says("LEFT JOIN"),
                query(OPTION, "schedule => 'soon'", ErrorCode.INVALID_OPTION).says("soon").curedBy("'calculated'"),
                query(OPTION, "refresh_mode => 'QUICK'", ErrorCode.INVALID_OPTION).says("QUICK").curedBy("'DIFFERENTIAL'"),
                query(OPTION, "output_distribution_column => 'a'", ErrorCode.INVALID_DISTRIBUTION_COLUMN),
                query(OPTION, "output_distribution_column => 'nope'", ErrorCode.INVALID_DISTRIBUTION_COLUMN).says("nope"),
                call("create_stream_table('t', 'SELECT a FROM u')", ErrorCode.NAME_TAKEN).says("t"),
                call("create_stream_table('v', 'SELECT a FROM u')", ErrorCode.NAME_TAKEN),
                call("create_stream_table('s', 'SELECT a FROM u')", ErrorCode.NAME_TAKEN),
                call("create_stream_table('t_pkey', 'SELECT a FROM u')", ErrorCode.NAME_TAKEN),
                call("create_stream_table('taken', 'SELECT a FROM u')", ErrorCode.NAME_TAKEN)
                        .curedBy("SELECT pgtrickle.drop_stream_table('public.taken');"),
                call("create_stream_table('nowhere.st', 'SELECT a FROM t')", ErrorCode.INVALID_OPTION).says("nowhere")
                        .curedBy("CREATE SCHEMA nowhere;"),
                call("create_stream_table('a.b.c', 'SELECT a FROM t')", ErrorCode.INVALID_OPTION).says("a.b.c"),
                call("create_stream_table('', 'SELECT a FROM t')", ErrorCode.INVALID_OPTION),
                call("create_stream_table(NULL, 'SELECT a FROM t')", ErrorCode.INVALID_OPTION),
                call("create_stream_table('" + "x".repeat(64) + "', 'SELECT a FROM t')", ErrorCode.INVALID_QUERY).says("63"),
                call("create_stream_table('st', NULL)", ErrorCode.EMPTY_QUERY),
                call("drop_stream_table('nowhere')", ErrorCode.UNDEFINED_STREAM_TABLE).says("nowhere"),
                call("drop_stream_table('t')", ErrorCode.UNDEFINED_STREAM_TABLE).says("t"),
                call("refresh_stream_table('nowhere')", ErrorCode.UNDEFINED_STREAM_TABLE).says("nowhere"),
                call("verify_stream_table('nowhere')", ErrorCode.UNDEFINED_STREAM_TABLE).says("nowhere"),
                call("explain_st('nowhere')", ErrorCode.UNDEFINED_STREAM_TABLE).says("nowhere"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isRefusedWithItsCodeAndLeavesNothing(BadInput mistake) {
        refused(DATABASE.get(), mistake);
    }

    /** What PostgreSQL has but a stream table cannot be: which of the two codes says so is the front end's choice. */
    static Stream<String> statementsThatAreNoQueries() {
        return Stream.of("DELETE FROM t", "INSERT INTO t VALUES (11) RETURNING a",
                "WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x",
                "SELECT a INTO elsewhere FROM t", "SELECT a FROM t FOR UPDATE", "DROP TABLE t", "COPY t TO STDOUT",
                "SELECT $1 FROM t",
                "CREATE TABLE elsewhere AS SELECT a FROM t", "EXPLAIN SELECT a FROM t", "TABLE t; TRUNCATE t");
    }

    @ParameterizedTest
    @MethodSource("statementsThatAreNoQueries")
    void isNoQuery(String statement) {
        List<String> before = Leftovers.in(DATABASE.get());
        Refusal refusal = refusal(DATABASE.get(), query(statement, ErrorCode.SYNTAX_ERROR));
        assertThat(refusal.code()).as(refusal.message()).isIn(ErrorCode.SYNTAX_ERROR.code(), ErrorCode.UNSUPPORTED_SYNTAX.code(),
                ErrorCode.MULTIPLE_STATEMENTS.code(), ErrorCode.INVALID_QUERY.code());
        assertThat(Leftovers.in(DATABASE.get())).isEqualTo(before);
    }

    @Test
    void aQueryOf100KilobytesWorks() {
        String list = IntStream.rangeClosed(1, 17_000).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        String query = "SELECT a, b FROM t WHERE a IN (" + list + ")";
        assertThat(query.length()).isGreaterThan(100_000);
        works("big", query);
    }

    @Test
    void nestingWithoutEndIsRefused() {
        for (String query : List.of("SELECT " + "(".repeat(50_000) + "a" + ")".repeat(50_000) + " AS a FROM t",
                "SELECT a FROM t WHERE " + "NOT ".repeat(25_000) + "true", "SELECT " + "- ".repeat(50_000) + "a AS a FROM t")) {
            List<String> before = Leftovers.in(DATABASE.get());
            Refusal refusal = refusal(DATABASE.get(), query(query, ErrorCode.UNSUPPORTED_SYNTAX));
            assertThat(refusal.code()).as(refusal.message()).isNotEqualTo(ErrorCode.INTERNAL.code()).startsWith("FR");
            assertThat(refusal.message()).hasSizeLessThan(1_000);
            assertThat(Leftovers.in(DATABASE.get())).isEqualTo(before);
        }
    }

    @Test
    void quotesAndBackslashesInEveryNameWork() {
        Database database = DATABASE.get();
        database.execute(
                """
                CREATE SCHEMA "we""ird \\schema'";
                CREATE TABLE "we""ird \\schema'"."it's a \\ ""table" ("a""b\\c'd" int PRIMARY KEY, "select" text, "Ünï $1 :__pgt_epoch" numeric);
                ALTER TABLE "we""ird \\schema'"."it's a \\ ""table" REPLICA IDENTITY FULL;
                INSERT INTO "we""ird \\schema'"."it's a \\ ""table" VALUES (1, 'it''s \\ here', 2), (2, NULL, NULL);
                """);
        String from = " FROM \"we\"\"ird \\schema'\".\"it's a \\ \"\"table\"";
        works("\"we\"\"ird \\schema'\".\"st \\\"\"'x\"",
                "SELECT \"a\"\"b\\c'd\", \"select\" AS \"my \"\"col\\'\", \"Ünï $1 :__pgt_epoch\"" + from);
        works("\"we\"\"ird \\schema'\".\"group \\\"\"'x\"",
                "SELECT \"select\", sum(\"Ünï $1 :__pgt_epoch\") AS \"\"\"\", '\\'':__pgt_epoch' AS \"'\""
                        + from + " GROUP BY \"select\"");
    }

    @Test
    void withoutARightItIsRefused() {
        Database database = DATABASE.get();
        database.execute(
                "CREATE ROLE nobody; CREATE ROLE reader; GRANT CREATE ON SCHEMA public TO nobody; GRANT SELECT ON t TO reader");
        List<String> before = Leftovers.in(database);
        assertThat(refusalAs(database, "nobody", "SELECT a FROM t").code()).isEqualTo(ErrorCode.PERMISSION_DENIED.code());
        assertThat(refusalAs(database, "nobody", "SELECT a FROM t").hint()).contains("GRANT SELECT ON public.t TO nobody;");
        assertThat(refusalAs(database, "reader", "SELECT a FROM t").hint()).contains("GRANT CREATE ON SCHEMA public TO reader;");
        assertThat(Leftovers.in(database)).isEqualTo(before);
        database.execute("DROP OWNED BY nobody, reader; DROP ROLE nobody, reader");
    }

    @Test
    void inARepeatableReadTransactionItIsRefused() {
        SqlFailure failure = catchThrowableOfType(SqlFailure.class,
                () -> DATABASE.get().execute("""
                                             BEGIN ISOLATION LEVEL REPEATABLE READ;
                                             SELECT pgtrickle.create_stream_table('st', 'SELECT a FROM t')
                                             """));
        assertThat(Refusal.of(failure).code()).isEqualTo(ErrorCode.UNSUITABLE_TRANSACTION.code());
    }

    private static Refusal refusalAs(Database database, String role, String query) {
        SqlFailure failure = catchThrowableOfType(SqlFailure.class,
                () -> database.execute("SET ROLE " + role + "; SELECT pgtrickle.create_stream_table('st', '" + query + "')"));
        assertThat(failure).as("as " + role).isNotNull();
        return Refusal.of(failure);
    }

    /** Creates the stream table, changes nothing, compares it with its query, and drops it without a trace. */
    private static void works(String name, String query) {
        List<String> before = Leftovers.in(DATABASE.get());
        StreamTables streamTables = new StreamTables(DATABASE.get());
        streamTables.create(name, query);
        assertThat(streamTables.verify(name).differingRows()).isZero();
        assertThat(DATABASE.get().rows("SELECT count(*) FROM " + name))
                .isEqualTo(DATABASE.get().rows("SELECT count(*) FROM (" + query + ") q"));
        streamTables.drop(name);
        assertThat(Leftovers.in(DATABASE.get())).isEqualTo(before);
    }

    static void refused(Database database, BadInput mistake) {
        List<String> before = Leftovers.in(database);
        Refusal refusal = refusal(database, mistake);
        assertThat(refusal.code()).as(refusal.toString()).isEqualTo(mistake.code().code());
        assertThat(refusal.message()).contains(mistake.says());
        assertThat(refusal.hint()).contains(mistake.cure());
        if (!mistake.place().isEmpty()) {
            assertThat(refusal.place()).as(refusal.toString()).hasValueSatisfying(p -> assertThat(p).startsWith(mistake.place()));
        }
        assertThat(withoutSlots(Leftovers.in(database))).isEqualTo(withoutSlots(before));
        // A slot that was made when somebody asked goes a moment after it turns out that nobody needs it.
        Await.until("nothing is left of " + mistake, () -> Leftovers.in(database).size() <= before.size());
    }

    private static List<String> withoutSlots(List<String> things) {
        return things.stream().filter(thing -> !thing.startsWith("slot|")).toList();
    }

    private static Refusal refusal(Database database, BadInput mistake) {
        SqlFailure failure = catchThrowableOfType(SqlFailure.class, () -> database.execute("SELECT pgtrickle." + mistake.call()));
        assertThat(failure).as("%s is refused", mistake).isNotNull();
        return Refusal.of(failure);
    }
}
