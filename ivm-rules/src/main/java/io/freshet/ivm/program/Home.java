package io.freshet.ivm.program;

import io.freshet.ivm.Strategy;
import io.freshet.planner.catalog.TableName;
import java.util.Optional;

/** Where a stream table and its companions lie, and so what its steps cost. */
public sealed interface Home {

    /** The strategy of steps that read sources or change tables. */
    Strategy reading();

    /** The strategy of steps that touch managed tables only. */
    Strategy merging();

    /** The strategy of steps that bring rows from other shards together. */
    default Strategy gathering() {
        return switch (this) {
            case Beside beside -> Strategy.SHUFFLE;
            case Sharded sharded -> Strategy.SHUFFLE;
            case OnCoordinator coordinator -> coordinator.reading();
        };
    }

    /** The output column that shards the stream table, if one does. */
    default Optional<String> column() {
        return switch (this) {
            case Beside beside -> Optional.of(beside.distributionColumn());
            case Sharded sharded -> Optional.of(sharded.distributionColumn());
            case OnCoordinator coordinator -> Optional.empty();
        };
    }

    /** How a table is distributed whose column {@code name} holds the value of {@link #column()}. */
    default Optional<ManagedTable.Distribution> distribution(String name) {
        return switch (this) {
            case Beside beside -> Optional.of(new ManagedTable.Distribution(name, Optional.of(beside.source())));
            case Sharded sharded -> Optional.of(new ManagedTable.Distribution(name, Optional.empty()));
            case OnCoordinator coordinator -> Optional.empty();
        };
    }

    /** Co-located with the sources: every step runs on the shards. */
    record Beside(TableName source, String distributionColumn) implements Home {
        @Override
        public Strategy reading() {
            return Strategy.COLOCATED;
        }

        @Override
        public Strategy merging() {
            return Strategy.COLOCATED;
        }
    }

    /** Sharded by a column that no source is sharded by. Only full refreshes do that. */
    record Sharded(String distributionColumn) implements Home {
        @Override
        public Strategy reading() {
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
        public Strategy merging() {
            return Strategy.COORDINATOR;
        }
    }
}
