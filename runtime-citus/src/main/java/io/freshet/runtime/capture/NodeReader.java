package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;

/**
 * Reads one node's slot on a thread of its own, from {@link #start} until {@link #stop} or an error: then another one starts from nothing. It
 * feeds a {@link TransactionAssembler} with what the slot sends, and confirms the slot up to what {@link PendingTransactions} allows.
 */
interface NodeReader {
    void start();

    /** Ends the reader and its thread. The position is confirmed once more if the connection works. */
    void stop();

    /** Confirms what can be confirmed, now. */
    void confirmNow();

    /** Something that was written before this call will be awaited soon. */
    void expect();

    /** Reads without pauses until {@link #relax}. */
    void hurry();

    void relax();

    /** The {@link System#nanoTime} at which the reader last moved. */
    long lastProgress();

    /** Whether the server is decoding, and something will come by and by. */
    boolean isDecoding();

    /** What the slot is confirmed at, or will be in a moment. */
    Lsn confirmed();

    /** Makes readers. */
    @FunctionalInterface
    interface Starter {
        /**
         * Provides what reading the node's slot needs.
         *
         * @param begin where to begin, if the slot is not confirmed beyond it
         * @throws io.freshet.errors.FreshetException NO_FREE_WALSENDER, PERMISSION_DENIED, SLOT_LOST
         */
        Started start(Node node, String slot, Lsn begin) throws CaptureBrokenException;
    }

    /**
     * A slot that can be read.
     *
     * @param position of the node's WAL, some time after the call
     * @param nextXid the same for its 64-bit transaction ids
     */
    record Started(Lsn position, long nextXid, Maker maker) {
    }

    /** The last step, which needs what the first ones found. */
    @FunctionalInterface
    interface Maker {
        NodeReader make(TransactionAssembler assembler, PendingTransactions pending, StreamEvents events);
    }
}
