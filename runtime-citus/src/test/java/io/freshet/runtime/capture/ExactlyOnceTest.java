package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.catalog.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Writers never stop while epochs take their changes. At every epoch the sum of all that was taken is the tables' content, byte by byte,
 * although epochs roll back, streams break, captures are restarted with the last stored snapshot, and memory is short.
 */
class ExactlyOnceTest {
    private static final int WRITERS = 4;
    private static final int TRANSACTIONS = 600;
    private static final int KEYS = 60;
    private static final List<String> SOURCES = List.of("t", "u");

    private final CaptureServer server = CaptureServer.shared();

    @BeforeEach
    void createTables() throws SQLException {
        for (String table : List.of("t", "u", "unpublished")) {
            server.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, v text, n numeric, a int[])",
                    "ALTER TABLE " + table + " REPLICA IDENTITY FULL");
        }
        server.publish("t, u");
    }

    @AfterEach
    void reset() throws SQLException {
        server.reset();
    }

    @ParameterizedTest
    @CsvSource({"STREAMING,1", "STREAMING,20260722", "STREAMING,7777", "POLLING,1", "POLLING,20260722", "POLLING,7777"})
    void everyTransactionIsTakenOnce(CaptureServer.Way way, long seed) throws Exception {
        System.Logger log = System.getLogger(getClass().getName());
        log.log(System.Logger.Level.INFO, "seed {0}", seed);
        List<Future<?>> writers = new ArrayList<>();
        Epochs epochs = new Epochs(server, way, new Random(seed));
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int writer = 0; writer < WRITERS; writer++) {
                Writer work = new Writer(server, writer, new Random(seed * 31 + writer));
                writers.add(threads.submit(work::run));
            }
            while (!writers.stream().allMatch(Future::isDone)) {
                epochs.run();
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        epochs.run();
        epochs.finish();
        assertThat(epochs.committed).as("epochs, seed %s", seed).isGreaterThan(5);
    }

    /** Epochs, and everything that happens to them. */
    private static final class Epochs {
        private final CaptureServer server;
        private final CaptureServer.Way way;
        private final Random random;
        private final Map<String, Tuples> taken = Map.of("t", new Tuples(), "u", new Tuples());
        private NodeCapture capture;
        private PgSnapshot stored;
        private int committed;

        Epochs(CaptureServer server, CaptureServer.Way way, Random random) throws Exception {
            this.server = server;
            this.way = way;
            this.random = random;
            this.stored = server.snapshot();
            restart();
        }

        private void restart() throws Exception {
            if (capture != null) {
                capture.close();
            }
            CaptureSettings settings = random.nextBoolean()
                    ? server.settings()
                    : server.settings().withMemory(2000, 20_000, 3000);
            capture = server.capture(way, settings);
            capture.start(server.node(), CaptureServer.SLOT, stored);
        }

        void run() throws Exception {
            if (random.nextInt(10) == 0) {
                restart();
            }
            boolean broken = random.nextInt(10) == 0;
            if (broken) {
                server.terminateStream();
            }
            try (CaptureServer.Anchor anchor = server.anchor()) {
                Lsn barrier = capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
                NodeChanges changes = capture.take(server.node(), anchor.snapshot());
                if (random.nextInt(4) == 0) {
                    return;
                }
                for (String source : SOURCES) {
                    ChangeRows rows = changes.rows().get(new TableName("public", source));
                    if (rows != null) {
                        taken.get(source).add(rows);
                    }
                    assertThat(taken.get(source)).isEqualTo(anchor.content("SELECT * FROM " + source));
                }
                stored = anchor.snapshot();
                committed++;
                if (random.nextInt(5) == 0) {
                    // The daemon dies between its commit and the confirmation.
                    restart();
                } else {
                    capture.committed(server.node(), anchor.snapshot(), barrier);
                }
            } catch (CaptureBrokenException e) {
                assertThat(broken).as("broken by the test: %s", e.getMessage()).isTrue();
                capture.start(server.node(), CaptureServer.SLOT, stored);
            }
        }

        void finish() {
            capture.close();
        }
    }

    /** Writes random transactions; some are prepared and end later. */
    private record Writer(CaptureServer server, int number, Random random, Deque<String> prepared) {
        Writer(CaptureServer server, int number, Random random) {
            this(server, number, random, new ArrayDeque<>());
        }

        Void run() throws SQLException {
            try (Connection connection = server.connect()) {
                // Rows of prepared transactions are locked until their own writer ends them.
                CaptureServer.execute(connection, "SET lock_timeout = '10ms'");
                for (int i = 0; i < TRANSACTIONS; i++) {
                    try {
                        transaction(connection, "w" + number + "_" + i);
                    } catch (SQLException e) {
                        CaptureServer.execute(connection, "ROLLBACK");
                    }
                    if (prepared.size() > 3 || random.nextInt(4) == 0) {
                        endPrepared(connection);
                    }
                }
                while (!prepared.isEmpty()) {
                    endPrepared(connection);
                }
            }
            return null;
        }

        private void transaction(Connection connection, String name) throws SQLException {
            CaptureServer.execute(connection, "BEGIN");
            int statements = 1 + random.nextInt(4);
            for (int i = 0; i < statements; i++) {
                boolean undone = random.nextInt(6) == 0;
                CaptureServer.execute(connection, "SAVEPOINT s", statement(),
                        undone ? "ROLLBACK TO SAVEPOINT s" : "RELEASE SAVEPOINT s");
            }
            switch (random.nextInt(8)) {
                case 0 -> CaptureServer.execute(connection, "ROLLBACK");
                case 1, 2 -> {
                    CaptureServer.execute(connection, "PREPARE TRANSACTION '" + name + "'");
                    prepared.add(name);
                }
                default -> CaptureServer.execute(connection, "COMMIT");
            }
        }

        private String statement() {
            String table = List.of("t", "u", "unpublished").get(random.nextInt(3));
            int key = random.nextInt(KEYS);
            return switch (random.nextInt(8)) {
                case 0 -> "DELETE FROM " + table + " WHERE id = " + key;
                case 1 -> "DELETE FROM " + table + " WHERE id BETWEEN " + key + " AND " + (key + 5);
                case 2 -> "UPDATE " + table + " SET n = n + 1, v = NULL WHERE id BETWEEN " + key + " AND " + (key + 5);
                case 3 -> "UPDATE " + table + " SET v = v WHERE id = " + key;
                case 4 -> "INSERT INTO " + table + " SELECT g, repeat('x', g), g / 3.0, ARRAY[g, NULL] FROM generate_series("
                        + key + ", "
                        + (key + 10)
                        + ") g ON CONFLICT (id) DO UPDATE SET a = excluded.a || t.a".replace("t.a", table + ".a[1:3]");
                default -> "INSERT INTO " + table + " VALUES (" + key + ", '" + random.nextInt(3) + "', " + random.nextInt(3)
                        + ", NULL) ON CONFLICT (id) DO UPDATE SET v = excluded.v, n = excluded.n";
            };
        }

        private void endPrepared(Connection connection) throws SQLException {
            String name = prepared.poll();
            if (name != null) {
                CaptureServer.execute(connection, (random.nextInt(4) == 0 ? "ROLLBACK" : "COMMIT") + " PREPARED '" + name + "'");
            }
        }
    }
}
