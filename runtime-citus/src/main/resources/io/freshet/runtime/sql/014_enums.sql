-- A query can hang on the labels of enums. Of the stream tables that are there those of their columns are noted; others when they are filled from nothing.

ALTER TABLE pgtrickle.pgt_dependencies DROP CONSTRAINT pgt_dependencies_kind_check,
    ADD CHECK (kind IN ('table', 'column', 'row', 'view', 'function', 'type'));
COMMENT ON COLUMN pgtrickle.pgt_dependencies.guarantees IS 'keys, NOT NULL, an enum''s labels: a program may rely on them; more of them do no harm';

INSERT INTO pgtrickle.pgt_dependencies (pgt_id, kind, object, column_number, identity, definition, guarantees, touched, stored_in)
SELECT DISTINCT d.pgt_id, 'type', y.oid, 0, format('%I.%I', n.nspname, y.typname), '',
       ARRAY(SELECT concat_ws(' ', e.oid, e.enumlabel) FROM pg_catalog.pg_enum e WHERE e.enumtypid = y.oid ORDER BY e.oid), '', ''
FROM pgtrickle.pgt_dependencies d
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.object AND a.attnum = d.column_number
JOIN pg_catalog.pg_type y ON y.oid = a.atttypid AND y.typtype = 'e'
JOIN pg_catalog.pg_namespace n ON n.oid = y.typnamespace
WHERE d.kind = 'column';
