-- Where stream tables lie, and copies of reference and local tables that distributed tables are joined with; their rows lie in pgtrickle_state.

CREATE TABLE pgtrickle.pgt_mirrors (
    source_schema name,
    source_table name,
    filled boolean NOT NULL DEFAULT false,
    PRIMARY KEY (source_schema, source_table)
);
COMMENT ON COLUMN pgtrickle.pgt_mirrors.filled IS 'whether it equals its source at the cut of the last epoch; if not, it is filled before it is read';

ALTER TABLE pgtrickle.pgt_sources ADD COLUMN mirrored boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN pgtrickle.pgt_sources.mirrored IS 'whether the stream table reads the source''s mirror instead of the source';

ALTER TABLE pgtrickle.pgt_stream_tables
    ADD COLUMN placement text NOT NULL DEFAULT 'local' CHECK (placement IN ('local', 'reference', 'distributed')),
    ADD COLUMN colocate_schema name,
    ADD COLUMN colocate_table name;
UPDATE pgtrickle.pgt_stream_tables SET placement = 'distributed' WHERE distribution_column IS NOT NULL;
COMMENT ON COLUMN pgtrickle.pgt_stream_tables.colocate_table IS 'the table that the user wants it to lie with';

-- A table that the caller names: its search path decides, so this function has none of its own.
CREATE FUNCTION pgtrickle.pgt_resolve_table(name text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY INVOKER AS $$
DECLARE
    found jsonb;
BEGIN
    IF name IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pgtrickle.pgt_parse_name(name);
    SELECT pg_catalog.jsonb_build_array(n.nspname, c.relname) INTO found
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(name);
    IF found IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = pg_catalog.format('FR104: table %s does not exist', name);
    END IF;
    RETURN found;
END
$$;

DROP FUNCTION pgtrickle.create_stream_table(text, text, text, text, boolean, text);
DROP FUNCTION pgtrickle.create_stream_table_if_not_exists(text, text, text, text, boolean, text);

CREATE FUNCTION pgtrickle.create_stream_table(
    name text,
    query text,
    schedule text DEFAULT 'calculated',
    refresh_mode text DEFAULT 'AUTO',
    initialize boolean DEFAULT true,
    output_distribution_column text DEFAULT NULL,
    output_colocate_with text DEFAULT NULL,
    output_placement text DEFAULT NULL
) RETURNS void LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
    SELECT pgtrickle.pgt_request('create', pg_catalog.jsonb_build_object(
        'name', pgtrickle.pgt_parse_name(name), 'query', query, 'schedule', schedule, 'refreshMode', refresh_mode,
        'initialize', initialize, 'distributionColumn', output_distribution_column,
        'colocateWith', pgtrickle.pgt_resolve_table(output_colocate_with), 'placement', output_placement,
        'settings', pgtrickle.pgt_query_settings()), pg_catalog.current_schemas(false));
$$;
CREATE FUNCTION pgtrickle.create_stream_table_if_not_exists(
    name text,
    query text,
    schedule text DEFAULT 'calculated',
    refresh_mode text DEFAULT 'AUTO',
    initialize boolean DEFAULT true,
    output_distribution_column text DEFAULT NULL,
    output_colocate_with text DEFAULT NULL,
    output_placement text DEFAULT NULL
) RETURNS void LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
    SELECT pgtrickle.pgt_request('create_if_not_exists', pg_catalog.jsonb_build_object(
        'name', pgtrickle.pgt_parse_name(name), 'query', query, 'schedule', schedule, 'refreshMode', refresh_mode,
        'initialize', initialize, 'distributionColumn', output_distribution_column,
        'colocateWith', pgtrickle.pgt_resolve_table(output_colocate_with), 'placement', output_placement,
        'settings', pgtrickle.pgt_query_settings()), pg_catalog.current_schemas(false));
$$;
COMMENT ON FUNCTION pgtrickle.create_stream_table(text, text, text, text, boolean, text, text, text) IS
    'Creates a table that follows the query. It stays when the calling transaction rolls back.';
