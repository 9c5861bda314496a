package io.freshet.ivm;

import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table that holds a source's changes until every consumer has taken them: its columns are {@link #EPOCH}, {@link #WEIGHT} and then
 * the source's, in their order, with their types; stored generated columns have the same expression. It is co-located with a distributed
 * source; the changes of a reference table, like a local one's, are captured on the coordinator and stay there.
 *
 * <p>A change row's weight is its signed multiplicity: -1 for a row that went, +1 for one that came; never 0.
 */
public final class ChangeTable {
    /** The schema of all change tables. */
    public static final String SCHEMA = ManagedNames.CHANGES_SCHEMA;

    /** bigint NOT NULL: the epoch that wrote the row. */
    public static final String EPOCH = "__pgt_epoch";

    /** integer NOT NULL, not 0. */
    public static final String WEIGHT = "__pgt_weight";

    private ChangeTable() {
    }

    /** The change table's name: at most 63 bytes, and no other source's. */
    public static TableName nameFor(TableName source) {
        return ManagedNames.changes(source);
    }

    /**
     * Creates the change table and, for a distributed source, distributes it beside the source. It is logged and has REPLICA IDENTITY FULL:
     * an unlogged table, or one without an identity, in a co-location group makes moves of the user's own shards fail.
     */
    public static List<String> createStatements(Table source) {
        String name = Quoting.table(nameFor(source.name()));
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + name + " (" + Stream
                .concat(Stream.of(EPOCH + " bigint NOT NULL", WEIGHT + " integer NOT NULL"),
                        source.columns().stream().map(ChangeTable::column))
                .collect(Collectors.joining(",\n    ", "\n    ", "\n")) + ")");
        statements.add("ALTER TABLE " + name + " REPLICA IDENTITY FULL");
        statements.add("CREATE INDEX " + Quoting.identifier(ManagedNames.index(source.name(), "epoch")) + " ON " + name + " ("
                + EPOCH + ")");
        String beside = ", colocate_with => " + Quoting.literal(Quoting.table(source.name())) + ")";
        switch (source.placement()) {
            case Placement.Distributed distributed ->
                statements.add("SELECT create_distributed_table(" + Quoting.literal(name) + ", "
                        + Quoting.literal(distributed.column()) + beside);
            case Placement.SingleShard shard ->
                statements.add("SELECT create_distributed_table(" + Quoting.literal(name) + ", NULL" + beside);
            case Placement.SchemaShard shard -> {
            }
            case Placement.Reference reference -> {
            }
            case Placement.Local local -> {
            }
        }
        return statements;
    }

    /** The definition of the column that holds a source's column. */
    public static String column(Column column) {
        return Quoting.identifier(column.name()) + ' ' + column.type()
                + column.generated().map(expression -> " GENERATED ALWAYS AS (" + expression + ") STORED").orElse("");
    }
}
