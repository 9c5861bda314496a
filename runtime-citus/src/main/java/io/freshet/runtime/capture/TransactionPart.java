package io.freshet.runtime.capture;

/**
 * A remote part of a distributed transaction on one node: it was prepared there, and has not been rolled back.
 *
 * @param gid its name on the node
 * @param xid the 32-bit transaction id, as {@link PgSnapshot#sees(int)} takes it. Only a snapshot says whether the part is visible
 */
public record TransactionPart(DistributedTransactionId transaction, String gid, int xid, Content content, Fate fate) {

    /** Whether it changed a source, as far as the stream of its node tells. */
    public enum Content {
        NOTHING,
        CHANGES
    }

    /** How far the stream has told its story. */
    public enum Fate {
        PREPARED,
        COMMITTED
    }

    TransactionPart committed() {
        return new TransactionPart(transaction, gid, xid, content, Fate.COMMITTED);
    }
}
