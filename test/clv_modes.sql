-- Fits whose likelihood has several maxima, and arguments at the ends of what
-- they may be, as an analyst writes them.
BEGIN;
SELECT plan(18);
SET LOCAL client_min_messages = warning;
SET LOCAL statement_timeout = '3s';

-- Half never come back, the others always do.
CREATE TEMP TABLE half AS
SELECT crm_clv_fit_summary(CASE WHEN i % 2 = 0 THEN 6 + (i * 7919) % 25 ELSE 0 END,
                           CASE WHEN i % 2 = 0 THEN 26 + i % 27 - (i % 9) / 4.0 - 0.25 ELSE 0 END,
                           26 + i % 27, NULL, 'pareto/nbd') AS m FROM generate_series(1, 200) AS i;
SELECT cmp_ok(crm_log_likelihood(m), '>=', -3274.655::float8, 'Pareto/NBD: the better of two maxima') FROM half;
SELECT results_eq($$SELECT parameter, bound FROM half, crm_clv_model_parameters(m) WHERE bound IS NOT NULL$$,
                  $$VALUES ('beta', 'lower')$$, 'and the bound that binds by its name');
SELECT ok(abs((m::jsonb #>> '{purchase,parameters,r}')::float8 - 6.594) < 0.01
          AND abs((m::jsonb #>> '{purchase,parameters,alpha}')::float8 - 14.04) < 0.01
          AND abs((m::jsonb #>> '{purchase,parameters,s}')::float8 - 0.054) < 0.001, 'with its parameters') FROM half;
SELECT ok(count(*) = 2 AND bool_and(meaning LIKE 'Customers seem to leave at the first chance or never: %'),
          'and what it means, of some and of the others') FROM half, crm_clv_model_notes(m);
SELECT cmp_ok(crm_log_likelihood(crm_clv_fit_summary(50 * (1 - i % 2), 29.5 * (1 - i % 2), 30, NULL, 'pareto/nbd')),
              '>=', -2614.94::float8, 'as steady as a clock')
FROM generate_series(1, 200) AS i;
SELECT ok('not identified' IN (SELECT note FROM crm_clv_model_notes(crm_bgbb_fit(x, t_x, 2, 10))),
          'four cells for four parameters')
FROM (VALUES (0, 0), (1, 1), (1, 2), (2, 2)) AS v (x, t_x);

-- Spend of two values, by the parity of x: customers who spend alike are no more than a local maximum, at -1232.086.
CREATE TEMP TABLE two AS
SELECT crm_clv_fit_summary(1 + i % 10, 20, 30, CASE WHEN i % 2 = 0 THEN 5 ELSE 500 END) AS m
FROM generate_series(1, 200) AS i;
SELECT ok(abs(crm_log_likelihood(m, 'spend') + 1224.5805) < 0.0001, 'Gamma-Gamma: the better of two maxima') FROM two;
SELECT results_eq($$SELECT note FROM two, crm_clv_model_notes(m) WHERE submodel = 'spend'$$,
                  $$VALUES ('constant value')$$,
                  'and what it says of a customer');

-- Weights at both ends
CREATE TEMP TABLE weighed AS
SELECT crm_experience_agg(0, actual, weight) AS e
FROM (VALUES (1::float8, 1e100::float8), (4, 1e-30)) AS v (actual, weight);
SELECT ok(abs(crm_gap_stddev(e) - 2.1213203435596424) < 1e-14, 'weights of 1e100 and 1e-30: the standard deviation')
FROM weighed;
SELECT ok(low IS NULL AND high IS NULL, 'and no interval of all numbers') FROM weighed, crm_gap_interval(e);

-- Probabilities and sums at their ends
SELECT ok(crm_purchase_probability('{"model": "bg/nbd", "unit_days": 7, "purchase": {"parameters":
                                       {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}}}', 6700, 273)
          BETWEEN 0 AND 1e-315, 'a probability below all others is found');
SELECT cmp_ok(crm_purchase_probability_summary('{"model": "bg/nbd", "purchase": {"parameters":
                                                   {"r": 1000, "alpha": 1e-12, "a": 1e5, "b": 1e-6}}}', 1, 100),
              '<=', 1::float8, 'none is above 1');
SELECT throws_ok($$SELECT crm_purchase_probability_summary('{"model": "pareto/nbd", "purchase": {"parameters":
                       {"r": 1e-7, "alpha": 1e-12, "s": 1e5, "beta": 1e-3}}}', 1, 1e300)$$,
                 '22023', 'horizon cannot be 1e+300');
SELECT throws_ok($$SELECT crm_new_customer_purchases_summary('{"model": "bg/nbd", "purchase": {"parameters":
                       {"r": 2, "alpha": 1, "a": 1, "b": 1}}}', 1e155)$$,
                 '22023', 'horizon cannot be 1e+155');
SELECT ok(abs(crm_sbg_renewals('{"model": "sbg", "purchase": {"parameters": {"alpha": 0.5, "beta": 1}}}', 0, NULL, rate)
              / want - 1) < 1e-6, 'renewals without end at ' || rate)
FROM (VALUES (1e-12::float8, 1570794.33::float8), (1e-14, 15707961.3)) AS v (rate, want);
SELECT ok(abs(crm_gini(x) - 2 / 3.0::float8) < 1e-15, 'a Gini of the least numbers')
FROM unnest('{5e-324,0,0}'::float8[]) AS x;
SELECT cmp_ok(crm_sbg_renewals('{"model": "sbg", "purchase": {"parameters": {"alpha": 0.5, "beta": 1}}}', 1, 2147483647,
                               1e-300), '>', 0::float8, 'many renewals take no time');
SELECT * FROM finish();
ROLLBACK;
