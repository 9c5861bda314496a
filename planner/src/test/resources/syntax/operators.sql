-- Texts, and every operator for every pair of text and boolean, so that types seldom stand in the way of a grouping.

CREATE TABLE t (a text, b text, c text, d text, e text, z text[]);

CREATE CAST (text AS boolean) WITH INOUT AS IMPLICIT;

DO $$
DECLARE
    operator text;
    l text;
    r text;
    result text;
BEGIN
    FOREACH operator IN ARRAY string_to_array('^ * / % + - || -> ~ @- ~~ !~~ ~~* !~~* < > = <= >= <>', ' ') LOOP
        result := CASE WHEN operator ~ '[<>=]$|~~' AND operator <> '->' THEN 'boolean' ELSE 'text' END;
        FOREACH r IN ARRAY ARRAY['text', 'boolean'] LOOP
            FOREACH l IN ARRAY ARRAY['text', 'boolean'] LOOP
                IF NOT EXISTS (SELECT FROM pg_operator WHERE oprname = operator AND oprleft = l::regtype AND oprright = r::regtype) THEN
                    EXECUTE format('CREATE FUNCTION %I(%s, %s) RETURNS %s IMMUTABLE LANGUAGE sql AS ''SELECT NULL::%s''',
                        'infix ' || operator, l, r, result, result);
                    EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %I)',
                        operator, l, r, 'infix ' || operator);
                END IF;
            END LOOP;
            IF operator IN ('+', '-', '~', '@-') THEN
                EXECUTE format('CREATE FUNCTION %I(%s) RETURNS text IMMUTABLE LANGUAGE sql AS ''SELECT NULL::text''', 'prefix ' || operator, r);
                EXECUTE format('CREATE OPERATOR public.%s (RIGHTARG = %s, FUNCTION = %I)', operator, r, 'prefix ' || operator);
            END IF;
        END LOOP;
    END LOOP;
    -- AT TIME ZONE and AT LOCAL.
    FOREACH r IN ARRAY ARRAY['text', 'boolean'] LOOP
        FOREACH l IN ARRAY ARRAY['text', 'boolean'] LOOP
            EXECUTE format('CREATE FUNCTION pg_catalog.timezone(%s, %s) RETURNS text IMMUTABLE LANGUAGE sql AS ''SELECT NULL::text''', l, r);
        END LOOP;
        EXECUTE format('CREATE FUNCTION pg_catalog.timezone(%s) RETURNS text IMMUTABLE LANGUAGE sql AS ''SELECT NULL::text''', r);
    END LOOP;
END $$;

-- The definition of a view of the expression, which has all parentheses; or SQLSTATE and message.
CREATE FUNCTION shape(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    definition text;
BEGIN
    EXECUTE 'CREATE TEMP VIEW v AS SELECT ' || expression || ' AS x FROM t';
    definition := pg_get_viewdef('v'::regclass);
    DROP VIEW v;
    RETURN definition;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
