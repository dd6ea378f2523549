-- Which errors the comments of functions and aggregates in C promise: each is called forth.
BEGIN;
SELECT plan(3);
SET LOCAL client_min_messages = error;

CREATE TEMPORARY TABLE ledger AS
SELECT n, (CASE WHEN n <= 30 THEN format('{2024-01-01:1:10,2024-02-0%s:1:12,2024-03-1%s:1:8}', 1 + n % 5, n % 7)
           ELSE '{2024-01-01:1:10}' END)::crm_activity AS a
FROM generate_series(1, 70) AS n;
CREATE TEMPORARY TABLE one AS SELECT '{2024-01-01:1:10,2024-02-01:1:5}'::crm_activity AS a;
CREATE TEMPORARY TABLE much AS SELECT '{2024-01-01:1:900000000000000,2024-01-02:1:900000000000000}'::crm_activity AS a;
CREATE TEMPORARY TABLE extreme AS SELECT unnest('{1.7e308,1.6e308}'::double precision[]) AS v;

CREATE TEMPORARY TABLE model AS SELECT crm_clv_fit(a, '2024-06-30', 'mbg/nbd') AS m FROM ledger;
CREATE TEMPORARY TABLE model_known AS
SELECT crm_clv_fit(a, '2024-06-30', 'mbg/nbd', ARRAY[n % 2, n % 3]) AS m FROM ledger;
CREATE TEMPORARY TABLE model_without_spend AS
SELECT crm_clv_fit_summary(n, 4 * n, 20, NULL, 'mbg/nbd') AS m FROM generate_series(0, 4) AS n;
CREATE TEMPORARY TABLE model_taken AS
SELECT crm_bgbb_fit(taken, taken, 4, 100 - 20 * taken) AS m FROM generate_series(0, 4) AS taken;
CREATE TEMPORARY TABLE model_kept AS
SELECT crm_sbg_fit(years, years < 4, 400 - 90 * years) AS m FROM generate_series(1, 4) AS years;
-- Who was born later purchases more.
CREATE TEMPORARY TABLE customer_born AS
SELECT born, crm_activity_agg(day) AS a
FROM generate_series(1950, 1990, 20) AS born,
     crm_simulate_purchases(format('{"model":"mbg/nbd","purchase":{"parameters":{"r":1,"alpha":%s,"a":1,"b":3}}}',
                                   exp((1990 - born) / 20.0))::crm_clv_model, 60, '2024-01-01', 364, 1)
GROUP BY born, customer_id;

CREATE TEMPORARY TABLE retained AS
SELECT crm_retention_agg(a, '{2024-01-01,2024-02-01}') AS by_month,
       crm_retention_agg(a, '{2024-01-01,2024-02-02}') AS by_days,
       crm_retention_agg(a, '{2024-01-01,2024-02-01}', 3) AS windowed
FROM one;
CREATE TEMPORARY TABLE many_days AS SELECT date '2000-01-01' + 2 * n AS d FROM generate_series(1, 10001) AS n;
CREATE TEMPORARY TABLE endless AS
SELECT crm_markov '{"version":1,"channels":["a"],"value":[1],"none_value":[0],
                    "weights":[[0,1,2],[1,1,2],[0,-1,1]]}' AS chain;
CREATE TEMPORARY TABLE full_tally AS
SELECT '{"version":1,"detractors":0,"passives":0,"promoters":9007199254740992}'::crm_nps_tally AS nps,
       '{"version":1,"A":0,"O":9007199254740992,"M":0,"I":0,"R":0,"Q":0}'::crm_kano_tally AS kano,
       scale::crm_csat_tally AS csat, scale::crm_ces_tally AS ces,
       '{"version":1,"present":1,"absent":0,"weight":[1.7e308,0],"absent_weight":[0,0],"sum":[0,0]}'::crm_index AS parts
FROM (VALUES ('{"version":1,"count":1,"hits":1,"sum":[1.5e308,0],"worst":1,"best":1.6e308,"top_from":4}')) AS x (scale);

CREATE TEMPORARY VIEW two AS SELECT d FROM (VALUES (now()), ('2024-01-01')) AS x (d);

-- What stands behind SELECT, and the code of the error that it makes.
CREATE TEMPORARY TABLE refused (code text, call text);
COPY refused FROM stdin;
22008	crm_activity('infinity', 1, 1)
22023	crm_activity('2024-01-01', 'NaN', 1)
22003	crm_activity('2024-01-01', 922337203685478, 1)
22023	crm_activity('2024-01-01', 'Infinity', 1)
22003	a + a FROM much
22003	crm_activity_subtract(crm_activity_subtract('{}', a), a) FROM much
22003	crm_activity('2024-01-01', 1, 2147483647) + crm_activity('2024-01-01')
22023	crm_cadence_fit(a, d) FROM one, (VALUES (date '2024-06-30'), ('2024-07-01')) AS x (d)
22008	crm_activity_agg(date 'infinity')
22023	crm_activity_agg(date '2024-01-01', 'NaN'::numeric)
22023	crm_activity_agg(date '2024-01-01', 'NaN'::float8)
22023	crm_activity_agg(date '2024-01-01', 'Infinity'::float8)
22003	crm_activity_agg(date '2024-01-01', 1e15::float8)
22003	crm_activity_agg(date '2024-01-01', 1e15::numeric)
22003	crm_activity_agg(date '2024-01-01', 1e15::bigint)
22008	crm_activity_agg(date '-infinity', 1::bigint)
22008	crm_activity_agg(date '-infinity', 1::float8)
22008	crm_activity_agg(date '-infinity', 1, 1)
22003	crm_rollup(a) FROM much, (VALUES (1), (2)) AS twice
22003	crm_amount(a) FROM much
22023	crm_days_since_last('{2024-01-01:1:0}', 'infinity')
22023	crm_tenure_days('{2024-01-01:1:0}', 'infinity')
22023	crm_age('{2024-01-01:1:0}', '-infinity')
22023	crm_decayed_events('{2024-01-01:1:1}', '2024-03-01', 0)
22023	crm_decayed_events('{2024-01-01:1:1}', '2024-03-01', 'Infinity')
22023	crm_decayed_events('{2024-01-01:1:1}', 'infinity', 1)
22023	crm_decayed_amount('{2024-01-01:1:1}', 'infinity', 1)
22023	crm_decayed_amount('{2024-01-01:1:1}', '2024-03-01', 'NaN')
22023	crm_sum('NaN'::float8)
22023	crm_sum('Infinity'::float8)
22003	crm_sum(v) FROM extreme
22023	crm_distribution_agg('NaN'::float8)
22023	crm_distribution_agg('-Infinity'::float8)
22023	crm_breaks_fit('NaN'::float8)
22023	crm_breaks_fit(1::float8, 0)
22023	crm_breaks_fit(1::float8, 1001)
22004	crm_breaks_fit(1::float8, NULL)
22023	crm_breaks_fit(v, v::integer) FROM (VALUES (2::float8), (3)) AS x (v)
22023	crm_score('NaN', '{1,2}')
22023	crm_score(1, '{2,1}')
22023	crm_breaks_describe('{2,1}', NULL)
22023	crm_breaks_describe('{1,Infinity}', NULL)
22023	crm_breaks_describe(array_agg(n::float8), NULL) FROM generate_series(1, 1000) AS n
22023	crm_segment_map('x')
22023	crm_rfm_segment(6, 1, 1)
22023	crm_rfm_segment(0, 1, 1)
22P02	crm_rfm_segment(1, 1, 1, 'x')
22P02	crm_segment_map_audit('x')
22P02	crm_segment_map_names('x')
22023	crm_score_cells('{}', '{2024-02-01,2024-01-01}', '{1}', '{1}', '{1}')
22023	crm_score_cells('{}', '{}', '{1}', '{1}', '{1}')
22023	crm_score_cells('{}', '{2024-02-01}', '{1,2,3,4,5,6,7,8,9,10}', '{1}', '{1}')
22023	crm_score_cells('{}', '{2024-02-01}', '{2,1}', '{1}', '{1}')
22023	crm_score_cells('{}', array_fill(date '2024-02-01', '{1201}'), '{1}', '{1}', '{1}')
22003	crm_score_cells(a, '{2024-02-01}', '{1}', '{1}', '{1}') FROM much
22023	crm_abc_fit(1::float8, '{0.9,0.8}')
22023	crm_abc_fit(1::float8, '{0,0.8}')
22023	crm_abc_fit(1::float8, '{0.8,1}')
22023	crm_abc_fit(1::float8, ARRAY(SELECT n / 14.0 FROM generate_series(1, 13) AS n))
22023	crm_abc_fit('NaN'::float8)
22003	crm_abc_fit(v) FROM extreme
22023	crm_abc_class(1, '{1,2}')
22023	crm_abc_class('NaN', '{2,1}')
22023	crm_abc_class(1, ARRAY(SELECT 20 - n FROM generate_series(1, 14) AS n))
22023	crm_gini('NaN'::float8)
22003	crm_gini(v) FROM extreme
22023	crm_top_share(1::float8, 1.1)
22004	crm_top_share(1::float8, NULL)
22023	crm_top_share(1::float8, 'NaN')
22003	crm_top_share(v, 0.5) FROM extreme
22023	crm_pareto_width(1::float8, -0.1)
22004	crm_pareto_width(1::float8, NULL)
22003	crm_pareto_width(v, 0.5) FROM extreme
22003	crm_hhi(v) FROM extreme
22023	crm_hhi('Infinity'::float8)
22023	crm_lorenz(1::float8, 0)
22004	crm_lorenz(1::float8, NULL)
22023	crm_lorenz(1::float8, 1001)
22003	crm_lorenz(v, 2) FROM extreme
22023	crm_lifecycle_stage('{2024-01-01:1:1}', 'infinity', 30)
22023	crm_lifecycle_stage('{2024-01-01:1:1}', '2024-12-31', 1e-7)
22023	crm_lifecycle_stage('{2024-01-01:1:1}', '2024-12-31', 1e10)
22023	crm_lifecycle_stage('{2024-01-01:1:1}', '2024-12-31', 30, window_days => 0)
22023	crm_lifecycle_stage('{2024-01-01:1:1}', '2024-12-31', 30, new_days => -1)
22023	crm_lifecycle_stage('{2024-01-01:1:1}', '2024-12-31', 30, departed_at => 1)
22023	crm_lifecycle_stage('{2024-01-01:1:1}', '2024-12-31', 30, growing_above => 0.5)
22023	crm_lifecycle_stage('{2024-01-01:1:1}', '2024-12-31', 30, prior_weight => 1e-10)
22023	crm_lifecycle_stage('{2024-01-01:1:1}', '2024-12-31', 30, declining_at => 0)
22023	crm_lifecycle_stage('{2024-01-01:1:1}', '2024-12-31', 30, shrinking_below => -1)
22023	crm_lifecycle_reason('{2024-01-01:1:1}', 'infinity', 30)
22023	crm_period_state('{2024-01-01:1:1}', '2024-02-01', '2024-01-01', '2023-01-01', '2023-12-31')
22023	crm_period_state('{2024-01-01:1:1}', '2024-01-01', '2024-02-01', '2023-01-01', '2024-01-01')
22023	crm_period_state('{2024-01-01:1:1}', '2024-01-01', '2024-02-01', '2023-01-01', '2022-01-01')
22023	crm_stickiness('{2024-01-01:1:1}', '2024-01-01', 'infinity')
22023	crm_stickiness('{2024-01-01:1:1}', '2024-01-01', '2023-01-01')
22023	crm_retention_agg('{2024-01-01:1:1}', '{2024-01-01}')
22023	crm_retention_agg('{2024-01-01:1:1}', '{2024-01-01,2024-01-01}')
22023	crm_retention_agg('{2024-01-01:1:1}', '{2024-01-01,2024-02-01}', 0)
22023	crm_churn(by_month) FROM retained
22023	crm_rollup(r) FROM (SELECT by_month FROM retained UNION ALL SELECT by_days FROM retained) AS x (r)
22023	crm_rollup(r) FROM (SELECT by_month FROM retained UNION ALL SELECT windowed FROM retained) AS x (r)
22023	crm_period_bounds('2024-01-15', '2024-03-10', 'fortnight')
22023	crm_period_bounds('2024-01-15', 'infinity')
22023	crm_period_bounds('2024-04-15', '2024-03-10')
22023	crm_period_bounds('2024-01-15', '2024-03-10', anchor => 'infinity')
22008	crm_period_bounds('5874897-12-31', '5874897-12-31')
22023	crm_periods('{2024-01-01:1:1}', '{2024-01-01}')
22003	crm_period_amounts(a, '{2024-01-01,2024-02-01}') FROM much
22023	crm_period_kept('{2024-01-01:1:1}', '{2024-01-01,2024-02-01}', 0)
22023	crm_measures('{2024-01-01:1:1}', 'infinity')
22023	crm_measures('{2024-01-01:1:1}', '2024-01-01', 0)
22003	crm_measures(a, '2024-02-02') FROM much
22023	crm_local_month(now(), 'Nowhere/No')
22023	crm_day_end('2024-01-01', 'Nowhere/No')
22008	crm_day_end('5000000-01-01', 'UTC')
22008	crm_oldest_month('4700-01-01 BC')
22023	crm_as_of('Nowhere/No')
22023	crm_over_on('Nowhere/No')
22023	crm_as_of_at('Nowhere/No') FROM set_config('crm_ext.as_of', '2024-12-31', true)
22P02	crm_clv_model('{"model":"x"}'::jsonb)
22000	crm_clv_fit('{2024-01-01:1:10}'::crm_activity, '2024-06-30')
22000	crm_clv_fit('{2024-01-01:1:10}'::crm_activity, '2024-06-30', 'mbg/nbd')
22023	crm_clv_fit(a, '2024-06-30', 'xnbd') FROM ledger
22023	crm_clv_fit(a, '2024-06-30'::date + n, 'bg/nbd') FROM ledger
22004	crm_clv_fit(a, NULL, 'bg/nbd') FROM ledger
22004	crm_clv_fit(a, NULL) FROM ledger
22004	crm_clv_fit(a, '2024-06-30', NULL) FROM ledger
22004	crm_clv_fit(a, '2024-06-30', 'bg/nbd', '{NULL}') FROM ledger
22004	crm_clv_fit(a, '2024-06-30', 'bg/nbd', NULL::float8[]) FROM ledger
22023	crm_clv_fit(a, '2024-06-30', 'bg/nbd', '{NaN}') FROM ledger
22023	crm_clv_fit(a, '2024-06-30', 'bg/nbd', array_fill(1::float8, ARRAY[1 + n % 2])) FROM ledger
22023	crm_clv_fit(a, '2024-06-30', 'mbg/cnbd-k', '{1}') FROM ledger
22003	crm_clv_fit(a, '2024-12-31', 'mbg/nbd', ARRAY[20000 + born]::float8[]) FROM customer_born
22023	crm_clv_fit(a, '2024-06-30', 'bg/nbd', array_fill(1::float8, ARRAY[9])) FROM ledger
22023	crm_clv_fit_summary(1, 5, 4, NULL)
22023	crm_clv_fit_summary(0.5, 1, 4, NULL)
22023	crm_clv_fit_summary(0, 1, 4, NULL)
22023	crm_clv_fit_summary(1, 1, 4, NULL, 'bg/nbd', 0)
22023	crm_clv_fit_summary(2, 4, 10, 1, 'mbg/cnbd-k', 7, 5::float8)
22023	crm_clv_fit_summary(2, 4, 10, 1, 'mbg/cnbd-k', 7, -1e19::float8)
22023	crm_bgbb_fit(2, 1, 4)
22023	crm_bgbb_fit(1, 5, 4)
22023	crm_bgbb_fit(1, 1, 4, 1.5)
22000	crm_bgbb_fit(0, 0, 4)
22023	crm_bgbb_fit(1, 1, 1000001)
22000	crm_sbg_fit(0, false)
22023	crm_sbg_fit(0, true)
22023	crm_sbg_fit(-1, true)
22023	crm_sbg_fit(1, false, 0.5)
22023	crm_regularity(a, 'infinity') FROM one
22023	crm_log_gaps('{2024-01-01:1:10}', 'infinity')
22023	crm_log_likelihood(m, 'x') FROM model
22023	crm_aic(m, 'x') FROM model
22023	crm_bic(m, 'x') FROM model
22023	crm_clv_for(m, '{1}') FROM model_known
22004	crm_clv_for(m, '{1,NULL}') FROM model_known
22023	crm_clv_for(m, '{1,NaN}') FROM model_known
22003	crm_clv_for(m, '{1e6,1e7}') FROM model_known
22023	crm_clv_for(m, '{1}') FROM model
22023	crm_clv_name_covariates(m, '{a}') FROM model_known
22023	crm_clv_name_covariates(m, '{a,a}') FROM model_known
22023	crm_clv_name_covariates(m, ARRAY['a', '']) FROM model_known
22023	crm_clv_name_covariates(m, ARRAY['a', repeat('x',64)]) FROM model_known
22023	crm_p_alive(m, a, '2024-06-30') FROM model_known, one
22023	crm_p_alive(m, a, '2024-06-30') FROM model_kept, one
22023	crm_p_alive(m, a, '2024-06-30') FROM model_taken, one
22023	crm_p_alive(m, a, '2024-06-30', '2024-05-30') FROM model, one
22023	crm_p_alive_if_silent(m, a, '2024-06-30', '2024-05-30') FROM model, one
22023	crm_purchase_probability(m, a, '2024-06-30', -1, 1) FROM model, one
22023	crm_purchase_probability(m, a, '2024-06-30', 1000001, 1) FROM model, one
22023	crm_purchase_probability(m, a, '2024-06-30', 1, -1) FROM model, one
22023	crm_purchase_probability_at_least(m, a, '2024-06-30', 1, -1) FROM model, one
22023	crm_expected_purchases(m, a, '2024-06-30', -1) FROM model, one
22023	crm_expected_purchases(m, a, 'infinity', 1) FROM model, one
22023	crm_discounted_purchases(m, a, '2024-06-30', -1) FROM model, one
22023	crm_expected_value(m, a, '2024-06-30') FROM model_without_spend, one
22023	crm_clv(m, a, '2024-06-30', -1) FROM model, one
22023	crm_clv(m, a, '2024-06-30', 10, 1e-10) FROM model, one
22023	crm_clv(m, a, '2024-06-30', 10, 1e7) FROM model, one
22023	crm_clv(m, a, '2024-06-30', 10, -0.1) FROM model, one
22023	* FROM crm_clv_scores((SELECT m FROM model), (SELECT a FROM one), '2024-06-30', -1)
22023	* FROM crm_clv_scores((SELECT m FROM model_taken), (SELECT a FROM one), '2024-06-30', 1)
22023	crm_clv_interval(m, a, '2024-06-30', 10, 0.1, 0) FROM model, one
22023	crm_clv_interval(m, a, '2024-06-30', 10, 0.1, 1) FROM model, one
22023	crm_new_customer_purchases(m, -1) FROM model
22023	crm_purchase_probability(m, -1, 1) FROM model
22023	crm_purchase_probability(m, 1, -1) FROM model
22023	crm_purchase_probability(m, 1000001, 1) FROM model
22023	crm_p_alive_summary(m, 1, 5, 4) FROM model
22023	crm_p_alive_summary(m, 1, 5, 1.1e16) FROM model
22023	crm_p_alive_summary(m, 1.1e10, 5, 10) FROM model
22023	crm_p_alive_summary(m, 0, 0, 1e-13) FROM model
22023	crm_p_alive_summary(m, 1, 1, 1) FROM model_kept
22023	crm_p_alive_summary(m, 1, 1, 1.5) FROM model_taken
22023	crm_p_alive_summary(m, 1, 1, 1000001) FROM model_taken
22023	crm_p_alive_summary(m, 1, 1, 4, 3) FROM model
22023	crm_p_alive_summary(m, 1, 1, 4, 1.1e16) FROM model
22023	crm_p_alive_if_silent_summary(m, 1, 1, 4, 3) FROM model
22023	crm_purchase_probability_summary(m, 1, 1, 4, 1, -1) FROM model
22023	crm_purchase_probability_summary(m, 1, 1, 4, 1, 1.1e16) FROM model
22023	crm_expected_purchases_summary(m, 1, 1, 4, 1.1e16) FROM model
22023	crm_discounted_purchases_summary(m, 1, 1, 4, -1) FROM model
22023	crm_expected_value_summary(m, 1, 1.1e24) FROM model
22023	crm_clv_summary(m, 1, 1, 4, 1, -1) FROM model
22023	crm_clv_interval_summary(m, 1, 1, 4, 1, 10, 0.1, 1) FROM model
22023	crm_sbg_survival(m, 1) FROM model
22023	crm_sbg_survival(m, -1) FROM model_kept
22023	crm_sbg_retention(m, 0) FROM model_kept
22023	crm_sbg_retention(m, 1) FROM model_taken
22023	crm_sbg_renewals(m, 1, NULL, 0.1) FROM model_taken
22023	crm_sbg_renewals(m, 1, NULL, 1.1e6) FROM model_kept
22023	crm_sbg_renewals(m, 1, NULL, -0.1) FROM model_kept
22023	crm_clv_check_arguments('infinity', NULL, NULL, NULL)
22023	crm_clv_tracking(m, ARRAY(SELECT a FROM ledger), 'infinity', 7) FROM model
22023	crm_clv_tracking(m, ARRAY(SELECT a FROM ledger), '2024-12-31', 0) FROM model
22023	crm_clv_tracking(m, ARRAY(SELECT a FROM ledger), '2024-12-31', 7) FROM model_kept
22023	crm_clv_frequency_check(m, ARRAY(SELECT a FROM ledger), 'infinity') FROM model
22023	crm_clv_frequency_check(m, ARRAY(SELECT a FROM ledger), '2024-12-31', -1) FROM model
22023	crm_clv_holdout(m, ARRAY(SELECT a FROM ledger), '2024-12-31', 'infinity') FROM model
22023	crm_clv_holdout(m, ARRAY(SELECT a FROM ledger), '2024-12-31', '2024-12-01') FROM model
22023	crm_clv_holdout(m, ARRAY(SELECT a FROM ledger), '2024-12-01', '2024-12-31', -1) FROM model
22023	crm_simulate_purchases(m, 1, '2024-01-01', 10, 1) FROM model_kept
22023	crm_simulate_purchases(m, 1, '2024-01-01', 10, 1) FROM model_taken
22023	crm_simulate_purchases(m, -1, '2024-01-01', 10, 1) FROM model
22023	crm_simulate_purchases(m, 1, '2024-01-01', -10, 1) FROM model
22023	crm_simulate_purchases(m, 1, '2024-01-01', 10, 1) FROM model_known
22023	crm_experience_gap('NaN', 1)
22003	crm_experience_gap(-1.7e308, 1.7e308)
22023	crm_experience_outcome(1, 1, -1)
22023	crm_experience_outcome(1, 'Infinity')
22023	crm_experience_agg('NaN'::float8, 1)
22003	crm_experience_agg(1e200, 1)
22003	crm_experience_agg(1e-200, 1)
22003	crm_experience_agg(1, 1, v) FROM (VALUES (1e-200), (1e-200)) AS x (v)
22003	crm_experience_agg(1, 1, 1e200)
22023	crm_experience_agg(1, 1, -1)
22023	crm_gap_interval(crm_experience_agg(1, 1), 1)
22023	crm_expected_interval(crm_experience_agg(1, 1), 0)
22023	crm_actual_interval(crm_experience_agg(1, 1), 'NaN')
22023	crm_outcome_share(crm_experience_agg(1, 1), 'x')
22023	crm_group_outcome(crm_experience_agg(1, 1), -1)
22023	crm_group_outcome(crm_experience_agg(1, 1), 0.5, 1)
22023	crm_gap_test(crm_experience_agg(1, 1), crm_experience_agg(1, 1), 1)
22023	crm_proportion_interval(2, 1)
22023	crm_proportion_interval(-1, 1)
22023	crm_proportion_interval(1, 1, 1)
22023	crm_proportion_interval(1, 1, 0.5, 'x')
22023	crm_proportion_interval(0.5, 1)
22023	crm_proportion_interval(0.0, 9007199254740992.0)
22023	crm_nps_agg(0.5)
22023	crm_nps_agg(11)
22023	crm_nps_agg('NaN')
22023	crm_nps_interval(crm_nps_agg(1), 0.5, 'x')
22023	crm_nps_interval(crm_nps_agg(1), 1)
22023	crm_csat_agg(6, 4)
22004	crm_csat_agg(5, NULL)
22023	crm_csat_agg(v, v) FROM (VALUES (4), (5)) AS x (v)
22023	crm_csat_agg(5, 4, 5, 1)
22023	crm_csat_agg(5, 4, 5, 5)
22023	crm_csat_interval(crm_csat_agg(5, 4), 1)
22023	crm_rollup(x) FROM (SELECT crm_csat_agg(5, 4) UNION ALL SELECT crm_csat_agg(5, 3)) AS y (x)
22023	crm_ces_agg(8)
22004	crm_ces_agg(5, NULL, 1, 2)
22023	crm_ces_agg(5, 1, 1, 2)
22023	crm_ces_agg(5, v, 7, 5) FROM (VALUES (1), (2)) AS x (v)
22023	crm_ces_interval(crm_ces_agg(7), 0)
22023	crm_kano_class(0, 1)
22023	crm_kano_agg(6, 1)
22023	crm_kano_count(crm_kano_agg(1, 1), 'X')
22023	crm_index_agg(11, 1, 1, 10)
22023	crm_index_agg(1, 1, 10, 1)
22023	crm_index_agg(1, -1, 1, 10)
22023	crm_index_agg('NaN', 1, 1, 10)
22004	crm_index_agg(1, 1, NULL, 10)
22003	crm_index_agg(0, 1, -1.7e308, 1.7e308)
22003	crm_index_agg(1, v, 1, 10) FROM extreme
22023	crm_index_coverage(crm_index_agg(1, 1, 1, 10), 0.5)
22023	crm_ipa_quadrant('NaN', 1, 1, 1)
22023	crm_driver_fit('NaN'::float8, '{1}')
22023	crm_driver_fit(1, '{}')
22023	crm_driver_fit(1, array_fill(1::float8, ARRAY[65]))
22023	crm_driver_fit(1, array_fill(1::float8, ARRAY[v])) FROM (VALUES (1), (2)) AS x (v)
22003	crm_driver_fit(1e200, '{1}')
22023	crm_driver_fit(1, '{1}', -1)
22023	crm_business_deadline('2024-01-02', -1, 'UTC; mon-sun 00:00-24:00')
22023	crm_business_deadline('2024-01-02', 'NaN', 'UTC; mon-sun 00:00-24:00')
22023	crm_survival_agg(-1, true)
22023	crm_survival_agg('Infinity', true)
22023	crm_survival_quantile(crm_survival_agg(1, true), 1.1)
22023	crm_survival_percentile(crm_survival_agg(1, true), -0.1)
22023	crm_survival_interval(crm_survival_agg(1, true), 0.5, 1)
22023	crm_survival_interval(crm_survival_agg(1, true), 0.5, 0.5, 'x')
22023	crm_survival_share(crm_survival_agg(1, true), -1)
22023	crm_survival_share(crm_survival_agg(1, true), 'NaN')
22023	crm_survival_mean(crm_survival_agg(1, true), -1)
22023	crm_proportion_test(2, 1, 1, 1)
22023	crm_proportion_test(1, 1, 1, 1, 1)
22023	crm_moments_agg('NaN'::float8)
22003	crm_moments_agg(1e200::float8)
22003	crm_moments_agg(1e-200::float8)
22023	crm_moments_interval(crm_moments_agg(1), 1)
22023	crm_mean_difference(crm_moments_agg(1), crm_moments_agg(1), 1)
22023	crm_attribution_weights('{2024-01-01}', '2024-01-02', 'x')
22023	crm_attribution_weights('{2024-01-01}', '2024-01-02', 'decay', 0)
22023	crm_attribution_weights('{2024-01-01}', '2024-01-02', 'decay', 'Infinity')
22023	crm_attribution_weights('{2024-01-01}', '2024-01-02', 'first', 7, -1)
2202E	crm_attribution_weights('{{2024-01-01}}', '2024-01-02', 'first')
2202E	crm_attribution_weights('{2024-01-01}', '2024-01-02', 'first', 7, 1, '{t,f}')
22023	crm_surge('NaN', '{1,2,3,4}')
22023	crm_surge(1, '{1,2,3,Infinity}')
22003	crm_surge(1.7e308, '{-1.7e308,1.7e308,1,2}')
22023	crm_forest('{3,1}')
22023	crm_forest('{0}')
2202E	crm_forest('{{1}}')
22023	crm_markov_agg('{a}', -1, 1, 1)
22023	crm_markov_agg('{a}', 1, 'NaN', 1)
22023	crm_markov_agg('{a}', 1, 'Infinity', 1)
2202E	crm_markov_agg('{{a}}', 1, 1, 1)
54000	crm_markov_agg(ARRAY[n::text], 1, 1, 1) FROM generate_series(1, 1001) AS n
22003	crm_markov_agg('{a}', 1.7e308, 1, 1) FROM generate_series(1, 2)
22023	crm_log_odds(2, 1, 1, 1, 1, 2)
22023	crm_log_odds(-1, 1, 1, 1, 1, 2)
22023	crm_log_odds('NaN', 1, 1, 1, 1, 2)
22023	crm_normal_phone('030 1234567', 'XX')
22023	crm_normal_phone('030 1234567', 'de')
22023	crm_conversation_agg(now(), 'a', 'in', 's', -1)
22023	crm_conversation_agg(now(), 'a', 'in', 's', 'NaN')
22023	crm_open_stay_agg(d, 1, 'open', '{}', '{}', d, 'UTC; mon 09:00-10:00', 'a', 'b') FROM two
22023	crm_case_cycle_agg(d, 1, 'open', '{}', '{}', d, 'UTC; mon 09:00-10:00') FROM two
22003	crm_nps_combine(nps, nps) FROM full_tally
22003	crm_kano_combine(kano, kano) FROM full_tally
22003	crm_csat_combine(csat, csat) FROM full_tally
22003	crm_ces_combine(ces, ces) FROM full_tally
22023	crm_csat_combine(crm_csat_agg(5, 4), crm_csat_agg(5, 3))
22023	crm_ces_combine(crm_ces_agg(5), crm_ces_agg(5, 5, 1, 2))
22003	crm_index_combine(parts, parts) FROM full_tally
22003	crm_moments_combine(n, n) FROM (SELECT crm_moments_agg(1e154)) AS x (n)
22003	crm_experience_combine(n, n) FROM (SELECT crm_experience_agg(1e154, 1)) AS x (n)
22003	crm_driver_combine(n, n) FROM (SELECT crm_driver_fit(1e154, '{1}')) AS x (n)
22023	crm_driver_combine(crm_driver_fit(1, '{1}'), crm_driver_fit(1, '{1,2}'))
22000	crm_markov_credit(chain) FROM endless
22003	crm_retention_agg('{2024-01-01:2147483647:1}', '{2024-01-01,2024-02-01}') FROM generate_series(1, 2200000)
22003	crm_activity_add(a, a) FROM much
22P02	'{2024-01-01}'::crm_activity
22003	'{2024-01-01:1:900000000000000,2024-01-01:1:900000000000000}'::crm_activity
22P02	'UTC; mon 9'::crm_calendar
22023	'Nowhere/X; mon 9:00-10:00'::crm_calendar
54000	concat('UTC; closed ', string_agg(d::text, ', '))::crm_calendar FROM many_days
22P02	'{a}'::crm_distribution
22P02	'{3-}'::crm_survival
22P02	'x'::crm_markov
22P02	'x'::crm_retention
22P02	'{"model":"bg/nbd"}'::crm_clv_model
22P02	'x'::crm_clv_sample
22003	crm_rollup(s) FROM (VALUES ('{3*9007199254740992}'::crm_survival), ('{3}')) AS x (s)
\.

CREATE FUNCTION pg_temp.code_of(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || call;
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT is_empty('SELECT * FROM (SELECT *, pg_temp.code_of(call) AS found FROM refused) AS x WHERE found <> code',
                'each call makes the error that it should');

-- By name, for most comments of functions of one name refer to each other. Text is read by ::TYPE. Left out is
-- crm_period_kept, whose sums no rows that fit on a disk make too large.
SELECT is_empty($$
    SELECT p.oid::regprocedure, said.code
    FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
         JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
         JOIN pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = e.tableoid AND e.extname = 'crm_ext',
         regexp_matches(obj_description(p.oid, 'pg_proc'), '\m(22[0-9P][0-9][0-9A-Z]|54000)\M', 'g') AS found,
         LATERAL (SELECT found[1]) AS said (code)
    WHERE (l.lanname = 'c' OR p.prokind = 'a') AND 'internal'::regtype <> ALL (p.proargtypes)
      AND NOT (p.proname = 'crm_period_kept' AND said.code = '22003')
      AND NOT EXISTS (SELECT FROM refused AS r WHERE r.code = said.code
                      AND r.call ~ (CASE WHEN p.proname ~ '_in$' THEN '::' || left(p.proname, -3) || '\M'
                                    ELSE '\m' || p.proname || '\(' END))
$$, 'and each code of a comment has a call');

-- A text of any length is shown by its beginning.
CREATE FUNCTION pg_temp.message_of(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || call;
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
SELECT is_empty($$
    SELECT call, left(pg_temp.message_of(call), 60) FROM (
        SELECT regexp_replace(call, '''x''', 'repeat(''x'', 3000)', 'gi') FROM refused WHERE call ~* '''x'''
        UNION ALL
        SELECT format('repeat(''x'', 3000)::%s', t.oid::regtype)
        FROM pg_type AS t JOIN pg_depend AS d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
             JOIN pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = e.tableoid AND e.extname = 'crm_ext'
        WHERE t.typtype = 'b' AND t.typcategory <> 'A'
    ) AS long (call)
    WHERE length(pg_temp.message_of(call)) NOT BETWEEN 5 AND 200
$$, 'a message is short');
SELECT * FROM finish();
ROLLBACK;
