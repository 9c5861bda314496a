package io.freshet.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.QuerySettings;
import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PostgreSQL has the last word on what a query means. */
class LiveCompilationTest {
    private static EmbeddedPostgres postgres;
    private static Compilation compilation;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
        String url = "postgresql://postgres@localhost:" + postgres.getPort() + "/postgres";
        compilation = new LiveCompilation(new Connections(ConnectionUrl.parse(url)));
        try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
            Jdbc.execute(connection, """
                                     CREATE TYPE public.mood AS ENUM ('sad', 'ok');
                                     CREATE TABLE t (a int PRIMARY KEY, b text, m mood, doc jsonb, r int[]);
                                     CREATE TABLE u (a int PRIMARY KEY, c numeric(8,2));
                                     CREATE VIEW rows_of_t AS SELECT t AS whole FROM t;
                                     CREATE VIEW dice AS SELECT a, random() AS r FROM t;
                                     CREATE VIEW together AS SELECT whole, c FROM rows_of_t, u;
                                     """);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @AfterEach
    void nothingIsLeft() throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
            assertThat(Jdbc.first(connection, "SELECT count(*) FROM pg_class WHERE relname LIKE '%described%'",
                    row -> row.getLong(1)))
                    .contains(0L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT a, b, m, doc, r FROM t", "SELECT a, b FROM t;", "  SELECT a FROM t -- all; of them",
            "SELECT b, count(*), sum(c) FROM t JOIN u USING (a) GROUP BY b", "SELECT a, 'x' AS x, NULL AS n FROM t",
            "SELECT a, '};{' AS \"}; {\" FROM t WHERE b <> ';'",
            "SELECT a, c::numeric(4,1), b::varchar(3) FROM t NATURAL JOIN u"})
    void isAgreedOn(String query) throws SQLException {
        CompiledStreamTable compiled = compile(query, RefreshMode.DIFFERENTIAL);
        assertThat(compiled.mode()).isEqualTo(RefreshMode.DIFFERENTIAL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                                                                  SELECT t FROM t                                         | t public.t            | t
                                                                  SELECT a, unnest(r) AS e FROM t                         | a integer, e integer  | t
                                                                  SELECT whole, c AS "the c" FROM together                    | "the c" numeric(8,2)  | t, u
                                                                  SELECT JSON_VALUE(doc, '$.x') AS v, m AS "M" FROM t     | v text, "M" public.mood | t
                                                                  SELECT a FROM t ORDER BY b FETCH FIRST 2 ROWS WITH TIES | a integer             | t
                                                                  """)
    void whatFreshetDoesNotReadIsRefreshedInFull(String query, String columns, String tables) throws SQLException {
        CompiledStreamTable compiled = compile(query, RefreshMode.AUTO);
        assertThat(compiled.mode()).isEqualTo(RefreshMode.FULL);
        assertThat(compiled.fullRefreshReasons().getFirst().message()).contains("PostgreSQL understands the query");
        for (String column : columns.split(", ")) {
            assertThat(compiled.createStatements().getFirst()).contains(column);
        }
        assertThat(compiled.sources()).extracting(Table::name).extracting(TableName::name).containsExactly(tables.split(", "));
        createAndFill(compiled);
        assertThat(compile(query, RefreshMode.FULL).fullRefreshReasons()).isEmpty();
        FreshetException refusal = refusal(query, RefreshMode.DIFFERENTIAL);
        assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_DIFFERENTIABLE);
        assertThat(refusal.position()).isEqualTo(compiled.fullRefreshReasons().getFirst().position());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                                                                  SELECT a FROM t TABLESAMPLE BERNOULLI (50)           | UNSUPPORTED_SYNTAX | TABLESAMPLE
                                                                  SELECT a FROM t FOR UPDATE                           | UNSUPPORTED_SYNTAX | FOR UPDATE
                                                                  SELECT t, random() FROM t                            | UNSUPPORTED_SYNTAX | t
                                                                  SELECT dice FROM dice                                | UNSUPPORTED_SYNTAX | dice
                                                                  SELECT c FROM pg_class c                             | UNSUPPORTED_SOURCE | pg_class
                                                                  SELECT table_name FROM information_schema.tables     | UNSUPPORTED_SOURCE | information_schema
                                                                  SELECT nope, unnest(r) FROM t                        | UNDEFINED_COLUMN   | nope
                                                                  SELECT JSON_VALUE(nope, '$.x') AS v FROM t           | UNDEFINED_COLUMN   | nope
                                                                  SELECT t, t FROM t                                   | DUPLICATE_OUTPUT_COLUMN | t
                                                                  SELECT t AS __pgt_x FROM t                           | INVALID_QUERY      | __pgt_x
                                                                  """)
    void isRefusedInEveryMode(String query, ErrorCode code, String at) throws SQLException {
        for (RefreshMode mode : RefreshMode.values()) {
            FreshetException refusal = refusal(query, mode);
            assertThat(refusal.code()).as(refusal.describe()).isEqualTo(code);
            assertThat(refusal.describe()).contains(at);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT a FROM t; DROP TABLE t", "SELECT JSON_VALUE(doc, '$.x') FROM t; DROP TABLE t",
            "SELECT t FROM t; COMMIT; DROP TABLE t;"})
    void isNeverTwoStatements(String query) {
        FreshetException refusal = refusal(query, RefreshMode.AUTO);
        assertThat(refusal.code()).isIn(ErrorCode.MULTIPLE_STATEMENTS, ErrorCode.UNSUPPORTED_SYNTAX, ErrorCode.SYNTAX_ERROR);
    }

    @Test
    void pointsAtWhatPostgresRefuses() {
        FreshetException refusal = refusal("  SELECT a,\n '\u00e9\ud83d\ude00', JSON_VALUE(nope, '$.x') FROM t",
                RefreshMode.AUTO);
        assertThat(refusal.position()).hasValueSatisfying(p -> {
            assertThat(p.line()).isEqualTo(2);
            assertThat(p.column()).isEqualTo(20);
        });
    }

    private static CompiledStreamTable compile(String query, RefreshMode mode) throws SQLException {
        TableName name = new TableName("public", "st");
        try (Compilation.Session session = compilation.open()) {
            return session.compile(new StreamTableDefinition(name, query, mode, Optional.empty()),
                    QuerySettings.of(List.of("public"), Map.of()));
        }
    }

    private static FreshetException refusal(String query, RefreshMode mode) {
        FreshetException refusal = catchThrowableOfType(FreshetException.class, () -> compile(query, mode));
        assertThat(refusal).as(query).isNotNull();
        return refusal;
    }

    private static void createAndFill(CompiledStreamTable compiled) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
            connection.setAutoCommit(false);
            for (String statement : compiled.createStatements()) {
                Jdbc.execute(connection, statement);
            }
            Jdbc.execute(connection, compiled.populate().getFirst().sql());
            assertThat(Jdbc.first(connection, compiled.verifySql(), row -> row.getLong(1))).contains(0L);
            connection.rollback();
        }
    }
}
