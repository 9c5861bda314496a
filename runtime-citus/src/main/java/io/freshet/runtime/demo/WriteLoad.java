package io.freshet.runtime.demo;

import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions that write random transactions, each on its own thread and connection, until it is closed. They never wait for an epoch. */
final class WriteLoad implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriteLoad.class);
    /** Serialization failure, deadlock, a key that another session took: the database chose between writers, which is its job. */
    private static final List<String> CONFLICTS = List.of("40001", "40P01", "23505");

    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder committed = new LongAdder();
    private final AtomicLong lastOrder = new AtomicLong(DemoTables.ORDERS);
    private final AtomicReference<Optional<Exception>> failure = new AtomicReference<>(Optional.empty());
    private volatile boolean closing;

    private WriteLoad() {
    }

    static WriteLoad start(Connections connections, DemoOptions options) {
        WriteLoad load = new WriteLoad();
        for (int i = 0; i < options.writers(); i++) {
            Random random = new Random(options.seed() + i);
            load.threads.add(Thread.ofPlatform().name("demo-writer-" + (i + 1)).daemon()
                    .start(() -> load.write(connections, options, random)));
        }
        return load;
    }

    private void write(Connections connections, DemoOptions options, Random random) {
        long interval = options.transactionsPerSecond() == 0
                ? 0
                : 1_000_000_000L * options.writers() / options.transactionsPerSecond();
        try (Connection connection = connections.coordinator()) {
            connection.setSchema(DemoTables.SCHEMA);
            connection.setAutoCommit(false);
            RandomTransaction transaction = new RandomTransaction(connection, random, lastOrder);
            long next = System.nanoTime();
            while (!closing) {
                attempt(connection, transaction);
                next += interval;
                // Whoever is late goes on at once, but does not catch up.
                next = Math.max(next, System.nanoTime() - interval);
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (SQLException e) {
            LOG.debug("a writer ended", e);
            failure.set(Optional.of(e));
        }
    }

    private void attempt(Connection connection, RandomTransaction transaction) throws SQLException {
        try {
            if (transaction.run() == RandomTransaction.End.COMMIT) {
                connection.commit();
                committed.increment();
            } else {
                connection.rollback();
            }
        } catch (SQLException e) {
            if (!CONFLICTS.contains(e.getSQLState())) {
                throw e;
            }
            connection.rollback();
        }
    }

    long committed() {
        return committed.sum();
    }

    /** Why a writer has ended by itself. */
    Optional<Exception> failure() {
        return failure.get();
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
            thread.join();
        }
    }
}
