package io.freshet.runtime.demo;

import java.time.Duration;
import java.util.Map;

/**
 * What is shown at one moment. Totals count from the begin of the writing.
 *
 * @param rows of each stream table
 * @param epochTime median of the epochs' durations
 * @param freshnessMedian from a commit to its visibility in a stream table
 * @param freshnessTail the same, 99th percentile
 */
public record Figures(Duration elapsed, Map<String, Long> rows, long epochs, long changes, long transactions, Duration epochTime,
        int probes, Duration freshnessMedian, Duration freshnessTail) {

    /** Changes of sources per second. */
    public long changesPerSecond() {
        return perSecond(changes);
    }

    public long epochsPerSecond() {
        return perSecond(epochs);
    }

    public long transactionsPerSecond() {
        return perSecond(transactions);
    }

    private long perSecond(long count) {
        return elapsed.isZero() ? 0 : Math.round(count * 1000.0 / elapsed.toMillis());
    }
}
