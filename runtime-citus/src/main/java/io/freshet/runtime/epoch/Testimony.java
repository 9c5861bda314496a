package io.freshet.runtime.epoch;

/**
 * What the initiator of a distributed transaction says of its own part, which has no name in any stream. Citus gives it one record per remote
 * part in {@code pg_dist_transaction}, written by the part itself: who sees the record sees the part, and the record's {@code xmin} is the
 * part's transaction id. Some time after all is committed Citus removes the records.
 */
sealed interface Testimony {

    /** The cut sees a record. */
    record Visible(int xid) implements Testimony {
    }

    /** There is a record now, and the cut does not see it. */
    record Later(int xid) implements Testimony {
    }

    /** No record, and no remote part is known to be committed: then the initiator was not when the cut was taken. */
    record Uncommitted() implements Testimony {
    }

    /** The records were gone before the cut was taken: it sees the initiator's part, and all others. */
    record Settled() implements Testimony {
    }

    /** The records are gone, and the cut was taken while no two-phase commit of the initiator was under way: it sees all parts or none. */
    record Fenced() implements Testimony {
    }

    /** Some remote part is committed and the records are gone, it may be since a moment ago: a cut that is taken from now on sees all. */
    record Gone() implements Testimony {
    }
}
