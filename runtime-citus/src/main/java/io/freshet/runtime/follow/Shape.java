package io.freshet.runtime.follow;

import io.freshet.runtime.topology.Node;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a source consists of: itself and its partitions, by oid, and the shards of each, by id. The copies of a reference table do not count: its
 * changes are shown by the coordinator only.
 */
public record Shape(SortedMap<Long, SortedMap<Long, Shard>> relations) {
    public Shape {
        relations = Collections.unmodifiableSortedMap(new TreeMap<>(relations));
    }

    /**
     * Where a shard lies.
     *
     * @param placementId another one after each move
     */
    public record Shard(long placementId, int groupId) {
    }

    /** Whether the source has become another table, or one that consists of other tables, or one that lies in the cluster in another way. */
    boolean isReplacedBy(Shape later) {
        return !relations.keySet().equals(later.relations.keySet()) || shards().isEmpty() != later.shards().isEmpty();
    }

    /** Whether it has partitions with shards: a TRUNCATE of one of them is in no stream, which show partitions by their root. */
    boolean isPartitioned() {
        return relations.size() > 1 && !shards().isEmpty();
    }

    /** Whether it is the same table with other shards. */
    boolean isSplitInto(Shape later) {
        return !isReplacedBy(later) && !shards().keySet().equals(later.shards().keySet());
    }

    /** Whether it lies on shards and has only got partitions, and all of its shards are where they were. */
    boolean isExtendedBy(Shape later) {
        return !shards().isEmpty() && later.relations.size() > relations.size() && later.has(this);
    }

    /** One that no table has: another than this, and than what this becomes. */
    Shape inTransition() {
        SortedMap<Long, SortedMap<Long, Shard>> more = new TreeMap<>(relations);
        more.put(0L, new TreeMap<>());
        return new Shape(more);
    }

    /** Whether all that makes up the other is a part of this, with the same shards in the same places. */
    boolean has(Shape other) {
        return relations.entrySet().containsAll(other.relations.entrySet());
    }

    /** Whether changes of it may have been written on the node between this and {@code later}. */
    boolean mayHaveBeenOn(Node node, Shape later) {
        if (shards().isEmpty() && later.shards().isEmpty()) {
            return node.isCoordinator();
        }
        Set<Shard> moved = new HashSet<>(later.shards().values());
        moved.removeAll(shards().values());
        return !moved.isEmpty() || shards().values().stream().anyMatch(s -> s.groupId() == node.groupId());
    }

    private SortedMap<Long, Shard> shards() {
        SortedMap<Long, Shard> all = new TreeMap<>();
        relations.values().forEach(all::putAll);
        return all;
    }
}
