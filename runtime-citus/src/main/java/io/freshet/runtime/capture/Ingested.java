package io.freshet.runtime.capture;

/**
 * Which transactions of the stream are in a committed epoch already: those that commit below a position and that the epoch's snapshot sees.
 *
 * <p>The position keeps 32-bit transaction ids unambiguous. A snapshot can be old when nothing changed since: by the time its ids come
 * round again, transactions that it seems to see are new ones. But what it really sees had its commit record written before the snapshot
 * was taken, hence below any position that was read later.
 *
 * @param below a position of the node's WAL that was read after the snapshot had been taken
 * @param nearXid a 64-bit transaction id of about that time
 */
record Ingested(PgSnapshot snapshot, Lsn below, long nearXid) {

    /** @param lsn of its commit record, or of its prepare record, which is before that */
    boolean covers(int xid, long lsn) {
        return Long.compareUnsigned(lsn, below.value()) < 0 && snapshot.sees(PgSnapshot.extend(xid, nearXid));
    }
}
