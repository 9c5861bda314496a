package io.freshet.runtime.capture;

import io.freshet.runtime.capture.pgoutput.PgOutputDecoder;
import io.freshet.runtime.topology.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads one connection's stream. It lives as long as the connection: after a break another one starts from nothing.
 *
 * <p>The driver's stream is used by this thread only: a blocking read holds the driver's lock, so another thread could not confirm a position
 * meanwhile. {@code readPending} waits for at most a millisecond, and less when something comes; a stream that has been quiet for a while pauses
 * between the reads as well, unless somebody waits for it.
 */
final class NodeStream extends ThreadedReader {
    private static final Logger LOG = LoggerFactory.getLogger(NodeStream.class);
    /** Of a millisecond each. */
    private static final int READS_BEFORE_PAUSE = 200;
    private static final int READS_BEFORE_LONG_PAUSE = 600;
    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();
    private static final long LONG_PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private final Source source;
    private volatile boolean urgent;
    private Lsn lastReceived = Lsn.INVALID;

    /**
     * Where a stream comes from.
     *
     * @param statusInterval the driver's socket timeout, too
     */
    record Source(Node node, Connection connection, PGReplicationStream stream, Duration statusInterval, ServerProbe probe) {
    }

    NodeStream(Source source, TransactionAssembler assembler, PendingTransactions pending, StreamEvents events) {
        super(source.node(), assembler, pending, events);
        this.source = source;
    }

    @Override
    public void confirmNow() {
        urgent = true;
        wake();
    }

    /** It comes by itself. */
    @Override
    public void expect() {
    }

    @Override
    public boolean isDecoding() {
        return source.probe().isDecoding();
    }

    @Override
    void read() throws SQLException, IOException {
        int quietReads = 0;
        while (!isStopping()) {
            long start = System.nanoTime();
            ByteBuffer message = source.stream().readPending();
            if (message != null) {
                quietReads = 0;
                progressed(start);
                assembler().accept(PgOutputDecoder.decode(message));
            } else {
                failIfTornApart(start);
                quietReads++;
                quiet(start);
                if (quietReads > READS_BEFORE_PAUSE && !isAwaited() && !urgent) {
                    LockSupport.parkNanos(quietReads > READS_BEFORE_LONG_PAUSE ? LONG_PAUSE_NANOS : PAUSE_NANOS);
                }
            }
            if (urgent) {
                urgent = false;
                confirm();
                source.stream().forceUpdateStatus();
            }
        }
        confirm();
        source.stream().forceUpdateStatus();
    }

    /** Nothing has come for the moment, except perhaps a keepalive. */
    private void quiet(long now) throws IOException {
        Lsn received = new Lsn(source.stream().getLastReceiveLSN().asLong());
        if (!received.equals(lastReceived)) {
            lastReceived = received;
            progressed(now);
        }
        if (assembler().isOutside()) {
            pending().received(received.value());
            confirm();
            if (confirmed().isBefore(received)) {
                source.probe().held();
            } else {
                source.probe().free();
            }
        }
    }

    /** The server hears of it with the next status update. */
    private void confirm() {
        Lsn position = pending().confirmable();
        if (confirmed().isBefore(position)) {
            confirmed(position);
            source.probe().free();
            LogSequenceNumber lsn = LogSequenceNumber.valueOf(position.value());
            source.stream().setFlushedLSN(lsn);
            source.stream().setAppliedLSN(lsn);
        }
    }

    /** The driver answers "nothing" also when its socket timed out within a message, and then goes on in the middle of it. */
    private void failIfTornApart(long start) throws IOException {
        if (System.nanoTime() - start >= source.statusInterval().toNanos()) {
            throw new IOException("no data for " + source.statusInterval().toSeconds() + " s within a message");
        }
    }

    @Override
    void abort() {
        try {
            source.connection().abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("aborting the stream of {}", node(), e);
        }
    }

    @Override
    void close() throws SQLException {
        source.connection().close();
    }
}
