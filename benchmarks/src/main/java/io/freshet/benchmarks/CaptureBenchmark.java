package io.freshet.benchmarks;

import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.CaptureSettings;
import io.freshet.runtime.capture.ChangeCopy;
import io.freshet.runtime.capture.ChangeRows;
import io.freshet.runtime.capture.NodeChanges;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.capture.PollingCapture;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.capture.StreamingCapture;
import io.freshet.runtime.capture.pgoutput.PgOutputDecoder;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage;
import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The ways of a change from the WAL to the change table, in changes per second: decoding of recorded messages, a whole stream from its
 * start to the barrier (with the walsender's work), netting, and COPY. The changes are those of 1,000 transactions: a third each
 * inserts, updates and deletes of rows of six columns.
 *
 * <p>The server is the embedded one, built for size: a real one sends faster.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class CaptureBenchmark {
    private static final int TRANSACTIONS = 1_000;
    private static final int ROWS = 40;
    private static final int CHANGES = TRANSACTIONS * 3 * ROWS;
    private static final TableName SOURCE = new TableName("public", "orders");
    private static final String COLUMNS = "id bigint, customer int, amount numeric(12,2), status text, placed timestamptz, note text";
    private static final String PUBLICATION = "benchmark";
    private static final String SLOT = "benchmark";
    private static final String TOKEN = "the end";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<byte[]> messages = new ArrayList<>();
    private final byte[] target = new byte[1 << 16];
    private EmbeddedPostgres postgres;
    private Connections connections;
    private Node node;
    private PgSnapshot before;
    private PgSnapshot after;
    private StreamingCapture capture;
    private ChangeRows rows;
    private Connection writer;

    @Setup
    public void record() throws Exception {
        postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
        node = new Node(Node.COORDINATOR_GROUP, "localhost", postgres.getPort());
        connections = new Connections(ConnectionUrl.parse("postgresql://postgres@localhost:" + node.port() + "/postgres"));
        writer = connections.coordinator();
        execute("CREATE TABLE orders (" + COLUMNS + ")", "ALTER TABLE orders REPLICA IDENTITY FULL",
                "CREATE INDEX ON orders (id)",
                "CREATE SCHEMA " + ChangeTable.SCHEMA, "CREATE TABLE " + Quoting.table(ChangeTable.nameFor(SOURCE)) + " ("
                        + ChangeTable.EPOCH + " bigint, " + ChangeTable.WEIGHT + " int, " + COLUMNS + ")",
                "INSERT INTO orders SELECT g, g % 100, g / 7.0, 'new', now(), 'first note of order ' || g FROM generate_series(1, "
                        + TRANSACTIONS * ROWS + ") g",
                "CREATE PUBLICATION " + PUBLICATION + " FOR TABLE orders");
        Slots.create(NodeSession.of(writer), node, SLOT);
        before = snapshot();
        for (int i = 0; i < TRANSACTIONS; i++) {
            int first = i * ROWS + 1;
            int last = first + ROWS - 1;
            int inserted = TRANSACTIONS * ROWS;
            execute("BEGIN",
                    "INSERT INTO orders SELECT g, g % 100, g / 7.0, 'new', now(), 'a note of order ' || g FROM generate_series("
                            + (first + inserted) + ", " + (last + inserted) + ") g",
                    "UPDATE orders SET status = 'paid', amount = amount + 1 WHERE id BETWEEN " + first + " AND " + last,
                    "DELETE FROM orders WHERE id BETWEEN " + first + " AND " + last, "COMMIT");
        }
        after = snapshot();
        execute("SELECT pg_logical_emit_message(false, 'freshet', '" + TOKEN + "', true)");
        fetchMessages();
        capture = new StreamingCapture(connections::openReplication, CaptureSettings.of(PUBLICATION));
        rows = read().rows().get(SOURCE);
        writer.setAutoCommit(false);
    }

    @TearDown
    public void close() throws SQLException, IOException {
        capture.close();
        writer.close();
        postgres.close();
    }

    /** From the bytes of a message to those of COPY. */
    @Benchmark
    @OperationsPerInvocation(CHANGES)
    public void decode(Blackhole blackhole) {
        for (byte[] bytes : messages) {
            switch (PgOutputDecoder.decode(ByteBuffer.wrap(bytes))) {
                case PgOutputMessage.Insert insert -> insert.row().copyTo(target, 0);
                case PgOutputMessage.Update update -> {
                    copy(update.old());
                    update.row().copyTo(target, 0);
                }
                case PgOutputMessage.Delete delete -> copy(delete.old());
                case PgOutputMessage other -> blackhole.consume(other);
            }
        }
        blackhole.consume(target);
    }

    private void copy(PgOutputMessage.OldRow old) {
        switch (old) {
            case PgOutputMessage.OldRow.Full full -> full.row().copyTo(target, 0);
            case PgOutputMessage.OldRow.Key key -> throw new IllegalStateException("only a key");
            case PgOutputMessage.OldRow.None none -> throw new IllegalStateException("no old row");
        }
    }

    /** A new stream, read up to the barrier: the walsender decodes the same WAL again each time. */
    @Benchmark
    @OperationsPerInvocation(CHANGES)
    public NodeChanges stream() throws CaptureBrokenException, InterruptedException {
        try (StreamingCapture fresh = new StreamingCapture(connections::openReplication, CaptureSettings.of(PUBLICATION))) {
            capture.stop(node);
            fresh.start(node, SLOT, before);
            fresh.awaitBarrier(node, TOKEN, LIMIT);
            return fresh.take(node, PgSnapshot.parse("3:3:"));
        }
    }

    /** The same by peeking, as at a worker's slot, but without the coordinator between. */
    @Benchmark
    @OperationsPerInvocation(CHANGES)
    public NodeChanges poll() throws CaptureBrokenException, InterruptedException {
        Node worker = new Node(node.groupId() + 1, node.host(), node.port());
        try (PollingCapture fresh = new PollingCapture(connections, CaptureSettings.of(PUBLICATION), Duration.ofSeconds(1))) {
            capture.stop(node);
            fresh.start(worker, SLOT, before);
            fresh.awaitBarrier(worker, TOKEN, LIMIT);
            return fresh.take(worker, PgSnapshot.parse("3:3:"));
        }
    }

    /** Of 160,000 rows 80,000 cancel out. */
    @Benchmark
    @OperationsPerInvocation(CHANGES)
    public NodeChanges net() throws CaptureBrokenException {
        return capture.take(node, after);
    }

    /** In rows, not changes, per second. */
    @Benchmark
    @OperationsPerInvocation(2 * TRANSACTIONS * ROWS)
    public long copy() throws SQLException, IOException {
        long written = ChangeCopy.write(writer, SOURCE, 1, List.of(rows));
        writer.rollback();
        return written;
    }

    private NodeChanges read() throws CaptureBrokenException, InterruptedException {
        capture.start(node, SLOT, before);
        capture.awaitBarrier(node, TOKEN, LIMIT);
        return capture.take(node, after);
    }

    private void fetchMessages() throws SQLException {
        try (Statement statement = writer.createStatement();
                ResultSet rows = statement.executeQuery("SELECT data FROM pg_logical_slot_peek_binary_changes('" + SLOT
                        + "', NULL, NULL, 'proto_version', '3', 'publication_names', '" + PUBLICATION
                        + "', 'binary', 'true', 'messages', 'true')")) {
            while (rows.next()) {
                messages.add(rows.getBytes(1));
            }
        }
    }

    private PgSnapshot snapshot() throws SQLException {
        try (Statement statement = writer.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()")) {
            row.next();
            return PgSnapshot.parse(row.getString(1));
        }
    }

    private void execute(String... statements) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
