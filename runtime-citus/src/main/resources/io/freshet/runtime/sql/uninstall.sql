-- Removes every stream table and the schemas. Citus drops their shards too, which ddl propagation off would leave behind.
SET LOCAL citus.enable_ddl_propagation = on;

DO $$
DECLARE
    stream_table record;
BEGIN
    FOR stream_table IN SELECT schema_name, table_name FROM pgtrickle.pgt_stream_tables LOOP
        EXECUTE format('DROP TABLE IF EXISTS %I.%I CASCADE', stream_table.schema_name, stream_table.table_name);
    END LOOP;
END
$$;

DROP SCHEMA pgtrickle_changes CASCADE;
DROP SCHEMA pgtrickle_state CASCADE;
DROP SCHEMA pgtrickle CASCADE;
