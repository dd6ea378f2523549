-- Does every query of doc/mission.md run, and is every row of the mission there?
\set mission `cat doc/mission.md`
BEGIN;
SELECT plan(9);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-06-30';

CREATE TEMPORARY TABLE mission AS
SELECT part[1]::integer AS row_number, part[2] AS what, part[3] AS answered_by, part[4] AS query
FROM regexp_split_to_table(:'mission', '\n') AS line,
     LATERAL regexp_match(line, '^\| (\d+) \| (.*?) \| (.*?) \| (.*) \|$') AS part
WHERE part IS NOT NULL;
SELECT is((SELECT count(*) FROM mission), 120::bigint, '120 rows');
SELECT is_empty('SELECT n FROM generate_series(1, 120) AS n EXCEPT SELECT row_number FROM mission',
    'numbered 1 to 120');
SELECT is_empty($$SELECT row_number FROM mission WHERE query !~ '^`SELECT .*`$' AND (query <> '-' OR what !~ '✘')$$,
    'with a query, or a reason why there is none');

SELECT crm_create_workspace('crm', subjects => ARRAY(SELECT subject FROM crm_subjects()));
INSERT INTO crm.customer (customer_id, email, region, registered_at, birth_on) VALUES ('ann', 'ann@example.com',
    'north', '2024-01-01', '1990-05-05'), ('bob', NULL, 'south', '2024-01-02', NULL);
INSERT INTO crm.purchase (customer_id, purchased_at, amount, product_id, quantity, cost_amount, sales_channel) VALUES
    ('ann', '2024-02-01', 100, 'phone', 1, 60, 'web'), ('ann', '2024-05-01', 20, 'case', 1, 5, 'web'),
        ('bob', '2024-03-01', 100, 'phone', 1, 60, 'shop'), ('bob', '2024-03-09', -100, 'phone', -1, -60, 'shop');
INSERT INTO crm.rating (customer_id, touchpoint_id, level, score, rated_at)
    VALUES ('ann', 'shop', 'expected', 6, '2024-05-02'), ('ann', 'shop', 'actual', 9, '2024-05-02'),
    ('ann', NULL, 'recommend', 10, '2024-05-02');
INSERT INTO crm.product VALUES ('phone', 'Phone', 'phones', NULL), ('case', 'Case', 'accessories', NULL);
INSERT INTO crm.plan_line (kind, period_start, product_id, quantity, price)
    VALUES ('sales', '2024-02-01', 'phone', 2, 90);
SELECT crm_refit('crm'), crm_snapshot('crm');
SELECT crm_set_target('crm', 'north', 'region = ''north''');

CREATE FUNCTION pg_temp.failing() RETURNS TABLE (row_number integer, error text) LANGUAGE plpgsql AS $$
DECLARE
    query text;
BEGIN
    FOR row_number, query IN SELECT m.row_number, btrim(m.query, '`') FROM mission AS m WHERE m.query <> '-'
    ORDER BY 1 LOOP
        BEGIN
            EXECUTE format('SELECT count(*) FROM (%s) AS answer WHERE answer::text IS NOT NULL', query);
        EXCEPTION WHEN OTHERS THEN
            error := SQLERRM;
            RETURN NEXT;
        END;
    END LOOP;
END $$;
SELECT is_empty('SELECT * FROM pg_temp.failing()', 'every query runs');
-- What answers a row, by the names that are written there, is there.
SELECT is_empty($$SELECT m.row_number, name FROM mission AS m,
    regexp_matches(m.answered_by, '\mcrm_[a-z_]+\M', 'g') AS found (name)
                  WHERE name[1] NOT IN (SELECT proname FROM pg_proc) AND name[1] <> 'crm_ext'$$,
                  'functions named are there');
SELECT is_empty($$SELECT m.row_number, name FROM mission AS m,
    regexp_matches(m.query, '\mcrm\.([a-z_0-9]+)', 'g') AS found (name)
                  WHERE to_regclass('crm.' || name[1]) IS NULL$$, 'and relations');
SELECT is_empty($$SELECT m.row_number, name[1] FROM mission AS m,
    regexp_matches(m.answered_by, '\m[a-z]+(?:_[a-z0-9]+)+\M', 'g') AS found (name)
                  WHERE to_regclass('crm.' || name[1]) IS NULL AND name[1] NOT IN (SELECT proname FROM pg_proc)
                      AND name[1] <> 'crm_ext'
                    AND name[1] NOT IN (SELECT attname FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class
                        WHERE relnamespace = 'crm'::regnamespace))
                    AND name[1] NOT IN ('pg_trgm', 'security_invoker')$$, 'and all else that is named');
SELECT is((SELECT plan_quantity FROM crm.plan_variance_total), 2::numeric, 'a plan');
SELECT is((SELECT value FROM crm.report_sales WHERE measure = 'refunds' AND month_on = '2024-03-01'),
    -100::double precision, 'a refund lowers money');
SELECT * FROM finish();
ROLLBACK;
