package io.freshet.ivm.joins;

import java.util.List;
import java.util.Set;

/**
 * The order in which rows of one input meet all others. Rows stay where they are within a leg; between two legs they move.
 *
 * @param legs the first begins with the chain's own input
 */
public record Chain(List<Leg> legs) {
    public Chain {
        legs = List.copyOf(legs);
    }

    /** The input whose rows move. */
    public int start() {
        return legs.getFirst().inputs().getFirst();
    }

    /**
     * Joins in one place.
     *
     * @param inputs in the order in which they are joined, all where the first lies
     */
    public record Leg(Arrival arrival, List<Integer> inputs) {
        public Leg {
            inputs = List.copyOf(inputs);
        }
    }

    /** How the rows come to a leg's first input. */
    public sealed interface Arrival {

        /** They lie there. */
        record Start() implements Arrival {
        }

        /**
         * Each to the shard of the rows it joins: {@code column} equals the input's distribution column.
         *
         * @param same columns that hold the identical value, {@code column} among them unless its type is another than the distribution
         *            column's
         */
        record Shuffle(int column, int distributionColumn, Set<Integer> same) implements Arrival {
            public Shuffle {
                same = Set.copyOf(same);
            }
        }

        /** All of them to every node. */
        record Broadcast() implements Arrival {
        }
    }
}
