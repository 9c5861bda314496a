package io.freshet.planner.catalog.offline;

import io.freshet.parser.schema.SchemaStatement.Enforcement;
import io.freshet.parser.schema.SchemaStatement.Key;
import io.freshet.parser.schema.SchemaStatement.KeyKind;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.functions.ServerObjects.NamedType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A relation while the script is read. What changes a partitioned table changes its partitions. */
final class ScriptTable {
    private final TableName name;
    private final int rowType;
    private final List<ScriptColumn> columns = new ArrayList<>();
    private final List<Key> keys = new ArrayList<>();
    private final List<ScriptTable> partitions = new ArrayList<>();
    private Table.Kind kind;
    private boolean partition;
    private Table.ReplicaIdentity replicaIdentity;
    private Placement placement = new Placement.Local();
    private Optional<String> viewDefinition = Optional.empty();

    ScriptTable(TableName name, int rowType, Table.Kind kind) {
        this.name = name;
        this.rowType = rowType;
        this.kind = kind;
        this.replicaIdentity = kind == Table.Kind.VIEW ? Table.ReplicaIdentity.NOTHING : Table.ReplicaIdentity.DEFAULT;
    }

    static ScriptTable view(TableName name, int rowType, Table.Kind kind, String definition) {
        ScriptTable view = new ScriptTable(name, rowType, kind);
        view.viewDefinition = Optional.of(definition);
        return view;
    }

    TableName name() {
        return name;
    }

    /** The oid of the type of its rows. */
    int rowType() {
        return rowType;
    }

    Table.Kind kind() {
        return kind;
    }

    Placement placement() {
        return placement;
    }

    boolean isView() {
        return kind == Table.Kind.VIEW || kind == Table.Kind.MATERIALIZED_VIEW;
    }

    /** Whether its rows are also another table's; it can have partitions itself. */
    boolean isPartition() {
        return partition;
    }

    boolean hasPrimaryKey() {
        return keys.stream().anyMatch(k -> k.kind() == KeyKind.PRIMARY);
    }

    Optional<ScriptColumn> column(String columnName) {
        return columns.stream().filter(c -> c.name().equals(columnName)).findFirst();
    }

    List<String> columnNames() {
        return columns.stream().map(ScriptColumn::name).toList();
    }

    void addColumn(ScriptColumn column) {
        columns.add(column);
        partitions.forEach(p -> p.addColumn(column));
    }

    void setNotNull(String columnName, boolean notNull) {
        columns.replaceAll(c -> c.name().equals(columnName) ? c.withNotNull(notNull) : c);
        partitions.forEach(p -> p.setNotNull(columnName, notNull));
    }

    /** Adds a key over columns that exist; those of a primary key become NOT NULL. */
    void addKey(Key key) {
        if (key.kind() == KeyKind.PRIMARY) {
            key.columns().forEach(c -> setNotNull(c, true));
        }
        keys.add(key);
        partitions.forEach(p -> p.addKey(key));
    }

    /** Makes {@code child}, which has the columns of this table, one of its partitions. */
    void attach(ScriptTable child) {
        kind = Table.Kind.PARTITIONED_TABLE;
        child.kind = child.kind == Table.Kind.TABLE ? Table.Kind.PARTITION : child.kind;
        child.partition = true;
        keys.forEach(child::addKey);
        partitions.add(child);
        place(placement);
    }

    void setReplicaIdentity(Table.ReplicaIdentity identity) {
        replicaIdentity = identity;
    }

    void place(Placement where) {
        placement = where;
        partitions.forEach(p -> p.place(where));
    }

    /** A new partition has the columns of its parent. */
    void copyColumns(ScriptTable parent) {
        columns.addAll(parent.columns);
    }

    List<NamedType> fields() {
        return columns.stream().map(c -> new NamedType(c.name(), c.type().oid(), c.type().modifier())).toList();
    }

    Table toTable() {
        Stream<Key> primaryFirst = Stream.concat(keys.stream().filter(k -> k.kind() == KeyKind.PRIMARY),
                keys.stream().filter(k -> k.kind() != KeyKind.PRIMARY));
        List<List<String>> enforced = primaryFirst.filter(this::tellsRowsApart).map(Key::columns).distinct().toList();
        return new Table(name, kind, columns.stream().map(ScriptColumn::toColumn).toList(), enforced, replicaIdentity, placement,
                viewDefinition);
    }

    /** Rows with NULL are not told apart by a unique constraint, and none are until the end of a transaction by a deferrable one. */
    private boolean tellsRowsApart(Key key) {
        return key.enforcement() == Enforcement.IMMEDIATE
                && key.columns().stream().allMatch(c -> column(c).filter(ScriptColumn::notNull).isPresent());
    }
}
