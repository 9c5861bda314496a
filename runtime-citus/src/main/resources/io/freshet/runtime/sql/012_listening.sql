-- A daemon that has served no stream table for a while has no slot, so nothing that is written into the WAL reaches it. The laws:
--
-- 1. Who asks takes an advisory lock (1718773107, any number but 1) until the transaction ends, and only then looks whether the daemon listens. The
--    number is random, so that nobody can keep others from asking.
-- 2. The daemon begins to rest by first saying that it does not listen, and only then looking for such locks; if there is one, it goes on listening. So
--    one of the two always sees the other, and no request is written that nobody reads.
-- 3. A daemon that rests looks for such locks all the time. When there is one, it makes its slot, and says that it listens, or why it cannot.
-- 4. A daemon whose slot is lost says that it does not listen, whoever asks. A request that was under way is sent again, or refused with the reason.

ALTER TABLE pgtrickle.pgt_daemon
    -- A daemon of an earlier version, which goes on running, always listens.
    ADD COLUMN is_listening boolean NOT NULL DEFAULT true,
    ADD COLUMN refused_at timestamptz,
    ADD COLUMN refusal_sqlstate text,
    ADD COLUMN refusal_message text,
    ADD COLUMN refusal_hint text;
COMMENT ON COLUMN pgtrickle.pgt_daemon.is_listening IS 'whether the coordinator''s stream is read, through which requests come';
COMMENT ON COLUMN pgtrickle.pgt_daemon.refused_at IS 'when the daemon last could not begin to listen although it was asked to; the other columns say why';

CREATE FUNCTION pgtrickle.pgt_ears(
    OUT incarnation uuid, OUT is_listening boolean, OUT refused_at timestamptz, OUT refusal_sqlstate text, OUT refusal_message text, OUT refusal_hint text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.incarnation, d.is_listening, d.refused_at, d.refusal_sqlstate, d.refusal_message, d.refusal_hint
    FROM pgtrickle.pgt_daemon d
    WHERE d.incarnation = pgtrickle.pgt_daemon_incarnation()
$$;
COMMENT ON FUNCTION pgtrickle.pgt_ears() IS 'Whether the running daemon can be asked; nulls when there is none.';
GRANT EXECUTE ON FUNCTION pgtrickle.pgt_ears() TO PUBLIC;

CREATE FUNCTION pgtrickle.pgt_is_received(request uuid) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pgtrickle.pgt_requests WHERE request_id = request)
$$;
GRANT EXECUTE ON FUNCTION pgtrickle.pgt_is_received(uuid) TO PUBLIC;

-- PostgreSQL 16 cannot be asked to flush the message: the record of the running transactions has its WAL writer do it, within wal_writer_delay.
CREATE OR REPLACE FUNCTION pgtrickle.pgt_mailbox_send() RETURNS trigger
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
    IF current_setting('server_version_num')::integer >= 170000 THEN
        PERFORM pg_logical_emit_message(false, 'freshet.request', signature || body, true);
    ELSE
        PERFORM pg_logical_emit_message(false, 'freshet.request', signature || body);
        PERFORM pg_log_standby_snapshot();
    END IF;
    RETURN NULL;
END
$$;

-- Runs as the caller, whose search path comes as an argument because this function has its own.
CREATE OR REPLACE FUNCTION pgtrickle.pgt_request(kind text, arguments jsonb, caller_path name[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    request uuid := gen_random_uuid();
    asked_at timestamptz := clock_timestamp();
    daemon uuid := pgtrickle.pgt_daemon_incarnation();
    is_held boolean := false;
    ears record;
    send_again_at timestamptz;
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

    LOOP
        is_held := is_held OR pg_try_advisory_xact_lock_shared(1718773107, 2 + (random() * 2000000000)::integer);
        SELECT e.* INTO ears FROM pgtrickle.pgt_ears() e;
        IF ears.incarnation IS DISTINCT FROM daemon THEN
            RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
                MESSAGE = 'FR307: the Freshet daemon went away before it was asked',
                HINT = 'Start it again, then call the function again.';
        END IF;
        EXIT WHEN is_held AND ears.is_listening;
        IF ears.refused_at > asked_at THEN
            RAISE EXCEPTION USING ERRCODE = ears.refusal_sqlstate, MESSAGE = ears.refusal_message, HINT = ears.refusal_hint;
        END IF;
        IF NOT ears.is_listening AND pg_current_xact_id_if_assigned() IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'active_sql_transaction',
                MESSAGE = 'FR117: this transaction has already written, and the daemon, which does not listen now, waits for the end of all writers before it does',
                HINT = 'COMMIT first, then call the function.';
        END IF;
        PERFORM pg_sleep(pause);
        pause := least(pause * 1.1, 0.5);
    END LOOP;
    pause := 0.001;

    INSERT INTO pgtrickle.pgt_mailbox (request_id, incarnation, kind, arguments, search_path)
    VALUES (request, daemon, kind, arguments, caller_path);
    send_again_at := clock_timestamp() + interval '5 s';

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
            -- The slot may have been lost, and the message with it. Of two the daemon takes one.
            IF clock_timestamp() > send_again_at THEN
                IF NOT pgtrickle.pgt_is_received(request) THEN
                    SELECT e.* INTO ears FROM pgtrickle.pgt_ears() e;
                    IF NOT ears.is_listening AND ears.refused_at > asked_at THEN
                        RAISE EXCEPTION USING ERRCODE = ears.refusal_sqlstate, MESSAGE = ears.refusal_message, HINT = ears.refusal_hint;
                    END IF;
                    INSERT INTO pgtrickle.pgt_mailbox (request_id, incarnation, kind, arguments, search_path)
                    VALUES (request, daemon, kind, arguments, caller_path);
                END IF;
                send_again_at := clock_timestamp() + interval '5 s';
            END IF;
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
