-- Lifetime value: fit a model, look at it, score customers, validate.
SET datestyle = 'ISO, YMD';

-- A model from a paper, written down: BG/NBD of Fader, Hardie & Lee (2005), in
-- weeks, with the Gamma-Gamma spend of Fader & Hardie (2013).
CREATE TEMP TABLE paper AS SELECT '{"model": "bg/nbd",
  "purchase": {"parameters": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}},
  "spend": {"parameters": {"p": 6.25, "q": 3.74, "gamma": 15.44}}}'::crm_clv_model AS model;
SELECT model FROM paper;

-- Three cohorts of customers of that model, a quarter apart.
CREATE TEMP TABLE orders AS
SELECT 1000 * cohort + customer_id AS customer_id, day, amount
FROM paper, generate_series(0, 2) AS cohort,
     crm_simulate_purchases(model, 600, date '2022-01-03' + 91 * cohort, 728 - 91 * cohort, 5 + cohort);
SELECT count(DISTINCT customer_id) AS customers, count(*) AS orders, min(day), max(day) <= date '2024-01-01' AS in_time
FROM orders;
CREATE TEMP TABLE customer AS
SELECT customer_id, crm_activity_agg(day, amount) AS activity FROM orders GROUP BY customer_id;

-- Fit as of a day: what came later is left for the validation.
CREATE TEMP TABLE fit AS SELECT crm_clv_fit(activity, date '2023-01-02') AS model FROM customer;
SELECT crm_model_name(model) AS name, round(crm_log_likelihood(model)::numeric, 4) AS log_likelihood,
       round(crm_aic(model)::numeric, 4) AS aic, round(crm_bic(model)::numeric, 4) AS bic,
       round(crm_log_likelihood(model, 'spend')::numeric, 4) AS spend
FROM fit;
SELECT submodel, parameter, round(estimate::numeric, 5) AS estimate, round(std_error::numeric, 5) AS std_error,
       round(low::numeric, 4) AS low, round(high::numeric, 4) AS high
FROM fit, crm_clv_model_parameters(model);
SELECT model::jsonb ->> 'as_of' AS as_of, model::jsonb -> 'unit_days' AS unit_days,
       model::jsonb #> '{purchase,customers}' AS customers, model::jsonb #> '{purchase,distinct}' AS distinct_histories,
       model::jsonb #> '{spend,customers}' AS with_repeats,
       round((model::jsonb -> 'correlation')::numeric, 6) AS correlation
FROM fit;

-- Which model? The smaller criterion wins.
SELECT name, round(crm_bic(model)::numeric, 3) AS bic
FROM (SELECT name, crm_clv_fit(activity, date '2023-01-02', name) AS model
      FROM customer, unnest(ARRAY['bg/nbd', 'mbg/nbd', 'pareto/nbd']) AS name GROUP BY name) AS x
ORDER BY bic;

-- The best customers, and what the coming year is worth.
SELECT customer_id, crm_frequency(activity, day) AS x, crm_days_since_last(activity, day) AS days_since,
       round(crm_p_alive(model, activity, day)::numeric, 6) AS p_alive,
       round(crm_p_alive(model, activity, day, day + 60)::numeric, 6) AS in_60_days,
       round(crm_expected_purchases(model, activity, day, 365)::numeric, 6) AS purchases,
       round(crm_expected_value(model, activity, day)::numeric, 4) AS value,
       round(crm_clv(model, activity, day, 365)::numeric, 4) AS clv,
       round(i.low::numeric, 3) AS low, round(i.high::numeric, 3) AS high
FROM customer, fit, (VALUES (date '2023-01-02')) AS today (day),
     crm_clv_interval(model, activity, day, 365) AS i
ORDER BY crm_clv(model, activity, day, 365) DESC LIMIT 5;
SELECT round(sum(crm_clv(model, activity, date '2023-01-02', 365))::numeric, 2) AS one_year,
       round(sum(crm_clv(model, activity, date '2023-01-02', 365, 0))::numeric, 2) AS undiscounted,
       round(sum(crm_clv(model, activity, date '2023-01-02', NULL)) FILTER (WHERE customer_id <= 20)::numeric, 2)
           AS twenty_without_end
FROM customer, fit;

-- A customer who has not bought yet has no value to speak of.
SELECT crm_p_alive(model, '{}', date '2023-01-02') IS NULL AS p_alive,
       crm_clv(model, NULL, date '2023-01-02', 365) IS NULL AS clv,
       crm_clv(model, '{}', date '2023-01-02', 365) IS NULL AS clv_of_nobody
FROM fit;

-- Under BG/NBD a customer without a repeat purchase had no chance to leave.
SELECT name, round(min(crm_p_alive(model, activity, date '2023-01-02'))::numeric, 4) AS lowest,
       round(max(crm_p_alive(model, activity, date '2023-01-02'))::numeric, 4) AS highest
FROM customer, (SELECT name, crm_clv_fit(activity, date '2023-01-02', name) AS model
                FROM customer, unnest(ARRAY['bg/nbd', 'mbg/nbd', 'pareto/nbd']) AS name GROUP BY name) AS x
WHERE crm_frequency(activity, date '2023-01-02') = 0 GROUP BY name ORDER BY name;

-- New customers.
SELECT days, round(crm_new_customer_purchases(model, days)::numeric, 6) AS purchases,
       round(crm_purchase_probability(model, 0, days)::numeric, 6) AS none,
       round(crm_purchase_probability(model, 3, days)::numeric, 6) AS three
FROM fit, unnest(ARRAY[0, 7, 91, 365]) AS days;

-- Does the model hold? The year that it has not seen, and the one that it has.
SELECT frequency, customers, round(expected::numeric, 4) AS expected, round(actual::numeric, 4) AS actual
FROM fit, crm_clv_holdout(model, ARRAY(SELECT activity FROM customer), date '2023-01-02', date '2024-01-01', 5);
SELECT frequency, actual, round(expected::numeric, 3) AS expected
FROM fit, crm_clv_frequency_check(model, ARRAY(SELECT activity FROM customer), date '2023-01-02', 5);
SELECT day, actual, round(expected::numeric, 3) AS expected, actual_cumulative,
       round(expected_cumulative::numeric, 3) AS expected_cumulative
FROM fit, crm_clv_tracking(model, ARRAY(SELECT activity FROM customer), date '2024-01-01', 91);

-- From a table of summaries, here in days.
CREATE TEMP TABLE summary AS
SELECT crm_frequency(activity, day) AS frequency, crm_recency(activity, day) AS recency, crm_age(activity, day) AS age,
       crm_monetary(activity, day) AS monetary
FROM customer, (VALUES (date '2023-01-02')) AS today (day);
SELECT submodel, parameter, round(estimate::numeric, 5) AS estimate
FROM (SELECT crm_clv_fit_summary(frequency, recency, age, monetary, 'bg/nbd', 1) AS model FROM summary) AS x,
     crm_clv_model_parameters(model);
SELECT round(crm_p_alive_summary(model, 3, 20, 50)::numeric, 6) AS p_alive,
       round(crm_expected_purchases_summary(model, 3, 20, 50, 52)::numeric, 6) AS purchases,
       round(crm_expected_value_summary(model, 3, 40)::numeric, 6) AS value,
       round(crm_clv_summary(model, 3, 20, 50, 40, 52)::numeric, 6) AS clv
FROM paper;

-- Donations: an appeal a year, BG/BB.
CREATE TEMP TABLE donor (taken integer, last integer, appeals integer, donors integer);
INSERT INTO donor VALUES (0, 0, 4, 300), (1, 1, 4, 120), (1, 2, 4, 40), (1, 3, 4, 30), (1, 4, 4, 40), (2, 2, 4, 60),
    (2, 3, 4, 40), (2, 4, 4, 70), (3, 3, 4, 60), (3, 4, 4, 110), (4, 4, 4, 130);
CREATE TEMP TABLE bgbb AS SELECT crm_bgbb_fit(taken, last, appeals, donors) AS model FROM donor;
SELECT parameter, round(estimate::numeric, 5) AS estimate, round(std_error::numeric, 5) AS std_error
FROM bgbb, crm_clv_model_parameters(model);
SELECT taken, last, round(crm_p_alive_summary(model, taken, last, appeals)::numeric, 6) AS p_alive,
       round(crm_expected_purchases_summary(model, taken, last, appeals, 4)::numeric, 6) AS next_four
FROM bgbb, donor ORDER BY taken, last;
SELECT crm_p_alive(model, '{2022-01-03:1:10}', date '2023-01-02') FROM bgbb;

-- Contracts: who of 1,000 subscribers has left after how many years.
CREATE TEMP TABLE sbg AS
SELECT crm_sbg_fit(year, left_us, subscribers) AS model
FROM (VALUES (1, true, 369), (2, true, 163), (3, true, 86), (4, true, 56),
             (4, false, 326)) AS s (year, left_us, subscribers);
SELECT parameter, round(estimate::numeric, 5) AS estimate FROM sbg, crm_clv_model_parameters(model);
SELECT year, round(crm_sbg_survival(model, year)::numeric, 5) AS survival,
       round(crm_sbg_retention(model, year)::numeric, 5) AS retention,
       round(crm_sbg_renewals(model, year, 5, 0.1)::numeric, 5) AS five_more,
       round(crm_sbg_renewals(model, year, NULL, 0.1)::numeric, 5) AS all_more
FROM sbg, generate_series(1, 5) AS year;
SELECT crm_sbg_survival(model, 1) FROM paper;

-- Where the data do not tell, the fit says so.
SELECT parameter, std_error IS NULL AS at_boundary
FROM (SELECT crm_clv_fit_summary(i % 4, CASE WHEN i % 4 > 0 THEN 50 ELSE 0 END, 50, NULL) AS model
      FROM generate_series(1, 400) AS i) AS everybody_stays, crm_clv_model_parameters(model);
SELECT crm_clv_fit(activity, date '2022-01-03') FROM customer;
SELECT crm_clv_fit(activity, date '2021-01-03') IS NULL AS nobody_yet FROM customer;
SELECT crm_clv_fit(activity, date '2023-01-02', 'bg-nbd') FROM customer;
SELECT crm_clv_fit(activity, date '2023-01-02' + (customer_id % 2)::integer) FROM customer;
SELECT crm_clv_fit_summary(2, 30, 20, NULL);
SELECT crm_clv(crm_clv_fit_summary(i % 3, i % 3, 20 + i % 5, NULL), '{2022-01-03:1:10}', date '2023-01-02', 365)
FROM generate_series(1, 50) AS i;
SELECT '{"model": "bg/nbd", "purchase": {"parameters": {"r": 0.243, "alpha": 4.414, "a": 0.793}}}'::crm_clv_model;
SELECT '{"model": "bg/nbd", "purchase": {"parameters": {"r": 0.243, "alpha": 4.414, "a": -1, "b": 2}}}'::crm_clv_model;
SELECT '{"model": "bg/nbd", "purchase": {"parameters": {"r": 0.243, "alpha": 4.414, "s": 1, "b": 2}}}'::crm_clv_model;
