package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.DistributedTransactionId;
import io.freshet.runtime.capture.TransactionPart;
import io.freshet.runtime.topology.Node;
import java.util.List;

/**
 * Whether, and as which transaction, the initiator's own part is visible.
 *
 * @param remote what is known of the remote parts: {@code COMMITTED} when one of them is
 */
record Question(Node initiator, DistributedTransactionId transaction, List<Key> records, TransactionPart.Fate remote) {
    Question {
        records = List.copyOf(records);
    }

    /** The key of a record of {@code pg_dist_transaction}. */
    record Key(int groupId, String gid) {
    }
}
