package io.freshet.ivm;

/** Where a step's work is done, and what moves between nodes. */
public enum Strategy {
    /** Every task on its shard; nothing moves. */
    COLOCATED,
    /** Partial results on the workers, the rest on the coordinator. */
    TWO_PHASE,
    /** The delta goes to the shards of the table it joins, or of the stream table it is merged into. */
    SHUFFLE,
    /** The delta goes to every node. */
    BROADCAST,
    /** Whole tables go to where they meet: only to fill a stream table, or to compare it with its query. */
    REPARTITION,
    /** Tables of the coordinator only; on plain PostgreSQL, everything. */
    COORDINATOR
}
