package io.freshet.it.drift;

import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.Writers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Writers that run random transactions and never pause. A transaction that fails in a way that is to be expected is left out; any other failure ends its
 * writer, and is thrown by {@link #stop}.
 */
final class TableWriters implements AutoCloseable {
    /** Of concurrent writers and operators: deadlock, serialization failure, lock timeout. */
    static final Set<String> CONFLICTS = Set.of("40P01", "40001", "55P03");
    /** The same, and of a node that went away, and what Citus makes of it. */
    static final Set<String> LOST_NODES = Set.of("40P01", "40001", "55P03", "08000", "08001", "08003", "08006", "57P01", "57P02",
            "57P03", "XX000");
    private static final int MORE = 20;
    private static final long RECONNECT_PAUSE = 20_000_000;

    private final Database database;
    private final Set<String> expected;
    private final Writers writers = new Writers();
    private final List<AtomicLong> written = new ArrayList<>();
    private final Map<String, LongAdder> leftOut = new ConcurrentHashMap<>();

    private TableWriters(Database database, Set<String> expected) {
        this.database = database;
        this.expected = expected;
    }

    /** So many writers of transactions with one statement. */
    static TableWriters start(int writers, Database database, Function<Random, String> statements, Set<String> expected) {
        return start(database, Collections.nCopies(writers, random -> List.of(statements.apply(random))), expected);
    }

    /**
     * @param transactions one writer's next transaction each
     * @param expected the SQLSTATEs of failures that are to be expected
     */
    static TableWriters start(Database database, List<Function<Random, List<String>>> transactions, Set<String> expected) {
        long seed = Scenario.seed();
        System.out.println("writers: " + transactions.size() + ", seed " + seed);
        TableWriters all = new TableWriters(database, expected);
        for (Function<Random, List<String>> next : transactions) {
            Random random = new Random(seed + all.written.size());
            AtomicLong count = new AtomicLong();
            all.written.add(count);
            all.writers.start(() -> all.write(() -> next.apply(random), count));
        }
        return all;
    }

    /** Returns when each has written some more transactions. */
    void awaitMore() {
        awaitMore(MORE);
    }

    /** Returns when each has written so many more transactions. */
    void awaitMore(int transactions) {
        List<Long> enough = written.stream().map(count -> count.get() + transactions).toList();
        Await.until("each writer has written more", () -> writers.anyEnded() || IntStream
                .range(0, enough.size()).allMatch(i -> written.get(i).get() >= enough.get(i)));
    }

    private void write(Supplier<List<String>> next, AtomicLong count) {
        while (!writers.areStopping()) {
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                while (!writers.areStopping()) {
                    for (String sql : next.get()) {
                        statement.execute(sql);
                    }
                    connection.commit();
                    count.incrementAndGet();
                }
            } catch (SQLException e) {
                if (!expected.contains(e.getSQLState())) {
                    throw new IllegalStateException(e.getSQLState() + " " + e.getMessage(), e);
                }
                leftOut.computeIfAbsent(e.getSQLState() + " " + e.getMessage().lines().findFirst().orElse(""),
                        m -> new LongAdder())
                        .increment();
                LockSupport.parkNanos(RECONNECT_PAUSE);
            }
        }
    }

    /** Ends the transactions under way. */
    void stop() {
        writers.stop();
        System.out.println("writers: " + written + " transactions, left out " + new TreeMap<>(leftOut));
    }

    @Override
    public void close() {
        writers.close();
    }
}
