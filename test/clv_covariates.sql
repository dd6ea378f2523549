-- Covariates: estimates against scipy (bench/clv_covariates.py), what a model
-- says of a customer who has some, and everything that is refused.
SET client_min_messages = warning;
BEGIN;
SELECT plan(134);
\ir lib/clv.sql
CREATE TEMP TABLE customer AS
SELECT kind, i, (i % 3 = 0)::integer::float8 AS online, i * 7919 % 101 / 25.0::float8 AS distance,
    crm_activity_agg(p.day, 10 + i % 7) AS a
FROM unnest('{mbg/nbd,pareto/nbd}'::text[]) AS kind, generate_series(1, 2000) AS i,
     LATERAL (SELECT exp(-0.5 * (i % 3 = 0)::integer + 0.3 * (i * 7919 % 101 / 25.0)) AS slower,
                     exp(0.2 * (i % 3 = 0)::integer + 0.4 * (i * 7919 % 101 / 25.0)) AS more) AS e,
     crm_simulate_purchases(jsonb_build_object('model', kind, 'purchase', jsonb_build_object('parameters', CASE kind
        WHEN 'mbg/nbd' THEN jsonb_build_object('r', 0.9, 'alpha', 5 * slower, 'a', 0.8 * more, 'b', 2.5 * more)
        ELSE jsonb_build_object('r', 0.9, 'alpha', 5 * slower, 's', 0.8, 'beta', 12 / more) END))::crm_clv_model,
        1, date '2022-01-01', 300 + i % 200, i) AS p
GROUP BY 1, 2;
CREATE TEMP TABLE fit AS
SELECT name, crm_clv_name_covariates(crm_clv_fit(a, '2023-07-01', name, ARRAY[online, distance]),
    '{online,distance}') AS m,
       crm_clv_fit(a, '2023-07-01', name) AS without
FROM customer, unnest('{bg/nbd,mbg/nbd,pareto/nbd}'::text[]) AS name WHERE (kind = 'pareto/nbd') = (name = 'pareto/nbd')
GROUP BY name;

-- What scipy finds; BG/NBD is flat in a and b, and known to fewer digits.
SELECT pg_temp.close_to(crm_log_likelihood(m), want, 1e-9, name || ': log-likelihood')
FROM fit JOIN (VALUES ('bg/nbd', -17483.85594406), ('mbg/nbd', -17419.05462697),
    ('pareto/nbd', -13307.80860659)) AS v (name, want) USING (name);
SELECT pg_temp.close_to(estimate, want, tolerance, format('%s: %s', name, parameter))
FROM fit, crm_clv_model_parameters(m) AS p
     JOIN (VALUES ('bg/nbd', 'r', 0.356072, 1e-5), ('bg/nbd', 'alpha', 2.811694, 1e-5), ('bg/nbd', 'a', 3.47663, 5e-5),
         ('bg/nbd', 'b', 11.87560, 5e-5),
                  ('bg/nbd', 'gamma(online)', 0.520013, 1e-5), ('bg/nbd', 'gamma(distance)', -0.260361, 1e-5),
                  ('bg/nbd', 'delta(online)', -1.265247, 1e-5), ('bg/nbd', 'delta(distance)', 2.026610, 1e-5),
                  ('mbg/nbd', 'r', 1.17364545, 2e-7), ('mbg/nbd', 'alpha', 6.51015825, 5e-7),
                  ('mbg/nbd', 'a', 2.11322288, 1e-6), ('mbg/nbd', 'b', 5.29023941, 1e-6),
                  ('mbg/nbd', 'gamma(online)', 0.45499889, 1e-6), ('mbg/nbd', 'gamma(distance)', -0.25409556, 1e-6),
                  ('mbg/nbd', 'delta(online)', -0.59034587, 2e-6), ('mbg/nbd', 'delta(distance)', 0.95711031, 1e-6),
                  ('pareto/nbd', 'r', 0.69870781, 2e-7), ('pareto/nbd', 'alpha', 4.88861893, 1e-6),
                  ('pareto/nbd', 's', 6.01084069, 2e-6), ('pareto/nbd', 'beta', 150.62445, 2e-6),
                  ('pareto/nbd', 'gamma(online)', 0.43988384, 1e-6), ('pareto/nbd', 'gamma(distance)', -0.29074056,
                      1e-6),
                  ('pareto/nbd', 'delta(online)', 0.26032604, 1e-6), ('pareto/nbd', 'delta(distance)', 0.14900453,
                      1e-6)) AS v (of_model, of_parameter, want, tolerance)
     ON of_parameter = parameter
WHERE of_model = name ORDER BY name, parameter;
SELECT ok(bool_and(std_error > 0
                   AND CASE WHEN parameter LIKE '%(%' THEN abs(high + low - 2 * estimate) < 1e-9
                       ELSE abs(high * low / estimate ^ 2 - 1) < 1e-9 END),
          name || ': standard errors and intervals')
FROM fit, crm_clv_model_parameters(m) WHERE submodel = 'purchase' GROUP BY name ORDER BY name;

-- Against the model without.
SELECT pg_temp.close_to(statistic, 2 * (crm_log_likelihood(m) - crm_log_likelihood(without)), 1e-9,
    name || ': likelihood ratio')
FROM fit, crm_clv_likelihood_ratio(m) ORDER BY name;
SELECT ok(df = 4 AND p_value < 1e-20 AND p_value > 0, name || ': p-value') FROM fit, crm_clv_likelihood_ratio(m)
ORDER BY name;
SELECT pg_temp.close_to(crm_aic(m), 2 * 8 - 2 * crm_log_likelihood(m), 1e-14, name || ': AIC counts effects') FROM fit
ORDER BY name;
SELECT ok(crm_clv_likelihood_ratio(without) IS NULL, name || ': no ratio without covariates') FROM fit ORDER BY name;
SELECT ok(p_value > 0.001, 'noise tells nothing: p ' || p_value)
FROM (SELECT crm_clv_fit(a, '2023-07-01', 'mbg/nbd', ARRAY[hashint4(i) / 1e9, hashint4(-i) / 1e9]) AS m FROM customer
    WHERE kind = 'mbg/nbd') AS f, crm_clv_likelihood_ratio(m);

-- Of a customer
CREATE TEMP TABLE moved AS
SELECT name, m, crm_clv_for(m, ARRAY[1, 2]) AS own, m::jsonb #> '{purchase,parameters}' AS p,
    exp(-g1 - 2 * g2) AS slower, exp(d1 + 2 * d2) AS more
FROM fit, LATERAL (SELECT (c -> 'gamma' ->> 0)::float8 AS g1, (c -> 'gamma' ->> 1)::float8 AS g2,
                          (c -> 'delta' ->> 0)::float8 AS d1, (c -> 'delta' ->> 1)::float8 AS d2
                   FROM (SELECT m::jsonb -> 'covariates') AS x (c)) AS e;
SELECT pg_temp.close_to(estimate,
                        (p ->> parameter)::float8 * CASE WHEN parameter = 'alpha' THEN slower
                                                         WHEN parameter IN ('a', 'b') THEN more
                                                         WHEN parameter = 'beta' THEN 1 / more ELSE 1 END,
                        1e-13, format('%s: %s as the paper moves it', name, parameter))
FROM moved, crm_clv_model_parameters(own) WHERE submodel = 'purchase' ORDER BY name, parameter;
SELECT ok(bool_and(std_error > 0), name || ': with standard errors') FROM moved, crm_clv_model_parameters(own)
WHERE submodel = 'purchase' GROUP BY name ORDER BY name;
SELECT ok(bool_and(low < crm_clv(own, a, '2023-07-01', 365) AND high > crm_clv(own, a, '2023-07-01', 365)),
    name || ': and intervals')
FROM moved, customer, crm_clv_interval(own, a, '2023-07-01', 365) WHERE i = 6 AND kind = 'mbg/nbd' GROUP BY name
ORDER BY name;
-- The variance of ln alpha, from its own and those of the effects on it.
SELECT pg_temp.close_to((own::jsonb #>> '{purchase,covariance,1,1}')::float8
                        / ((own::jsonb #>> '{purchase,parameters,alpha}')::float8) ^ 2,
           (m::jsonb #>> '{purchase,covariance,1,1}')::float8 / ((p ->> 'alpha')::float8) ^ 2
           - 2 * ((c #>> '{0,1}')::float8 + 2 * (c #>> '{1,1}')::float8) / (p ->> 'alpha')::float8
           + (c #>> '{0,4}')::float8 + 4 * (c #>> '{0,5}')::float8 + 4 * (c #>> '{1,5}')::float8, 1e-10,
           name || ': by the delta method')
FROM moved, LATERAL (SELECT m::jsonb #> '{covariates,covariance}') AS x (c) ORDER BY name;
SELECT ok(s = crm_clv_scores(own, a, '2023-07-01', 365, 0.1)
    AND abs(crm_expected_purchases(m, a, '2023-07-01', 365, ARRAY[1, 2]) / s.expected_purchases - 1) < 1e-12
          AND abs(crm_clv(m, a, '2023-07-01', 365, 0.1, ARRAY[1, 2]) / s.clv - 1) < 1e-12,
          name || ': scores with covariates')
FROM moved, customer, crm_clv_scores(m, a, '2023-07-01', 365, 0.1, ARRAY[1, 2]) AS s WHERE i = 6 AND kind = 'mbg/nbd'
ORDER BY name;

-- As a value
SELECT ok(m::text::crm_clv_model::text = m::text AND m::jsonb::crm_clv_model::text = m::text,
    name || ': text and JSON read back') FROM fit ORDER BY name;
SELECT ok(m::jsonb @> '{"covariates": {"names": ["online", "distance"]}}', 'names are kept') FROM fit
WHERE name = 'bg/nbd';
SELECT is(crm_clv_fit(a, '2023-07-01', 'mbg/nbd', ARRAY[online, distance])::text,
    crm_clv_fit(a, '2023-07-01', 'mbg/nbd', ARRAY[online, distance] ORDER BY i DESC)::text,
          'whatever the order') FROM customer WHERE kind = 'mbg/nbd';
SELECT is(crm_clv_fit_summary(crm_frequency(a, '2023-07-01'), crm_recency(a, '2023-07-01') / 7.0,
    crm_age(a, '2023-07-01') / 7.0, crm_monetary(a, '2023-07-01'), 'mbg/nbd', 7,
                              ARRAY[online, distance])::jsonb, crm_clv_fit(a, '2023-07-01', 'mbg/nbd',
                              ARRAY[online, distance])::jsonb - 'as_of', 'summaries give the same model')
FROM customer WHERE kind = 'mbg/nbd';
SELECT is((crm_clv_fit(a, '2023-07-01', 'mbg/nbd', ARRAY[online])::jsonb #>> '{purchase,distinct}')::integer,
          (SELECT count(DISTINCT (crm_frequency(a, '2023-07-01'), crm_recency(a, '2023-07-01'),
              crm_age(a, '2023-07-01'), online))::integer FROM customer WHERE kind = 'mbg/nbd'),
          'equal histories with equal covariates are one row') FROM customer WHERE kind = 'mbg/nbd';

-- What cannot be told
CREATE TEMP TABLE collinear AS SELECT crm_clv_fit(a, '2023-07-01', 'mbg/nbd',
    ARRAY[online, distance, online + distance]) AS m FROM customer WHERE kind = 'mbg/nbd';
SELECT ok(m::jsonb #> '{purchase,warning}' ? 'collinear covariates', 'collinear covariates are told') FROM collinear;
SELECT is(array_agg(parameter || ' ' || estimate)::text, '{"gamma(x3) 0","delta(x3) 0"}', 'and which')
FROM collinear, crm_clv_model_parameters(m) WHERE bound = 'collinear';
SELECT is(df, 4, 'and do not count') FROM collinear, crm_clv_likelihood_ratio(m);
SELECT pg_temp.close_to(crm_log_likelihood(c.m), crm_log_likelihood(f.m), 1e-12, 'nor change anything')
FROM collinear AS c, fit AS f WHERE name = 'mbg/nbd';
SELECT ok(c.m::text::crm_clv_model::text = c.m::text, 'nor are they lost') FROM collinear AS c;

-- Two that differ by little: told, and estimated all the same.
CREATE TEMP TABLE near AS SELECT crm_clv_fit(a, '2023-07-01', 'mbg/nbd',
    ARRAY[online, distance, distance + hashint4(i) / 4e10]) AS m FROM customer WHERE kind = 'mbg/nbd';
SELECT is(meaning, 'x2, x3: Covariates nearly follow from each other: their effects are at least ten times as '
                   'uncertain as each alone would be. Leave one out, or combine them.',
          'nearly collinear covariates are told by name')
FROM near, crm_clv_model_notes(m) WHERE note = 'nearly collinear covariates';
SELECT is((array_agg(parameter ORDER BY parameter) FILTER (WHERE bound = 'nearly collinear'))::text,
          '{delta(x2),delta(x3),gamma(x2),gamma(x3)}', 'and which effects') FROM near, crm_clv_model_parameters(m);
SELECT ok(bool_and(n.std_error > 10 * f.std_error), 'whose errors are as large as is said')
FROM near, crm_clv_model_parameters(m) AS n, fit, crm_clv_model_parameters(fit.m) AS f
WHERE name = 'mbg/nbd' AND f.parameter = 'gamma(distance)' AND n.parameter IN ('gamma(x2)', 'gamma(x3)');
SELECT is(df, 6, 'they count') FROM near, crm_clv_likelihood_ratio(m);
SELECT ok(m::text::crm_clv_model::text = m::text, 'and are kept') FROM near;

-- A covariate whose customers never come back; one that says nothing. Both are
-- of the same customers, and only the first is named.
CREATE TEMP TABLE apart AS
SELECT i, (i % 4 = 0)::integer::float8 AS gone, i * 7919 % 101 / 50.0::float8 AS noise, crm_activity_agg(p.day, 1) AS a
FROM generate_series(1, 1200) AS i,
    crm_simulate_purchases('{"model": "mbg/nbd", "purchase": {"parameters": {"r": 1, "alpha": 5, "a": 0.8, "b": 2.5}}}',
    1, '2022-01-01', 300 + i % 100, i) AS p
WHERE i % 4 > 0 OR p.day = '2022-01-01' GROUP BY i;
CREATE TEMP TABLE far AS
SELECT name, crm_clv_name_covariates(crm_clv_fit(a, '2023-03-01', name, ARRAY[gone, noise]), '{gone,noise}') AS m
FROM apart, unnest('{bg/nbd,mbg/nbd,pareto/nbd}'::text[]) AS name GROUP BY name;
SELECT is((SELECT string_agg(meaning, ' ') FROM crm_clv_model_notes(m) WHERE note = 'extreme effect'),
          'gone: The effect of a covariate grows without limit: customers whom it sets apart never, or always, '
          'leave or purchase. Combine groups, or leave it out.',
          name || ': who never comes back is told by name') FROM far ORDER BY name;
SELECT ok(bool_or(bound = 'lower') FILTER (WHERE parameter = 'gamma(gone)') AND NOT bool_or(bound IS NOT NULL)
    FILTER (WHERE parameter LIKE '%(noise)')
          AND bool_and(std_error IS NULL) FILTER (WHERE parameter LIKE '%(%' AND bound IS NOT NULL)
              AND bool_and(std_error < 0.2 * estimate) FILTER (WHERE parameter = 'r'),
          name || ': and which effect') FROM far, crm_clv_model_parameters(m) GROUP BY name ORDER BY name;
SELECT ok(m::text::crm_clv_model::text = m::text, name || ': and kept') FROM far ORDER BY name;
SELECT ok(count(*) = 1200 AND bool_and(crm_p_alive(crm_clv_for(m, ARRAY[gone, noise]), a, '2023-03-01') BETWEEN 0 AND 1
          AND crm_expected_purchases(m, a, '2023-03-01', 90, ARRAY[gone, noise]) BETWEEN 0 AND 1e3),
          name || ': and every customer of the fit has scores') FROM far, apart GROUP BY name ORDER BY name;
SELECT pg_temp.close_to((SELECT crm_log_likelihood(crm_clv_fit(a, '2023-03-01', name, ARRAY[gone + 3, noise]))
                         FROM apart),
                        crm_log_likelihood(m), 1e-10, name || ': wherever its zero is') FROM far ORDER BY name;
SELECT is((SELECT string_agg(meaning, ' ') FROM crm_clv_model_notes(crm_clv_name_covariates(m, '{a,b,c}'))
    WHERE note = 'collinear covariates'),
          'c: A covariate is the same for all customers, or follows from those before it: '
          'it has no effect of its own here. Leave it out.',
          'a collinear one is told by name') FROM collinear;
SELECT is_empty($$SELECT * FROM fit, crm_clv_model_notes(m) WHERE submodel = 'purchase'$$,
    'of covariates that tell something there is nothing to say');

-- Each score takes the same array.
SELECT is(ROW(crm_p_alive(m, a, d, d + 30, z), crm_expected_purchases(m, a, d, 90, z),
              crm_discounted_purchases(m, a, d, 90, 0.2, z), crm_purchase_probability(m, a, d, 2, 90, z),
              crm_clv(m, a, d, 90, 0.2, z), crm_clv_scores(m, a, d, 90, 0.2, z),
              crm_clv_interval(m, a, d, 90, 0.2, 0.8, z))::text,
          ROW(crm_p_alive(own, a, d, d + 30), crm_expected_purchases(own, a, d, 90),
              crm_discounted_purchases(own, a, d, 90, 0.2), crm_purchase_probability(own, a, d, 2, 90),
              crm_clv(own, a, d, 90, 0.2), crm_clv_scores(own, a, d, 90, 0.2),
              crm_clv_interval(own, a, d, 90, 0.2, 0.8))::text,
          name || ': scores with covariates are those of such customers')
FROM fit, LATERAL (SELECT a, ARRAY[online, distance] AS z, crm_clv_for(m, ARRAY[online, distance]) AS own,
                          date '2023-07-01' AS d
                   FROM customer WHERE kind = 'mbg/nbd' AND i = 7) AS one ORDER BY name;
SELECT is(ARRAY[crm_p_alive(m, a, d, d, NULL), crm_discounted_purchases(m, a, d, 90, 0.2, NULL),
                crm_purchase_probability(m, a, d, 2, 90, NULL), (crm_clv_interval(m, a, d, 90, 0.2, 0.8, NULL)).low],
          array_fill(NULL::float8, '{4}'), 'and NULL where they are')
FROM fit, LATERAL (SELECT a, date '2023-07-01' AS d FROM customer WHERE i = 7 LIMIT 1) AS one WHERE name = 'mbg/nbd';

-- Few customers tell no churn from some, with a covariate or without.
CREATE TEMP TABLE few AS
SELECT x, t_x, t, z
FROM (VALUES (0, 0, 39, 10), (1, 37, 38, 3), (2, 22, 39, 2), (3, 25, 39, 2), (4, 35, 39, 4), (6, 30, 38, 3),
    (9, 22, 38, 1), (20, 38, 39, 2))
         AS v (x, t_x, t, customers), generate_series(1, customers), unnest('{-0.5,0.5}'::float8[]) AS z;
SELECT is(note, 'churn not identified', name || ': churn is not identified')
FROM unnest('{bg/nbd,mbg/nbd,pareto/nbd}'::text[]) AS name
LEFT JOIN LATERAL (SELECT note FROM (SELECT crm_clv_fit_summary(x, t_x, t, NULL, name, 7, ARRAY[z]) AS m FROM few) AS f,
    crm_clv_model_notes(m) WHERE note LIKE 'churn%') AS n ON true;

-- Errors
SELECT throws_ok(format('SELECT %s FROM fit, customer WHERE name = ''mbg/nbd'' AND i = 1', call), state, message, call)
FROM (VALUES ('crm_p_alive(m, a, ''2023-07-01'')', '22023',
    'the model has 2 covariates, but none were given'),
             ('crm_clv_for(m, ''{1}'')', '22023', 'number of covariates is 1, but the model has 2'),
             ('crm_clv_for(without, ''{1}'')', '22023', 'number of covariates is 1, but the model has 0'),
             ('crm_clv_for(m, ''{1,NULL}'')', '22004', 'covariates cannot contain NULL'),
             ('crm_clv_for(m, ''{1,NaN}'')', '22023', 'covariate 2 cannot be NaN'),
             ('crm_clv_for(m, ''{-Infinity,1}'')', '22023', 'covariate 1 cannot be -Infinity'),
             ('crm_clv_for(m, ''{{1,2}}'')', '2202E', 'covariates must have one dimension'),
             ('crm_clv_for(m, ''{1,1e6}'')', '22003',
                 'with these covariates a parameter of mbg/nbd is out of range'),
             ('crm_clv_name_covariates(m, ''{a}'')', '22023', 'number of names is 1, but the model has 2 covariates'),
             ('crm_clv_name_covariates(m, ''{a,a}'')', '22023', 'two covariates cannot have the same name'),
             ('crm_clv_name_covariates(m, ''{a,""}'')', '22023',
                 'covariate 2 cannot be named ""')) AS v (call, state, message);
SELECT throws_ok(format('SELECT crm_clv_fit(a, ''2023-07-01'', %L, %s) FROM customer', model, covariates), state,
    message, message)
FROM (VALUES ('mbg/nbd', 'CASE WHEN i <> 5 THEN ARRAY[online] END', '22004', 'covariates of a fit cannot be NULL'),
             ('mbg/nbd', 'CASE WHEN i <> 5 THEN ARRAY[online] ELSE ARRAY[1, 2] END', '22023',
                 'there are 1 covariates in one row of a fit and 2 in another'),
             ('mbg/cnbd-k', 'ARRAY[online]', '22023', 'mbg/cnbd-k does not take covariates'),
             ('mbg/nbd', '''{}''', '22023', 'number of covariates cannot be 0'),
             ('mbg/nbd', 'array_fill(1.0::float8, ARRAY[9])', '22023', 'number of covariates cannot be 9'),
             ('mbg/nbd', 'ARRAY[online + 1e5]', '22003',
                 'with these covariates a parameter or an effect of mbg/nbd is out of range'),
             ('mbg/nbd', 'ARRAY[online * 1e-100]', '22003',
                 'with these covariates a parameter or an effect of mbg/nbd is out of range'))
     AS v (model, covariates, state, message);
SELECT throws_ok(format('SELECT jsonb_set(m::jsonb, %L, %L)::crm_clv_model FROM fit LIMIT 1', path, value), '22P02',
    NULL, 'no model: ' || path || ' ' || value)
FROM (VALUES ('{covariates,names}', '["a", "a"]'), ('{covariates,gamma}', '[1]'),
    ('{covariates,marks}', '["free", "free", "free", "free"]'),
             ('{covariates,delta,0}', '1e9'), ('{model}', '"mbg/cnbd-k"')) AS v (path, value);
-- Covariances with a parameter that no two numbers have: a variance would come out below 0.
SELECT unnest(ARRAY[
    is(own::text::crm_clv_model::text, own::text, 'the model of somebody is one, whatever the covariances'),
    ok(NOT own::jsonb -> 'purchase' ? 'covariance' AND m::jsonb -> 'purchase' ? 'covariance', 'then none is known')])
FROM (SELECT '{"model": "mbg/nbd", "unit_days": 7, "purchase": {"parameters": {"r": 0.3, "alpha": 4, "a": 1, "b": 2},
        "covariance": [[0.01, 0, 0, 0], [0, 0.01, 0, 0], [0, 0, 0.01, 0], [0, 0, 0, 0.01]], "log_likelihood": -100,
        "customers": 100, "distinct": 50}, "covariates": {"names": ["x"], "gamma": [0.1], "delta": [-0.1],
        "covariance": [[0, 5, 0, 0, 0.01, 0], [0, 0, 5, 5, 0, 0.01]]}}'::crm_clv_model AS m) AS stated,
     crm_clv_for(m, '{1}') AS own;

-- Where customers do not differ at all in some way, with covariates as without
SELECT results_eq($$SELECT p.parameter, p.bound, p.std_error, p.low, p.high
    FROM (SELECT crm_clv_fit_summary(x, tx, 26, NULL, 'bg/nbd', 7, ARRAY[z]) AS m
          FROM (VALUES (0., 0., 0.), (1, 5, 0), (2, 9, 0), (1, 20, 0), (0, 0, 1), (2, 14, 1), (3, 25, 1), (1, 3, 1))
               AS v (x, tx, z)) AS fitted,
         crm_clv_model_parameters(m) AS p
    WHERE p.parameter IN ('r', 'b')$$,
    $$SELECT name, 'upper', NULL::double precision, NULL::double precision, NULL::double precision
      FROM unnest('{r,b}'::text[]) AS name$$, 'a parameter at its bound has no standard error');
SELECT * FROM finish();
ROLLBACK;
