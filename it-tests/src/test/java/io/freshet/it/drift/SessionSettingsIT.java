package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A query means what it meant in its creator's session, wherever the daemon runs. */
class SessionSettingsIT {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::postgres);

    private static final String SESSION = "SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'ISO, DMY'; ";
    /** The moment and the day that the texts mean depend on settings. */
    private static final String LITERALS = "SELECT id, at < '2026-01-01 00:00' AS before, day < '02/03/2026' AS early FROM events";
    private static final String DAYS = "SELECT date_trunc('day', at) AS day, count(*) AS n FROM events GROUP BY 1";

    @Test
    void theCreatorsSettingsDecide() {
        Database database = DATABASE.get();
        StreamTables streamTables = new StreamTables(database);
        database.execute(
                """
                CREATE TABLE events (id int PRIMARY KEY, at timestamptz, day date);
                ALTER TABLE events REPLICA IDENTITY FULL;
                INSERT INTO events SELECT i, '2025-12-31 10:00Z'::timestamptz + i * interval '1 hour', date '2026-02-01' + i * 3
                FROM generate_series(1, 20) i;
                """);
        try (DaemonProcess daemon = DaemonProcess.start(database, "user.timezone=America/New_York")) {
            database.execute(SESSION + "SELECT pgtrickle.create_stream_table('literals', $$" + LITERALS
                    + "$$, refresh_mode => 'DIFFERENTIAL')");
            database.execute(SESSION + "SELECT pgtrickle.create_stream_table('days', $$" + DAYS + "$$)");
            compare(database);
        }
        try (DaemonProcess daemon = DaemonProcess.start(database, "user.timezone=Pacific/Auckland")) {
            database.execute("UPDATE events SET at = at + interval '3 hours', day = day + 1");
            streamTables.refresh("literals");
            streamTables.refresh("days");
            compare(database);
            assertThat(streamTables.verify("literals").differingRows()).isZero();
            assertThat(streamTables.verify("days").differingRows()).isZero();
        }
    }

    private static void compare(Database database) {
        assertEqual(database, "literals", LITERALS);
        assertEqual(database, "days", DAYS);
    }

    private static void assertEqual(Database database, String streamTable, String query) {
        database.execute(SESSION + "DROP TABLE IF EXISTS expected; CREATE TABLE expected AS " + query);
        assertThat(database.value(
                "SELECT count(*) FROM ((TABLE expected EXCEPT ALL TABLE " + streamTable + ") UNION ALL (TABLE " + streamTable
                        + " EXCEPT ALL TABLE expected)) d"))
                .as(streamTable).isEqualTo("0");
    }
}
