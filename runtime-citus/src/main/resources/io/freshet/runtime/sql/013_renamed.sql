-- A table that is renamed, written to and renamed back is told by the row of its row type in pg_type: what there is now is taken for what there was.

UPDATE pgtrickle.pgt_dependencies d SET definition = d.definition || ' named ' || y.xmin::text
FROM pg_catalog.pg_type y
WHERE d.kind = 'table' AND y.typrelid = d.object;
