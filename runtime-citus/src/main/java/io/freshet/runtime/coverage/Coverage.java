package io.freshet.runtime.coverage;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.coverage.Placements.Form;
import io.freshet.runtime.coverage.Placements.Placed;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Outage;
import io.freshet.runtime.topology.Topology;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an epoch can do with the nodes that can be used now. Immutable. The laws:
 *
 * <ol>
 * <li>A co-location group is covered when every node that holds a shard of it, or held one at its last epoch, can be used. Only covered groups are anchored, read and written.
 * <li>A stream table needs the nodes of its sources and of its own tables. While one of them is out of use it waits at its last cut: what the
 *     other nodes tell of its sources is held back, as a part of a cut must not be applied.
 * <li>A reference table is read, and its changes are captured, on the coordinator; it is written on every node. So what has a mirror is held back while any
 *     node is out of use.
 * </ol>
 */
public final class Coverage {
    /** Nothing is known to be out of use, and nothing is known. */
    public static final Coverage NONE = new Coverage(new Topology(false, List.of(), Map.of(), Map.of()),
            new Placements(Map.of()), Map.of());

    private static final Needs NO_NEEDS = new Needs(Map.of(), Set.of());

    private final Placements placements;
    private final Map<TableName, Needs> needs;
    private final Map<TableName, Outage> waiting = new TreeMap<>();
    private final Map<TableName, Set<Integer>> nodes = new HashMap<>();
    private final Set<TableName> held = new HashSet<>();
    private final Set<Integer> groups = new HashSet<>();

    private Coverage(Topology topology, Placements placements, Map<TableName, Needs> needs) {
        this.placements = placements;
        this.needs = Map.copyOf(needs);
        Map<Integer, Outage> out = new TreeMap<>();
        topology.outages().forEach((node, outage) -> out.put(node.groupId(), outage));
        needs.forEach((table, need) -> {
            Set<Integer> needed = nodesOf(need);
            nodes.put(table, needed);
            out.values().stream().filter(o -> needed.contains(o.node().groupId())).findFirst()
                    .ifPresent(outage -> waiting.put(table, outage));
        });
        for (Needs need : needs.values()) {
            need.sources().forEach((source, written) -> {
                Set<Integer> needed = new HashSet<>(readFrom(placements.of(source)));
                written.forEach(t -> needed.addAll(placements.of(t).groupIds()));
                if (needed.stream().anyMatch(out::containsKey)) {
                    held.add(source);
                }
            });
            for (TableName table : need.tables()) {
                Placed placed = placements.of(table);
                if (placed.isAnchored() && placed.groupIds().stream().noneMatch(out::containsKey)) {
                    groups.add(placed.colocationId());
                }
            }
        }
    }

    /** @param needs of every stream table */
    public static Coverage of(Topology topology, Placements placements, Map<TableName, Needs> needs) {
        return new Coverage(topology, placements, needs);
    }

    private Set<Integer> nodesOf(Needs need) {
        // Every epoch has the coordinator's part of the cut: local and reference tables are captured there.
        Set<Integer> needed = new HashSet<>(Set.of(Node.COORDINATOR_GROUP));
        need.sources().forEach((source, written) -> {
            needed.addAll(readFrom(placements.of(source)));
            written.forEach(t -> needed.addAll(placements.of(t).groupIds()));
        });
        need.own().forEach(t -> needed.addAll(placements.of(t).groupIds()));
        return needed;
    }

    private static Set<Integer> readFrom(Placed placed) {
        return placed.form() == Form.REFERENCE ? Set.of(Node.COORDINATOR_GROUP) : placed.groupIds();
    }

    /** Whether it is known what the stream table needs. One that has come since then must not be refreshed: its groups may not be anchored. */
    public boolean knows(TableName streamTable) {
        return needs.containsKey(streamTable);
    }

    /** The node that the stream table waits for; empty when it can be refreshed. */
    public Optional<Outage> waitsFor(TableName streamTable) {
        return Optional.ofNullable(waiting.get(streamTable));
    }

    /** The stream tables that wait, and for which node. */
    public Map<TableName, Outage> waiting() {
        return Map.copyOf(waiting);
    }

    /** Whether the changes of this source are held back: they would be a part of a cut, or cannot be written where they belong. */
    public boolean holds(TableName source) {
        return held.contains(source);
    }

    /** Whether anything is held back. */
    public boolean holdsAny() {
        return !held.isEmpty();
    }

    /** The covered co-location groups that stream tables read or lie in: those that an epoch anchors. */
    public Set<Integer> colocationIds() {
        return Set.copyOf(groups);
    }

    /** The co-location groups that stream tables read or lie in, covered or not. */
    public Set<Integer> allColocationIds() {
        return needs.values().stream().flatMap(n -> n.tables().stream()).map(placements::of).filter(Placed::isAnchored)
                .map(Placed::colocationId).collect(Collectors.toSet());
    }

    /** The stream tables that need this node. */
    public Set<TableName> readersOf(Node node) {
        Set<TableName> readers = new HashSet<>();
        nodes.forEach((table, needed) -> {
            if (needed.contains(node.groupId())) {
                readers.add(table);
            }
        });
        return readers;
    }

    /**
     * The covered groups of which nobody believes what they hold: every stream table that touches them is about to be filled again.
     *
     * @param settled the stream tables that are not
     */
    public Set<Integer> groupsWithout(Collection<TableName> settled) {
        Set<Integer> free = new HashSet<>(groups);
        for (TableName table : settled) {
            needs.getOrDefault(table, NO_NEEDS).tables().forEach(t -> free.remove(placements.of(t).colocationId()));
        }
        return free;
    }
}
