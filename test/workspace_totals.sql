-- Who is a customer and when; what is preferred, gold and new; whose today it is.
BEGIN;
SELECT plan(32);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-30';

CREATE TABLE person (id integer, name text, since timestamptz);
CREATE TABLE sale (who integer, at date, amount numeric);
CREATE TABLE talk (who integer, at date, way text, reply boolean);
CREATE TABLE answer (who integer, at date, spot text, level text, score double precision);
INSERT INTO person VALUES (1, 'buyer', '2024-01-01'), (2, 'prospect', '2024-01-01'), (3, 'of tomorrow', '2024-07-01'),
    (4, 'buys before', '2024-07-01'),
                          (5, 'spoke before', '2024-07-01'), (6, 'rated before', '2024-07-01'),
                          (7, 'without a date', NULL), (8, 'buys tomorrow', '2024-07-01');
INSERT INTO sale VALUES (1, '2024-01-01', 10), (4, '2024-01-01', 10), (8, '2024-07-01', 10), (9, '2024-07-01', 10),
    (10, '2024-02-01', 10);
INSERT INTO talk VALUES (5, '2024-02-01', 'mail'), (11, '2024-02-01', 'mail'), (12, '2024-07-01', 'mail'),
    (10, '2024-02-02', 'mail');
INSERT INTO answer VALUES (6, '2024-02-01', 'shop', 'actual', 5), (13, '2024-02-01', 'shop', 'actual', 5),
    (14, '2024-07-01', 'shop', 'actual', 5),
                          (11, NULL, 'shop', 'actual', 5), (NULL, '2024-02-01', 'shop', 'industry', 5);
SELECT crm_create_workspace('who', '{
    "customer": {"from": "person", "customer_id": "id", "customer_name": "name", "registered_at": "since"},
    "purchase": {"from": "sale", "customer_id": "who", "purchased_at": "at", "amount": "amount"},
    "interaction": {"from": "talk", "customer_id": "who", "interacted_at": "at", "channel": "way",
                    "is_responded": "reply"},
    "rating": {"from": "answer", "customer_id": "who", "rated_at": "at", "touchpoint_id": "spot", "level": "level",
               "score": "score"}}');
SELECT results_eq('SELECT customer_id, customer_name, is_prospect FROM who.customer_360 ORDER BY 1',
                  $$VALUES (1, 'buyer', false), (2, 'prospect', true), (4, 'buys before', false),
                  (5, 'spoke before', true), (6, 'rated before', true),
                           (7, 'without a date', true), (10, NULL, false), (11, NULL, true), (13, NULL, true)$$,
                  'a customer is who is known by as_of, by whatever');
SELECT results_eq('SELECT customer_id FROM who.customer_360 WHERE customer_id IN (3, 13, 14)', ARRAY[13],
    'and asked for one by one');
SET LOCAL crm_ext.as_of = '2024-07-01';
SELECT is((SELECT count(*) FROM who.customer_360), 14::bigint, 'a day later all are there');

-- The preferred channel
SET LOCAL crm_ext.as_of = '2024-06-30';
TRUNCATE talk;
INSERT INTO talk SELECT 1, '2024-06-30', 'mail', n <= 30 FROM generate_series(1, 100) AS n;
INSERT INTO talk VALUES (1, '2024-06-30', 'letter', false);
INSERT INTO talk SELECT 2, '2024-06-30', 'mail', NULL FROM generate_series(1, 5);
INSERT INTO talk VALUES (2, '2024-06-30', 'a letter', NULL);
INSERT INTO talk SELECT 4, '2024-06-30', CASE WHEN n < 8 THEN 'phone' ELSE 'mail' END, n % 2 = 0 OR n > 7
FROM generate_series(1, 14) AS n;
SELECT crm_refit('who');
SELECT results_eq('SELECT customer_id, preferred_channel FROM who.customer_360 WHERE customer_id IN (1, 2, 4)
    ORDER BY 1',
                  $$VALUES (1, 'mail'), (2, 'mail'), (4, 'mail')$$,
                  'what gets answers, else what is used, and not a letter without answer');
SELECT is((SELECT response_share FROM who.fit ORDER BY as_of DESC LIMIT 1),
    (30 + 3 + 7) / (101 + 6 + 14)::double precision, 'the fit knows how many answer');
DELETE FROM who.fit;
SELECT is((SELECT preferred_channel FROM who.customer_360 WHERE customer_id = 1), 'mail', 'without a fit, too');

-- Gold goes by scores, whatever the map calls them
CREATE TABLE shop (who integer, at date, amount numeric);
INSERT INTO shop SELECT n, date '2024-06-20' - n % 10 * 12 - k * 10, n
FROM generate_series(1, 200) AS n, generate_series(0, n % 7) AS k;
SELECT crm_create_workspace('gold',
    '{"purchase": {"from": "shop", "customer_id": "who", "purchased_at": "at", "amount": "amount"}}');
SELECT crm_snapshot('gold', '2024-06-29'), crm_snapshot('gold', '2024-06-30');
CREATE TEMPORARY TABLE before AS SELECT customer_id, gold_count FROM gold.gold_customer;
SELECT isnt_empty('TABLE before', 'there is gold');
SELECT set_eq('SELECT customer_id FROM before', $$SELECT customer_id FROM gold.customer_snapshot WHERE class = 'A'
    AND segment IN ('champions', 'loyal')
                                                 GROUP BY customer_id HAVING count(*) = 2$$,
                                                 'champions and loyal, by default');
UPDATE gold.setting SET segment_map = replace(replace(segment_map, 'champions', 'Beste'), 'loyal', 'Treue');
DELETE FROM gold.customer_snapshot;
SELECT crm_snapshot('gold', '2024-06-29'), crm_snapshot('gold', '2024-06-30');
SELECT is((SELECT count(*) FROM gold.customer_snapshot WHERE segment = 'Beste') > 0, true, 'called otherwise');
SELECT set_eq('SELECT customer_id, gold_count FROM gold.gold_customer', 'TABLE before', 'it is gold all the same');
UPDATE gold.setting SET gold_r_score = 5, gold_f_score = 5;
SELECT cmp_ok((SELECT count(*) FROM gold.gold_customer), '<', (SELECT count(*) FROM before), 'and a setting');

-- Today is the workspace's
RESET crm_ext.as_of;
SET LOCAL TimeZone = 'UTC';
CREATE TABLE instant (who integer, at timestamptz, amount numeric);
INSERT INTO instant VALUES (1, now() - interval '1 hour', 5);
SELECT crm_create_workspace('island',
    '{"purchase": {"from": "instant", "customer_id": "who", "purchased_at": "at", "amount": "amount"}}',
    'Pacific/Kiritimati'),
       crm_create_workspace('samoa',
           '{"purchase": {"from": "instant", "customer_id": "who", "purchased_at": "at", "amount": "amount"}}',
           'Pacific/Pago_Pago');
SELECT isnt((SELECT as_of FROM island.scoring_basis), (SELECT as_of FROM samoa.scoring_basis),
    'it is another day on the other side of the date line');
SELECT results_eq($$SELECT w, amount, recency_days <= 1 FROM (SELECT 'island' AS w, amount, recency_days
    FROM island.customer_360
                                                              UNION ALL SELECT 'samoa', amount, recency_days
                                                              FROM samoa.customer_360) AS c ORDER BY 1$$,
                  $$VALUES ('island', 5.00, true), ('samoa', 5.00, true)$$, 'the order of an hour ago is there');
SELECT is((SELECT sum(problem_count) FROM island.data_quality WHERE check_name = 'future_date'), 0::numeric,
    'and is no future date');
CREATE FUNCTION pg_temp.days(workspace text) RETURNS TABLE (relation text, as_of date) LANGUAGE plpgsql AS $$
BEGIN
    FOR relation IN SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        AND a.attname = 'as_of'
                    WHERE c.relnamespace = workspace::regnamespace AND c.relkind = 'v' LOOP
        RETURN QUERY EXECUTE format('SELECT DISTINCT %L, as_of FROM %I.%I', relation, workspace, relation);
    END LOOP;
END $$;
SELECT is((SELECT array_agg(DISTINCT as_of) FROM pg_temp.days('island')),
    ARRAY[(now() AT TIME ZONE 'Pacific/Kiritimati')::date], 'every view says the workspace''s day');
SELECT is((SELECT array_agg(DISTINCT as_of) FROM pg_temp.days('samoa')),
    ARRAY[(now() AT TIME ZONE 'Pacific/Pago_Pago')::date], 'here as well');
SELECT is_empty($$SELECT relname FROM pg_class
                  WHERE relnamespace = 'island'::regnamespace AND relkind = 'v'
                    AND relname NOT IN ('purchase', 'definition')
                    AND pg_get_viewdef(oid) ~* 'crm_as_of\(\)|current_date|current_timestamp|\mnow\('$$,
                'no view reads another clock');
SELECT crm_refit('island'), crm_snapshot('island');
SELECT is((SELECT array_agg(DISTINCT as_of) FROM (SELECT as_of FROM island.fit UNION ALL SELECT as_of
    FROM island.customer_snapshot) AS d),
          ARRAY[(now() AT TIME ZONE 'Pacific/Kiritimati')::date], 'and fits and snapshots are of it');

-- A workspace made before its data
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT crm_create_workspace('early');
SELECT is((SELECT count(*) FROM early.fit), 0::bigint, 'an empty fit is no fit');
INSERT INTO early.purchase (customer_id, purchased_at, amount) SELECT who::text, at, amount FROM shop;
SELECT crm_snapshot('early');
SELECT is((SELECT count(*) FROM early.customer_snapshot WHERE segment IS NULL), 0::bigint,
    'the first snapshot with data fits');
DELETE FROM early.purchase;
SELECT crm_refit('early', '2024-07-01');
SELECT is((SELECT array_agg(as_of) FROM early.fit), ARRAY['2024-06-30'::date], 'and nobody does not override it');

-- Refunds on all days that there are
SET LOCAL crm_ext.as_of = '2024-12-31';
CREATE TABLE returned (who integer, at date, amount numeric);
INSERT INTO returned VALUES (1, '2024-03-05', -10), (2, '2024-03-05', -1), (2, '2024-05-05', 3);
SELECT crm_create_workspace('back',
    '{"purchase": {"from": "returned", "customer_id": "who", "purchased_at": "at", "amount": "amount"}}');
SELECT results_eq('SELECT customer_id, month_on, cohort_on, is_active FROM back.customer_month ORDER BY 1, 2',
                  $$VALUES (1, '2024-03-01'::date, NULL::date, false), (2, '2024-03-01', '2024-05-01', false),
                  (2, '2024-05-01', '2024-05-01', true)$$, 'months of refunds');
SELECT is((SELECT min(month_on) FROM back.calendar_month), '2024-03-01'::date, 'the calendar begins with a refund');
SELECT results_eq('SELECT customer_id, amount, class FROM back.customer_abc ORDER BY 1', $$VALUES (1, -10.00, 'N'),
    (2, 2.00, 'A')$$, 'class N');
SELECT results_eq('SELECT customer_id, frequency, p_alive, clv, tenure_days FROM back.customer_clv
    WHERE customer_id = 1',
                  $$VALUES (1, NULL::integer, NULL::double precision, NULL::numeric, NULL::integer)$$, 'in no model');
SELECT results_eq('SELECT customer_id, stage, stage_reason, expected_gap_days FROM back.customer_lifecycle
    WHERE customer_id = 1',
                  $$VALUES (1, NULL::text, NULL::text, NULL::double precision)$$, 'in no stage');
SELECT lives_ok($$SELECT crm_snapshot('back')$$, 'a snapshot takes them');
SELECT results_eq('SELECT customer_id, class, segment FROM back.customer_snapshot ORDER BY 1', $$VALUES (1, 'N', NULL),
    (2, 'A', 'new')$$, 'as they are');

-- What is wrong is told when a workspace is made
CREATE TABLE odd (id text, who integer, at date, amount numeric, money text);
INSERT INTO odd VALUES ('1', 1, '2203-01-01', 3, 'EUR'), ('1', 1, '2024-01-01', 3, 'EUR'),
    ('2', 1, '2024-02-01', 3, 'USD'), ('3', NULL, '2024-03-01', 3, 'EUR'), ('4', 2, '2024-04-01', -3, 'EUR');
CREATE TABLE recommended (who integer, at date, score double precision);
INSERT INTO recommended SELECT n, '2024-01-01', 1 + n % 5 FROM generate_series(1, 20) AS n;
SELECT crm_create_workspace('told', '{
    "purchase": {"from": "odd", "purchase_id": "id", "customer_id": "who", "purchased_at": "at", "amount": "amount",
                 "currency": "money"},
    "rating": {"from": "recommended", "customer_id": "who", "rated_at": "at", "touchpoint_id": "''all''",
               "level": "''recommend''", "score": "score"}}');
SELECT results_eq($$SELECT source, check_name, severity, problem_count FROM told.data_quality WHERE problem_count > 0
    AND severity <> 'info' ORDER BY 1, 2$$,
                  $$VALUES ('purchase', 'duplicate_id', 'error', 1::bigint), ('purchase', 'future_date', 'warning', 1),
                  ('purchase', 'missing_customer', 'warning', 1),
                           ('purchase', 'mixed_currency', 'error', 1), ('rating', 'recommend_scale', 'warning', 20)$$,
                           'currencies, ids, dates, another scale');
INSERT INTO recommended VALUES (99, '2024-01-01', 10);
SELECT is((SELECT problem_count FROM told.data_quality WHERE check_name = 'recommend_scale'), 0::bigint,
    'an answer of 10 shows the scale');
SELECT is((SELECT reconciled FROM (SELECT bool_and(difference = 0) AS reconciled FROM told.reconciliation) AS r), true,
    'totals reconcile with what is left out');
SELECT is((SELECT left_out_total FROM told.reconciliation WHERE view_name = 'purchase' AND column_name = 'amount'),
    -6::numeric, 'which is told');

SELECT * FROM finish();
ROLLBACK;
