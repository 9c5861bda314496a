package io.freshet.runtime.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InstallerTest {
    private static EmbeddedPostgres postgres;
    private Connection connection;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void connect() throws SQLException {
        connection = postgres.getPostgresDatabase().getConnection();
        execute("DROP SCHEMA IF EXISTS pgtrickle, pgtrickle_state, pgtrickle_changes CASCADE");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @Test
    void installsOnceAndKeepsItsId() throws SQLException {
        assertThat(Installer.find(connection)).isEmpty();
        Installer.Installation first = Installer.install(connection);
        assertThat(first.id()).matches("[0-9a-f]{8}");
        assertThat(first.version()).isEqualTo(Migration.all().size());
        assertThat(Installer.install(connection)).isEqualTo(first);
        assertThat(text("SELECT epoch FROM pgtrickle.pgt_anchor_local")).isEqualTo("0");
    }

    @Test
    void everyTableCanBeWrittenWhileShardsMove() throws SQLException {
        Installer.install(connection);
        assertThat(text("""
                        SELECT coalesce(string_agg(c.relname, ', '), 'none') FROM pg_class c
                        WHERE c.relnamespace::regnamespace::text LIKE 'pgtrickle%' AND c.relkind = 'r' AND c.relreplident <> 'f'
                          AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
                        """)).isEqualTo("none");
    }

    @Test
    void uninstallRemovesStreamTablesAndSchemas() throws SQLException {
        Installer.install(connection);
        execute("""
                CREATE TABLE public."odd ""name" (a int);
                INSERT INTO pgtrickle.pgt_stream_tables (schema_name, table_name, query, requested_mode, refresh_mode, schedule,
                    owner_role)
                VALUES ('public', 'odd "name', 'SELECT 1', 'AUTO', 'FULL', 'calculated', 'postgres')
                """);
        assertThat(Installer.uninstall(connection)).isTrue();
        assertThat(Installer.find(connection)).isEmpty();
        assertThat(text("SELECT count(*) FROM pg_class WHERE relname = 'odd \"name'")).isEqualTo("0");
        assertThat(Installer.uninstall(connection)).isFalse();
    }

    @Test
    void refusesASchemaOfAnotherOrigin() throws SQLException {
        execute("CREATE SCHEMA pgtrickle");
        assertThatThrownBy(() -> Installer.install(connection)).isInstanceOfSatisfying(FreshetException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_INSTALLED);
            assertThat(e.describe()).contains("pgtrickle").contains("HINT");
        });
        assertThat(text("SELECT to_regnamespace('pgtrickle_state') IS NULL")).isEqualTo("t");
    }

    @Test
    void refusesASchemaThatIsNewerThanTheProgram() throws SQLException {
        Installer.install(connection);
        execute("UPDATE pgtrickle.installation SET version = 9999");
        assertThatThrownBy(() -> Installer.install(connection)).isInstanceOfSatisfying(FreshetException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_INSTALLED));
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
