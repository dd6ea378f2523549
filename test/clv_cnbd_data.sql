-- BG/CNBD-k and MBG/CNBD-k: groceries, of which one customer in two comes like
-- a clock, and what a k costs and gains.
SET client_min_messages = warning;
\ir lib/needs_data.sql
\if :has_data
BEGIN;
SELECT plan(32);
\ir lib/clv.sql
\set csv :data/grocery.csv
CREATE TEMP TABLE grocery (customer_id integer, purchased_on date);
COPY grocery FROM :'csv' (FORMAT csv, HEADER true);
CREATE TEMP TABLE customer AS SELECT customer_id, crm_activity_agg(purchased_on) AS a FROM grocery GROUP BY customer_id;
CREATE TEMP TABLE fit AS
SELECT name, crm_clv_fit(a, '2006-12-31', name) AS m
FROM customer, unnest(ARRAY['bg/nbd', 'mbg/nbd', 'bg/cnbd-1', 'mbg/cnbd-1', 'mbg/cnbd-2', 'mbg/cnbd-3', 'bg/cnbd-k',
    'mbg/cnbd-k']) AS name
GROUP BY name;
CREATE TEMP TABLE chosen AS SELECT m FROM fit WHERE name = 'mbg/cnbd-k';

SELECT pg_temp.close_to(crm_regularity(a, '2006-12-31'), 2.46305, 1e-5, 'regularity by Wheat & Morrison') FROM customer;
SELECT is((m::jsonb #>> '{purchase,parameters,k}')::integer, 2, name || ' chooses k') FROM fit
WHERE name IN ('bg/cnbd-k', 'mbg/cnbd-k') ORDER BY name;
-- An independent maximum of the same likelihood: bench/clv_cnbd.py.
SELECT pg_temp.close_to(p.estimate, want, 1e-5, 'parameter ' || parameter)
FROM chosen, crm_clv_model_parameters(m) AS p
     JOIN (VALUES ('r', 1.32917535), ('alpha', 2.81255121), ('a', 0.42470899),
         ('b', 0.79002873)) AS v (name, want) ON name = parameter;
SELECT pg_temp.close_to(crm_log_likelihood(m), -14978.2107316, 1e-10, 'log-likelihood of MBG/CNBD-2') FROM chosen;
SELECT pg_temp.close_to(crm_log_likelihood(c.m) - crm_log_likelihood(b.m), 803.72864, 1e-6, 'points gained by k = 2')
FROM chosen AS c, fit AS b WHERE b.name = 'mbg/nbd';
SELECT ok(crm_log_likelihood(two.m) = crm_log_likelihood(c.m) AND crm_log_likelihood(three.m) < crm_log_likelihood(c.m),
    'k = 2 is better than 3')
FROM chosen AS c, fit AS two, fit AS three WHERE two.name = 'mbg/cnbd-2' AND three.name = 'mbg/cnbd-3';
SELECT is((one.m::jsonb #- '{purchase,parameters,k}') #> '{purchase,parameters}',
    usual.m::jsonb #> '{purchase,parameters}', one.name || ' is ' || usual.name)
FROM fit AS one JOIN fit AS usual ON one.name = replace(usual.name, 'nbd', 'cnbd-1') ORDER BY one.name;
SELECT ok(bool_and(crm_p_alive(one.m, a, '2006-12-31') = crm_p_alive(usual.m, a, '2006-12-31') AND
                   crm_expected_purchases(one.m, a, '2006-12-31', 90)
                   = crm_expected_purchases(usual.m, a, '2006-12-31', 90)), one.name || ': scores to the last bit')
FROM customer, fit AS one JOIN fit AS usual ON one.name = replace(usual.name, 'nbd', 'cnbd-1') GROUP BY one.name
ORDER BY one.name;
SELECT is(bound, CASE name WHEN 'mbg/cnbd-2' THEN 'given' END, name || ': is k given?')
FROM fit, crm_clv_model_parameters(m) WHERE name IN ('mbg/cnbd-2', 'mbg/cnbd-k') AND parameter = 'k' ORDER BY name;
SELECT pg_temp.close_to(crm_bic(c.m) - crm_bic(g.m), ln(1525.0::float8), 1e-9,
    'a chosen k counts as a parameter, a given one does not')
FROM chosen AS c, fit AS g WHERE g.name = 'mbg/cnbd-2';

-- The year that follows: 3,389 purchase days.
SELECT pg_temp.close_to(sum(crm_expected_purchases(m, a, '2006-12-31', 364)), 3811.5432, 1e-7,
    'expected of the next year')
FROM chosen, customer;
SELECT ok(abs(sum(customers * expected) FILTER (WHERE name = 'mbg/cnbd-k') - 3389) < abs(sum(customers * expected)
    FILTER (WHERE name = 'mbg/nbd') - 3389),
          'regularity brings the holdout nearer')
FROM fit, crm_clv_holdout(m, ARRAY(SELECT a FROM customer), '2006-12-31', '2007-12-30');

-- The same from summaries.
SELECT is((s.m::jsonb #> '{purchase,parameters}'), (c.m::jsonb #> '{purchase,parameters}'),
    'summaries with gaps are the same model')
FROM chosen AS c,
     (SELECT crm_clv_fit_summary(crm_frequency(a, '2006-12-31'), crm_recency(a, '2006-12-31') / 7.0,
                                 crm_age(a, '2006-12-31') / 7.0, NULL, 'mbg/cnbd-k', 7,
                                 crm_log_gaps(a, '2006-12-31')
                                 - crm_frequency(a, '2006-12-31') * ln(7.0::float8)) AS m FROM customer) AS s;
SELECT ok((m::jsonb #>> '{purchase,parameters,k}')::integer BETWEEN 1 AND 3, 'without gaps they know less')
FROM (SELECT crm_clv_fit_summary(crm_frequency(a, '2006-12-31'), crm_recency(a, '2006-12-31') / 7.0,
    crm_age(a, '2006-12-31') / 7.0, NULL, 'mbg/cnbd-k') AS m
      FROM customer) AS s;
SELECT unnest(ARRAY[
    pg_temp.close_to(crm_p_alive(m, a, d), crm_p_alive_summary(m, x, t_x, t), 1e-13, 'P(alive) of a summary'),
    pg_temp.close_to(crm_p_alive(m, a, d, d + 70), crm_p_alive_summary(m, x, t_x, t, t + 10), 1e-12, 'later'),
    pg_temp.close_to(crm_purchase_probability(m, a, d, 2, 70), crm_purchase_probability_summary(m, x, t_x, t, 2, 10),
        1e-12, 'of two purchases'),
    pg_temp.close_to(crm_discounted_purchases(m, a, d, NULL), crm_discounted_purchases_summary(m, x, t_x, t, NULL),
        1e-12, 'DERT'),
    pg_temp.close_to(crm_purchase_probability_at_least(m, a, d, 3, 70), 1 - p0 - p1 - p2, 1e-12, 'at least three'),
    pg_temp.close_to((crm_clv_scores(m, a, d, 70)).discounted_purchases, crm_discounted_purchases(m, a, d, 70), 1e-14,
        'all scores in one row')])
FROM chosen, customer, LATERAL (SELECT date '2006-12-31' AS d, crm_frequency(a, '2006-12-31') AS x,
    crm_recency(a, '2006-12-31') / 7.0 AS t_x, crm_age(a, '2006-12-31') / 7.0 AS t) AS s,
     LATERAL (SELECT crm_purchase_probability(m, a, d, 0, 70) AS p0, crm_purchase_probability(m, a, d, 1, 70) AS p1,
         crm_purchase_probability(m, a, d, 2, 70) AS p2) AS q
WHERE customer_id = 10;

-- DERT as a sum over weeks.
SELECT pg_temp.close_to(crm_discounted_purchases(m, a, d, 364, 0.3),
                        (SELECT sum((crm_expected_purchases(m, a, d, i) - crm_expected_purchases(m, a, d, i - 1))
                                    * 1.3 ^ -((i - 0.5) / 365.25)) FROM generate_series(1, 364) AS i),
                        1e-6, 'discounted purchases are a sum over days')
FROM chosen, customer, (VALUES (date '2006-12-31')) AS v (d) WHERE customer_id = 10;

-- A model is a value.
SELECT is(m::text::crm_clv_model::text, m::text, 'JSON reads back') FROM chosen;
SELECT throws_ok(format('SELECT %L::crm_clv_model', jsonb_set(m::jsonb, '{purchase,parameters,k}', k)), '22P02', NULL,
    format('k cannot be %s', k))
FROM chosen, unnest('{0,2.5,13}'::jsonb[]) AS k;
SELECT * FROM finish();
ROLLBACK;
\endif
