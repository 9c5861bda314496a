package io.freshet.it.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A TRUNCATE shows in the stream of the node that runs it and in no other; here that node is not read. */
class UnreadTruncateIT {
    private static final List<String> FIRST = List.of("first_sum", "first_rows");

    @Test
    void byANodeThatIsNotReadIsFoundOnTheOthers() throws SQLException {
        try (CitusCluster cluster = Clusters.ownCitus(3, Map.of()); Database database = cluster.createDatabase("unread")) {
            Server third = cluster.workers().get(2);
            String node = "'" + Server.HOST + "', " + third.port();
            database.execute("SELECT citus_remove_node(" + node + ")");
            Parts parts = new Parts(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                parts.createStreamTables();
                fill(database);
                parts.compareAll();
                aNewNodeWhoseSlotWaits(database, parts, third, node);
                parts.compareAll();
                assertThat(parts.rebuilt("-infinity")).containsExactlyInAnyOrderElementsOf(FIRST);
            }
            String then = parts.now();
            fill(database);
            aLostSlot(database, third);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                Await.until("the stream tables are filled again", () -> parts.rebuilt(then).containsAll(FIRST));
                parts.compareAll();
                assertThat(parts.rebuilt(then)).doesNotContain("second_rows");
            }
            fill(database);
            aWorkerThatStopsAtOnce(database, parts);
        }
    }

    private static void fill(Database database) {
        for (String source : Parts.SOURCES) {
            database.execute("INSERT INTO " + source
                    + " SELECT g, g % 7, g FROM generate_series(1, 100) g ON CONFLICT (id) DO UPDATE SET v = excluded.v + 1");
        }
    }

    private static void truncate(Database database, Server server, String source) {
        Await.until("it is emptied", () -> {
            try {
                database.on(server).execute("TRUNCATE " + source);
                return true;
            } catch (Database.SqlFailure epochIsInTheWay) {
                return false;
            }
        });
    }

    private static void aNewNodeWhoseSlotWaits(Database database, Parts parts, Server third, String node) throws SQLException {
        try (Connection old = database.on(third).connect(); Statement statement = old.createStatement()) {
            old.setAutoCommit(false);
            statement.execute("SELECT pg_current_xact_id()");
            database.execute("SELECT citus_add_node(" + node + ")");
            truncate(database, third, "first");
            // Others are written, and epochs go on.
            database.execute("INSERT INTO wide VALUES (1001, 1, 1); INSERT INTO here VALUES (1001, 1, 1)");
            parts.verify(List.of("wide_sum", "here_sum"));
            assertThat(database.rows("TABLE first_sum")).isEmpty();
            database.execute("INSERT INTO first VALUES (1, 1, 1)");
            truncate(database, third, "first");
            old.commit();
        }
        Await.until("the node is read",
                () -> !database.rows("SELECT FROM pgtrickle.pgt_cut WHERE port = " + third.port()).isEmpty());
        Await.until("the emptied source is noticed", () -> database.rows("TABLE first_rows").isEmpty());
    }

    private static void aLostSlot(Database database, Server server) {
        truncate(database, server, "first");
        database.on(server)
                .rows("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'freshet%'");
    }

    private static void aWorkerThatStopsAtOnce(Database database, Parts parts) {
        truncate(database, parts.two(), "first");
        parts.two().kill();
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            StreamTables streamTables = parts.streamTables();
            Await.until("those wait that need the second worker",
                    () -> parts.withStatus("WAITING").size() == Parts.withTwo().size());
            parts.verify(Parts.withoutTwo());
            assertThat(database.rows("TABLE first_rows")).isEmpty();
            parts.two().restart();
            parts.awaitAllActive();
            parts.compareAll();
            assertThat(streamTables.errors()).isEmpty();
        }
    }
}
