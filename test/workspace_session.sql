-- What a session has set changes nothing that a view says: zone, styles, digits,
-- how plans are made, workers, and a schema in front of pg_catalog with functions
-- and operators of the names and arguments of those there, none of which may be
-- called. Views are found by the catalogue.
BEGIN;
SELECT plan(9);
\ir lib/subjects.sql
SET LOCAL jit = off;
SET LOCAL timezone = 'UTC';
SET LOCAL crm_ext.as_of = '2024-10-16';

-- Whatever goes by the session's zone: days as moments, local times as moments, their parts and text. A moment and
-- an interval of hours do not.
CREATE TEMPORARY VIEW by_zone AS SELECT to_char(crm_as_of(), 'YYYY') AS year;
SELECT results_eq($$SELECT c.relname, p.oid::regprocedure
    FROM pg_class AS c
    JOIN pg_rewrite AS rule ON rule.ev_class = c.oid
    CROSS JOIN LATERAL regexp_matches(rule.ev_action::text, ':(?:funcid|opfuncid) (\d+)', 'g') AS called (oid)
    JOIN pg_proc AS p ON p.oid = called.oid[1]::oid
    WHERE (c.relnamespace = 'crm'::regnamespace OR c.relname = 'by_zone')
      AND p.pronamespace = 'pg_catalog'::regnamespace AND p.provolatile <> 'i'
      AND 'timestamptz'::regtype IN (SELECT prorettype UNION SELECT unnest(proargtypes))
      AND p.proname NOT IN ('timestamptz_pl_interval', 'timestamptz_mi_interval')
    ORDER BY p.proname$$,
    $$VALUES ('by_zone'::name, 'timestamptz(date)'::regprocedure), ('by_zone', 'to_char(timestamptz, text)')$$,
    'no view takes days and moments for one another by the session''s zone');

-- A day that Apia left out
SET LOCAL timezone = 'Pacific/Apia';
SELECT crm_create_workspace('apia', '{}', 'UTC');
INSERT INTO apia.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2011-12-01 12:00Z', 10),
    ('bob', '2011-12-31 12:00Z', 20);
SELECT crm_snapshot('apia', '2011-12-30');
SELECT results_eq('SELECT as_of, customer_id FROM apia.customer_snapshot', $$VALUES (date '2011-12-30', 'ann')$$,
    'a snapshot is of its day, in any zone of the session');
SET LOCAL timezone = 'UTC';

CREATE TEMPORARY VIEW asked AS
SELECT relname FROM pg_class
WHERE relnamespace = 'crm'::regnamespace AND relkind = 'v' AND relname NOT IN ('catalog', 'reconciliation');
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
    FOR relation IN SELECT relname FROM asked LOOP
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
SELECT set_eq($$SELECT relname FROM asked EXCEPT SELECT relation FROM plain$$,
              -- It has rows where setting.min_cell hides some.
              $$VALUES ('attribution_cell'::name)$$, 'of views that have rows');

\ir lib/workers.sql
\ir lib/plan.sql
SELECT cmp_ok((SELECT count(*) FROM pg_class
               WHERE relnamespace = 'crm'::regnamespace AND relkind = 'v' AND relname ~ '^[a-d]' AND EXISTS (
                   SELECT FROM pg_temp.plan_of('SELECT * FROM crm.' || quote_ident(relname)) AS line
                   WHERE line ~ 'Gather')), '>', 20::bigint, 'many of which have workers');

SELECT * FROM finish();
ROLLBACK;
