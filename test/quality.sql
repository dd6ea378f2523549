-- What follows from the fields of a source is looked for in each. Of every source
-- there are a row, the same once more, one of NULLs, one of blank keys with a day
-- of 1970 and numbers that are none, and one of tomorrow.
BEGIN;
SELECT plan(20);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-12-31';

\ir lib/views.sql

CREATE SCHEMA raw;
CREATE FUNCTION pg_temp.value(type text, kind integer) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN kind = 2 THEN NULL
                WHEN type IN ('day', 'time', 'date') THEN ('{2024-06-03,1970-01-01,2025-06-03}'::text[])[v]
                WHEN type IN ('key', 'id', 'text') THEN ('{a,"",b}'::text[])[v]
                WHEN type = 'boolean' THEN 'true'
                WHEN type = 'weight' THEN ('{1,-1,1}'::text[])[v]
                WHEN type IN ('numeric', 'double precision') THEN ('{1,NaN,1}'::text[])[v]
                ELSE '1' END
    FROM (SELECT CASE kind WHEN 3 THEN 2 WHEN 4 THEN 3 ELSE 1 END AS v) AS place;
$$;
CREATE FUNCTION pg_temp.raw_source(source text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    fields record;
BEGIN
    SELECT string_agg(format('%I %s', field, crm_column_type(type, 'text')), ', ') AS columns,
           jsonb_object_agg(field, quote_ident(field)) AS mapping
    INTO fields FROM crm_active_fields(source, ARRAY(SELECT subject FROM crm_subjects()));
    EXECUTE format('CREATE TABLE raw.%I (%s)', source, fields.columns);
    EXECUTE format('INSERT INTO raw.%I SELECT %s FROM unnest(''{1,1,2,3,4}''::integer[]) AS kind', source,
                   (SELECT string_agg(format('pg_temp.value(%L, kind)::%s', type, crm_column_type(type, 'text')), ', ')
                    FROM crm_active_fields(source, ARRAY(SELECT subject FROM crm_subjects()))));
    RETURN fields.mapping || jsonb_build_object('from', 'raw.' || quote_ident(source));
END $$;
SELECT jsonb_object_agg(source, pg_temp.raw_source(source)) AS sources
FROM (SELECT DISTINCT source FROM crm_source_fields() WHERE source <> 'purchase') AS s \gset
DELETE FROM raw.customer WHERE customer_id <> 'a' OR customer_id IS NULL;
SELECT crm_create_workspace('odd', :'sources', subjects => ARRAY(SELECT subject FROM crm_subjects()));

-- What data_quality has nothing of, though fields ask for it
CREATE FUNCTION pg_temp.unseen(fields text, checks text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT DISTINCT f.source FROM crm_source_fields() AS f
         WHERE f.source NOT IN (''customer'', ''purchase'') AND (%s)
           AND NOT EXISTS (SELECT FROM pg_temp.found AS q WHERE q.source = f.source AND q.check_name ~ %L)',
        fields, checks);
END $$;
CREATE TEMPORARY TABLE found AS SELECT * FROM odd.data_quality WHERE problem_count > 0;
SELECT is_empty($$SELECT pg_temp.unseen('role = ''primary'' OR type = ''id''', '^duplicate_')$$,
                'keys that are there twice are told, of every source');
SELECT is_empty($$SELECT pg_temp.unseen('role = ''primary'' OR type IN (''id'', ''key'')', '^blank_')$$,
                'and blank keys');
SELECT is_empty($$SELECT pg_temp.unseen('role = ''primary'' OR role = ''required'' AND type = ''key''',
                                        '^missing_(?!date$)')$$,
                'and keys that are missing');
SELECT is_empty($$SELECT pg_temp.unseen('type = ''key''', '^unknown_customer$')$$, 'and customers who are not known');
SELECT is_empty($$SELECT pg_temp.unseen('type = ''day'' AND role = ''required''', '^missing_date$')$$,
                'and days that are missing');
SELECT is_empty($$SELECT pg_temp.unseen('type = ''day''', '^future_date$')$$, 'and days to come');
SELECT is_empty($$SELECT pg_temp.unseen('type IN (''day'', ''time'')', '^old_date$')$$, 'and days before 1971');
SELECT is_empty($$SELECT pg_temp.unseen('type IN (''numeric'', ''double precision'', ''weight'')',
                                        '^(invalid_|score_off_scale)')$$, 'and numbers that are none');
SELECT is_empty('SELECT source, check_name FROM odd.data_quality GROUP BY 1, 2 HAVING count(*) > 1',
                'none is looked for twice');
SELECT is_empty($$SELECT source, check_name, problem_count FROM pg_temp.found
    WHERE source <> 'customer' AND problem_count > 1
      AND check_name ~ '^(old_date|future_date|invalid_number|duplicate_|blank_|missing_)'$$, 'or counted twice');
SELECT results_eq($$SELECT check_name, severity, problem_count, example_key FROM pg_temp.found
                    WHERE source = 'interaction' AND check_name ~ '^(future|blank|missing)' ORDER BY 1$$,
    $$VALUES ('blank_customer', 'error', 1::bigint, NULL), ('blank_id', 'warning', 1, NULL),
        ('future_date', 'warning', 1, 'b'), ('missing_customer', 'warning', 1, NULL),
        ('missing_date', 'error', 1, NULL)$$, 'with the key of one, where it has any');

-- Views do without all that.
SELECT is_empty($$SELECT * FROM pg_temp.read_all('odd') WHERE error IS NOT NULL$$, 'no view ends in an error');
SELECT is_empty('SELECT * FROM odd.reconciliation WHERE difference <> 0', 'totals are those of rows with a key');
CREATE FUNCTION pg_temp.shows_nonsense(view text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    answer boolean;
BEGIN
    EXECUTE format('SELECT bool_or(t::text ~ ''NaN|Infinity'') FROM odd.%I AS t', view) INTO answer;
    RETURN coalesce(answer, false);
END $$;
SELECT is_empty($$SELECT relname FROM pg_class
    WHERE relnamespace = 'odd'::regnamespace AND relkind = 'v' AND relname NOT IN ('definition', 'data_quality_quality')
      AND relname NOT IN (SELECT source FROM crm_source_fields()) AND pg_temp.shows_nonsense(relname)$$,
    'and no figure is NaN or infinite');
SELECT results_eq('SELECT crm_finite(n), crm_finite(n::double precision)
                   FROM unnest(''{1.5,NaN,Infinity,-Infinity,NULL}''::numeric[]) WITH ORDINALITY AS given (n, place)
                   ORDER BY place',
    'VALUES (1.5, 1.5::double precision), (NULL, NULL), (NULL, NULL), (NULL, NULL), (NULL, NULL)',
    'a number is what is finite');
SELECT results_eq('SELECT (SELECT count(*) FROM odd.staff_known), (SELECT count(*) FROM odd.idea_status),
                          (SELECT count(*) FROM odd.release_known),
                          (SELECT sum(submitted_count) FROM odd.idea_monthly)',
    'VALUES (3::bigint, 2::bigint, 3::bigint, 2::numeric)', 'a key is one');
-- Purchases that count as fewer than none are told where purchases are, whatever subjects there are.
SELECT crm_create_workspace('less', '{}');
INSERT INTO less.purchase (purchase_id, customer_id, purchased_at, amount, events) VALUES
    ('p1', 'ann', '2024-06-01', 5, 1), ('p2', 'ann', '2024-06-02', 5, -1), ('p3', 'bob', '2024-06-03', 5, -2);
SELECT results_eq($$SELECT severity, problem_count, example_key FROM less.data_quality
    WHERE check_name = 'negative_events'$$, $$VALUES ('error', 2::bigint, 'p2')$$, 'in a workspace of no subject too');
INSERT INTO less.customer (customer_id, customer_name, email, region, registered_at, potential) VALUES
    ('ann', 'Ann', ' ', 'north', '2024-01-01', 0.5), ('bob', '', NULL, 'south', NULL, NULL),
    ('cyd', 'Cyd', 'cyd@example.com', NULL, '2099-01-01', 0), ('dan', NULL, NULL, NULL, NULL, NULL);
SELECT results_eq('SELECT column_name, customer_count, filled_count, filled_share FROM less.data_completeness
                   ORDER BY column_order',
    $$SELECT name, 4::bigint, filled::bigint, filled / 4.0::double precision
      FROM (VALUES ('customer_id', 4), ('customer_name', 2), ('email', 1), ('phone', 0), ('region', 2),
                   ('industry', 0), ('registered_at', 2), ('potential', 2)) AS v (name, filled)$$,
    'data_completeness: blank is not filled');
-- Where a customer's amounts add up to more than an amount can be, it says which purchases to look at.
INSERT INTO less.purchase (purchase_id, customer_id, purchased_at, amount)
SELECT 'h' || n, 'huge', date '2024-06-01' + n, 9e14 FROM generate_series(1, 2) AS n;
INSERT INTO less.purchase (purchase_id, customer_id, purchased_at, amount) VALUES
    ('r1', 'bob', '2024-06-05', -1e13), ('r2', 'bob', '2024-06-06', 9999999999999.9999);
SELECT throws_ok('SELECT amount FROM less.customer_360', '22003', NULL, 'what no amount can be is an error');
SELECT results_eq($$SELECT severity, problem_count, example_key FROM less.data_quality
    WHERE check_name = 'huge_amount'$$, $$VALUES ('warning', 3::bigint, 'h1')$$, 'and is found');
SELECT * FROM finish();
ROLLBACK;
