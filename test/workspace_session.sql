-- What a session has set changes nothing that a view says: zone, styles, digits,
-- how plans are made, workers, and a schema in front of pg_catalog with functions
-- and operators of the names and arguments of those there, none of which may be
-- called. Views are found by the catalogue.
BEGIN;
SELECT plan(7);
\ir lib/subjects.sql
SET LOCAL jit = off;
SET LOCAL timezone = 'UTC';
SET LOCAL crm_ext.as_of = '2024-10-16';

CREATE TEMPORARY TABLE said (reading text, relation text, row text);
-- Rows are read under the settings, and written down without them.
CREATE FUNCTION pg_temp.read_all(how text, names text[], settings text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    before text[] := ARRAY(SELECT current_setting(name) FROM unnest(names) WITH ORDINALITY AS n (name, k) ORDER BY k);
    relation text;
    query text;
    set_them text := (SELECT string_agg(format('PERFORM pg_catalog.set_config(%L, %L, true);', name, value), ' ')
                      FROM unnest(names, settings) AS n (name, value));
    reset_them text := (SELECT string_agg(format('PERFORM pg_catalog.set_config(%L, %L, true);', name, value), ' ')
                        FROM unnest(names, before) AS n (name, value));
BEGIN
    FOR relation IN SELECT relname FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'v'
    AND relname NOT IN ('catalog', 'reconciliation') LOOP
        query := format('CREATE TEMPORARY TABLE held AS SELECT * FROM crm.%I', relation);
        EXECUTE format('DO $do$ BEGIN %s EXECUTE %L; %s END $do$', set_them, query, reset_them);
        INSERT INTO said SELECT how, relation, t::text FROM held AS t;
        DROP TABLE held;
    END LOOP;
END $$;

CREATE SCHEMA evil;
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
    SELECT format('CREATE FUNCTION evil.%1$I(%2$s) RETURNS %3$s%4$s LANGUAGE plpgsql AS
                       ''BEGIN RAISE EXCEPTION ''''another %1$s''''; END''',
                  proname, array_to_string(proargtypes::regtype[], ','), CASE WHEN proretset THEN 'SETOF ' END,
                  prorettype::regtype) AS statement
    FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'p' AND provariadic = 0 AND proname !~ '^pg_'
      AND NOT EXISTS (SELECT FROM pg_type WHERE oid = ANY (prorettype || proargtypes::oid[])
                                            AND (typtype = 'p' OR typname = 'unknown'))
    UNION ALL
    SELECT format('CREATE FUNCTION evil.%I(%s, %s) RETURNS %s LANGUAGE plpgsql AS
                       ''BEGIN RAISE EXCEPTION ''''another operator''''; END'';
                   CREATE OPERATOR evil.%s (leftarg = %2$s, rightarg = %3$s, function = evil.%1$I)',
                  'operator_' || oid, oprleft::regtype, oprright::regtype, oprresult::regtype, oprname)
    FROM pg_operator
    WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprleft <> 0
      AND NOT EXISTS (SELECT FROM pg_type WHERE oid IN (oprleft, oprright, oprresult) AND typtype = 'p') LOOP
        EXECUTE made.statement;
    END LOOP;
END $$;
SELECT throws_ok($$DO 'BEGIN PERFORM pg_catalog.set_config(''search_path'', ''evil, pg_catalog'', true);
                       PERFORM lower(''A''::text); END'$$, 'P0001', 'another lower', 'another function is in front');

SELECT pg_temp.read_all('plain', '{timezone}', '{UTC}');
SELECT pg_temp.read_all('strange',
    '{timezone,datestyle,intervalstyle,extra_float_digits,bytea_output,transform_null_equals,
      enable_hashagg,enable_hashjoin,work_mem,search_path}',
    ARRAY['Pacific/Apia', 'German, DMY', 'sql_standard', '-10', 'escape', 'on',
          'off', 'off', '64kB', 'evil, pg_catalog, public']);
SELECT pg_temp.read_all('by workers',
    '{parallel_setup_cost,parallel_tuple_cost,min_parallel_table_scan_size,min_parallel_index_scan_size,
      parallel_leader_participation}', '{0,0,0,0,off}');
CREATE TEMPORARY VIEW plain AS SELECT relation, row FROM said WHERE reading = 'plain';
CREATE TEMPORARY VIEW strange AS SELECT relation, row FROM said WHERE reading = 'strange';
CREATE TEMPORARY VIEW by_workers AS SELECT relation, row FROM said WHERE reading = 'by workers';
SELECT is_empty('(TABLE strange EXCEPT ALL TABLE plain) ORDER BY 1, 2 LIMIT 10', 'no view says anything else');
SELECT is_empty('(TABLE plain EXCEPT ALL TABLE strange) ORDER BY 1, 2 LIMIT 10', 'nor less');
SELECT is_empty('(TABLE by_workers EXCEPT ALL TABLE plain) ORDER BY 1, 2 LIMIT 10', 'nor by workers');
SELECT is_empty('(TABLE plain EXCEPT ALL TABLE by_workers) ORDER BY 1, 2 LIMIT 10', 'nor less by workers');
SELECT cmp_ok((SELECT count(DISTINCT relation) FROM said), '>', 250::bigint, 'of most of the views');

\ir lib/workers.sql
\ir lib/plan.sql
SELECT cmp_ok((SELECT count(*) FROM pg_class
               WHERE relnamespace = 'crm'::regnamespace AND relkind = 'v' AND relname ~ '^[a-d]' AND EXISTS (
                   SELECT FROM pg_temp.plan_of('SELECT * FROM crm.' || quote_ident(relname)) AS line
                   WHERE line ~ 'Gather')), '>', 20::bigint, 'many of which have workers');

SELECT * FROM finish();
ROLLBACK;
