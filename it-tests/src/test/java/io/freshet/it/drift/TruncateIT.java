package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** TRUNCATE of a source, alone and among other statements. */
class TruncateIT {
    private static final int ROUNDS = 9;
    /** Transactions of the writers in a round: the verifications recompute the tables, so that an unbounded load would outgrow them. */
    private static final int INSERTS_PER_ROUND = 300;
    private static final String FILL = "INSERT INTO parent SELECT i, i % 4 FROM generate_series(1, 20) i;"
            + " INSERT INTO child SELECT i, i % 3 FROM generate_series(1, 20) i;";

    private static final List<String> SCRIPTS = List.of("TRUNCATE child",
            "BEGIN; TRUNCATE child; INSERT INTO child VALUES (1, 5), (2, 5); COMMIT",
            "BEGIN; INSERT INTO child VALUES (1, 9); TRUNCATE child; INSERT INTO child VALUES (3, 5); COMMIT",
            "BEGIN; SAVEPOINT s; TRUNCATE child; INSERT INTO child VALUES (4, 4); ROLLBACK TO s; INSERT INTO child VALUES (5, 4); COMMIT",
            "TRUNCATE parent, child", "TRUNCATE parent RESTART IDENTITY CASCADE",
            "TRUNCATE child; " + FILL.substring(FILL.indexOf(';') + 1)
                    + " TRUNCATE child; INSERT INTO child VALUES (7, 1)",
            "BEGIN; TRUNCATE child; ROLLBACK; DELETE FROM child WHERE parent < 4", "TRUNCATE bands",
            "BEGIN; INSERT INTO bands VALUES (1, 'x'); TRUNCATE bands; INSERT INTO bands VALUES (2, 'y'); COMMIT");

    private static final Map<String, String> QUERIES = new TreeMap<>(
            Map.of("sums", "SELECT v, count(*) AS n FROM child GROUP BY v",
                    "joined", "SELECT p.parent, p.w, c.v FROM parent p JOIN child c ON c.parent = p.parent", "children",
                    "SELECT parent, count(*) AS n FROM child GROUP BY parent", "labels",
                    "SELECT label, count(*) AS n FROM bands GROUP BY label"));

    static Stream<Named<Supplier<? extends Cluster>>> clusters() {
        return Stream.of(Named.of("PostgreSQL", Clusters::postgres), Named.of("Citus", Clusters::citus));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void itsStreamTablesFollow(Supplier<? extends Cluster> cluster) {
        try (Database database = cluster.get().createDatabase("truncate")) {
            SourceTables.of(database.cluster()).create(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                streamTables.create("counts", "SELECT source, count(*) AS n FROM log_lines GROUP BY source");
                streamTables.create("total", "SELECT count(*) AS n FROM log_lines");
                database.execute("INSERT INTO log_lines SELECT i % 3, 'info', 'x', i FROM generate_series(1, 30) i");
                streamTables.refresh("counts");
                assertThat(database.rows("SELECT n FROM counts")).containsExactly("10", "10", "10");

                database.execute("TRUNCATE log_lines");
                assertContents(database, streamTables, "0");
                database.execute(
                        "BEGIN; INSERT INTO log_lines VALUES (1); TRUNCATE log_lines; INSERT INTO log_lines VALUES (2), (2); COMMIT");
                assertContents(database, streamTables, "2");
                database.execute("BEGIN; TRUNCATE log_lines; ROLLBACK; INSERT INTO log_lines VALUES (3)");
                assertContents(database, streamTables, "3");
            }
        }
    }

    /** From every node, among other statements, of several tables at a time; what is truncated is read by joins and lies in shards. */
    @ParameterizedTest
    @MethodSource("clusters")
    void whereverItRunsAndWhateverItIsMixedWith(Supplier<? extends Cluster> cluster) {
        try (Database database = cluster.get().createDatabase("truncate")) {
            createParentsAndChildren(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                createStreamTables(database, streamTables, "schedule => 'calculated'");
                for (Server server : database.cluster().servers()) {
                    Database.Session session = database.on(server);
                    for (String script : SCRIPTS) {
                        session.execute("DELETE FROM child; DELETE FROM parent; " + FILL);
                        session.execute(script);
                        assertAllRight(database, streamTables, script + " on port " + server.port());
                    }
                }
                assertThat(streamTables.errors()).isEmpty();
            }
        }
    }

    /** What several transactions did that nobody had looked at, from different nodes, is taken in their order. */
    @ParameterizedTest
    @MethodSource("clusters")
    void severalTimesInOneEpoch(Supplier<? extends Cluster> cluster) {
        try (Database database = cluster.get().createDatabase("truncate")) {
            createParentsAndChildren(database);
            database.execute(FILL);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                createStreamTables(database, streamTables, "schedule => '1h'");
                String epochs = "SELECT table_name, from_epoch FROM pgtrickle.pgt_stream_tables ORDER BY 1";
                for (Server server : database.cluster().servers()) {
                    for (boolean lastIsTruncate : new boolean[]{false, true}) {
                        List<String> before = database.rows(epochs);
                        Database.Session here = database.on(server);
                        Database.Session there = database.on(database.cluster().servers().getLast());
                        here.execute("INSERT INTO child VALUES (1, 7), (2, 7)");
                        here.execute("TRUNCATE child");
                        database.execute("INSERT INTO child VALUES (3, 1), (4, 2), (5, 7)");
                        there.execute("TRUNCATE child");
                        here.execute("INSERT INTO child VALUES (6, 5), (7, 5)");
                        there.execute("TRUNCATE bands");
                        there.execute("INSERT INTO bands VALUES (3, 'c')");
                        if (lastIsTruncate) {
                            here.execute("TRUNCATE child");
                        }
                        assertThat(database.rows(epochs)).isEqualTo(before);
                        QUERIES.keySet().forEach(streamTables::refresh);
                        assertAllRight(database, streamTables, "several on port " + server.port());
                    }
                }
                assertThat(streamTables.errors()).isEmpty();
            }
        }
    }

    /** What others insert meanwhile is neither lost nor kept when it should be gone. */
    @ParameterizedTest
    @MethodSource("clusters")
    void whileOthersInsert(Supplier<? extends Cluster> cluster) throws Exception {
        try (Database database = cluster.get().createDatabase("truncate")) {
            createParentsAndChildren(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                createStreamTables(database, streamTables, "schedule => 'calculated'");
                Semaphore allowed = new Semaphore(0);
                AtomicBoolean stopping = new AtomicBoolean();
                AtomicInteger key = new AtomicInteger(1_000);
                List<Future<Integer>> writers = new ArrayList<>();
                try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
                    for (int i = 0; i < 3; i++) {
                        writers.add(threads.submit(() -> insertUntil(stopping, allowed, database, key)));
                    }
                    try {
                        for (int round = 0; round < ROUNDS; round++) {
                            allowed.release(INSERTS_PER_ROUND);
                            List<Server> servers = database.cluster().servers();
                            // Writers take the tables' locks in the other order.
                            Operation.perform(database.on(servers.get(round % servers.size())), round % 2 == 0
                                    ? "TRUNCATE child"
                                    : "BEGIN; TRUNCATE child, parent; " + FILL + " COMMIT");
                            for (String name : QUERIES.keySet()) {
                                assertThat(streamTables.verify(name).differingRows()).as("%s in round %d", name, round).isZero();
                            }
                        }
                    } finally {
                        stopping.set(true);
                        allowed.release(writers.size());
                    }
                    for (Future<Integer> writer : writers) {
                        assertThat(writer.get()).isPositive();
                    }
                }
                assertAllRight(database, streamTables, "after the load");
            }
        }
    }

    private static void createParentsAndChildren(Database database) {
        database.execute("""
                         CREATE TABLE parent (parent int PRIMARY KEY, w int);
                         CREATE TABLE child (parent int NOT NULL, v int);
                         CREATE TABLE bands (v int PRIMARY KEY, label text);
                         ALTER TABLE parent REPLICA IDENTITY FULL;
                         ALTER TABLE child REPLICA IDENTITY FULL;
                         ALTER TABLE bands REPLICA IDENTITY FULL;
                         """);
        if (database.cluster() instanceof CitusCluster) {
            database.execute("""
                             SELECT create_distributed_table('parent', 'parent');
                             SELECT create_distributed_table('child', 'parent', colocate_with => 'parent');
                             SELECT create_reference_table('bands');
                             """);
        }
        database.execute(
                "ALTER TABLE child ADD CONSTRAINT child_fk FOREIGN KEY (parent) REFERENCES parent; INSERT INTO bands VALUES (1, 'a')");
    }

    private static void createStreamTables(Database database, StreamTables streamTables, String schedule) {
        boolean distributed = database.cluster() instanceof CitusCluster;
        QUERIES.forEach((name, query) -> streamTables.create(name, query,
                distributed && query.contains("parent")
                        ? new String[]{schedule, "output_distribution_column => 'parent'"}
                        : new String[]{schedule}));
    }

    private static void assertAllRight(Database database, StreamTables streamTables, String when) {
        QUERIES.forEach((name, query) -> {
            assertThat(streamTables.verify(name).differingRows()).as("%s after %s", name, when).isZero();
            String columns = query.contains("GROUP BY")
                    ? database.value("SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute"
                            + " WHERE attrelid = '" + name + "'::regclass AND attnum > 0 AND attname !~ '^__pgt'")
                    : "parent, w, v";
            assertThat(database.rows("SELECT " + columns + " FROM " + name)).as("%s after %s", name, when)
                    .containsExactlyInAnyOrderElementsOf(database.rows(query));
        });
    }

    /** Returns how many transactions were committed. */
    private static int insertUntil(AtomicBoolean stopping, Semaphore allowed, Database database, AtomicInteger key)
            throws SQLException, InterruptedException {
        int committed = 0;
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            while (true) {
                allowed.acquire();
                if (stopping.get()) {
                    return committed;
                }
                int k = key.incrementAndGet();
                try {
                    statement.execute("BEGIN; INSERT INTO parent VALUES (" + k + ", 1); INSERT INTO child SELECT " + k
                            + ", g FROM generate_series(1, 3) g; COMMIT");
                    committed++;
                } catch (SQLException aTruncateWasInTheWay) {
                    statement.execute("ROLLBACK");
                }
            }
        }
    }

    private static void assertContents(Database database, StreamTables streamTables, String total) {
        streamTables.refresh("counts");
        streamTables.refresh("total");
        assertThat(database.value("SELECT n FROM total")).isEqualTo(total);
        assertThat(database.value("SELECT coalesce(sum(n), 0) FROM counts")).isEqualTo(total);
        assertThat(streamTables.verify("counts").differingRows()).isZero();
    }
}
