package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import io.freshet.it.daemon.Together;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Sources of every placement, views over them, and each placement of the stream table, while one session writes to all of them; one, because
 * concurrent writers can make the copies of a reference table differ.
 */
class PlacementIT {
    private static final int ROUNDS = 3;
    private static final int STATEMENTS_BETWEEN = 60;

    private static final List<String> KEYED = List.of("facts", "elsewhere", "dims", "plain", "known", "tenant.a", "tenant.b");

    private static final String SCHEMA = """
                                         CREATE TABLE facts (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE elsewhere (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE dims (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE plain (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE known (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         SELECT create_distributed_table('facts', 'k', colocate_with => 'none');
                                         SELECT create_distributed_table('elsewhere', 'k', colocate_with => 'none');
                                         SELECT create_reference_table('dims');
                                         SELECT citus_add_local_table_to_metadata('known');
                                         CREATE SCHEMA tenant;
                                         SELECT citus_schema_distribute('tenant');
                                         CREATE TABLE tenant.a (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE tenant.b (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE VIEW seen AS SELECT f.k, d.d, f.v, p.v AS w
                                           FROM facts f JOIN dims d ON d.k = f.d JOIN plain p ON p.k = f.d;
                                         """;

    private record Kept(String name, String query, List<String> options) {
    }

    /** Every query in every placement that has a meaning for it. */
    private static List<Kept> streamTables() {
        List<String> queries = List.of(
                "SELECT k, d, v FROM facts WHERE v > 2",
                "SELECT f.k, f.d, r.v FROM facts f JOIN dims r ON r.k = f.d",
                "SELECT f.d AS k, count(*) AS n, sum(p.v) AS total, max(c.v) AS most FROM facts f JOIN plain p ON p.k = f.d"
                        + " JOIN known c ON c.k = f.d GROUP BY f.d",
                "SELECT k, d, v FROM dims",
                "SELECT r.k, c.d, p.v FROM dims r JOIN known c ON c.k = r.d JOIN plain p ON p.k = r.k",
                "SELECT a.k, a.d, b.v FROM tenant.a a JOIN tenant.b b ON b.k = a.d",
                "SELECT a.k, count(*) AS n, max(r.v) AS most FROM tenant.a a JOIN dims r ON r.k = a.d GROUP BY a.k",
                "SELECT k, d, v FROM facts UNION ALL SELECT k, d, v FROM elsewhere UNION ALL SELECT k, d, v FROM known",
                "SELECT k, d, w, v FROM seen");
        List<List<String>> placements = List.of(List.of(), List.of("output_placement => 'reference'"),
                List.of("output_distribution_column => 'k'"),
                List.of("output_distribution_column => 'k'", "output_colocate_with => 'elsewhere'"));
        List<Kept> kept = new ArrayList<>();
        for (String query : queries) {
            for (List<String> placement : placements) {
                kept.add(new Kept("st_" + kept.size(), query, placement));
            }
        }
        return kept;
    }

    @Test
    void everyPlacementOfSourcesAndOutputsFollows() throws InterruptedException {
        long seed = Scenario.seed();
        System.out.println("placements: seed " + seed);
        try (Database database = Clusters.citus().createDatabase("placements")) {
            // Each for itself: a distributed schema's first table may lie on the coordinator, and Citus mixes the two in no transaction.
            List.of(SCHEMA.split(";\\s*")).forEach(database::execute);
            for (String table : KEYED) {
                database.execute("ALTER TABLE " + table + " REPLICA IDENTITY FULL; INSERT INTO " + table
                        + " SELECT i, 1 + i % 6, i % 5 FROM generate_series(1, 12) i");
            }
            StreamTables functions = new StreamTables(database);
            List<Kept> kept = streamTables();
            try (DaemonProcess daemon = DaemonProcess.start(database); Writer writer = Writer.start(database, seed)) {
                Together.forEach(kept, each -> {
                    functions.create(each.name(), each.query(), each.options().toArray(String[]::new));
                    assertThat(functions.mode(each.name())).as(each.query() + each.options()).isEqualTo("DIFFERENTIAL");
                });
                for (int round = 0; round < ROUNDS; round++) {
                    long next = writer.statements() + STATEMENTS_BETWEEN;
                    Await.until("the writer has written", () -> writer.statements() >= next);
                    Together.forEach(kept, each -> assertThat(functions.verify(each.name()).differingRows())
                            .as("seed %d: %s %s", seed, each.query(), each.options()).isZero());
                }
                writer.stop();
                for (Kept each : kept) {
                    functions.refresh(each.name());
                    Recompute.assertEqual(database, StreamTableCase.differential(each.name(), each.query()));
                }
                assertThat(functions.errors()).isEmpty();
                assertThat(daemon.log()).doesNotContain("it was not what the source had been");
            }
        }
    }

    /** One session that writes to every source until it is stopped. */
    private static final class Writer implements AutoCloseable {
        private final AtomicBoolean stopping = new AtomicBoolean();
        private final AtomicLong statements = new AtomicLong();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        private Writer(Database database, long seed) {
            thread = Thread.ofVirtual().unstarted(() -> write(database, new Random(seed)));
        }

        static Writer start(Database database, long seed) {
            Writer writer = new Writer(database, seed);
            writer.thread.start();
            return writer;
        }

        long statements() {
            if (failure.get() != null) {
                throw new AssertionError("the writer failed", failure.get());
            }
            return statements.get();
        }

        private void write(Database database, Random random) {
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                while (!stopping.get()) {
                    String table = KEYED.get(random.nextInt(KEYED.size()));
                    int k = 1 + random.nextInt(14);
                    statement.execute(switch (random.nextInt(4)) {
                        case 0 -> "DELETE FROM " + table + " WHERE k = " + k;
                        case 1 -> "UPDATE " + table + " SET v = " + random.nextInt(6) + " WHERE d = " + (1 + random.nextInt(6));
                        default -> "INSERT INTO " + table + " AS t VALUES (" + k + ", " + (1 + random.nextInt(6)) + ", nullif("
                                + random.nextInt(6) + ", 0)) ON CONFLICT (k) DO UPDATE SET d = EXCLUDED.d, v = EXCLUDED.v";
                    });
                    statements.incrementAndGet();
                }
            } catch (SQLException e) {
                failure.set(e);
            }
        }

        void stop() throws InterruptedException {
            stopping.set(true);
            thread.join();
            statements();
        }

        @Override
        public void close() throws InterruptedException {
            stop();
        }
    }
}
