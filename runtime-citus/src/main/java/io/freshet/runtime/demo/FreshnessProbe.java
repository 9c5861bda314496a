package io.freshet.runtime.demo;

import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures freshness as a user sees it: inserts an order that the filter lets through, and looks until another session sees it in the stream
 * table. The time runs from the return of the COMMIT. The look itself takes part: about a millisecond.
 */
final class FreshnessProbe implements AutoCloseable {
    private static final long BETWEEN_PROBES = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long BETWEEN_LOOKS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final int CUSTOMER = 1;

    private final Latencies latencies = new Latencies();
    private final AtomicReference<Optional<Exception>> failure = new AtomicReference<>(Optional.empty());
    private final Thread thread;
    private volatile boolean closing;

    private FreshnessProbe(Connections connections) {
        thread = Thread.ofPlatform().name("demo-probe").daemon().unstarted(() -> run(connections));
    }

    static FreshnessProbe start(Connections connections) {
        FreshnessProbe probe = new FreshnessProbe(connections);
        probe.thread.start();
        return probe;
    }

    Latencies latencies() {
        return latencies;
    }

    Optional<Exception> failure() {
        return failure.get();
    }

    private void run(Connections connections) {
        try (Connection writer = connections.coordinator(); Connection reader = connections.coordinator()) {
            writer.setSchema(DemoTables.SCHEMA);
            reader.setSchema(DemoTables.SCHEMA);
            // Writers leave negative order ids alone.
            for (long order = -1; !closing; order--) {
                Jdbc.update(writer, "INSERT INTO orders (customer_id, order_id, status, amount) VALUES (?, ?, 'probe', 1000)",
                        CUSTOMER,
                        order);
                long committed = System.nanoTime();
                if (awaitVisible(reader, order)) {
                    latencies.add(System.nanoTime() - committed);
                }
                Jdbc.update(writer, "DELETE FROM orders WHERE customer_id = ? AND order_id = ?", CUSTOMER, order);
                LockSupport.parkNanos(BETWEEN_PROBES);
            }
        } catch (SQLException e) {
            failure.set(Optional.of(e));
        }
    }

    private boolean awaitVisible(Connection reader, long order) throws SQLException {
        while (!closing) {
            if (Jdbc.first(reader, "SELECT 1 FROM large_orders WHERE customer_id = ? AND order_id = ?", row -> row.getInt(1),
                    CUSTOMER,
                    order).isPresent()) {
                return true;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
        return false;
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        LockSupport.unpark(thread);
        thread.join();
    }
}
