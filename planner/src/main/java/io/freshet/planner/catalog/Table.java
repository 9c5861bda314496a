package io.freshet.planner.catalog;

import java.util.List;
import java.util.Optional;

/**
 * A relation that a query can name.
 *
 * @param columns in the order of their attribute numbers, dropped ones left out
 * @param keys sets of column names of which each is unique and NOT NULL in every column: the primary key first
 */
public record Table(TableName name, Kind kind, List<Column> columns, List<List<String>> keys, ReplicaIdentity replicaIdentity,
        Placement placement, Optional<String> viewDefinition) {

    /** What the relation is, as far as it matters to a stream table. */
    public enum Kind {
        TABLE,
        /** A table with INHERITS children, whose rows it shows as its own. */
        INHERITANCE_PARENT,
        PARTITIONED_TABLE,
        PARTITION,
        VIEW,
        MATERIALIZED_VIEW,
        FOREIGN_TABLE,
        STREAM_TABLE
    }

    /** What the WAL holds of a row's old version. */
    public enum ReplicaIdentity {
        DEFAULT,
        INDEX,
        FULL,
        NOTHING
    }

    public Table {
        columns = List.copyOf(columns);
        keys = keys.stream().map(List::copyOf).toList();
    }

    public Optional<Column> column(String columnName) {
        return columns.stream().filter(c -> c.name().equals(columnName)).findFirst();
    }
}
