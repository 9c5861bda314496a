package io.freshet.runtime.epoch;

import io.freshet.runtime.store.EpochStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The nodes that each co-location group lay on at its last epoch, as the catalog remembers them. A shard may move away from a node that stops before
 * the next epoch: the changes that were made there before the move are still to be read, so the group needs that node as well.
 */
final class GroupNodes {
    private Map<Integer, Set<Integer>> remembered = Map.of();

    void load(Connection connection) throws SQLException {
        remembered = EpochStore.groupNodes(connection);
    }

    /** Writes, in the epoch's transaction, where the groups lie now; nothing when they lie where they did. */
    void save(Connection connection, Map<Integer, Set<Integer>> now) throws SQLException {
        Map<Integer, Set<Integer>> next = new HashMap<>(remembered);
        for (Map.Entry<Integer, Set<Integer>> group : now.entrySet()) {
            if (!group.getValue().equals(remembered.get(group.getKey()))) {
                EpochStore.saveGroupNodes(connection, group.getKey(), group.getValue());
                next.put(group.getKey(), group.getValue());
            }
        }
        // When the epoch is not committed, this is read again before the next one.
        remembered = next;
    }
}
