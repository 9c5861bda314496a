package io.freshet.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.CaptureSettings;
import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.NodeChanges;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.capture.StreamingCapture;
import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Multi-shard transactions come to each node as prepared ones. At every cut the sum of what was taken from a node is the content of
 * its shards.
 */
class CitusCaptureIT {
    private static final TableName T = new TableName("public", "t");
    private static final String SLOT = "capture_it";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long SEED = 20261122;

    private final Map<Node, Bag> taken = new HashMap<>();
    private final Map<Node, PgSnapshot> stored = new HashMap<>();
    private Database database;
    private Connections connections;
    private List<Node> nodes;
    private StreamingCapture capture;

    @BeforeEach
    void start() throws Exception {
        database = Clusters.citus().createDatabase("capture");
        database.execute("CREATE TYPE mood AS ENUM ('sad', 'happy');"
                + "CREATE TABLE t (id int PRIMARY KEY, v text, n numeric, m mood);"
                + "SELECT create_distributed_table('t', 'id', shard_count := 8); ALTER TABLE t REPLICA IDENTITY FULL;"
                + "CREATE TABLE other (id int); SELECT create_distributed_table('other', 'id', shard_count := 8);"
                + "CREATE PUBLICATION capture_it FOR TABLE t");
        connections = new Connections(ConnectionUrl.parse(database.libpqUrl()));
        nodes = Topology.discover(connections).nodes();
        for (Node node : nodes) {
            try (Connection connection = connections.open(node)) {
                Slots.requireSettings(NodeSession.of(connection), node);
                Slots.create(NodeSession.of(connection), node, SLOT + "_" + database.name());
                stored.put(node, PgSnapshot.parse(text(connection, "SELECT pg_current_snapshot()")));
                taken.put(node, new Bag());
            }
        }
        restart();
    }

    @AfterEach
    void stop() {
        if (capture != null) {
            capture.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private void restart() throws CaptureBrokenException {
        if (capture != null) {
            capture.close();
        }
        capture = new StreamingCapture(connections::openReplication, CaptureSettings.of("capture_it"));
        for (Node node : nodes) {
            capture.start(node, SLOT + "_" + database.name(), stored.get(node));
        }
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The shards of the table that lie on the node, as one query; empty when there is none. */
    private String shards(Connection connection, Node node) throws SQLException {
        return text(connection, "SELECT coalesce(string_agg('SELECT * FROM t_' || shardid, ' UNION ALL '), '')"
                + " FROM pg_dist_shard JOIN pg_dist_placement USING (shardid) WHERE logicalrelid = 't'::regclass AND groupid = "
                + node.groupId());
    }

    private NodeChanges cut(Node node, Shards shards) throws Exception {
        try (Connection connection = connections.open(node)) {
            execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ");
            PgSnapshot snapshot = PgSnapshot.parse(text(connection, "SELECT pg_current_snapshot()"));
            String token = UUID.randomUUID().toString();
            // Flushed by the second function: PostgreSQL 16 cannot be asked to flush the message itself.
            text(connection, "SELECT pg_logical_emit_message(false, 'freshet', '" + token + "'), pg_log_standby_snapshot()");
            Lsn barrier = capture.awaitBarrier(node, token, LIMIT);
            NodeChanges changes = capture.take(node, snapshot);
            assertThat(changes.problems()).isEmpty();
            if (changes.rows().containsKey(T)) {
                taken.get(node).add(changes.rows().get(T));
            }
            String query = shards(connection, node);
            if (shards == Shards.STAY && !query.isEmpty()) {
                Bag content = new Bag();
                content.addQuery(connection, query);
                assertThat(taken.get(node)).isEqualTo(content);
            }
            stored.put(node, snapshot);
            capture.committed(node, snapshot, barrier);
            return changes;
        }
    }

    /** Whether a node's rows come from its own changes alone. */
    private enum Shards {
        STAY,
        MOVE
    }

    @Test
    void takesEveryTransactionOfEveryNodeOnce() throws Exception {
        Random random = new Random(SEED);
        long transactions = 0;
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<Void>> writers = startWriters(threads, 150);
            while (!writers.stream().allMatch(Future::isDone)) {
                for (Node node : nodes) {
                    transactions += cut(node, Shards.STAY).transactions();
                }
                if (random.nextInt(8) == 0) {
                    restart();
                }
            }
            for (Future<Void> writer : writers) {
                writer.get();
            }
        }
        for (Node node : nodes) {
            transactions += cut(node, Shards.STAY).transactions();
            assertThat(cut(node, Shards.STAY).isEmpty()).isTrue();
            assertThat(capture.status(node).orElseThrow().prepared()).as("prepared on %s", node).isZero();
        }
        assertThat(transactions).as("transactions, seed %s", SEED).isGreaterThan(100);
    }

    @Test
    void preparedTransactionsWithoutAChangeOfASourceCostNothing() throws Exception {
        for (int i = 0; i < 20; i++) {
            database.execute("INSERT INTO other SELECT generate_series(1, 100)");
        }
        for (Node node : nodes) {
            assertThat(cut(node, Shards.STAY).isEmpty()).isTrue();
            assertThat(capture.status(node).orElseThrow().prepared()).isZero();
        }
        assertThat(capture.awaitChanges(Duration.ofMillis(20))).isFalse();
        for (Node node : nodes) {
            Lsn now = Lsn.parse(
                    database.on(database.cluster().servers().get(nodes.indexOf(node))).value("SELECT pg_current_wal_lsn()"));
            Await.until("the slot of " + node + " advances to " + now, () -> !confirmed(node).isBefore(now));
        }
    }

    private Lsn confirmed(Node node) {
        try (Connection connection = connections.open(node)) {
            return Slots.require(NodeSession.of(connection), node, SLOT + "_" + database.name()).confirmed();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void movedShardsLoseAndRepeatNothing() throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<Void>> writers = startWriters(threads, 100);
            Future<Void> mover = threads.submit(this::moveShards);
            while (!mover.isDone() || !writers.stream().allMatch(Future::isDone)) {
                for (Node node : nodes) {
                    cut(node, Shards.MOVE);
                }
            }
            mover.get();
            for (Future<Void> writer : writers) {
                writer.get();
            }
        }
        Bag all = new Bag();
        for (Node node : nodes) {
            NodeChanges changes = cut(node, Shards.MOVE);
            assertThat(changes.truncated()).isEmpty();
        }
        Bag content = new Bag();
        try (Connection connection = connections.coordinator()) {
            content.addQuery(connection, "SELECT * FROM t");
        }
        taken.values().forEach(all::add);
        assertThat(all).isEqualTo(content);
    }

    private Void moveShards() throws SQLException {
        try (Connection connection = connections.coordinator()) {
            List<Node> workers = nodes.subList(1, nodes.size());
            for (int i = 0; i < 4; i++) {
                Node from = workers.get(i % 2);
                Node to = workers.get(1 - i % 2);
                String shard = text(connection, "SELECT min(shardid) FROM pg_dist_shard JOIN pg_dist_placement USING (shardid)"
                        + " WHERE logicalrelid = 't'::regclass AND groupid = " + from.groupId());
                execute(connection, "SELECT citus_move_shard_placement(%s, '%s', %d, '%s', %d, 'force_logical')".formatted(shard,
                        from.host(), from.port(), to.host(), to.port()));
            }
            return null;
        }
    }

    private List<Future<Void>> startWriters(ExecutorService threads, int transactions) {
        List<Future<Void>> writers = new ArrayList<>();
        for (int writer = 0; writer < 3; writer++) {
            Random random = new Random(SEED * 31 + writer);
            writers.add(threads.submit(() -> write(random, transactions)));
        }
        return writers;
    }

    private Void write(Random random, int transactions) throws SQLException {
        try (Connection connection = connections.coordinator()) {
            execute(connection, "SET lock_timeout = '1s'");
            for (int i = 0; i < transactions; i++) {
                try {
                    execute(connection, "BEGIN");
                    for (int statements = 1 + random.nextInt(3); statements > 0; statements--) {
                        execute(connection, statement(random));
                    }
                    execute(connection, random.nextInt(6) == 0 ? "ROLLBACK" : "COMMIT");
                } catch (SQLException e) {
                    // A deadlock, or a shard that is just moving.
                    execute(connection, "ROLLBACK");
                }
            }
            return null;
        }
    }

    private static String statement(Random random) {
        int key = random.nextInt(200);
        return switch (random.nextInt(6)) {
            case 0 -> "DELETE FROM t WHERE id = " + key;
            case 1 -> "UPDATE t SET n = coalesce(n, 0) + 1 WHERE id BETWEEN " + key + " AND " + (key + 20);
            case 2 -> "INSERT INTO other VALUES (" + key + ")";
            case 3 -> "INSERT INTO t SELECT g, 'v' || g, NULL, 'sad' FROM generate_series(" + key + ", " + (key + 20)
                    + ") g ON CONFLICT (id) DO UPDATE SET m = 'happy', v = NULL";
            default -> "INSERT INTO t VALUES (" + key + ", 'x', 1.5, 'happy') ON CONFLICT (id) DO UPDATE SET n = excluded.n";
        };
    }
}
