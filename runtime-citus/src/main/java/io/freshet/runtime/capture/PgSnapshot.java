package io.freshet.runtime.capture;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A {@code pg_snapshot}: which transactions of one node are visible. Transaction ids here are the 64-bit ones; the replication stream
 * carries 32-bit ones, which {@link #sees(int)} extends.
 */
public final class PgSnapshot {
    private final long xmin;
    private final long xmax;
    private final long[] inProgress;

    private PgSnapshot(long xmin, long xmax, long[] inProgress) {
        this.xmin = xmin;
        this.xmax = xmax;
        this.inProgress = inProgress;
    }

    /** Parses PostgreSQL's text form, {@code xmin:xmax:xip,xip,..}. */
    public static PgSnapshot parse(String text) {
        String[] parts = text.split(":", -1);
        long[] inProgress = parts[2].isEmpty()
                ? new long[0]
                : Arrays.stream(parts[2].split(",")).mapToLong(Long::parseLong).toArray();
        Arrays.sort(inProgress);
        return new PgSnapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), inProgress);
    }

    /** Whether the snapshot sees a transaction that has committed, by its 64-bit id. */
    public boolean sees(long xid) {
        return xid < xmin || xid < xmax && Arrays.binarySearch(inProgress, xid) < 0;
    }

    /**
     * The same for the 32-bit id of a replication stream. The id is taken for the nearest 64-bit one around xmax: ids in use never span
     * more than 2^31.
     */
    public boolean sees(int xid) {
        return sees(extend(xid, xmax));
    }

    /** The 64-bit transaction id that ends in {@code xid} and is nearest to {@code reference}. */
    static long extend(int xid, long reference) {
        return reference + (xid - (int) reference);
    }

    /**
     * Whether the snapshot sees a transaction, or would see it if it had committed, of which only its id or that of a part of it is known: those of subtransactions are
     * not among the ones in progress, but greater than their transaction's.
     */
    public boolean hasSeenTheEndOf(long xid) {
        return xid < xmin;
    }

    /** The last 64-bit transaction id before {@code next} that ends in {@code xid}. */
    public static long past(int xid, long next) {
        return next - 1 - Integer.toUnsignedLong((int) (next - 1) - xid);
    }

    /** The first transaction id, 64-bit, that had not been given out when the snapshot was taken. */
    public long xmax() {
        return xmax;
    }

    @Override
    public String toString() {
        return xmin + ":" + xmax + ":" + LongStream.of(inProgress).mapToObj(Long::toString).collect(Collectors.joining(","));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PgSnapshot s && s.xmin == xmin && s.xmax == xmax && Arrays.equals(s.inProgress, inProgress);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(xmin) * 31 + Long.hashCode(xmax);
    }
}
