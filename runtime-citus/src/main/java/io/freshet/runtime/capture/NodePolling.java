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
final class NodePolling extends ThreadedReader {
    private static final Logger LOG = LoggerFactory.getLogger(NodePolling.class);
    /** Between two looks when somebody waits: what is waited for can be on its way. */
    private static final long SHORT_PAUSE_NANOS = Duration.ofMillis(2).toNanos();
    /** While nobody waits, looking takes at most a quarter of the time. */
    private static final int PAUSE_PER_LOOK = 3;

    private final Source source;
    private volatile boolean wanted;
    private volatile boolean looking;
    private volatile int looks;
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
        super(source.node(), assembler, pending, events);
        this.source = source;
        confirmed(source.peek().begin());
    }

    @Override
    public void confirmNow() {
        expect();
    }

    @Override
    public void expect() {
        wanted = true;
        wake();
    }

    /** Whether one look lasts so long that the node can be asked meanwhile; then it says so. */
    @Override
    public boolean isDecoding() {
        int look = looks;
        return looking && source.slotIsActive().getAsBoolean() && looking && looks == look;
    }

    @Override
    void read() throws SQLException, IOException {
        while (!isStopping()) {
            long start = System.nanoTime();
            wanted = false;
            if (look()) {
                pause(System.nanoTime() - start);
            }
        }
        if (confirmed().isBefore(pending().confirmable())) {
            look();
        }
    }

    /** @return whether all there is has been read */
    private boolean look() throws SQLException, IOException {
        looks++;
        looking = true;
        SlotPeek.Look look = source.peek().look(source.session(), pending().confirmable(), new Taking());
        looking = false;
        confirmed(look.confirmed());
        look.complete().ifPresent(end -> pending().received(end.value()));
        if (look.messages() > 0 || look.complete().filter(lastEnd::isBefore).isPresent()) {
            progressed(System.nanoTime());
        }
        look.complete().ifPresent(end -> lastEnd = end);
        return look.complete().isPresent();
    }

    private final class Taking implements SlotPeek.Reader {
        @Override
        public void message(ByteBuffer message) throws IOException {
            assembler().accept(PgOutputDecoder.decode(message));
        }

        @Override
        public void partIsVoid() {
            LOG.debug("{}: a transaction has changed while it was read in parts; it is read anew", node());
            assembler().release();
        }
    }

    private void pause(long lookNanos) {
        if (isAwaited()) {
            LockSupport.parkNanos(SHORT_PAUSE_NANOS);
            return;
        }
        long end = System.nanoTime() + Math.max(source.interval().toNanos(), PAUSE_PER_LOOK * lookNanos);
        long rest = end - System.nanoTime();
        while (rest > 0 && !isStopping() && !wanted && !isAwaited()) {
            LockSupport.parkNanos(rest);
            rest = end - System.nanoTime();
        }
    }

    @Override
    void abort() {
        source.session().abort();
    }

    @Override
    void close() throws SQLException {
        source.session().close();
    }
}
