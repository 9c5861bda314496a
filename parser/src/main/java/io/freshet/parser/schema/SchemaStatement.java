package io.freshet.parser.schema;

import io.freshet.errors.SourcePosition;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.text.QualifiedName;
import io.freshet.parser.text.QueryText;
import java.util.List;
import java.util.Optional;

/** A statement that says something about the schema. Names are as written: the consumer follows the search path. */
public sealed interface SchemaStatement {

    /** Where the statement begins in the script. */
    SourcePosition position();

    /**
     * {@code CREATE TABLE}.
     *
     * @param keys of columns and of the table, the primary key not necessarily first
     */
    record CreateTable(SourcePosition position, QualifiedName name, WhenTaken whenTaken, List<Column> columns, List<Key> keys,
            Partitioning partitioning)
            implements
                SchemaStatement {
    }

    /** {@code CREATE [MATERIALIZED] VIEW}; {@code columns} is empty when the query names them. */
    record CreateView(SourcePosition position, QualifiedName name, WhenTaken whenTaken, ViewKind kind, List<String> columns,
            QueryText query)
            implements
                SchemaStatement {
    }

    /** {@code CREATE TYPE .. AS ENUM}. */
    record CreateEnum(SourcePosition position, QualifiedName name, List<String> labels) implements SchemaStatement {
    }

    /** {@code CREATE TYPE .. AS (..)}. */
    record CreateComposite(SourcePosition position, QualifiedName name, List<Field> fields) implements SchemaStatement {
    }

    /** {@code CREATE DOMAIN}; its checks are left out. */
    record CreateDomain(SourcePosition position, QualifiedName name, PgTypeName baseType, Nullability nullability,
            Optional<QualifiedName> collation)
            implements
                SchemaStatement {
    }

    /**
     * {@code CREATE COLLATION}.
     *
     * @param copied the collation given with {@code FROM}
     */
    record CreateCollation(SourcePosition position, QualifiedName name, Determinism determinism, Optional<QualifiedName> copied)
            implements
                SchemaStatement {
    }

    /** {@code CREATE SCHEMA}. */
    record CreateSchema(SourcePosition position, String name) implements SchemaStatement {
    }

    /**
     * {@code CREATE UNIQUE INDEX} on plain columns of a whole table. Other indexes say nothing that a plan depends on.
     *
     * @param indexName empty when PostgreSQL would choose one
     */
    record CreateUniqueIndex(SourcePosition position, Optional<String> indexName, QualifiedName table,
            Key key) implements SchemaStatement {
    }

    /** {@code ALTER TABLE .. ADD PRIMARY KEY | UNIQUE}. */
    record AddKey(SourcePosition position, QualifiedName table, Key key) implements SchemaStatement {
    }

    /** {@code ALTER TABLE .. ADD PRIMARY KEY | UNIQUE USING INDEX}. */
    record AddKeyUsingIndex(SourcePosition position, QualifiedName table, KeyKind kind, Enforcement enforcement,
            String indexName) implements SchemaStatement {
    }

    /** {@code ALTER TABLE .. ADD COLUMN}. */
    record AddColumn(SourcePosition position, QualifiedName table, Column column, List<Key> keys) implements SchemaStatement {
    }

    /** {@code ALTER TABLE .. ALTER COLUMN .. SET | DROP NOT NULL}. */
    record SetNullability(SourcePosition position, QualifiedName table, String column, Nullability nullability)
            implements
                SchemaStatement {
    }

    /** {@code ALTER TABLE .. REPLICA IDENTITY}. */
    record SetReplicaIdentity(SourcePosition position, QualifiedName table, ReplicaIdentity identity) implements SchemaStatement {
    }

    /** {@code ALTER TABLE .. ATTACH PARTITION}. */
    record AttachPartition(SourcePosition position, QualifiedName parent, QualifiedName partition) implements SchemaStatement {
    }

    /** {@code SET search_path}, or {@code set_config('search_path', ..)}. */
    record SetSearchPath(SourcePosition position, List<String> schemas) implements SchemaStatement {
    }

    /**
     * {@code SELECT create_distributed_table(..)}.
     *
     * @param column empty for a table of one shard
     * @param colocateWith the table given with {@code colocate_with}; {@code none} and {@code default} are names to Citus too
     * @param shardCount as written; empty for the server's default
     */
    record DistributeTable(SourcePosition position, QualifiedName table, Optional<String> column,
            Optional<QualifiedName> colocateWith, Optional<String> shardCount)
            implements
                SchemaStatement {
    }

    /** {@code SELECT citus_schema_distribute(..)}: the schema's tables have one shard each, also those that come later. */
    record DistributeSchema(SourcePosition position, String schema) implements SchemaStatement {
    }

    /** {@code SELECT create_reference_table(..)}. */
    record ReferenceTable(SourcePosition position, QualifiedName table) implements SchemaStatement {
    }

    /**
     * A column of a table.
     *
     * @param collation given with {@code COLLATE}
     * @param generated the expression of {@code GENERATED ALWAYS AS (..) STORED}
     */
    record Column(SourcePosition position, String name, PgTypeName type, Nullability nullability,
            Optional<QualifiedName> collation, Optional<String> generated) {
    }

    /** A field of a composite type. */
    record Field(String name, PgTypeName type) {
    }

    /** A primary key or unique constraint. */
    record Key(KeyKind kind, List<String> columns, NullsInKey nulls, Enforcement enforcement) {
    }

    /** Which rows a table shares with others. */
    sealed interface Partitioning {

        /** Neither partitioned nor a partition. */
        record None() implements Partitioning {
        }

        /** {@code PARTITION BY}. */
        record Parent() implements Partitioning {
        }

        /** {@code PARTITION OF}: the columns are the parent's; it may be partitioned itself. */
        record Child(QualifiedName parent) implements Partitioning {
        }
    }

    /** Of a column or a domain. */
    enum Nullability {
        NULLABLE,
        NOT_NULL
    }

    /** Of a key. */
    enum KeyKind {
        PRIMARY,
        UNIQUE
    }

    /** Whether two NULLs are the same to a unique constraint. */
    enum NullsInKey {
        DISTINCT,
        NOT_DISTINCT
    }

    /** When a key holds. */
    enum Enforcement {
        /** After every statement. */
        IMMEDIATE,
        /** Perhaps only when a transaction ends. */
        DEFERRABLE
    }

    /** Whether strings that a collation takes for equal are the same string. */
    enum Determinism {
        DETERMINISTIC,
        NOT_DETERMINISTIC
    }

    /** What happens to a relation of the same name. */
    enum WhenTaken {
        REFUSE,
        /** {@code IF NOT EXISTS}: it stays. */
        KEEP,
        /** {@code OR REPLACE}. */
        REPLACE
    }

    /** Of a view. */
    enum ViewKind {
        PLAIN,
        MATERIALIZED
    }

    /** Of a table. */
    enum ReplicaIdentity {
        DEFAULT,
        INDEX,
        FULL,
        NOTHING
    }
}
