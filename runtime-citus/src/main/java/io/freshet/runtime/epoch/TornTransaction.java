package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.DistributedTransactionId;

/** A distributed transaction that a cut sees in part, and how that was noticed. */
record TornTransaction(DistributedTransactionId transaction, String why) {
    @Override
    public String toString() {
        return "the distributed transaction " + transaction + " is seen in part: " + why;
    }
}
