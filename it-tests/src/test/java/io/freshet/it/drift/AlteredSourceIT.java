package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A source on Citus that is altered while others write to it. What reads the altered part stops or is filled again, the rest goes on, and all are right in the end. What
 * alone each statement does is in the tests of {@code ddl}.
 */
class AlteredSourceIT {
    /** Conflicts, and that the table has another name just then, or is not what a plan was made for. */
    private static final Set<String> IN_THE_WAY = Set.of("40P01", "40001", "55P03", "42P01", "0A000", "XX000");
    private static final List<StreamTableCase> ALL = List.of(
            StreamTableCase.differential("by_b", "SELECT b, count(*) AS n, sum(v) AS total FROM altered GROUP BY b"),
            StreamTableCase.differential("beside", "SELECT k, v FROM altered WHERE v > 2"),
            StreamTableCase.differential("counted", "SELECT count(*) AS n, sum(v) AS total FROM altered"));
    private static final List<String> GO_ON = List.of("beside", "counted");

    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::citus);

    private final Database database = DATABASE.get();
    private final StreamTables streamTables = new StreamTables(database);

    @Test
    void itsStreamTablesAreRightWhileOthersWrite() {
        database.execute("""
                         CREATE TABLE altered (k int PRIMARY KEY, b int DEFAULT 1, v int);
                         SELECT create_distributed_table('altered', 'k', colocate_with => 'none');
                         ALTER TABLE altered REPLICA IDENTITY FULL;
                         INSERT INTO altered SELECT i, i % 5, i FROM generate_series(1, 100) i;
                         """);
        Random random = new Random(Scenario.seed());
        try (DaemonProcess daemon = DaemonProcess.start(database);
                TableWriters writers = TableWriters.start(2, database, AlteredSourceIT::write, IN_THE_WAY)) {
            for (StreamTableCase each : ALL) {
                streamTables.create(each.name(), each.query());
                assertThat(streamTables.mode(each.name())).isEqualTo("DIFFERENTIAL");
            }
            alter(writers, "ADD COLUMN extra int DEFAULT 3");
            StreamTableCase extra = StreamTableCase.differential("by_extra",
                    "SELECT extra, count(*) AS n FROM altered GROUP BY extra");
            streamTables.create(extra.name(), extra.query());
            assertThat(fills("by_b")).isEqualTo("1");
            for (String mode : List.of("block_writes", "force_logical")) {
                Operation.moveAShard(database, "altered", mode, random);
                goOn(writers, List.of("by_b", "beside", "counted", "by_extra"));
            }
            assertThat(fills("by_b")).isEqualTo("1");

            alter(writers, "ALTER COLUMN b TYPE int USING b + 10");
            goOn(writers, GO_ON);
            awaitStatus("by_b", "ACTIVE");

            alter(writers, "RENAME COLUMN b TO other");
            awaitStatus("by_b", "FAILING");
            goOn(writers, GO_ON);
            alter(writers, "RENAME COLUMN other TO b");
            awaitStatus("by_b", "ACTIVE");

            alter(writers, "RENAME TO elsewhere");
            GO_ON.forEach(name -> awaitStatus(name, "FAILING"));
            Operation.perform(database, "ALTER TABLE elsewhere RENAME TO altered");
            GO_ON.forEach(name -> awaitStatus(name, "ACTIVE"));
            goOn(writers, GO_ON);

            alter(writers, "REPLICA IDENTITY DEFAULT");
            GO_ON.forEach(name -> awaitStatus(name, "FAILING"));
            alter(writers, "REPLICA IDENTITY FULL");
            GO_ON.forEach(name -> awaitStatus(name, "ACTIVE"));
            goOn(writers, GO_ON);

            writers.stop();
            List<StreamTableCase> inTheEnd = new ArrayList<>(ALL);
            inTheEnd.add(extra);
            for (StreamTableCase each : inTheEnd) {
                awaitStatus(each.name(), "ACTIVE");
                streamTables.refresh(each.name());
                assertThat(streamTables.verify(each.name()).differingRows()).as(each.name()).isZero();
                Recompute.assertEqual(database, each);
            }
            assertThat(streamTables.errors()).isEmpty();
            daemon.assertStepsRunAsTheySay();
            inTheEnd.forEach(each -> streamTables.drop(each.name()));
        }
        database.execute("DROP TABLE altered");
    }

    private static String write(Random random) {
        int k = 1 + random.nextInt(150);
        return switch (random.nextInt(4)) {
            case 0 -> "DELETE FROM altered WHERE k = " + k;
            case 1 -> "UPDATE altered SET v = v + 1 WHERE k = " + k;
            default -> "INSERT INTO altered AS a (k, v) VALUES (" + k + ", " + random.nextInt(9)
                    + ") ON CONFLICT (k) DO UPDATE SET v = a.v + 1";
        };
    }

    private void alter(TableWriters writers, String how) {
        writers.awaitMore();
        Operation.perform(database, "ALTER TABLE altered " + how);
    }

    /** More has been written, and these have it. */
    private void goOn(TableWriters writers, List<String> names) {
        writers.awaitMore();
        for (String name : names) {
            awaitStatus(name, "ACTIVE");
            assertThat(streamTables.verify(name).differingRows()).as(name).isZero();
        }
    }

    private void awaitStatus(String name, String status) {
        Await.until(name + " is " + status, () -> database
                .value("SELECT status FROM pgtrickle.pgt_status() WHERE name = 'public." + name + "'").equals(status));
    }

    private String fills(String name) {
        return database.value("SELECT full_refreshes FROM pgtrickle.pgt_stream_tables WHERE table_name = '" + name + "'");
    }
}
