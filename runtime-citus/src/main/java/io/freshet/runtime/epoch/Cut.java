package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.topology.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Node -> snapshot: which transactions of each node an epoch sees. */
public record Cut(Map<Node, PgSnapshot> snapshots) {
    public Cut {
        snapshots = Map.copyOf(snapshots);
    }

    /** This and other nodes. */
    Cut and(Map<Node, PgSnapshot> others) {
        Map<Node, PgSnapshot> all = new HashMap<>(snapshots);
        others.forEach(all::putIfAbsent);
        return new Cut(all);
    }

    @Override
    public String toString() {
        Map<String, PgSnapshot> sorted = new TreeMap<>();
        snapshots.forEach((node, snapshot) -> sorted.put(node.toString(), snapshot));
        return sorted.toString();
    }
}
