package io.freshet.runtime.capture;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What one connection has read and no committed epoch has taken, shared between the stream's thread and the epoch's.
 *
 * <p>The laws of the server's side, from which the ones of {@link Capture} follow:
 *
 * <ul>
 * <li>The records of commits and prepares are decoded in the order of the WAL. A transaction's changes are sent when its commit record, or
 *     prepare record, is decoded, in one piece. A non-transactional message is sent when its own record is decoded. So when a barrier shows,
 *     all that was committed before it has been sent.
 * <li>A position that the server names in a keepalive is one up to which it has decoded and sent. Outside a transaction's piece everything below
 *     it is in our hands.
 * <li>With the slot confirmed at {@code c}, a transaction is sent again if its commit record starts at {@code c} or later. A prepared
 *     transaction's changes are sent again if its prepare record starts at {@code c} or later, whatever its commit's position is. So a prepared
 *     transaction holds the slot at its prepare record, committed or not, until an epoch has taken it.
 * <li>COMMIT PREPARED is announced whenever its own record starts at {@code c} or later. When the changes were not sent before in this
 *     connection, the prepare record lies below {@code c}; by the previous law the transaction is then in a committed epoch, or it changed nothing
 *     of ours: in both cases there is nothing to do. (A transaction that was prepared before the slot was made comes whole, just before its
 *     COMMIT PREPARED, each time.) The same goes for ROLLBACK PREPARED.
 * <li>The parts of a distributed transaction are all prepared before any of them commits. So when a snapshot sees one, the barriers that were
 *     written after it on the other nodes come after the prepare records of the others: they are among {@link #parts}.
 * <li>After a crash of the server the confirmed position may be an older one. Then committed epochs' transactions come again, which {@link
 *     Ingested} recognises.
 * </ul>
 */
final class PendingTransactions {
    private static final int BARRIERS_KEPT = 64;
    private static final long UNSIGNED_MAX = -1L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Deque<Transaction> committed = new ArrayDeque<>();
    private final Map<Integer, Transaction> prepared = new HashMap<>();
    private final DistributedParts parts = new DistributedParts();
    private final Map<String, Lsn> barriers = new LinkedHashMap<>();
    private volatile Ingested ingested;
    private volatile long received;
    /** The smallest first LSN of all transactions here; {@link #UNSIGNED_MAX} when there is none. */
    private long held = UNSIGNED_MAX;
    private Optional<Throwable> failure = Optional.empty();

    PendingTransactions(Ingested ingested) {
        this.ingested = ingested;
    }

    /** Whether an epoch has taken the transaction before: its changes need not be read. */
    boolean isIngested(int xid, long lsn) {
        return ingested.covers(xid, lsn);
    }

    /** Everything below {@code lsn} has been read, and the stream is not in the middle of a transaction. */
    void received(long lsn) {
        if (Long.compareUnsigned(lsn, received) > 0) {
            received = lsn;
        }
    }

    /** @param transaction may be empty: then it matters only as a part of a distributed one */
    void prepare(Transaction transaction, String gid) {
        lock.lock();
        try {
            parts.prepared(transaction, gid);
            if (!transaction.isEmpty()) {
                Transaction former = prepared.put(transaction.xid(), transaction);
                if (former != null) {
                    // It comes again, where it was read in parts.
                    former.release();
                }
                hold(transaction);
            }
        } finally {
            lock.unlock();
        }
    }

    /** @return whether a transaction waits now where none did before */
    boolean commitPrepared(int xid) {
        lock.lock();
        try {
            parts.committed(xid);
            Transaction transaction = prepared.remove(xid);
            return transaction != null && addCommitted(transaction);
        } finally {
            lock.unlock();
        }
    }

    void rollbackPrepared(int xid) {
        lock.lock();
        try {
            parts.rolledBack(xid);
            Transaction transaction = prepared.remove(xid);
            if (transaction != null) {
                transaction.release();
                holdAnew();
            }
        } finally {
            lock.unlock();
        }
    }

    /** @return whether a transaction waits now where none did before */
    boolean commit(Transaction transaction) {
        lock.lock();
        try {
            return addCommitted(transaction);
        } finally {
            lock.unlock();
        }
    }

    private boolean addCommitted(Transaction transaction) {
        // The epoch that has it can have been found committed while it was being read again.
        if (isIngested(transaction.xid(), transaction.firstLsn())) {
            transaction.release();
            holdAnew();
            return false;
        }
        committed.addLast(transaction);
        hold(transaction);
        return committed.size() == 1;
    }

    void barrier(String token, Lsn lsn) {
        lock.lock();
        try {
            barriers.put(token, lsn);
            if (barriers.size() > BARRIERS_KEPT) {
                barriers.remove(barriers.keySet().iterator().next());
            }
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a barrier.
     *
     * @param limit how long the stream may stand still
     * @param lastProgress the {@link System#nanoTime} at which it last moved
     * @return its LSN; empty when the limit is over
     * @throws StreamEndedException the stream has ended
     */
    Optional<Lsn> awaitBarrier(String token, Duration limit, LongSupplier lastProgress)
            throws InterruptedException, StreamEndedException {
        long start = System.nanoTime();
        lock.lockInterruptibly();
        try {
            while (true) {
                Lsn lsn = barriers.remove(token);
                if (lsn != null) {
                    return Optional.of(lsn);
                }
                failIfEnded();
                long standsSince = start + Math.max(0, lastProgress.getAsLong() - start);
                long rest = standsSince + limit.toNanos() - System.nanoTime();
                if (rest <= 0) {
                    return Optional.empty();
                }
                news.awaitNanos(rest);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The committed transactions that the snapshot sees, in commit order. They stay here. */
    List<Transaction> visible(PgSnapshot snapshot) throws StreamEndedException {
        lock.lock();
        try {
            failIfEnded();
            return committed.stream().filter(t -> snapshot.sees(t.xid())).toList();
        } finally {
            lock.unlock();
        }
    }

    /** What there is of distributed transactions, of the time before the barrier. */
    NodeParts parts(Lsn barrier) throws StreamEndedException {
        lock.lock();
        try {
            failIfEnded();
            return new NodeParts(parts.before(barrier),
                    committed.stream().filter(t -> Long.compareUnsigned(t.firstLsn(), barrier.value()) < 0)
                            .map(Transaction::xid).filter(xid -> !parts.isPart(xid)).collect(Collectors.toSet()));
        } finally {
            lock.unlock();
        }
    }

    /** An epoch with these transactions is durable. */
    void ingest(Ingested taken) throws StreamEndedException {
        lock.lock();
        try {
            failIfEnded();
            ingested = taken;
            parts.ingested(taken.snapshot());
            for (Iterator<Transaction> i = committed.iterator(); i.hasNext();) {
                Transaction transaction = i.next();
                if (taken.snapshot().sees(transaction.xid())) {
                    i.remove();
                    transaction.release();
                }
            }
            holdAnew();
        } finally {
            lock.unlock();
        }
    }

    /** How far the slot may be confirmed. */
    Lsn confirmable() {
        lock.lock();
        try {
            long free = parts.confirmable(received);
            return new Lsn(Long.compareUnsigned(held, free) < 0 ? held : free);
        } finally {
            lock.unlock();
        }
    }

    boolean hasCommitted() {
        lock.lock();
        try {
            return !committed.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The stream has ended by an error. */
    void fail(Throwable cause) {
        lock.lock();
        try {
            failure = Optional.of(cause);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    StreamStatus status(String slot, Lsn confirmed) {
        lock.lock();
        try {
            return new StreamStatus(slot, new Lsn(received), confirmed, committed.size(), prepared.size(),
                    failure.map(Throwable::toString));
        } finally {
            lock.unlock();
        }
    }

    /** The stream's thread has ended and nobody reads its transactions any more. */
    void release() {
        lock.lock();
        try {
            committed.forEach(Transaction::release);
            prepared.values().forEach(Transaction::release);
            committed.clear();
            prepared.clear();
            parts.clear();
        } finally {
            lock.unlock();
        }
    }

    private void failIfEnded() throws StreamEndedException {
        if (failure.isPresent()) {
            throw new StreamEndedException(failure.get());
        }
    }

    private void hold(Transaction transaction) {
        if (Long.compareUnsigned(transaction.firstLsn(), held) < 0) {
            held = transaction.firstLsn();
        }
    }

    private void holdAnew() {
        held = UNSIGNED_MAX;
        committed.forEach(this::hold);
        prepared.values().forEach(this::hold);
    }

    /** The stream has ended; its cause. */
    static final class StreamEndedException extends Exception {
        private static final long serialVersionUID = 1L;

        StreamEndedException(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }
}
