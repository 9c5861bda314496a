package io.freshet.runtime.capture;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Relation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The relations that a connection has announced. A new announcement always replaces the old one.
 *
 * <p>What the WAL holds of a row's old version depends on the replica identity of the table that stores it, but the messages tell only that
 * of the table under whose name the change is published. With {@code publish_via_partition_root} these differ: a root with FULL over a
 * partition without it gives old rows that look complete and have NULL in every column that is no key. The server announces the root and, right after it,
 * the partition, before the partition's first change; from that the cache learns which partition belongs to which root.
 */
final class RelationCache {
    private static final int NONE = 0;

    private final Layouts layouts;
    private final Map<Integer, Known> relations = new HashMap<>();
    private int announced = NONE;
    private int announcedBefore = NONE;

    RelationCache(Layouts layouts) {
        this.layouts = layouts;
    }

    /** A relation, the number of its layout, and its partitions of which the WAL does not hold whole old rows, by oid. */
    static final class Known {
        private final Relation relation;
        private final int layout;
        private final TableName table;
        private final Map<Integer, TableName> partialPartitions = new TreeMap<>();

        private Known(Relation relation, int layout) {
            this.relation = relation;
            this.layout = layout;
            this.table = new TableName(relation.schema(), relation.name());
        }

        Relation relation() {
            return relation;
        }

        int layout() {
            return layout;
        }

        TableName table() {
            return table;
        }

        /** The table whose replica identity hides parts of old rows, if there is one. */
        Optional<TableName> withoutFullIdentity() {
            if (relation.identity() != Relation.IDENTITY_FULL) {
                return Optional.of(table);
            }
            return partialPartitions.values().stream().findFirst();
        }
    }

    /**
     * From here on the relation looks like this.
     *
     * @return what was wrong with the new look, if a column of the old one has another type now
     */
    Optional<FreshetException> announce(Relation relation) {
        announcedBefore = announced;
        announced = relation.oid();
        SourceLayout layout = new SourceLayout(new TableName(relation.schema(), relation.name()), relation.oid(),
                relation.columns());
        Known before = relations.get(relation.oid());
        if (before == null) {
            relations.put(relation.oid(), new Known(relation, layouts.add(layout)));
            return Optional.empty();
        }
        SourceLayout layoutBefore = layouts.get(before.layout);
        Known known = new Known(relation, layout.equals(layoutBefore) ? before.layout : layouts.add(layout));
        known.partialPartitions.putAll(before.partialPartitions);
        relations.put(relation.oid(), known);
        return LayoutMapping.between(layoutBefore, layout).isEmpty()
                ? Optional.of(LayoutMapping.rewritten(layout.table()))
                : Optional.empty();
    }

    /** The relation of a change, of which this is the first use of the announcements before it. */
    Known ofChange(int oid) {
        Known known = find(oid);
        if (announced != NONE) {
            if (announcedBefore == oid && announced != oid) {
                learnPartition(known, relations.get(announced));
            }
            forgetAnnouncements();
        }
        return known;
    }

    /** A relation of a TRUNCATE, which announces all of them one after the other. */
    Known ofTruncate(int oid) {
        forgetAnnouncements();
        return find(oid);
    }

    private Known find(int oid) {
        Known known = relations.get(oid);
        if (known == null) {
            throw new IllegalArgumentException(
                    "a change of relation " + Integer.toUnsignedString(oid) + ", which was not announced");
        }
        return known;
    }

    private void forgetAnnouncements() {
        announced = NONE;
        announcedBefore = NONE;
    }

    private static void learnPartition(Known root, Known partition) {
        if (partition.relation.identity() == Relation.IDENTITY_FULL) {
            root.partialPartitions.remove(partition.relation.oid());
        } else {
            root.partialPartitions.put(partition.relation.oid(), partition.table);
        }
    }
}
