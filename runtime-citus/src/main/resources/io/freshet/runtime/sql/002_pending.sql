-- Which epochs changed a source, as long as a stream table has not taken it.

CREATE TABLE pgtrickle.pgt_pending (
    source_schema name,
    source_table name,
    epoch bigint,
    truncated boolean NOT NULL,
    PRIMARY KEY (source_schema, source_table, epoch)
);
