package io.freshet.planner.catalog;

/** How a table lies in the cluster. On plain PostgreSQL every table is {@link Local}. */
public sealed interface Placement {

    /** Sharded by the hash of one column. Tables of one co-location id have their equal values on one node. */
    record Distributed(String column, int colocationId) implements Placement {
    }

    /** One shard that holds the whole table. */
    record SingleShard(int colocationId) implements Placement {
    }

    /** One shard that holds the whole table of a distributed schema. No table of another schema can be co-located with it. */
    record SchemaShard(int colocationId) implements Placement {
    }

    /** A full copy on every node. */
    record Reference() implements Placement {
    }

    /** On the coordinator only. */
    record Local() implements Placement {
    }
}
