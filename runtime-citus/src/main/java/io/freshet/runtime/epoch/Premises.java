package io.freshet.runtime.epoch;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an epoch rests on and the anchors do not hold: that the sources are the tables, with the shards, that the streams know. It is looked at
 * when the anchors are held, and again before COMMIT: what was replaced in between shows itself empty to the epoch's snapshots.
 */
public interface Premises {

    /** @return why the epoch must not go on; empty when all is as it was known */
    Optional<String> begin(Connection observer) throws SQLException;

    /**
     * Which of these sources the node can have no changes of, since it had no part of them at any time from the last committed epoch until {@link #begin}.
     *
     * @return each with the reason
     */
    Map<TableName, String> misplaced(Node node, Set<TableName> changed);

    /** @return why the epoch must not be committed; empty when all is as {@link #begin} saw it */
    Optional<String> end(Connection observer) throws SQLException;

    /** Writes down what {@link #begin} saw, in the epoch's transaction. */
    void save(Connection connection) throws SQLException;

    /** The epoch is durable. */
    void committed();

    /** Nothing is presumed. */
    Premises NONE = new Premises() {
        @Override
        public Optional<String> begin(Connection observer) {
            return Optional.empty();
        }

        @Override
        public Map<TableName, String> misplaced(Node node, Set<TableName> changed) {
            return Map.of();
        }

        @Override
        public Optional<String> end(Connection observer) {
            return Optional.empty();
        }

        @Override
        public void save(Connection connection) {
        }

        @Override
        public void committed() {
        }
    };
}
