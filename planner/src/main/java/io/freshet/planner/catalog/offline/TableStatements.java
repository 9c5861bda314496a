package io.freshet.planner.catalog.offline;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.schema.SchemaStatement;
import io.freshet.parser.schema.SchemaStatement.AddColumn;
import io.freshet.parser.schema.SchemaStatement.AddKey;
import io.freshet.parser.schema.SchemaStatement.AddKeyUsingIndex;
import io.freshet.parser.schema.SchemaStatement.AttachPartition;
import io.freshet.parser.schema.SchemaStatement.CreateDomain;
import io.freshet.parser.schema.SchemaStatement.CreateTable;
import io.freshet.parser.schema.SchemaStatement.CreateUniqueIndex;
import io.freshet.parser.schema.SchemaStatement.Key;
import io.freshet.parser.schema.SchemaStatement.KeyKind;
import io.freshet.parser.schema.SchemaStatement.Nullability;
import io.freshet.parser.schema.SchemaStatement.Partitioning;
import io.freshet.parser.schema.SchemaStatement.SetNullability;
import io.freshet.parser.schema.SchemaStatement.SetReplicaIdentity;
import io.freshet.parser.schema.SchemaStatement.WhenTaken;
import io.freshet.parser.text.QualifiedName;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.functions.ClosestName;
import io.freshet.planner.types.PgType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries out CREATE TABLE, ALTER TABLE, CREATE UNIQUE INDEX and CREATE DOMAIN. */
final class TableStatements {
    private final Names names;
    private final Types types;
    private final Relations relations;
    private final Collations collations;
    /** The unique indexes that have a name, which is unique in the table's schema. */
    private final Map<TableName, Key> indexes = new HashMap<>();
    /** The collations of domains that have one, by the domain's oid. */
    private final Map<Integer, QualifiedName> domainCollations = new HashMap<>();

    TableStatements(Names names, Types types, Relations relations, Collations collations) {
        this.names = names;
        this.types = types;
        this.relations = relations;
        this.collations = collations;
    }

    void createDomain(CreateDomain statement) {
        PgType base = types.resolve(statement.baseType(), names.searchPath(), statement.position());
        int oid = types.addDomain(names.created(statement.name()), base, statement.name().position());
        statement.collation().or(() -> Optional.ofNullable(domainCollations.get(base.oid())))
                .ifPresent(collation -> domainCollations.put(oid, collation));
    }

    void createTable(CreateTable statement) {
        TableName name = names.created(statement.name());
        SourcePosition place = statement.name().position();
        if (statement.whenTaken() == WhenTaken.KEEP && relations.isTaken(name)) {
            return;
        }
        relations.requireFree(name, place);
        switch (statement.partitioning()) {
            case Partitioning.None none -> fill(newTable(name, place, Table.Kind.TABLE), statement);
            case Partitioning.Parent parent -> fill(newTable(name, place, Table.Kind.PARTITIONED_TABLE), statement);
            case Partitioning.Child child -> {
                ScriptTable parent = partitioned(child.parent());
                ScriptTable partition = newTable(name, place, Table.Kind.PARTITION);
                partition.copyColumns(parent);
                parent.attach(partition);
            }
        }
    }

    private ScriptTable newTable(TableName name, SourcePosition place, Table.Kind kind) {
        ScriptTable table = new ScriptTable(name, types.addComposite(name, place), kind);
        relations.put(table);
        return table;
    }

    private void fill(ScriptTable table, CreateTable statement) {
        statement.columns().forEach(c -> addColumn(table, c));
        statement.keys().forEach(k -> addKey(table, k, statement.position()));
    }

    private ScriptTable partitioned(QualifiedName name) {
        ScriptTable table = relations.table(name);
        if (table.kind() == Table.Kind.TABLE) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "\"" + table.name() + "\" is not partitioned").at(name.position());
        }
        return table;
    }

    void attach(AttachPartition statement) {
        ScriptTable parent = partitioned(statement.parent());
        ScriptTable partition = relations.table(statement.partition());
        List<String> missing = parent.columnNames().stream().filter(c -> partition.column(c).isEmpty()).toList();
        if (!missing.isEmpty()) {
            throw FreshetException.of(ErrorCode.UNDEFINED_COLUMN,
                    "the partition \"" + partition.name() + "\" has no column \"" + missing.getFirst() + "\"")
                    .at(statement.partition().position());
        }
        parent.attach(partition);
    }

    void addColumn(AddColumn statement) {
        ScriptTable table = relations.table(statement.table());
        addColumn(table, statement.column());
        statement.keys().forEach(k -> addKey(table, k, statement.position()));
    }

    private void addColumn(ScriptTable table, SchemaStatement.Column column) {
        if (table.column(column.name()).isPresent()) {
            throw FreshetException.of(ErrorCode.NAME_TAKEN, "column \"" + column.name() + "\" specified more than once")
                    .at(column.position());
        }
        PgType type = types.resolve(column.type(), names.searchPath(), column.position());
        Optional<QualifiedName> collation = column.collation().or(() -> Optional.ofNullable(domainCollations.get(type.oid())));
        table.addColumn(new ScriptColumn(column.name(), type, column.nullability() == Nullability.NOT_NULL, column.generated(),
                collation.map(collations::of).orElse(Column.Collation.DETERMINISTIC)));
    }

    void setNullability(SetNullability statement) {
        ScriptTable table = relations.table(statement.table());
        requireColumn(table, statement.column(), statement.position());
        table.setNotNull(statement.column(), statement.nullability() == Nullability.NOT_NULL);
    }

    void setReplicaIdentity(SetReplicaIdentity statement) {
        relations.table(statement.table()).setReplicaIdentity(switch (statement.identity()) {
            case DEFAULT -> Table.ReplicaIdentity.DEFAULT;
            case INDEX -> Table.ReplicaIdentity.INDEX;
            case FULL -> Table.ReplicaIdentity.FULL;
            case NOTHING -> Table.ReplicaIdentity.NOTHING;
        });
    }

    void addKey(AddKey statement) {
        addKey(relations.table(statement.table()), statement.key(), statement.position());
    }

    void addKey(AddKeyUsingIndex statement) {
        ScriptTable table = relations.table(statement.table());
        Key index = Optional.ofNullable(indexes.get(new TableName(table.name().schema(), statement.indexName())))
                .orElseThrow(() -> FreshetException
                        .of(ErrorCode.INVALID_QUERY, "unique index \"" + statement.indexName() + "\" does not exist")
                        .at(statement.position()));
        addKey(table, new Key(statement.kind(), index.columns(), index.nulls(), statement.enforcement()), statement.position());
    }

    void createUniqueIndex(CreateUniqueIndex statement) {
        // A materialized view can have one, too; its columns are never NOT NULL, so it is no key.
        boolean onView = names.find(statement.table(), relations::find).filter(ScriptTable::isView).isPresent();
        if (!onView) {
            ScriptTable table = relations.table(statement.table());
            addKey(table, statement.key(), statement.position());
            statement.indexName().ifPresent(name -> indexes.put(new TableName(table.name().schema(), name), statement.key()));
        }
    }

    private static void addKey(ScriptTable table, Key key, SourcePosition place) {
        key.columns().forEach(c -> requireColumn(table, c, place));
        // A dump gives its partitions the keys that they have of their parents.
        if (key.kind() == KeyKind.PRIMARY && table.hasPrimaryKey() && !table.isPartition()) {
            throw FreshetException
                    .of(ErrorCode.INVALID_QUERY, "multiple primary keys for table \"" + table.name() + "\" are not allowed")
                    .at(place);
        }
        table.addKey(key);
    }

    static void requireColumn(ScriptTable table, String column, SourcePosition place) {
        if (table.column(column).isEmpty()) {
            FreshetException error = FreshetException
                    .of(ErrorCode.UNDEFINED_COLUMN, "column \"" + column + "\" of \"" + table.name() + "\" does not exist")
                    .at(place);
            throw ClosestName.of(column, table.columnNames()).map(n -> error.withHint("Perhaps you meant \"" + n + "\"."))
                    .orElse(error);
        }
    }
}
