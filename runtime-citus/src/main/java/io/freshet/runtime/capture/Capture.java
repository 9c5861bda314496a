package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads the changes of all sources from every node and hands them to epochs. The laws:
 *
 * <ol>
 * <li>Within one node, commit order is the only order; between nodes there is none.
 * <li>Once a stream has shown a barrier that was written after a snapshot was taken, every transaction that the snapshot sees has been read:
 *     a transaction becomes visible only after its commit record is in the WAL.
 * <li>A transaction is handed out by {@link #take} for the first snapshot that sees it, and again until {@link #committed} says that its
 *     epoch is durable. A transaction that is read but not visible waits for a later epoch.
 * <li>A slot is confirmed below the first transaction that no committed epoch has taken: its commit LSN, for a prepared one its prepare LSN.
 * <li>After a restart, transactions that the stored snapshot of the node sees have been ingested: they are skipped.
 * </ol>
 *
 * <p>Streams read on threads of their own; the methods are called by one thread, the epoch's.
 */
public interface Capture extends AutoCloseable {

    /**
     * Starts reading a node, or starts again after its stream broke.
     *
     * @param slot the node's replication slot, which exists
     * @param ingested the snapshot of the last committed epoch on this node: what it sees is skipped
     */
    default void start(Node node, String slot, PgSnapshot ingested) throws CaptureBrokenException {
        start(node, slot, ingested, Lsn.INVALID);
    }

    /**
     * As {@link #start(Node, String, PgSnapshot)}, but not before a position.
     *
     * @param begin what commits below it is in a committed epoch and must not even be decoded again
     */
    void start(Node node, String slot, PgSnapshot ingested, Lsn begin) throws CaptureBrokenException;

    /** A position below which everything that commits is in a committed epoch or changed no source; it only grows. */
    Lsn doneWith(Node node) throws CaptureBrokenException;

    /** Stops reading a node, if it is read. */
    void stop(Node node);

    /**
     * Waits until the node's stream has shown the message that {@code pg_logical_emit_message(false, 'freshet', token)} wrote. While it moves,
     * or the server is decoding, this waits as long as it takes: a backlog is read once, not from its beginning again and again. See
     * {@link #onStandstill} for a decoder that has lost its way.
     *
     * @param limit how long the stream may stand still
     * @return the message's LSN
     * @throws CaptureBrokenException the stream ended, or stood still for {@code limit}; or it stood still while the server was decoding, and another
     *         node's stream had ended (then this is of that node), or there was a reason not to wait any more
     */
    Lsn awaitBarrier(Node node, String token, Duration limit) throws CaptureBrokenException, InterruptedException;

    /**
     * The net changes of the transactions that {@code snapshot} sees and no committed epoch has taken. Call it after the barrier. The rows
     * can be read until the next call of {@code start}, {@code stop}, {@code take} or {@code committed} for this node.
     */
    NodeChanges take(Node node, PgSnapshot snapshot) throws CaptureBrokenException;

    /**
     * What the node has of distributed transactions that no committed epoch has seen: by it a cut is recognised that sees one in part. Call it
     * when all nodes have shown the barrier.
     *
     * @param barrier the LSN that {@link #awaitBarrier} returned; what came later is left out
     */
    NodeParts parts(Node node, Lsn barrier) throws CaptureBrokenException;

    /**
     * The epoch with this snapshot of the node is durable: its transactions are forgotten and the slot is confirmed as far as the laws allow,
     * at once.
     */
    void committed(Node node, PgSnapshot snapshot, Lsn barrier) throws CaptureBrokenException;

    /**
     * Waits until a transaction with a change of a source, committed and not in a committed epoch, has been read, a stream has broken since the
     * last call, or {@link #wake} is called. A limit of zero asks without waiting.
     *
     * @return whether there is such a transaction
     */
    boolean awaitChanges(Duration limit) throws InterruptedException;

    /** The nodes that should be read and are not: their stream has ended by itself, or could not be started. {@link #start} reads them again. */
    Set<Node> broken();

    /** Ends an {@link #awaitChanges} that another thread is in, or the next one. */
    void wake();

    /** Called on a stream's thread for every non-transactional message of prefix {@code freshet.request}: its content. */
    void onRequest(Consumer<byte[]> listener);

    /**
     * Asked whenever a stream has stood still for the limit of {@link #awaitBarrier} although its server is decoding, on the thread that waits: why it is not
     * to be waited for any more; empty when it is.
     */
    void onStandstill(Supplier<Optional<String>> whyNotWait);

    @Override
    void close();
}
