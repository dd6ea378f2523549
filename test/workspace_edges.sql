-- What is out of range or out of place is an error that says where.
BEGIN;
SELECT plan(124);
SET LOCAL client_min_messages = error;

CREATE TABLE sale (id integer, cust text, day date, total numeric, note text);
INSERT INTO sale SELECT n, 'c' || n % 40, date '2024-01-01' + n, n FROM generate_series(1, 300) AS n;
\set sources '{"purchase": {"from": "sale", "customer_id": "cust", "purchased_at": "day", "amount": "total"}}'
SELECT crm_create_workspace('w', :'sources');

-- Days
SELECT throws_ok(format('SELECT %s(''w'', %L)', call, day), '22023', format('as_of cannot be %s', day::date),
    call || ' from ' || day)
FROM unnest('{crm_refit,crm_snapshot}'::text[]) AS call,
    unnest('{4713-01-01 BC,0001-12-31 BC,10000-01-01,infinity,-infinity}'::text[]) AS day;
SELECT is((SELECT count(*) FROM w.fit), 1::bigint, 'and nothing is stored for it');
SELECT lives_ok($$SELECT crm_refit('w', '0001-01-01'), crm_refit('w', '9999-12-31')$$, 'the first and the last day');
SELECT throws_ok(format('SET crm_ext.as_of = %L', day), '22023', NULL, format('as_of "%s"', day))
FROM unnest(ARRAY[' 2024-01-02', '+024-01-02', '2024-01-02 ', '2024-1-2', '24-01-02', '2024-+1-02', '2024-01- 2',
    '02024-01-02', '0000-01-01',
                  '2024-02-30', '2024-13-01', '2024-01-02x', '2024-01-02 BC', 'today', E'2024-01-02\n']) AS day;
SELECT lives_ok(format('SET crm_ext.as_of = %L', day), format('as_of "%s"', day))
FROM unnest('{2024-01-02,0001-01-01,9999-12-31}'::text[]) AS day;
RESET crm_ext.as_of;

-- A zone whose hours are counted westward is no zone to be meant.
SELECT throws_ok(format('SELECT crm_create_workspace(%L, time_zone => %L)', 'z', zone), '22023',
    format('time_zone cannot be "%s"', zone))
FROM unnest('{UTC+8,+08,<+08>-08:30," UTC+8",CET-1CEST}'::text[]) AS zone;
-- Nor is an abbreviation, unless it is a name as well.
SELECT throws_ok(format('SELECT crm_create_workspace(%L, time_zone => %L)', 'z', zone), '22023',
    format('time_zone cannot be "%s"', zone))
FROM unnest('{PST,cest,Z}'::text[]) AS zone;
SELECT lives_ok(format('SELECT crm_check_settings(%L, ''refresh'', 1, ''public'')', zone), 'time zone ' || zone)
FROM unnest('{utc,gmt}'::text[]) AS zone;

-- A path in which nothing is looked up
SELECT throws_ok(call, '22023', 'search_path cannot be NULL', call)
FROM unnest(ARRAY[$$SELECT crm_create_workspace('z', search_path => NULL)$$,
                  $$SELECT crm_change_sources('w', search_path => NULL)$$]) AS call;

-- Expressions
CREATE FUNCTION pg_temp.source(field text, expression text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT crm_create_workspace(''v'', %L)', jsonb_build_object('purchase',
        '{"from": "sale", "customer_id": "cust", "purchased_at": "day"}'::jsonb
        || jsonb_build_object(field, expression)))
$$;
SELECT throws_like(pg_temp.source(field, expression), format('source "purchase", field "%s": %%', field),
    format('%s: %s', field, expression))
FROM (VALUES ('amount', 'row_number() OVER ()'), ('amount', 'sum(total)'), ('amount', 'length(sale::text)'),
    ('customer_id', 'sale'),
             ('where', 'total > (SELECT avg(total) FROM sale)'), ('amount', 'generate_series(1, 2)'),
             ('purchase_id', 'max(id)'),
             ('currency', 'first_value(note) OVER ()'), ('amount', 'random()'), ('where', 'now() > day'),
             ('amount', 'total +'),
             ('amount', 'ctid'), ('amount', 'note::json'), ('where', 'total'),
             -- Right only between two parentheses
             ('amount', 'total) + (id'), ('where', 'id = 1) OR (id = 2'),
             ('currency', 'cust) || (note')) AS t (field, expression);
SELECT throws_like(pg_temp.source(field, expression), format('source "purchase"%s: %s', wrong, message),
                   'in a row: ' || expression)
FROM (VALUES ('amount', 'cust', ', field "amount"', 'invalid input syntax for type numeric: "c%'),
             ('amount', '1 / (id - 7)', ', field "amount"', 'division by zero'),
             ('where', '1 / (id - 7) > 0', ', field "where"', 'division by zero'),
             ('events', '3000000000', ', field "events"', 'integer out of range'),
             ('currency', 'substr(cust, 1, 5 - id)', ', field "currency"', 'negative substring length not allowed'),
             ('amount', '''NaN''::numeric', '', 'amount cannot be NaN'), ('amount', '1e300', '', 'amount 1000%'),
             ('purchased_at', '''infinity''::date', '', 'day of an event cannot be infinity'))
    AS t (field, expression, wrong, message);
SELECT throws_like($$SELECT crm_create_workspace('v', '{"rating": {"from": "sale", "customer_id": "cust",
    "touchpoint_id": "cust", "level": "''actual''", "score": "cust", "rated_at": "day"}}')$$,
    'source "rating", field "score": invalid input syntax for type double precision: "c%',
    'of a source without a ledger too');
SAVEPOINT refreshed;
SELECT crm_create_workspace('v', replace(:'sources', '"total"', '"coalesce(note, ''1'')"')::jsonb,
                            maintain => 'refresh');
UPDATE sale SET note = 'n/a' WHERE id = 9;
SELECT throws_ok($$SELECT crm_refresh('v')$$, '22P02',
    'source "purchase", field "amount": invalid input syntax for type numeric: "n/a"', 'in a row that came later');
ROLLBACK TO refreshed;
-- Nor is a literal that cannot be what it has to be an error without a place.
SELECT throws_ok(pg_temp.source('amount', 'total * ''1,19'''), '22P02',
    'source "purchase", field "amount": invalid input syntax for type numeric: "1,19"', 'a number of another country');
SELECT throws_ok(pg_temp.source('where', 'day >= ''2024-13-01'''), '22008',
    'source "purchase", field "where": date/time field value out of range: "2024-13-01"', 'a thirteenth month');
SELECT throws_ok(pg_temp.source('amount', '1/0'), '22012',
    'source "purchase", field "amount": division by zero', 'what no row can have');
SELECT throws_ok(replace(pg_temp.source('from', name), '''v''', '''v_from'''), '42P01',
    format('source "purchase": relation "%s" does not exist', name), 'no relation: ' || name)
FROM unnest(ARRAY['', 'sale s', '(SELECT * FROM sale) AS s', 'a.b.c.d', 'other.public.sale', 'nowhere.sale']) AS name;
CREATE FUNCTION pg_temp.hint(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text;
BEGIN
    EXECUTE call;
    RETURN NULL;
EXCEPTION WHEN datatype_mismatch THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN substring(hint FROM '"(.*)"');
END $$;
SAVEPOINT followed;
UPDATE sale SET note = day;
SELECT lives_ok(replace(pg_temp.source('purchased_at', pg_temp.hint(pg_temp.source('purchased_at', expression))),
                        '''v''', format('%L', 'v_' || expression)),
                'a hint that is followed makes a date of ' || expression)
FROM unnest('{note,id,day - day}'::text[]) AS expression;
SELECT is_empty('SELECT purchased_on FROM v_note.purchase EXCEPT SELECT day FROM sale', 'the right one, of text');
ROLLBACK TO followed;
CREATE TEMPORARY TABLE sale (cust text, day date);
SELECT throws_ok($$SELECT crm_create_workspace('v',
    '{"purchase": {"from": "sale", "customer_id": "cust", "purchased_at": "day"}}')$$, '42809',
                 'source "purchase": sale is a temporary table', 'a temporary table');
SELECT throws_ok($$SELECT crm_create_workspace('v',
    '{"purchase": {"from": "public.sale", "customer_id": "cust", "purchased_at": "day"}}')$$, '42P07',
                 'source "purchase": a temporary table has the name pg_temp.sale', 'one that hides a source');
DROP TABLE pg_temp.sale;

-- What some view would fail for is refused where it is set
SELECT throws_ok('UPDATE w.setting SET ' || assignment, '23514', NULL, 'setting: ' || assignment)
FROM unnest(ARRAY['new_days = -1', 'window_days = 0', 'window_days = 2147483647', 'rating_days = 2147483647',
                  'declining_at = 0', 'declining_at = 5', $$departed_at = 'NaN'$$, $$departed_at = 'Infinity'$$,
                  'shrinking_below = -1', 'growing_above = 0.5', $$growing_above = 'NaN'$$, 'prior_weight = -1',
                  $$prior_weight = 'Infinity'$$, 'annual_discount = -1', $$annual_discount = 'NaN'$$,
                  $$half_life_days = 'Infinity'$$, $$potential_cut = 'NaN'$$,
                  'scale_low = -1e308', 'scale_high = 1e308']) AS assignment;
SELECT lives_ok($$UPDATE w.setting SET new_days = 0, prior_weight = 0, annual_discount = 0, rating_days = 36525,
                                     departed_at = declining_at, growing_above = shrinking_below$$,
                'setting: the ends');
UPDATE w.setting SET new_days = DEFAULT, prior_weight = DEFAULT, annual_discount = DEFAULT, rating_days = DEFAULT,
                     departed_at = DEFAULT, growing_above = DEFAULT;
SELECT throws_ok($$UPDATE w.setting SET segment_map = '5 * * best; 6 * * lost'$$, '22P02',
    'invalid segment map, line or rule 2', 'setting: a map');
SELECT throws_ok($$UPDATE w.setting SET abc_cuts = '{0.9,0.2}'$$, '22023',
    'cuts must be in ascending order between 0 and 1, but element 2 is 0.2', 'setting: cuts');
SELECT lives_ok('UPDATE w.setting SET abc_cuts = NULL', 'setting: cuts of the curve');
UPDATE w.setting SET abc_cuts = DEFAULT;

-- A notification has at most 8,000 bytes
UPDATE w.setting SET segment_map = (SELECT string_agg(format('%s-%s 1-5 1-5 %s', r, r,
    repeat(CASE r WHEN 5 THEN U&'\+01F600' ELSE 'x' END, 9000) || r), E'\n')
                                    FROM generate_series(1, 5) AS r);
SELECT crm_refit('w', '2024-06-30');
SELECT lives_ok($$SELECT crm_snapshot('w', '2024-06-30'), crm_snapshot('w', '2024-12-31')$$,
    'names of segments of 9,000 characters');
SELECT is((SELECT max(length(new_value)) FROM w.customer_move WHERE kind = 'segment'), 9001, 'which are kept whole');

-- Where to log
CREATE TABLE account (id integer, segment text);
CREATE FUNCTION pg_temp.log_to(arguments text, timing text DEFAULT 'AFTER UPDATE') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER moved %s ON account FOR EACH ROW EXECUTE FUNCTION crm_move_trigger(%s)', timing,
        arguments);
    UPDATE account SET segment = 'x';
END $$;
INSERT INTO account VALUES (1, 'a');
SELECT throws_ok($$SELECT pg_temp.log_to('''otherdb.mv.log'', ''id'', ''segment''')$$, '0A000',
    'cross-database references are not implemented: "otherdb.mv.log"',
                 'a log in another database');
SELECT throws_ok($$SELECT pg_temp.log_to('''mv.log'', ''id'', ''segment''')$$, '3F000', NULL,
    'in a schema that there is not');
SELECT throws_ok($$SELECT pg_temp.log_to('''a log'', ''id'', ''segment''')$$, '42602', NULL, 'no name');
SELECT throws_ok($$SELECT pg_temp.log_to('''account'', ''id''')$$, '39P01', NULL, 'nothing to watch');
SELECT throws_ok($$SELECT pg_temp.log_to('''account'', ''id'', ''segment''', 'BEFORE UPDATE')$$, '39P01', NULL,
    'before a statement');
SELECT throws_ok($$SELECT pg_temp.log_to('''account'', ''id'', ''absent''')$$, '42703', NULL,
    'a column that there is not');
SELECT throws_ok('SELECT crm_move_trigger()', '0A000', NULL, 'without a trigger');
SELECT is_empty($$SELECT FROM pg_proc WHERE proname IN ('crm_trigger_seal', 'crm_activity_trigger',
    'crm_queue_trigger')$$, 'there are no seals');

-- Mistakes in what a workspace is made of: the error undoes them.
CREATE FUNCTION pg_temp.error_of(function regprocedure, old text, new text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE replace(pg_get_functiondef(function), old, new);
    PERFORM crm_create_workspace('broken', '{}', subjects => '{campaign}');
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN format('%s: %s: %s', SQLSTATE, SQLERRM, detail);
END $$;
SELECT is(pg_temp.error_of('crm_checks()', 'FROM touch WHERE customer_id IS NULL', 'FROM touch WHERE buyer IS NULL'),
    '42703: column "buyer" does not exist: '
    'In the statement at src/workspace/campaign/checks.sql, check missing_customer of touch.',
    'a check that cannot run is named');
SELECT matches(pg_temp.error_of('crm_workspace_script()', 'SELECT summary.segment,', 'SELECT summary.part,'),
    '^42703: column .*: In the statement at src/workspace/segment/\w+[.]sql:[1-9]\d*[.]$',
    'and the line of a statement');

-- Literals are read once, whatever session makes views again: in the time zone of the workspace, the year first.
CREATE TABLE walk_in (who text, at timestamptz);
INSERT INTO walk_in VALUES ('x', '2024-02-15 12:00+00');
SET LOCAL "TimeZone" = 'Asia/Tokyo';
SELECT crm_create_workspace('walk', '{"visit": {"from": "walk_in", "customer_id": "who", "arrived_at": "at",
    "where": "at < ''2024-02-15 15:00'' AND at > coalesce((SELECT ''2024-01-01''::date), ''2024-01-01'')"}}');
SET LOCAL "TimeZone" = 'America/New_York';
SELECT crm_add_subject('walk', 'profile');
SELECT is((SELECT count(*) FROM walk.visit), 1::bigint, 'in another time zone');
SET LOCAL "DateStyle" = 'SQL, DMY';
SET LOCAL "TimeZone" = 'UTC';
SELECT throws_ok($$SELECT crm_create_workspace('v_where', '{"visit": {"from": "walk_in", "customer_id": "who",
    "arrived_at": "at", "where": "at < ''15/02/2024''"}}')$$, '22008',
    'source "visit", field "where": date/time field value out of range: "15/02/2024"', 'and in no other order');
INSERT INTO walk.purchase (customer_id, purchased_at, amount) VALUES ('a', '2024-02-15', 1), ('b', '2024-04-05', 2);
SELECT crm_set_target('walk', 'late', 'last_purchase_on >= ''01/04/2024''');
SET LOCAL "DateStyle" = 'ISO, MDY';
ALTER VIEW walk.target_member SET (security_barrier);
SELECT crm_set_target('walk', 'other', 'purchase_count > 5');
SELECT ok(reloptions @> '{security_barrier=true}', 'options of views of targets stay')
FROM pg_class WHERE oid = 'walk.target_member'::regclass;
SELECT is((SELECT string_agg(customer_id, ',') FROM walk.target_member WHERE target_name = 'late'), 'b',
    'and of a target when it was set');
-- And a type is that which was meant, though a workspace has a table of its name.
CREATE TYPE public.setting AS ENUM ('sold', 'lost');
CREATE TABLE stated (who text, at date, state public.setting);
SELECT crm_create_workspace('stated_shop', '{"purchase": {"from": "stated", "customer_id": "who", "purchased_at": "at",
    "where": "state = ''sold''"}}');
SELECT lives_ok($$SELECT crm_upgrade_workspace('stated_shop')$$, 'an upgrade means the same type');
SELECT * FROM finish();
ROLLBACK;
