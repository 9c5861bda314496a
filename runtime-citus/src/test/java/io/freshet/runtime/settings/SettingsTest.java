package io.freshet.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @Test
    void valuesOfTheDatabaseAreOverriddenByTheCommandLine() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER DATABASE postgres SET pg_trickle.kept_epochs = 77");
                statement.execute("ALTER DATABASE postgres SET pg_trickle.barrier_timeout = '2min'");
            }
            try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
                Settings settings = Settings.read(connection,
                        Map.of("barrier_timeout", "7s", "pg_trickle.capture_memory", "64MB"));
                assertThat(settings.get(Setting.KEPT_EPOCHS)).isEqualTo(77);
                assertThat(settings.get(Setting.BARRIER_TIMEOUT)).isEqualTo(Duration.ofSeconds(7));
                assertThat(settings.get(Setting.CAPTURE_MEMORY)).isEqualTo(DataSize.ofMegabytes(64));
                assertThat(settings.get(Setting.LOCK_TIMEOUT)).isEqualTo(Setting.LOCK_TIMEOUT.defaultValue());

                assertThatThrownBy(() -> Settings.read(connection, Map.of("no_such_thing", "1")))
                        .isInstanceOfSatisfying(FreshetException.class, e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_OPTION);
                            assertThat(e.describe()).contains("pg_trickle.no_such_thing", "pg_trickle.kept_epochs");
                        });
            }
        }
    }

    @Test
    void everyDefaultIsAValueThatTheSettingCanHave() {
        assertThat(Setting.all()).allSatisfy(s -> assertThat(s.parse(s.defaultText())).isEqualTo(s.defaultValue()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ten", "5 parsecs", "-1s", "999999999d", "1.5s"})
    void aWrongTimeIsRefusedByName(String text) {
        assertThatThrownBy(() -> Setting.BARRIER_TIMEOUT.parse(text)).isInstanceOf(FreshetException.class)
                .hasMessageContaining("pg_trickle.barrier_timeout").hasMessageContaining("'" + text + "'");
    }

    @Test
    void sizesArePrintedInTheLargestWholeUnit() {
        assertThat(new DataSize(1536)).hasToString("1536B");
        assertThat(new DataSize(3L << 30)).hasToString("3GB");
    }
}
