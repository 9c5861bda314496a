package io.freshet.ivm.program;

import io.freshet.ivm.Strategy;
import io.freshet.ivm.program.ManagedTable.Distribution;
import io.freshet.planner.catalog.TableName;
import java.util.Optional;
import java.util.function.Function;

/** Where a stream table and its companions lie, and so what its steps cost. */
public sealed interface Home {

    /** The strategy of steps that read whole sources: they fill the stream table. */
    Strategy reading();

    /** The strategy of steps that read deltas: they fill the stage. */
    Strategy staging();

    /** The strategy of steps that read sources and what is staged or kept. */
    Strategy evaluating();

    /** The strategy of steps that touch managed tables only. */
    Strategy merging();

    /** The strategy of steps that bring rows from other shards together. */
    default Strategy gathering() {
        return switch (this) {
            case Beside beside -> Strategy.SHUFFLE;
            case Elsewhere elsewhere -> Strategy.SHUFFLE;
            case OnEveryNode everywhere -> everywhere.reading();
            case OnCoordinator coordinator -> coordinator.reading();
        };
    }

    /** The output column that shards the stream table, if one does. */
    default Optional<String> column() {
        return switch (this) {
            case Beside beside -> Optional.of(beside.distributionColumn());
            case Elsewhere elsewhere -> Optional.of(elsewhere.distributionColumn());
            case OnEveryNode everywhere -> Optional.empty();
            case OnCoordinator coordinator -> Optional.empty();
        };
    }

    /** How the stream table itself is distributed; empty on the coordinator. */
    default Optional<Distribution> ofTable() {
        return switch (this) {
            case Beside beside ->
                Optional.of(new Distribution.ByColumn(beside.distributionColumn(), Optional.of(beside.table())));
            case Elsewhere elsewhere ->
                Optional.of(new Distribution.ByColumn(elsewhere.distributionColumn(), elsewhere.beside()));
            case OnEveryNode everywhere -> Optional.of(new Distribution.OnEveryNode());
            case OnCoordinator coordinator -> Optional.empty();
        };
    }

    /**
     * How a companion is distributed, which lies with its stream table.
     *
     * @param columnOf the companion's column that holds the value of an output column
     */
    default Optional<Distribution> ofCompanion(TableName streamTable, Function<String, Optional<String>> columnOf) {
        return switch (this) {
            case Beside beside -> columnOf.apply(beside.distributionColumn())
                    .map(name -> new Distribution.ByColumn(name, Optional.of(beside.table())));
            case Elsewhere elsewhere -> columnOf.apply(elsewhere.distributionColumn())
                    .map(name -> new Distribution.ByColumn(name, Optional.of(streamTable)));
            case OnEveryNode everywhere -> Optional.of(new Distribution.OnEveryNode());
            case OnCoordinator coordinator -> Optional.empty();
        };
    }

    /** Co-located with the sources: every step runs on the shards. */
    record Beside(TableName table, String distributionColumn) implements Home {
        @Override
        public Strategy reading() {
            return Strategy.COLOCATED;
        }

        @Override
        public Strategy staging() {
            return Strategy.COLOCATED;
        }

        @Override
        public Strategy evaluating() {
            return Strategy.COLOCATED;
        }

        @Override
        public Strategy merging() {
            return Strategy.COLOCATED;
        }
    }

    /**
     * Sharded otherwise than the sources: what their deltas yield moves to the stream table's shards, and the merging is done there.
     *
     * @param beside the table whose shards it lies with; empty for shards of its own
     * @param evaluating BROADCAST when a source has shards: the keys of the groups go to them. Else SHUFFLE: mirrors meet the
     *            keys on every shard of the stage, and what they yield goes to the stream table's, as Citus does not see that those are the same
     */
    record Elsewhere(Optional<TableName> beside, String distributionColumn, Strategy evaluating) implements Home {
        @Override
        public Strategy reading() {
            return Strategy.REPARTITION;
        }

        @Override
        public Strategy staging() {
            return Strategy.SHUFFLE;
        }

        @Override
        public Strategy merging() {
            return Strategy.COLOCATED;
        }
    }

    /**
     * A reference table: what the sources yield is completed on the coordinator and goes to every node, and each merges its own copy in the same way.
     */
    record OnEveryNode() implements Home {
        @Override
        public Strategy reading() {
            return Strategy.TWO_PHASE;
        }

        @Override
        public Strategy staging() {
            return Strategy.TWO_PHASE;
        }

        @Override
        public Strategy evaluating() {
            return Strategy.TWO_PHASE;
        }

        @Override
        public Strategy merging() {
            return Strategy.COLOCATED;
        }
    }

    /** @param reading TWO_PHASE when a source has shards, else COORDINATOR */
    record OnCoordinator(Strategy reading) implements Home {
        @Override
        public Strategy staging() {
            return reading;
        }

        @Override
        public Strategy evaluating() {
            return reading;
        }

        @Override
        public Strategy merging() {
            return Strategy.COORDINATOR;
        }
    }
}
