-- The catalog of stream tables. The daemon is its only writer; users read it through functions and views.
-- Every table has a primary key or REPLICA IDENTITY FULL, or writes fail while Citus moves a shard.

CREATE SCHEMA pgtrickle;
CREATE SCHEMA pgtrickle_state;
CREATE SCHEMA pgtrickle_changes;

COMMENT ON SCHEMA pgtrickle IS 'Freshet: stream tables, their functions and catalog';
COMMENT ON SCHEMA pgtrickle_state IS 'Freshet: companion tables of stream tables';
COMMENT ON SCHEMA pgtrickle_changes IS 'Freshet: changes of sources that some stream table has not taken yet';

CREATE TABLE pgtrickle.installation (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    id text NOT NULL CHECK (id ~ '^[0-9a-f]{8}$'),
    version integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN pgtrickle.installation.id IS 'part of the names of slots and publications, so that databases of one cluster do not collide';
COMMENT ON COLUMN pgtrickle.installation.version IS 'number of the last migration that was applied';

INSERT INTO pgtrickle.installation (id, version) VALUES (substr(replace(gen_random_uuid()::text, '-', ''), 1, 8), 1);

CREATE TABLE pgtrickle.pgt_stream_tables (
    pgt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name name NOT NULL,
    table_name name NOT NULL,
    query text NOT NULL,
    requested_mode text NOT NULL CHECK (requested_mode IN ('AUTO', 'DIFFERENTIAL', 'FULL')),
    refresh_mode text NOT NULL CHECK (refresh_mode IN ('DIFFERENTIAL', 'FULL')),
    schedule text NOT NULL,
    distribution_column text,
    status text NOT NULL DEFAULT 'INITIALIZING' CHECK (status IN ('INITIALIZING', 'ACTIVE', 'FAILING', 'PAUSED')),
    from_epoch bigint NOT NULL DEFAULT 0,
    populated boolean NOT NULL DEFAULT false,
    full_refresh_reason text,
    last_error text,
    last_refresh_at timestamptz,
    owner_role text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    storage text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (schema_name, table_name)
);
COMMENT ON COLUMN pgtrickle.pgt_stream_tables.from_epoch IS 'the epoch that the stream table is at: changes of later epochs are its delta';
COMMENT ON COLUMN pgtrickle.pgt_stream_tables.settings IS 'of the creator''s session, those that the query''s meaning depends on: search_path, TimeZone ..';
COMMENT ON COLUMN pgtrickle.pgt_stream_tables.storage IS 'the statements that made its tables: a program for other tables must not run on them';

CREATE TABLE pgtrickle.pgt_sources (
    pgt_id bigint REFERENCES pgtrickle.pgt_stream_tables ON DELETE CASCADE,
    source_schema name NOT NULL,
    source_table name NOT NULL,
    source_oid oid NOT NULL,
    PRIMARY KEY (pgt_id, source_schema, source_table)
);

CREATE TABLE pgtrickle.pgt_epochs (
    epoch bigint PRIMARY KEY,
    committed_at timestamptz NOT NULL,
    changes bigint NOT NULL,
    rows bigint NOT NULL,
    duration_ms double precision NOT NULL
);

-- The cut of the last committed epoch, a row per node.
CREATE TABLE pgtrickle.pgt_cut (
    group_id integer PRIMARY KEY,
    host text NOT NULL,
    port integer NOT NULL,
    slot_name text NOT NULL,
    epoch bigint NOT NULL,
    snapshot text NOT NULL,
    barrier_lsn pg_lsn NOT NULL
);

-- One row, updated by every epoch: it fences a second daemon. Room on the page keeps the updates HOT.
CREATE TABLE pgtrickle.pgt_anchor_local (
    epoch bigint NOT NULL
) WITH (fillfactor = 10);
ALTER TABLE pgtrickle.pgt_anchor_local REPLICA IDENTITY FULL;
INSERT INTO pgtrickle.pgt_anchor_local VALUES (0);
