package io.freshet.runtime.capture;

import io.freshet.runtime.capture.pgoutput.PgOutputDecoder;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one node's slot by looking at it again and again: when somebody waits for something or has something to confirm, and else at an
 * interval, so that changes are noticed. A look costs the node the decoding of all that is not confirmed; so after one that took long the pause is
 * longer.
 */
final class NodePolling implements NodeReader, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(NodePolling.class);
    /** Between two looks when somebody waits: what is waited for can be on its way. */
    private static final long SHORT_PAUSE_NANOS = Duration.ofMillis(2).toNanos();
    /** While nobody waits, looking takes at most a quarter of the time. */
    private static final int PAUSE_PER_LOOK = 3;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

    private final Source source;
    private final TransactionAssembler assembler;
    private final PendingTransactions pending;
    private final StreamEvents events;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile boolean wanted;
    private volatile boolean awaited;
    private volatile boolean looking;
    private volatile int looks;
    private volatile long confirmed;
    private volatile long lastProgress = System.nanoTime();
    private Lsn lastEnd = Lsn.INVALID;

    /**
     * What is looked at.
     *
     * @param session for this reader alone
     * @param slotIsActive asks the node whether somebody, as this reader's own look, is decoding from the slot
     */
    record Source(Node node, NodeSession session, SlotPeek peek, Duration interval, BooleanSupplier slotIsActive) {
    }

    NodePolling(Source source, TransactionAssembler assembler, PendingTransactions pending, StreamEvents events) {
        this.source = source;
        this.assembler = assembler;
        this.pending = pending;
        this.events = events;
        this.confirmed = source.peek().begin().value();
        this.thread = Thread.ofPlatform().daemon().name("polling " + source.node()).unstarted(this);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void confirmNow() {
        expect();
    }

    @Override
    public void expect() {
        wanted = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void hurry() {
        awaited = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void relax() {
        awaited = false;
    }

    @Override
    public long lastProgress() {
        return lastProgress;
    }

    /** Whether one look lasts so long that the node can be asked meanwhile; then it says so. */
    @Override
    public boolean isDecoding() {
        int look = looks;
        return looking && source.slotIsActive().getAsBoolean() && looking && looks == look;
    }

    @Override
    public Lsn confirmed() {
        return new Lsn(confirmed);
    }

    @Override
    public void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        try {
            if (!thread.join(STOP_LIMIT)) {
                source.session().abort();
                thread.join();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            source.session().abort();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                long start = System.nanoTime();
                wanted = false;
                if (look()) {
                    pause(System.nanoTime() - start);
                }
            }
            if (confirmed().isBefore(pending.confirmable())) {
                look();
            }
        } catch (SQLException | IOException | RuntimeException | Error e) {
            // Errors too: an epoch must never wait for, or believe in, a thread that is gone.
            if (!stopping) {
                LOG.warn("polling {} has ended: {}", source.node(), e.toString());
                pending.fail(e);
                events.broken();
            }
        } finally {
            assembler.release();
            close();
        }
    }

    /** @return whether all there is has been read */
    private boolean look() throws SQLException, IOException {
        looks++;
        looking = true;
        SlotPeek.Look look = source.peek().look(source.session(), pending.confirmable(), new Taking());
        looking = false;
        confirmed = look.confirmed().value();
        look.complete().ifPresent(end -> pending.received(end.value()));
        if (look.messages() > 0 || look.complete().filter(lastEnd::isBefore).isPresent()) {
            lastProgress = System.nanoTime();
        }
        look.complete().ifPresent(end -> lastEnd = end);
        return look.complete().isPresent();
    }

    private final class Taking implements SlotPeek.Reader {
        @Override
        public void message(ByteBuffer message) throws IOException {
            assembler.accept(PgOutputDecoder.decode(message));
        }

        @Override
        public void partIsVoid() {
            LOG.debug("{}: a transaction has changed while it was read in parts; it is read anew", source.node());
            assembler.release();
        }
    }

    private void pause(long lookNanos) {
        if (awaited) {
            LockSupport.parkNanos(SHORT_PAUSE_NANOS);
            return;
        }
        long end = System.nanoTime() + Math.max(source.interval().toNanos(), PAUSE_PER_LOOK * lookNanos);
        long rest = end - System.nanoTime();
        while (rest > 0 && !stopping && !wanted && !awaited) {
            LockSupport.parkNanos(rest);
            rest = end - System.nanoTime();
        }
    }

    private void close() {
        try {
            source.session().close();
        } catch (SQLException e) {
            LOG.debug("closing the session with {}", source.node(), e);
        }
    }
}
