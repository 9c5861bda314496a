-- What the meaning of each stream table's query hangs on, as it was when the stream table was last filled from nothing.

CREATE TABLE pgtrickle.pgt_dependencies (
    pgt_id bigint REFERENCES pgtrickle.pgt_stream_tables ON DELETE CASCADE,
    kind text CHECK (kind IN ('table', 'column', 'row', 'view', 'function')),
    object oid,
    column_number integer,
    looked_in name[],
    identity text NOT NULL,
    definition text NOT NULL,
    guarantees text[] NOT NULL,
    published text,
    touched text NOT NULL,
    stored_in text NOT NULL,
    namesakes text,
    PRIMARY KEY (pgt_id, kind, object, column_number)
);
COMMENT ON COLUMN pgtrickle.pgt_dependencies.looked_in IS 'the search path by which the query''s text finds it; null where the text does not name it';
COMMENT ON COLUMN pgtrickle.pgt_dependencies.guarantees IS 'keys, NOT NULL: a program may rely on them; more of them do no harm';
COMMENT ON COLUMN pgtrickle.pgt_dependencies.published IS 'its entry in the publication: changes made without it are lost';
COMMENT ON COLUMN pgtrickle.pgt_dependencies.touched IS 'the values were rewritten when this and stored_in have changed';
COMMENT ON COLUMN pgtrickle.pgt_dependencies.namesakes IS 'what else of this name the search path finds';

ALTER TABLE pgtrickle.installation ADD COLUMN publication oid;
COMMENT ON COLUMN pgtrickle.installation.publication IS 'the publication that the slots decode by; another one of its name cannot take its place';
