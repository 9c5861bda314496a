-- How a function in a user's session asks the daemon, and is answered.
--
-- 1. The function, which runs as the caller, inserts into the view pgt_mailbox. Its first trigger runs as the caller too and overwrites
--    the row's caller by current_user, so that nobody can ask in another's name.
-- 2. The second trigger runs as the owner of this schema: it signs the request with a secret that only the owner can read, and writes it
--    into the WAL as a non-transactional message. No row is written and no transaction id is taken.
-- 3. The daemon sees the message at once in the coordinator's stream, checks the signature, and writes the answer into pgt_requests.
-- 4. The function polls for the answer. It knows the request's number, which is random, and so is the only one who can read it.

CREATE TABLE pgtrickle.pgt_request_secret (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    inner_key bytea NOT NULL,
    outer_key bytea NOT NULL
);
COMMENT ON TABLE pgtrickle.pgt_request_secret IS 'the key of HMAC-SHA256, already combined with the two paddings of RFC 2104';

DO $$
DECLARE
    key bytea := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
        || decode(repeat('00', 32), 'hex');
    inner_key bytea := key;
    outer_key bytea := key;
BEGIN
    FOR i IN 0..63 LOOP
        inner_key := set_byte(inner_key, i, get_byte(key, i) # 54);
        outer_key := set_byte(outer_key, i, get_byte(key, i) # 92);
    END LOOP;
    INSERT INTO pgtrickle.pgt_request_secret (inner_key, outer_key) VALUES (inner_key, outer_key);
END
$$;

-- The daemon that serves requests. It is alive while its session holds the advisory lock: nothing has to age.
CREATE TABLE pgtrickle.pgt_daemon (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    incarnation uuid NOT NULL,
    pid integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN pgtrickle.pgt_daemon.incarnation IS 'of the running daemon: requests to an earlier one are void, whenever the stream shows them';
COMMENT ON COLUMN pgtrickle.pgt_daemon.pid IS 'of the session that holds the advisory lock';

CREATE TABLE pgtrickle.pgt_requests (
    request_id uuid PRIMARY KEY,
    incarnation uuid NOT NULL,
    kind text NOT NULL,
    role text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    answered_at timestamptz,
    error_code text,
    sqlstate text,
    message text,
    detail text,
    hint text,
    notice text,
    result jsonb
);
COMMENT ON COLUMN pgtrickle.pgt_requests.error_code IS 'null when the request was granted';

CREATE FUNCTION pgtrickle.pgt_daemon_incarnation() RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.incarnation
    FROM pgtrickle.pgt_daemon d
    JOIN pg_locks l ON l.pid = d.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1718773107 AND l.objid = 1 AND l.objsubid = 2
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;
COMMENT ON FUNCTION pgtrickle.pgt_daemon_incarnation() IS 'the running daemon, null when there is none';

CREATE FUNCTION pgtrickle.pgt_answer(request uuid) RETURNS SETOF pgtrickle.pgt_requests
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM pgtrickle.pgt_requests WHERE request_id = request AND answered_at IS NOT NULL
$$;

CREATE VIEW pgtrickle.pgt_mailbox AS
    SELECT NULL::uuid AS request_id, NULL::uuid AS incarnation, NULL::text AS kind, NULL::jsonb AS arguments,
           NULL::name[] AS search_path, NULL::name AS caller;
COMMENT ON VIEW pgtrickle.pgt_mailbox IS 'holds nothing: an inserted row is sent to the daemon';

CREATE FUNCTION pgtrickle.pgt_mailbox_name_caller() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.caller := current_user;
    RETURN NEW;
END
$$;

CREATE FUNCTION pgtrickle.pgt_mailbox_send() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    body bytea := convert_to(jsonb_build_object(
        'request', NEW.request_id,
        'incarnation', NEW.incarnation,
        'kind', NEW.kind,
        'arguments', NEW.arguments,
        'searchPath', to_jsonb(NEW.search_path),
        'role', NEW.caller,
        'sentAt', clock_timestamp())::text, 'UTF8');
    signature bytea;
BEGIN
    SELECT sha256(s.outer_key || sha256(s.inner_key || body)) INTO STRICT signature FROM pgtrickle.pgt_request_secret s;
    PERFORM pg_logical_emit_message(false, 'freshet.request', signature || body, true);
    RETURN NULL;
END
$$;
-- Triggers fire in the order of their names.
CREATE TRIGGER a_name_caller INSTEAD OF INSERT ON pgtrickle.pgt_mailbox
    FOR EACH ROW EXECUTE FUNCTION pgtrickle.pgt_mailbox_name_caller();
CREATE TRIGGER b_send INSTEAD OF INSERT ON pgtrickle.pgt_mailbox
    FOR EACH ROW EXECUTE FUNCTION pgtrickle.pgt_mailbox_send();

-- Runs as the caller, whose search path comes as an argument because this function has its own.
CREATE FUNCTION pgtrickle.pgt_request(kind text, arguments jsonb, caller_path name[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    request uuid := gen_random_uuid();
    daemon uuid := pgtrickle.pgt_daemon_incarnation();
    answer pgtrickle.pgt_requests;
    is_last_look boolean := false;
    pause double precision := 0.001;
    distributed_transaction bigint := 0;
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_transaction_state',
            MESSAGE = format('FR117: this transaction is %s and cannot see the daemon''s answer',
                upper(current_setting('transaction_isolation'))),
            HINT = 'Call the function in a READ COMMITTED transaction: BEGIN ISOLATION LEVEL READ COMMITTED;';
    END IF;
    IF current_setting('transaction_read_only')::boolean THEN
        RAISE EXCEPTION USING ERRCODE = 'read_only_sql_transaction',
            MESSAGE = 'FR117: this transaction is READ ONLY',
            HINT = 'Call the function in a READ WRITE transaction, on the primary server.';
    END IF;
    IF kind LIKE 'create%' THEN
        IF to_regprocedure('pg_catalog.get_current_transaction_id()') IS NOT NULL THEN
            EXECUTE 'SELECT (pg_catalog.get_current_transaction_id()).transaction_number' INTO distributed_transaction;
        END IF;
        IF pg_current_xact_id_if_assigned() IS NOT NULL OR distributed_transaction <> 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'active_sql_transaction',
                MESSAGE = format('FR117: this transaction has already %s, and a new stream table waits for the end of all older writers',
                    CASE WHEN distributed_transaction <> 0 THEN 'used distributed tables' ELSE 'written' END),
                HINT = 'COMMIT first, then create the stream table.';
        END IF;
    END IF;
    IF daemon IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'FR307: no Freshet daemon serves this database',
            HINT = format('Start one: ./freshet daemon --url postgresql://%s:%s/%s',
                coalesce(host(inet_server_addr()), 'localhost'), current_setting('port'), current_database());
    END IF;

    INSERT INTO pgtrickle.pgt_mailbox (request_id, incarnation, kind, arguments, search_path)
    VALUES (request, daemon, kind, arguments, caller_path);

    LOOP
        SELECT a.* INTO answer FROM pgtrickle.pgt_answer(request) a;
        EXIT WHEN FOUND;
        IF is_last_look THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
                MESSAGE = 'FR307: the Freshet daemon went away before it answered',
                DETAIL = 'It may have done what was asked.',
                HINT = 'Start it again, then look: SELECT * FROM pgtrickle.pgt_status();';
        END IF;
        -- Look again after the daemon has gone: its answer may be younger than the last look.
        is_last_look := pgtrickle.pgt_daemon_incarnation() IS DISTINCT FROM daemon;
        IF NOT is_last_look THEN
            PERFORM pg_sleep(pause);
            -- A tenth of what it has waited, roughly: many who wait for minutes must not keep the server busy.
            pause := least(pause * 1.1, 0.5);
        END IF;
    END LOOP;

    IF answer.notice IS NOT NULL THEN
        RAISE NOTICE USING MESSAGE = answer.notice;
    END IF;
    IF answer.error_code IS NULL THEN
        RETURN answer.result;
    END IF;
    CASE
        WHEN answer.detail IS NOT NULL AND answer.hint IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = answer.sqlstate, MESSAGE = answer.message, DETAIL = answer.detail, HINT = answer.hint;
        WHEN answer.detail IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = answer.sqlstate, MESSAGE = answer.message, DETAIL = answer.detail;
        WHEN answer.hint IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = answer.sqlstate, MESSAGE = answer.message, HINT = answer.hint;
        ELSE
            RAISE EXCEPTION USING ERRCODE = answer.sqlstate, MESSAGE = answer.message;
    END CASE;
END
$$;

CREATE FUNCTION pgtrickle.pgt_parse_name(name text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY INVOKER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parts text[];
BEGIN
    BEGIN
        parts := parse_ident(name);
    EXCEPTION WHEN invalid_parameter_value THEN
        parts := NULL;
    END;
    IF parts IS NULL OR cardinality(parts) > 2 OR '' = ANY (parts) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_name',
            MESSAGE = format('FR112: %s is not the name of a table', coalesce(quote_literal(name), 'NULL')),
            HINT = 'Write ''name'' or ''schema.name'', with double quotes around what is not plain lower case: ''"My schema"."My table"''.';
    END IF;
    RETURN to_jsonb(parts);
END
$$;

CREATE FUNCTION pgtrickle.pgt_query_settings() RETURNS jsonb LANGUAGE sql STABLE SECURITY INVOKER AS $$
    SELECT pg_catalog.jsonb_object_agg(n, pg_catalog.current_setting(n))
    FROM pg_catalog.unnest(ARRAY['TimeZone', 'DateStyle', 'IntervalStyle', 'extra_float_digits', 'bytea_output', 'lc_monetary',
        'default_text_search_config', 'xmloption', 'xmlbinary', 'array_nulls', 'transform_null_equals']) AS n;
$$;
COMMENT ON FUNCTION pgtrickle.pgt_query_settings() IS 'The settings of this session, besides search_path, that a query''s meaning depends on.';

CREATE FUNCTION pgtrickle.create_stream_table(
    name text,
    query text,
    schedule text DEFAULT 'calculated',
    refresh_mode text DEFAULT 'AUTO',
    initialize boolean DEFAULT true,
    output_distribution_column text DEFAULT NULL
) RETURNS void LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
    SELECT pgtrickle.pgt_request('create', pg_catalog.jsonb_build_object(
        'name', pgtrickle.pgt_parse_name(name), 'query', query, 'schedule', schedule, 'refreshMode', refresh_mode,
        'initialize', initialize, 'distributionColumn', output_distribution_column, 'settings', pgtrickle.pgt_query_settings()), pg_catalog.current_schemas(false));
$$;
COMMENT ON FUNCTION pgtrickle.create_stream_table(text, text, text, text, boolean, text) IS
    'Creates a table that follows the query. It stays when the calling transaction rolls back.';

CREATE FUNCTION pgtrickle.create_stream_table_if_not_exists(
    name text,
    query text,
    schedule text DEFAULT 'calculated',
    refresh_mode text DEFAULT 'AUTO',
    initialize boolean DEFAULT true,
    output_distribution_column text DEFAULT NULL
) RETURNS void LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
    SELECT pgtrickle.pgt_request('create_if_not_exists', pg_catalog.jsonb_build_object(
        'name', pgtrickle.pgt_parse_name(name), 'query', query, 'schedule', schedule, 'refreshMode', refresh_mode,
        'initialize', initialize, 'distributionColumn', output_distribution_column, 'settings', pgtrickle.pgt_query_settings()), pg_catalog.current_schemas(false));
$$;

CREATE FUNCTION pgtrickle.drop_stream_table(name text, cascade boolean DEFAULT false)
RETURNS void LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
    SELECT pgtrickle.pgt_request('drop', pg_catalog.jsonb_build_object(
        'name', pgtrickle.pgt_parse_name(name), 'cascade', cascade), pg_catalog.current_schemas(false));
$$;
COMMENT ON FUNCTION pgtrickle.drop_stream_table(text, boolean) IS
    'Removes a stream table, with cascade also those that read it. It is gone even when the calling transaction rolls back.';

CREATE FUNCTION pgtrickle.refresh_stream_table(name text)
RETURNS bigint LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
    SELECT (pgtrickle.pgt_request('refresh', pg_catalog.jsonb_build_object(
        'name', pgtrickle.pgt_parse_name(name)), pg_catalog.current_schemas(false)) ->> 'epoch')::bigint;
$$;
COMMENT ON FUNCTION pgtrickle.refresh_stream_table(text) IS 'Brings a stream table up to now; returns the epoch that it is at.';

CREATE FUNCTION pgtrickle.explain_st(name text)
RETURNS text LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
    SELECT pgtrickle.pgt_request('explain', pg_catalog.jsonb_build_object(
        'name', pgtrickle.pgt_parse_name(name), 'format', 'text'), pg_catalog.current_schemas(false)) ->> 'text';
$$;
COMMENT ON FUNCTION pgtrickle.explain_st(text) IS 'How a stream table is stored and which SQL keeps it up to date.';

CREATE FUNCTION pgtrickle.explain_st(name text, format text)
RETURNS text LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
    SELECT pgtrickle.pgt_request('explain', pg_catalog.jsonb_build_object(
        'name', pgtrickle.pgt_parse_name(name), 'format', format), pg_catalog.current_schemas(false)) ->> 'text';
$$;

CREATE FUNCTION pgtrickle.verify_stream_table(
    name text, OUT stream_table text, OUT epoch bigint, OUT differing_rows bigint, OUT is_equal boolean
) LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
    SELECT r ->> 'name', (r ->> 'epoch')::bigint, (r ->> 'differingRows')::bigint, (r ->> 'differingRows')::bigint = 0
    FROM pgtrickle.pgt_request('verify', pg_catalog.jsonb_build_object(
        'name', pgtrickle.pgt_parse_name(name)), pg_catalog.current_schemas(false)) r;
$$;
COMMENT ON FUNCTION pgtrickle.verify_stream_table(text) IS
    'Compares a stream table with its query at one cut: differing_rows other than 0 is a defect.';

-- What anyone may know of all stream tables. An error text can quote data: it is for those who have the owner's rights.
CREATE VIEW pgtrickle.pgt_stream_table_states AS
    SELECT s.schema_name, s.table_name, s.refresh_mode, s.schedule, s.status, s.populated, s.from_epoch, s.last_refresh_at,
           s.full_refresh_reason, s.owner_role,
           CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_roles r
                             WHERE r.rolname = s.owner_role AND pg_catalog.pg_has_role(current_user, r.oid, 'USAGE'))
                THEN s.last_error END AS last_error
    FROM pgtrickle.pgt_stream_tables s;

CREATE FUNCTION pgtrickle.pgt_status(
    OUT name text, OUT status text, OUT refresh_mode text, OUT is_populated boolean, OUT schedule text, OUT epoch bigint,
    OUT last_refresh_at timestamptz, OUT full_refresh_reason text, OUT last_error text, OUT owner text
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY INVOKER AS $$
    SELECT pg_catalog.format('%I.%I', s.schema_name, s.table_name), s.status, s.refresh_mode, s.populated, s.schedule, s.from_epoch,
           s.last_refresh_at, s.full_refresh_reason, s.last_error, s.owner_role
    FROM pgtrickle.pgt_stream_table_states s
    ORDER BY s.schema_name, s.table_name
$$;
COMMENT ON FUNCTION pgtrickle.pgt_status() IS 'One row per stream table. Needs no daemon.';

GRANT USAGE ON SCHEMA pgtrickle TO PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgtrickle TO PUBLIC;
-- Nobody else can put it on a table of his own, whose rows would name any caller.
REVOKE ALL ON FUNCTION pgtrickle.pgt_mailbox_send() FROM PUBLIC;
GRANT INSERT ON pgtrickle.pgt_mailbox TO PUBLIC;
GRANT SELECT ON pgtrickle.pgt_stream_table_states TO PUBLIC;
