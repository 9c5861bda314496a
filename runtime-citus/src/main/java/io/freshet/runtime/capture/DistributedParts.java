package io.freshet.runtime.capture;

import io.freshet.runtime.capture.TransactionPart.Content;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The remote parts of distributed transactions that one connection has read and no committed epoch has seen. Guarded by the lock of {@link
 * PendingTransactions}. Empty parts are remembered too: they say which transaction is half visible, but they wake nobody. Their number is
 * bounded:
 *
 * <ul>
 * <li>Prepared ones by the server's {@code max_prepared_transactions}.
 * <li>Committed ones, which every later snapshot sees, by {@link #FINISHED_KEPT}. Where a transaction changed a source, epochs follow soon and
 *     let its parts go; others pile up while no source changes.
 * </ul>
 *
 * <p>An empty prepared part holds the slot, so that a restart does not forget it, but not for ever: if it is in doubt for longer than {@link
 * #HELD_BYTES} of WAL, its initiator has not committed, or an epoch has long asked Citus to recover it.
 */
final class DistributedParts {
    static final int FINISHED_KEPT = 10_000;
    static final long HELD_BYTES = 64L << 20;

    private final Map<Integer, Kept> withChanges = new HashMap<>();
    /** In the order of their prepare records. */
    private final Map<Integer, Kept> emptyPrepared = new LinkedHashMap<>();
    private final Map<Integer, Kept> emptyCommitted = new LinkedHashMap<>();

    private record Kept(TransactionPart part, long prepareLsn) {
        private Kept committed() {
            return new Kept(part.committed(), prepareLsn);
        }
    }

    /** A transaction has been prepared; only Citus's are of interest. */
    void prepared(Transaction transaction, String gid) {
        DistributedTransactionId.ofGid(gid).ifPresent(id -> {
            Content content = transaction.isEmpty() ? Content.NOTHING : Content.CHANGES;
            Map<Integer, Kept> kept = transaction.isEmpty() ? emptyPrepared : withChanges;
            kept.put(transaction.xid(), new Kept(
                    new TransactionPart(id, gid, transaction.xid(), content, TransactionPart.Fate.PREPARED),
                    transaction.firstLsn()));
        });
    }

    void committed(int xid) {
        withChanges.computeIfPresent(xid, (x, kept) -> kept.committed());
        Kept empty = emptyPrepared.remove(xid);
        if (empty != null) {
            emptyCommitted.put(xid, empty.committed());
            if (emptyCommitted.size() > FINISHED_KEPT) {
                Iterator<Integer> oldest = emptyCommitted.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }

    void rolledBack(int xid) {
        withChanges.remove(xid);
        emptyPrepared.remove(xid);
    }

    /** A committed epoch sees what the snapshot sees. */
    void ingested(PgSnapshot snapshot) {
        Predicate<Kept> seen = kept -> kept.part().fate() == TransactionPart.Fate.COMMITTED && snapshot.sees(kept.part().xid());
        withChanges.values().removeIf(seen);
        emptyCommitted.values().removeIf(seen);
    }

    boolean isPart(int xid) {
        return withChanges.containsKey(xid);
    }

    /** Those that were prepared before {@code barrier}. */
    List<TransactionPart> before(Lsn barrier) {
        List<TransactionPart> parts = new ArrayList<>();
        for (Map<Integer, Kept> some : List.of(withChanges, emptyPrepared, emptyCommitted)) {
            for (Kept kept : some.values()) {
                if (Long.compareUnsigned(kept.prepareLsn(), barrier.value()) < 0) {
                    parts.add(kept.part());
                }
            }
        }
        return parts;
    }

    /**
     * How far the slot may be confirmed as far as empty parts are concerned; those with changes hold it as transactions.
     *
     * @param received everything below it has been read
     */
    long confirmable(long received) {
        for (Kept kept : emptyPrepared.values()) {
            if (received - kept.prepareLsn() <= HELD_BYTES) {
                return Long.compareUnsigned(kept.prepareLsn(), received) < 0 ? kept.prepareLsn() : received;
            }
        }
        return received;
    }

    void clear() {
        withChanges.clear();
        emptyPrepared.clear();
        emptyCommitted.clear();
    }
}
