package io.freshet.ivm.analysis;

import java.util.Set;

/** Where the rows of a plan lie. */
public sealed interface Spread {

    /**
     * On the shards of one co-location group.
     *
     * @param columns the plan's columns that hold the distribution column's value; empty when it keeps none
     */
    record Distributed(int colocationId, Set<Integer> columns) implements Spread {
        public Distributed {
            columns = Set.copyOf(columns);
        }
    }

    /** On the one shard of a distributed schema. */
    record SingleShard(int colocationId) implements Spread {
    }

    /** On shards of several co-location groups: UNION ALL of tables that are not co-located. */
    record Mixed() implements Spread {
    }

    /** On the coordinator: its local tables, and its copies of reference tables. */
    record Coordinator() implements Spread {
    }
}
