package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of a reader, which lives until it is stopped or fails; whoever waits hears of a failure. How it reads is its own. */
abstract class ThreadedReader implements NodeReader {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadedReader.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

    private final Node node;
    private final TransactionAssembler assembler;
    private final PendingTransactions pending;
    private final StreamEvents events;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile boolean awaited;
    private volatile long confirmed;
    private volatile long lastProgress = System.nanoTime();

    ThreadedReader(Node node, TransactionAssembler assembler, PendingTransactions pending, StreamEvents events) {
        this.node = node;
        this.assembler = assembler;
        this.pending = pending;
        this.events = events;
        this.thread = Thread.ofPlatform().daemon().name("capture " + node).unstarted(this::run);
    }

    /** Reads until the reader {@link #isStopping}, and then confirms once more what can be. On the reader's thread. */
    abstract void read() throws SQLException, IOException;

    /** Ends what {@link #read} waits for. From another thread. */
    abstract void abort();

    /** On the reader's thread, whatever has happened. */
    abstract void close() throws SQLException;

    final Node node() {
        return node;
    }

    final TransactionAssembler assembler() {
        return assembler;
    }

    final PendingTransactions pending() {
        return pending;
    }

    final boolean isStopping() {
        return stopping;
    }

    /** Whether somebody waits for what comes: between {@link #hurry} and {@link #relax}. */
    final boolean isAwaited() {
        return awaited;
    }

    /** Ends a pause. */
    final void wake() {
        LockSupport.unpark(thread);
    }

    /** @param at of {@link System#nanoTime} */
    final void progressed(long at) {
        lastProgress = at;
    }

    final void confirmed(Lsn position) {
        confirmed = position.value();
    }

    @Override
    public final void start() {
        thread.start();
    }

    @Override
    public final void hurry() {
        awaited = true;
        wake();
    }

    @Override
    public final void relax() {
        awaited = false;
    }

    @Override
    public final long lastProgress() {
        return lastProgress;
    }

    @Override
    public final Lsn confirmed() {
        return new Lsn(confirmed);
    }

    @Override
    public final void stop() {
        stopping = true;
        wake();
        boolean interrupted = false;
        try {
            if (!thread.join(STOP_LIMIT)) {
                abort();
                thread.join();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            abort();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            read();
        } catch (SQLException | IOException | RuntimeException | Error e) {
            // Errors too: an epoch must never wait for, or believe in, a thread that is gone.
            if (!stopping) {
                LOG.warn("the capture of {} has ended: {}", node, e.toString());
                pending.fail(e);
                events.broken();
            }
        } finally {
            assembler.release();
            closeQuietly();
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (SQLException e) {
            LOG.debug("closing the connection with {}", node, e);
        }
    }
}
