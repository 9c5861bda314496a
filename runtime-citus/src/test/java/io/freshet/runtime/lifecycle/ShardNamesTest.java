package io.freshet.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.runtime.store.Jdbc;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What C's strtoull with base 0 makes of the end of a name. */
class ShardNamesTest {
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", value = {
            "events_102015, 102015",
            "a_7_102015, 102015",
            "events_0x18e7f, 102015",
            "events_0X18E7F, 102015",
            "events_0307177, 102015",
            "events_0102015, 33805",
            "events_08, none",
            "events_0x, none",
            "events_102015a, none",
            "events102015, none",
            "events_102015_, none",
            "events_face, none",
            "events, none",
            "events_99999999999999999999999999, none"})
    void shardIdOf(String name, Long shardId) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
            assertThat(Jdbc.first(connection, "SELECT " + ShardNames.shardId("n.name") + " FROM (SELECT ?::name) AS n (name)",
                    row -> row.getObject(1, Long.class) == null ? "none" : row.getString(1), name))
                    .hasValue(shardId == null ? "none" : shardId.toString());
        }
    }
}
