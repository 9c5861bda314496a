package io.freshet.ivm;

import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A copy of a reference or local table that distributed tables are joined with: a reference table of Freshet's own, which is written in epochs
 * only. So every node sees the version that belongs to the cut. The source itself would not do: a local table is on the coordinator alone, and the
 * copies of a reference table on the workers are at other versions than the one that the coordinator captures, within one epoch and, after
 * concurrent writes of the same rows, for good.
 *
 * <p>A mirror has the source's columns, as plain values, and its key as primary key: rows are found by it, so that the same statement does the same on
 * every node.
 */
public final class Mirror {
    private Mirror() {
    }

    /** The mirror's name: at most 63 bytes, and no other source's. */
    public static TableName nameFor(TableName source) {
        return ManagedNames.mirror(source);
    }

    /** Whether a table is read through its mirror where shards are read, too. */
    public static boolean isNeededFor(Table source) {
        return switch (source.placement()) {
            case Placement.Reference reference -> true;
            case Placement.Local local -> true;
            case Placement.SchemaShard shard -> true;
            case Placement.Distributed distributed -> false;
            case Placement.SingleShard shard -> false;
        };
    }

    /** Creates the mirror of a source that has a key, empty. */
    public static List<String> createStatements(Table source) {
        String name = Quoting.table(nameFor(source.name()));
        String key = source.keys().getFirst().stream().map(Quoting::identifier).collect(Collectors.joining(", "));
        // LIKE takes types, collations and NOT NULL; a generated column becomes a plain one.
        return List.of("CREATE TABLE " + name + " (LIKE " + Quoting.table(source.name()) + ", PRIMARY KEY (" + key + "))",
                "SELECT create_reference_table(" + Quoting.literal(name) + ")");
    }

    /** Makes a change table that lies on the coordinator readable on every node, with the rows that it has. */
    public static List<String> spreadChanges(TableName source) {
        String changes = Quoting.literal(Quoting.table(ChangeTable.nameFor(source)));
        return List.of("SELECT create_reference_table(" + changes + ")",
                "SELECT truncate_local_data_after_distributing_table(" + changes + ")");
    }

    /**
     * The statements that bring a mirror to an epoch whose change rows are written. A key must have at most one row that goes and one that comes.
     *
     * @param columns the mirror's
     * @param key those of its primary key
     */
    public static List<String> apply(TableName source, long epoch, List<String> columns, List<String> key) {
        String mirror = Quoting.table(nameFor(source));
        String changes = Quoting.table(ChangeTable.nameFor(source));
        String same = key.stream().map(Quoting::identifier).map(k -> " AND target." + k + " = gone." + k)
                .collect(Collectors.joining());
        String names = columns.stream().map(Quoting::identifier).collect(Collectors.joining(", "));
        return List.of(
                "DELETE FROM " + mirror + " AS target USING " + changes + " AS gone WHERE gone." + ChangeTable.EPOCH + " = "
                        + epoch
                        + " AND gone." + ChangeTable.WEIGHT + " < 0" + same,
                "INSERT INTO " + mirror + " (" + names + ") SELECT " + names + " FROM " + changes + " WHERE " + ChangeTable.EPOCH
                        + " = " + epoch + " AND " + ChangeTable.WEIGHT + " > 0");
    }
}
