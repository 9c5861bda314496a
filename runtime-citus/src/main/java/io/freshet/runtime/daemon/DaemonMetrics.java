package io.freshet.runtime.daemon;

import io.freshet.runtime.epoch.CommittedEpoch;
import io.freshet.runtime.health.EpochFailures;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counters of a running daemon. Safe for concurrent use. */
public final class DaemonMetrics {
    private final AtomicLong lastEpoch = new AtomicLong();
    private final LongAdder epochs = new LongAdder();
    private final LongAdder changes = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder tornCuts = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile EpochFailures failing = EpochFailures.NONE;

    void committed(CommittedEpoch epoch) {
        failing = EpochFailures.NONE;
        lastEpoch.set(epoch.epoch());
        epochs.increment();
        changes.add(epoch.changes());
        rows.add(epoch.rows());
        tornCuts.add(epoch.torn());
    }

    /** Called by one thread. */
    void failed(Exception failure) {
        failures.increment();
        failing = failing.and(failure);
    }

    /** What could not be done is possible again. */
    void recovered() {
        failing = EpochFailures.NONE;
    }

    EpochFailures failing() {
        return failing;
    }

    /** The number of the last epoch that was committed by this daemon; 0 before the first. */
    public long lastEpoch() {
        return lastEpoch.get();
    }

    /** Epochs committed by this daemon. */
    public long epochs() {
        return epochs.sum();
    }

    /** Changes of sources read, before they were netted. */
    public long changes() {
        return changes.sum();
    }

    /** Change rows written. */
    public long rows() {
        return rows.sum();
    }

    /** Cuts given up, and taken again, because they saw a distributed transaction in part. */
    public long tornCuts() {
        return tornCuts.sum();
    }

    /** Epochs that failed and were tried again. */
    public long failures() {
        return failures.sum();
    }
}
