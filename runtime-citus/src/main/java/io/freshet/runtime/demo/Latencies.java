package io.freshet.runtime.demo;

import java.time.Duration;
import java.util.Arrays;

/** Measured times. Safe for concurrent use. */
final class Latencies {
    private long[] nanos = new long[256];
    private int size;

    synchronized void add(long measuredNanos) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        nanos[size++] = measuredNanos;
    }

    synchronized int count() {
        return size;
    }

    /** The smallest time that {@code percent} of the measured ones do not exceed; zero when none was measured. */
    synchronized Duration percentile(int percent) {
        if (size == 0) {
            return Duration.ZERO;
        }
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100.0 * size);
        return Duration.ofNanos(sorted[Math.max(rank, 1) - 1]);
    }
}
