-- Lifetime value under strain: error codes, text and binary, the same bits in any plan,
-- statements that are stopped.
BEGIN;
SELECT plan(161);

\ir lib/clv.sql

-- Error codes
SELECT throws_ok(format('SELECT %s FROM stated', call), code, NULL, format('%s: %s', call, code))
FROM (VALUES
    ($$crm_p_alive(bgnbd, a, 'infinity')$$, '22023'), ($$crm_p_alive(bgnbd, a, '2023-01-01', '2022-12-31')$$, '22023'),
    ($$crm_p_alive(bgbb, a, '2023-01-01')$$, '22023'), ($$crm_p_alive(sbg, a, '2023-01-01')$$, '22023'),
    ($$crm_expected_purchases(bgnbd, a, '2023-01-01', -1)$$, '22023'), ($$crm_expected_value(bgnbd, a, '2023-01-01')$$,
        '22023'),
    ($$crm_clv(bgnbd, a, '2023-01-01', 365)$$, '22023'), ($$crm_clv(spend, a, '2023-01-01', -1)$$, '22023'),
    ($$crm_clv(spend, a, '2023-01-01', 365, -0.1)$$, '22023'), ($$crm_clv(spend, a, '2023-01-01', 365, 'NaN')$$,
        '22023'),
    ($$crm_clv_interval(spend, a, '2023-01-01', 365, 0.1, 1)$$, '22023'), ($$crm_new_customer_purchases(bgnbd, -1)$$,
        '22023'),
    ($$crm_new_customer_purchases(bgbb, 1)$$, '22023'), ($$crm_new_customer_purchases_summary(bgbb, 1.5)$$, '22023'),
    ($$crm_new_customer_purchases_summary(bgnbd, 'NaN')$$, '22023'), ($$crm_purchase_probability(bgnbd, -1, 10)$$,
        '22023'),
    ($$crm_p_alive_summary(bgnbd, 1, 30, 20)$$, '22023'), ($$crm_p_alive_summary(bgnbd, 0.5, 3, 20)$$, '22023'),
    ($$crm_p_alive_summary(bgnbd, 0, 3, 20)$$, '22023'), ($$crm_p_alive_summary(bgnbd, 1, 'NaN', 20)$$, '22023'),
    ($$crm_p_alive_summary(bgbb, 3, 2, 6)$$, '22023'), ($$crm_p_alive_summary(sbg, 0, 0, 6)$$, '22023'),
    ($$crm_p_alive_summary(bgnbd, 1, 3, 20, 19)$$, '22023'), ($$crm_p_alive_summary(bgnbd, 1, 3, 20, 'NaN')$$, '22023'),
    ($$crm_p_alive_summary(bgbb, 1, 3, 6, 6.5)$$, '22023'),
        ($$crm_clv_interval_summary(spend, 1, 3, 20, 10, 52, 0.1, 0)$$, '22023'),
    ($$crm_clv_interval_summary(bgnbd, 1, 3, 20, 10, 52)$$, '22023'),
        ($$crm_clv_summary(spend, 1, 3, 20, 'Infinity', 52)$$, '22023'), ($$crm_sbg_survival(bgnbd, 1)$$, '22023'),
    ($$crm_sbg_survival(sbg, -1)$$, '22023'), ($$crm_sbg_retention(sbg, 0)$$, '22023'),
        ($$crm_sbg_renewals(sbg, 1, 1, -1)$$, '22023'),
    ($$crm_log_likelihood(bgnbd, 'x')$$, '22023'), ($$crm_simulate_purchases(sbg, 1, '2000-01-01', 1, 1)$$, '22023'),
    ($$crm_simulate_purchases(bgbb, 1, '2000-01-01', 1, 1)$$, '22023'),
        ($$crm_simulate_purchases(bgnbd, -1, '2000-01-01', 1, 1)$$, '22023'),
    ($$crm_clv_fit(a, 'infinity')$$, '22023'), ($$crm_clv_fit(a, NULL)$$, '22004'),
        ($$crm_clv_fit(a, '2023-01-01', NULL)$$, '22004'),
    ($$crm_clv_fit(a, '2023-01-01', 'bg/bb')$$, '22023'), ($$crm_clv_fit_summary(1, 2, 3, 'NaN')$$, '22023'),
    ($$crm_clv_fit_summary(1, 2, 3, 4, 'bg/nbd', 0)$$, '22023'), ($$crm_bgbb_fit(3, 2, 6)$$, '22023'),
        ($$crm_bgbb_fit(1, 1, 6, 0.5)$$, '22023'),
    ($$crm_sbg_fit(0, true)$$, '22023'), ($$crm_sbg_fit(-1, false)$$, '22023')) AS v (call, code);
-- Those of the checks against what happened name the argument, whether or not
-- there is a customer.
SELECT throws_ok(format('SELECT * FROM stated, %s', replace(call, '$', customers)), '22023', message,
    format('%s: %s', replace(call, '$', customers), message))
FROM (VALUES
    ($$crm_clv_tracking(bgnbd, $, '2023-01-01', 0)$$, 'step_days cannot be 0'),
    ($$crm_clv_tracking(bgnbd, $, 'infinity')$$, 'until cannot be infinite'),
    ($$crm_clv_frequency_check(bgnbd, $, '2023-01-01', -1)$$, 'up_to cannot be -1'),
    ($$crm_clv_frequency_check(bgnbd, $, '-infinity')$$, 'as_of cannot be infinite'),
    ($$crm_clv_holdout(bgnbd, $, '2022-01-10', '2022-01-09')$$, 'until must not be before as_of'),
    ($$crm_clv_holdout(bgnbd, $, '2022-01-10', 'infinity')$$, 'until cannot be infinite'),
    ($$crm_clv_holdout(bgnbd, $, '2022-01-10', '2022-01-11', -5)$$, 'up_to cannot be -5')) AS v (call, message),
    unnest(ARRAY['ARRAY[a]', '''{}''']) AS customers;
SELECT throws_ok('SELECT * FROM stated, ' || call, '22023', message, format('%s: %s', call, message))
FROM (VALUES
    ($$crm_p_alive(bgnbd, a, '2023-01-01', 'infinity')$$, 'at cannot be infinity here'),
    ($$crm_p_alive_if_silent(bgnbd, a, '2023-01-01', '-infinity')$$, 'at cannot be -infinity here'),
    ($$crm_simulate_purchases(bgnbd, 1, 'infinity', 10, 1)$$, 'first_day cannot be infinity here'))
    AS v (call, message);
SELECT is_empty(format('SELECT c.* FROM stated, %s AS c', call), call || ': no rows') FROM unnest(ARRAY[
    $$crm_clv_tracking(bgnbd, ARRAY[a], NULL)$$, $$crm_clv_tracking(bgnbd, ARRAY[NULL]::crm_activity[], '2023-01-01')$$,
    $$crm_clv_frequency_check(NULL, ARRAY[a], '2023-01-01')$$, $$crm_clv_holdout(bgnbd, ARRAY[NULL]::crm_activity[],
        '2022-01-10', '2022-02-10')$$,
    $$crm_clv_holdout(bgnbd, ARRAY[a], '2022-01-10', '2022-02-10', NULL)$$]) AS call;
SELECT results_eq($$SELECT day, actual, actual_cumulative FROM stated,
    crm_clv_tracking(bgnbd, ARRAY[a, NULL, '{2022-01-10:1:5,2022-01-13:1:5}'], '2022-02-10', 10)$$,
                  $$VALUES (date '2022-01-12', 0::bigint, 0::bigint), ('2022-01-22', 1, 1), ('2022-02-01', 0, 1)$$,
                  'tracking counts step by step');
SELECT pg_temp.close_to(expected_cumulative,
    crm_new_customer_purchases(bgnbd, 29) + crm_new_customer_purchases(bgnbd, 22), 1e-14, 'and expects by age')
FROM stated, crm_clv_tracking(bgnbd, ARRAY[a, NULL, '{2022-01-10:1:5}'], '2022-02-01', 30);
SELECT results_eq($$SELECT frequency, actual FROM stated, crm_clv_frequency_check(bgnbd,
    ARRAY[a, NULL, '{2022-01-10:1:5}', a], '2022-03-01', 2)$$,
                  'VALUES (0, 1::bigint), (1, 2), (2, 0)', 'frequency check counts customers');
SELECT throws_ok($$SELECT crm_clv_fit(a, day) FROM stated, (VALUES (date '2023-01-01'), ('2023-01-02')) AS d (day)$$,
    '22023',
                 'model, as_of and unit_days of a fit must be the same in every row');
SELECT ok(crm_clv(heavy, a, '2023-01-01', 365) > 0
    AND crm_clv(heavy, '{2022-01-03:1:10}', '2023-01-01', 365) IS NULL AND
          crm_expected_value(heavy, '{2022-01-03:1:10}', '2023-01-01') IS NULL,
          'a law without a mean has no expected value: NULL') FROM stated;
SELECT ok(crm_log_likelihood(spend) IS NULL AND crm_bic(spend, 'spend') IS NULL
    AND crm_clv_interval(spend, a, '2023-01-01', 365) IS NULL,
          'a model that was not fitted here has no likelihood and no interval') FROM stated;
SELECT ok(crm_clv(spend, '{2022-01-03:1:10,2022-02-03:0:-50,2022-03-03:1:20}', '2023-01-01', 365) > 0,
          'more refunds than purchases: a value of 0 counts') FROM stated;

-- Text and binary
SELECT throws_ok(format('SELECT %L::crm_clv_model', text), '22P02', NULL, text)
FROM unnest(ARRAY['', '[]', '{}', '1', '{"model": "x"}', '{"model": "sbg"}', '{"model": "sbg", "purchase": 1}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1}}}',
        '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 0}}}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": "2"}}}',
        '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 1e999}}}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2, "c": 3}}}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}, "covariance": [[1, 2]]}}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}, "covariance": [[-1, 0], [0, 1]]}}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}, "boundary": ["x"]}}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}, "boundary": "no churn"}}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}}, "as_of": "tomorrow"}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}}, "as_of": "2022-13-01"}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}}, "unit_days": -1}',
    '{"model": "bg/nbd", "unit_days": 0, "purchase": {"parameters": {"r": 1, "alpha": 1, "a": 1, "b": 1}}}',
    '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}}, "correlation": 0.5}']) AS text;
-- What a fit knows goes with its customers; without them nothing would show it.
SELECT throws_ok(format('SELECT %L::crm_clv_model',
    format('{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}, %s}}', figure)),
                 '22P02', 'invalid input for type crm_clv_model: '
                          'results of a fit need a positive number at key "customers"', figure)
FROM unnest(ARRAY['"log_likelihood": -5', '"log_likelihood": 0, "customers": 0', '"distinct": 5', '"iterations": 5',
    '"gradient_norm": 0.1']) AS figure;
SELECT ok(m::text::crm_clv_model::text = m::text AND m::text ~ '"log_likelihood": -5.5', 'with customers they stay')
FROM (SELECT '{"model": "sbg", "purchase": {"parameters": {"alpha": 1, "beta": 2}, "log_likelihood": -5.5,
                                            "customers": 3}}'::crm_clv_model AS m) AS x;
-- A bound that no number can hold is not known.
SELECT ok(std_error > 0 AND low IS NULL AND high IS NULL, 'an interval without end has no bounds: ' || parameter)
FROM crm_clv_model_parameters('{"model": "sbg", "purchase": {"parameters": {"alpha": 1e-6, "beta": 2},
                                                             "covariance": [[1, 0], [0, 1e9]]}}');
SELECT throws_ok($$SELECT crm_sbg_fit(0, false, 9007199254740992) FROM generate_series(1, 3)$$, '22000',
                 'cannot fit sbg to 2.7021597764223e+16 customers: none of them has come to the first renewal');

CREATE TEMP TABLE kept AS
SELECT crm_clv_fit_summary(i % 7, (i % 7) * 1.7, 20 + i % 9 / 7.0, 10 + i % 13 / 3.0, 'pareto/nbd', 30.4) AS m
FROM generate_series(1, 500) AS i
UNION ALL SELECT crm_clv_fit_summary(i % 4, (i % 4) * 7, 30, NULL) FROM generate_series(1, 500) AS i
UNION ALL SELECT spend FROM stated UNION ALL SELECT sbg FROM stated;
SELECT ok(crm_clv_model_send(m::text::crm_clv_model) = crm_clv_model_send(m),
    'text reads back to the last bit: ' || left(m::text, 40)) FROM kept;
SELECT ok(crm_clv_model_send(m::jsonb::crm_clv_model) = crm_clv_model_send(m), 'so does jsonb') FROM kept;
CREATE AGGREGATE pg_temp.sample(frequency double precision, recency double precision, age double precision,
    monetary double precision) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample);
CREATE TEMP TABLE state AS
SELECT pg_temp.sample(i % 7, (i % 7) * 1.7, 20 + i % 9 / 7.0, 10 + i % 13 / 3.0) AS s,
       crm_clv_fit_summary(i % 7, (i % 7) * 1.7, 20 + i % 9 / 7.0, 10 + i % 13 / 3.0) AS m
       FROM generate_series(1, 500) AS i;
SELECT is(crm_clv_final(s)::text, m::text, 'the state of a fit can be kept') FROM state;
SELECT is(s::text::crm_clv_sample::text, s::text, 'and reads back') FROM state;
SELECT throws_ok(format('SELECT %L::crm_clv_sample', overlay(s::text placing hex from at for length(hex))), '22P02',
    NULL, 'a damaged state is seen: byte ' || at / 2)
FROM state, (VALUES (3, '07'), (19, '09'), (51, 'ffffffffffffffff'), (67, 'ff'), (97, '01'), (129, 'ff'),
    (147, '0000000000000000')) AS v (at, hex);
SELECT throws_ok(format('SELECT %L::crm_clv_sample', left(s::text, -2)), '22P02', NULL, 'a shortened state is seen')
FROM state;

-- Binary goes through a file, which alone can hold what no server wrote.
\set file `mktemp`
\setenv CRM_FILE :file
\! chmod a+r "$CRM_FILE"
CREATE TEMP TABLE back (m crm_clv_model);
CREATE TEMP TABLE back_state (s crm_clv_sample);
\copy kept TO PROGRAM 'cat >"$CRM_FILE"' (FORMAT binary)
COPY back FROM :'file' (FORMAT binary);
SELECT results_eq('SELECT m::text FROM back', 'SELECT m::text FROM kept', 'binary reads back');
\copy (SELECT s FROM state) TO PROGRAM 'cat >"$CRM_FILE"' (FORMAT binary)
COPY back_state FROM :'file' (FORMAT binary);
SELECT results_eq('SELECT s::text FROM back_state', 'SELECT s::text FROM state', 'and the state of a fit');
\copy (SELECT set_byte(crm_clv_model_send(m), 3, 9) FROM kept LIMIT 1) TO PROGRAM 'cat >"$CRM_FILE"' (FORMAT binary)
SELECT throws_ok(format('COPY back FROM %L (FORMAT binary)', :'file'), '22P03', NULL,
    'another version of the binary form is refused');
\copy (SELECT set_byte(crm_clv_model_send(m), 44, 255) FROM kept LIMIT 1) TO PROGRAM 'cat >"$CRM_FILE"' (FORMAT binary)
SELECT throws_ok(format('COPY back FROM %L (FORMAT binary)', :'file'), '22P03', NULL, 'so is a negative parameter');
CREATE TEMP VIEW other_state AS SELECT set_byte(decode(substr(s::text, 3), 'hex'), 0, 9) FROM state;
\copy (TABLE other_state) TO PROGRAM 'cat >"$CRM_FILE"' (FORMAT binary)
SELECT throws_ok(format('COPY back_state FROM %L (FORMAT binary)', :'file'), '22P03', NULL,
    'and a state that no fit wrote');
\! rm -f "$CRM_FILE"

-- Plans: the same bits in any order and with any number of workers.
CREATE TABLE crm_clv_test AS
SELECT i, i % 17 AS x, (i % 17) * (1 + i % 5) AS t_x, 90 + (i * 7919 % 1009) / 7.0 AS t, 5 + i * 31 % 997 / 100.0 AS z
FROM generate_series(1, 8000) AS i;
CREATE FUNCTION pg_temp.fit(what text DEFAULT 'crm_clv_test') RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    EXECUTE format('SELECT string_agg(m::text, '','' ORDER BY name)
        FROM (SELECT name, crm_clv_fit_summary(x, t_x, t, z, name) AS m
              FROM %s, unnest(''{bg/nbd,pareto/nbd}''::text[]) AS name GROUP BY name) AS x', what) INTO result;
    RETURN result;
END $$;
CREATE TEMP TABLE serial AS SELECT pg_temp.fit() AS fit;
SELECT is(pg_temp.fit('(SELECT * FROM crm_clv_test ORDER BY z, i DESC) AS x'), fit, 'the order of rows changes nothing')
FROM serial;
\ir lib/workers.sql
ANALYZE crm_clv_test;
SELECT is(pg_temp.by_workers('SELECT crm_clv_fit_summary(x, t_x, t, z) FROM crm_clv_test'),
    split_part(fit, ',{"model": "pareto', 1), 'workers give the same bits')
FROM serial;

-- A fit hears at once that it is to stop.
CREATE FUNCTION pg_temp.cancel(kind text) RETURNS interval LANGUAGE plpgsql AS $$
DECLARE start timestamptz := clock_timestamp();
BEGIN
    IF kind = 'bg/bb' THEN      -- few rows, each a long sum
        PERFORM crm_bgbb_fit(1, 1, 1000000 - i) FROM generate_series(1, 64) AS i;
    ELSIF kind = 'sbg' THEN
        PERFORM crm_sbg_fit(i, i % 3 = 0) FROM generate_series(1, 999999) AS i;
    ELSE
        PERFORM crm_clv_fit_summary(x, t_x, t + g, z, kind) FROM crm_clv_test, generate_series(0.001, 0.05, 0.001) AS g;
    END IF;
    RETURN '-1 s';
EXCEPTION WHEN query_canceled THEN RETURN clock_timestamp() - start;
END $$;
SET LOCAL statement_timeout = 900;
SELECT pg_temp.cancel('pareto/nbd') AS took \gset
SELECT pg_temp.cancel('bg/bb') AS bgbb \gset
SELECT pg_temp.cancel('sbg') AS sbg \gset
SET LOCAL statement_timeout = 0;
SELECT ok(took BETWEEN '0.85 s' AND '1.9 s', format('statement_timeout of 0.9 s stops a fit of %s after %s', kind,
    took))
FROM (VALUES ('pareto/nbd', :'took'::interval), ('bg/bb', :'bgbb'), ('sbg', :'sbg')) AS v (kind, took);
SELECT throws_ok($$SELECT crm_purchase_probability(bgnbd, 1000001, 365) FROM stated$$, '22023',
    'purchases cannot be 1000001', 'a sum that would not end is refused');

-- What is pasted cannot hang a server, and small groups have an answer.
SELECT throws_ok($$SELECT '{"model": "bg/nbd", "purchase": {"parameters":
    {"r": 1, "alpha": 1, "a": 1e6, "b": 1e-12}}}'::crm_clv_model$$, '22P02');
SELECT throws_ok($$SELECT '{"model": "bg/nbd", "unit_days": 1e-308, "purchase": {"parameters":
    {"r": 1, "alpha": 1, "a": 1, "b": 1}}}'::crm_clv_model$$, '22P02');
SELECT throws_ok($$SELECT crm_p_alive_summary('{"model": "bg/bb", "purchase": {"parameters":
    {"alpha": 1, "beta": 1, "gamma": 1, "delta": 1}}}', 1, 1, 1e9)$$, '22023');
SELECT throws_ok($$SELECT crm_expected_purchases_summary('{"model": "bg/bb", "purchase": {"parameters":
    {"alpha": 1, "beta": 1, "gamma": 1, "delta": 1}}}', 1, 1, 1, 1e9)$$, '22023');
SELECT throws_ok($$SELECT crm_clv_fit_summary(0, 0, 1, NULL, 'bg/nbd', 1e-320)$$, '22023');

-- Beyond the limits an error that names the argument, within them an answer in time.
SET LOCAL statement_timeout = '3s';
SELECT throws_ok(format('SELECT %s FROM stated', call), '22023', message, call)
FROM (VALUES
    ('crm_new_customer_purchases_summary(bgnbd, 1e155)', 'horizon cannot be 1e+155'),
    ('crm_new_customer_purchases_summary(bgnbd, 1.1e16)', 'horizon cannot be 1.1e+16'),
    ('crm_purchase_probability_summary(bgnbd, 1, 1e300)', 'horizon cannot be 1e+300'),
    ('crm_expected_purchases_summary(bgnbd, 1, 1, 2, 1e300)', 'horizon cannot be 1e+300'),
    ('crm_p_alive_summary(bgnbd, 1, 1, 2, 1e300)', 'at cannot be 1e+300'),
    ('crm_p_alive_summary(bgnbd, 1, 1, 1e300)', 'impossible history: frequency 1, recency 1, age 1e+300'),
    ('crm_p_alive_summary(bgnbd, 1e11, 1, 2)', 'impossible history: frequency 1e+11, recency 1, age 2'),
    ('crm_p_alive_summary(bgnbd, 0, 0, 1e-300)', 'impossible history: frequency 0, recency 0, age 1e-300'),
    ('crm_clv_summary(spend, 1, 1, 2, 1e25, 52)', 'monetary cannot be 1e+25'),
    ('crm_clv_summary(spend, 1, 1, 2, 30, NULL, 1e-300)', 'annual_discount cannot be 1e-300'),
    ('crm_clv_summary(spend, 1, 1, 2, 30, 52, 1e7)', 'annual_discount cannot be 10000000'),
    ('crm_clv(spend, a, ''2023-01-01'', NULL, 1e-10)', 'annual_discount cannot be 1e-10'),
    ('crm_expected_value_summary(spend, 1e300, 30)', 'frequency cannot be 1e+300'),
    ('crm_sbg_renewals(sbg, 1, 5, 1e7)', 'rate cannot be 10000000')) AS v (call, message);
SELECT ok(crm_purchase_probability(bgnbd, 6700, 273) < 1e-300, 'a probability below all numbers is found at once')
FROM stated;
SELECT ok(abs(crm_sbg_renewals(m, 0, NULL, rate) / renewals - 1) < 1e-12, format('renewals at a discount of %s', rate))
FROM (SELECT '{"model": "sbg", "purchase": {"parameters": {"alpha": 0.5, "beta": 1}}}'::crm_clv_model AS m) AS x,
     (VALUES (1e-12::float8, 1570794.3267964674::float8), (1e-14, 15707961.267949123)) AS v (rate, renewals);
SELECT ok(crm_sbg_renewals(sbg, 1, 2147483647, 1e-300) > 0 AND crm_clv_summary(spend, 1, 1, 2, 30, NULL, 1e-9) > 0,
          'hardly any discount over the longest horizons') FROM stated;
SELECT ok(abs(crm_clv_summary(m, 2, 30, 39, 30, NULL, 0) / crm_clv_summary(m, 2, 30, 39, 30, NULL, 1e-9) - 1) < 1e-5,
          'where customers leave soon enough there is a value without end or discount')
FROM (SELECT '{"model": "bg/nbd", "purchase": {"parameters": {"r": 0.5, "alpha": 4, "a": 2.5, "b": 3}},
               "spend": {"parameters": {"p": 6, "q": 4, "gamma": 15}}}'::crm_clv_model AS m) AS x;
SET LOCAL statement_timeout = 0;
SET LOCAL client_min_messages = error;
SELECT is(count(*), 243::bigint, 'corners of what a model may say have finite answers')
FROM unnest('{1e-7,1,1e7}'::float8[]) AS r, unnest('{1e-26,1,1e26}'::float8[]) AS alpha,
     unnest('{1e-7,1,1e7}'::float8[]) AS a, unnest('{1e-7,1,1e7}'::float8[]) AS b, unnest('{0,1,30}'::float8[]) AS x,
     format('{"model": "bg/nbd", "purchase": {"parameters": {"r": %s, "alpha": %s, "a": %s, "b": %s}}}', r, alpha, a,
         b) AS m
WHERE crm_expected_purchases_summary(m::crm_clv_model, x, CASE WHEN x > 0 THEN 3 ELSE 0 END, 5, 52) < 'Infinity'
  AND crm_p_alive_summary(m::crm_clv_model, x, CASE WHEN x > 0 THEN 3 ELSE 0 END, 5) BETWEEN 0 AND 1;
-- Money beyond what an amount holds has a mean all the same.
SELECT results_eq($$SELECT crm_monetary(rich, '2023-06-01'), crm_expected_value(spend, rich, '2023-06-01')
        = crm_expected_value_summary(spend, 2, 9e14)
    FROM stated, LATERAL (SELECT ('{2023-01-01:1:1,2023-01-08:1:900000000000000,'
                                  '2023-01-15:1:900000000000000}')::crm_activity AS rich) AS c$$,
    'VALUES (9e14::double precision, true)', 'amounts beyond the range of one');

SELECT isnt(crm_clv_fit_summary(1, 1, 2, 1)::text, NULL, 'one customer is a boundary, not an error');
SELECT * FROM finish();
ROLLBACK;
