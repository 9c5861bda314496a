package io.freshet.runtime.capture;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory and disk for the changes of all nodes. Beyond the budget changes go to disk: reading never waits for memory, so it cannot deadlock with an
 * epoch that waits for a barrier. Safe for concurrent use.
 */
final class ChangeStore implements AutoCloseable {
    private final long logBudget;
    private final long totalBudget;
    private final AtomicLong used = new AtomicLong();
    private final Spool spool;

    ChangeStore(CaptureSettings settings) {
        logBudget = settings.transactionMemory();
        totalBudget = settings.totalMemory();
        spool = new Spool(settings.spoolDirectory());
    }

    ChangeLog newLog() {
        return new ChangeLog(this);
    }

    void charge(long bytes) {
        used.addAndGet(bytes);
    }

    /** Whether a log that has {@code logBytes} in memory has to give them up. */
    boolean mustSpill(long logBytes) {
        return logBytes > logBudget || used.get() > totalBudget;
    }

    Spool spool() {
        return spool;
    }

    /** Bytes in memory. */
    long memory() {
        return used.get();
    }

    @Override
    public void close() {
        spool.close();
    }
}
