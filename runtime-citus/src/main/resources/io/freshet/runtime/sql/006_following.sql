-- Which shards the sources have whose changes the streams are known to show: as they were at the last committed epoch. A source without a row is
-- not followed yet: nothing is filled from it before the streams have begun anew behind its making.
CREATE TABLE pgtrickle.pgt_followed (
    source_schema name,
    source_table name,
    relation oid,
    shard_ids bigint[] NOT NULL,
    placement_ids bigint[] NOT NULL,
    group_ids integer[] NOT NULL,
    PRIMARY KEY (source_schema, source_table, relation)
);
COMMENT ON COLUMN pgtrickle.pgt_followed.relation IS 'the table, or a partition of it';

ALTER TABLE pgtrickle.pgt_cut ADD COLUMN begin_lsn pg_lsn;
COMMENT ON COLUMN pgtrickle.pgt_cut.begin_lsn IS 'what commits below is never to be decoded again: the decoder would remember shards that it could not find';

ALTER TABLE pgtrickle.pgt_stream_tables
    ADD COLUMN full_refreshes bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS rebuild_reason text,
    ADD COLUMN IF NOT EXISTS rebuild_asked_at timestamptz;
COMMENT ON COLUMN pgtrickle.pgt_stream_tables.full_refreshes IS 'how often it was filled by its query, the first time included';
COMMENT ON COLUMN pgtrickle.pgt_stream_tables.rebuild_reason IS 'why it last had to be filled again by its query';
