package io.freshet.ivm.analysis;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** On shards of several co-location groups, or on shards and on the coordinator: UNION ALL of tables that are not co-located. */
    record Mixed() implements Spread {
    }

    /**
     * On shards of any groups: of a join that is not co-located, whose rows meet only when some of them move.
     *
     * @param columns by co-location group, the plan's columns that hold the value of a distribution column of that group
     */
    record Scattered(Map<Integer, Set<Integer>> columns) implements Spread {
        public Scattered {
            columns = columns.entrySet().stream()
                    .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> Set.copyOf(e.getValue())));
        }
    }

    /** The plan's columns that hold the value of a distribution column, by its co-location group. */
    default Map<Integer, Set<Integer>> distributionColumns() {
        return switch (this) {
            case Distributed distributed -> Map.of(distributed.colocationId(), distributed.columns());
            case Scattered scattered -> scattered.columns();
            case SingleShard shard -> Map.of();
            case Mixed mixed -> Map.of();
            case Coordinator coordinator -> Map.of();
        };
    }

    /** On the coordinator: its local tables, and its copies of reference tables. */
    record Coordinator() implements Spread {
    }
}
