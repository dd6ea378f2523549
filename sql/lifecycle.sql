-- Customers of a shop, as of 2024-07-01, by the days on which they bought.
CREATE TABLE customer (name text, activity crm_activity);
INSERT INTO customer
SELECT name, crm_activity_agg(day::date, 10)
FROM (VALUES ('ann', '{2024-06-20}'::text[]),
             ('bob', '{2024-06-05,2024-06-12,2024-06-29}'),
             ('cat', '{2024-01-10,2024-02-12,2024-03-11,2024-04-10,2024-05-12,2024-06-11}'),
             ('dan', '{2023-09-01,2023-10-01,2023-11-02,2023-12-01,2024-02-15,2024-05-01,2024-06-01,2024-06-20}'),
             ('eve', '{2024-01-05,2024-01-20,2024-02-10,2024-03-05,2024-04-17}'),
             ('fay', '{2024-01-05,2024-01-25,2024-02-10,2024-02-28,2024-03-20,2024-06-10}'),
             ('gus', '{2023-07-01,2023-08-01,2023-09-01}'),
             ('hal', '{2024-03-01}'),
             ('ida', '{2024-08-01}')) AS x(name, days), unnest(days) AS day
GROUP BY name;
INSERT INTO customer VALUES ('joe', crm_activity('2024-06-01', -5)), ('kim', NULL);

-- The usual gap of all; then each customer's stage, and why.
SELECT round(crm_cadence_fit(activity, '2024-07-01')::numeric, 6) AS usual_gap,
       count(crm_mean_gap_days(activity, '2024-07-01')) AS customers_with_gaps
FROM customer;
WITH fit AS (SELECT crm_cadence_fit(activity, '2024-07-01') AS gap FROM customer)
SELECT name, crm_lifecycle_stage(activity, '2024-07-01', gap) AS stage,
       crm_lifecycle_reason(activity, '2024-07-01', gap) AS reason
FROM customer, fit ORDER BY name;

-- The same rule in plain SQL.
WITH fit AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY crm_mean_gap_days(activity, '2024-07-01')) AS gap FROM customer
), measured AS (
    SELECT name, activity, n, (date '2024-07-01' - crm_last_day(activity, '2024-07-01'))
               / ((3 * gap + coalesce((n - 1) * crm_mean_gap_days(activity, '2024-07-01'), 0)) / (3 + n - 1))
               AS overdue,
           crm_tenure_days(activity, '2024-07-01') AS tenure,
           crm_event_count(crm_slice(activity, '2024-04-03', '2024-07-01')) AS recent,
           crm_event_count(crm_slice(activity, '2024-01-04', '2024-04-02')) AS earlier
    FROM customer, fit, crm_active_days(activity, '2024-07-01') AS n WHERE activity IS NOT NULL
), staged AS (
    SELECT activity, CASE WHEN n = 0 THEN NULL WHEN overdue > 3 THEN 'departed'
                WHEN overdue > 1.5 OR earlier > 0 AND recent < 0.7 * earlier THEN 'declining'
                WHEN n = 1 OR tenure <= 30 THEN 'new'
                WHEN earlier = 0 OR recent > 1.2 * earlier THEN 'growing' ELSE 'mature' END AS stage
    FROM measured
)
SELECT count(*) AS customers, count(stage) AS with_stage,
       bool_and(stage IS NOT DISTINCT FROM crm_lifecycle_stage(activity, '2024-07-01', gap)) AS same
FROM staged, fit;

-- Yesterday's stage is read from the same ledger.
SELECT as_of::date, crm_lifecycle_stage(activity, as_of::date, 30) AS stage,
       crm_lifecycle_reason(activity, as_of::date, 30) AS reason
FROM customer, generate_series(timestamp '2024-01-01', '2025-02-01', '1 month') AS as_of
WHERE name = 'cat' ORDER BY as_of;

-- Every parameter has its part.
SELECT crm_lifecycle_stage(a, '2024-07-01', 30) AS usual,
       crm_lifecycle_stage(a, '2024-07-01', 30, new_days => 400) AS long_new,
       crm_lifecycle_stage(a, '2024-07-01', 30, window_days => 45) AS short_window,
       crm_lifecycle_stage(a, '2024-07-01', 30, declining_at => 0.1) AS impatient,
       crm_lifecycle_stage(a, '2024-07-01', 30, declining_at => 0.1, departed_at => 0.5) AS harsh,
       crm_lifecycle_stage(a, '2024-07-01', 30, shrinking_below => 1.1, growing_above => 1.1) AS demanding,
       crm_lifecycle_stage(a, '2024-07-01', 30, growing_above => 0.9) AS kind,
       crm_lifecycle_stage(a, '2024-07-01', 4, prior_weight => 1000) AS as_others
FROM (SELECT activity AS a FROM customer WHERE name = 'cat') AS x;

-- No usual gap: one's own decides, and once is not enough to tell.
SELECT name, crm_lifecycle_stage(activity, '2024-07-01', NULL) AS stage,
       crm_lifecycle_reason(activity, '2024-07-01', NULL) AS reason
FROM customer WHERE name IN ('ann', 'cat', 'gus', 'hal') ORDER BY name;
SELECT crm_cadence_fit(activity, '2024-07-01') AS nobody_has_a_gap FROM customer WHERE crm_active_days(activity) < 2;
SELECT crm_cadence_fit(activity, '2024-07-01') AS one_gap FROM customer WHERE name = 'gus';
SELECT crm_cadence_fit(activity, '2023-08-15') AS earlier FROM customer;
SELECT crm_cadence_fit(activity, NULL) AS no_day FROM customer;

-- A slow customer with nothing in either window; a gap of a day and a half.
SELECT crm_lifecycle_stage('{2022-01-01:1:0,2023-01-01:1:0,2024-01-01:1:0}', '2024-07-01', 300) AS stage,
       crm_lifecycle_reason('{2022-01-01:1:0,2023-01-01:1:0,2024-01-01:1:0}', '2024-07-01', 300) AS reason;
SELECT crm_lifecycle_reason('{2024-06-01:1:0,2024-06-02:1:0,2024-06-04:1:0}', '2024-06-09', 1.5) AS reason;

-- Growth accounting: May against April.
SELECT name, crm_period_state(activity, '2024-05-01', '2024-05-31', '2024-04-01', '2024-04-30') AS may,
       crm_period_state(activity, '2024-06-01', '2024-06-30', '2024-05-01', '2024-05-31') AS june,
       crm_active_between(activity, '2024-06-01', '2024-06-30') AS active_in_june
FROM customer ORDER BY name;
SELECT crm_period_state('{2024-06-01:1:0}', '2024-06-01', '2024-06-01', '2024-05-31', '2024-05-31') AS first_day,
       crm_period_state('{2024-05-31:1:0}', '2024-06-01', '2024-06-01', '2024-05-31', '2024-05-31') AS day_before,
       crm_period_state('{2024-05-30:1:0,2024-06-01:1:0}', '2024-06-01', '2024-06-01', '2024-05-31', '2024-05-31')
           AS back,
       crm_period_state('{2024-05-30:1:0,2024-06-01:1:0}', '2024-06-01', '2024-06-01', '-infinity', '2024-05-31')
           AS ever;
SELECT crm_active_between('{2024-06-01:1:0}', '-infinity', '2024-06-01') AS open,
       crm_active_between('{2024-06-01:1:0}', '2024-06-02', 'infinity') AS later,
       crm_active_between('{2024-06-01:1:0}', '2024-06-02', '2024-06-01') AS backwards,
       crm_active_between('{2024-06-01:0:-5}', '2024-06-01', '2024-06-01') AS refund;

-- Stickiness: of those active in June, how many are on a day of June?
SELECT crm_stickiness(activity, '2024-06-01', '2024-06-30') AS june,
       sum(crm_active_days(crm_slice(activity, '2024-06-01', '2024-06-30')))::float8 / 30
       / count(*) FILTER (WHERE crm_active_between(activity, '2024-06-01', '2024-06-30')) AS by_hand
FROM customer;
SELECT crm_stickiness(activity, '2020-06-01', '2020-06-30') AS nobody,
       crm_stickiness(activity, '2024-06-20', '2024-06-20') AS one_day,
       crm_stickiness(activity, NULL, '2024-06-20') AS no_period FROM customer;

-- What is refused, and how.
SELECT crm_lifecycle_stage(activity, 'infinity', 30) FROM customer;
SELECT crm_lifecycle_stage(activity, '2024-07-01', 0) FROM customer;
SELECT crm_lifecycle_stage(activity, '2024-07-01', 'NaN') FROM customer;
SELECT crm_lifecycle_stage(activity, '2024-07-01', 30, window_days => 0) FROM customer;
SELECT crm_lifecycle_reason(activity, '2024-07-01', 30, departed_at => 1) FROM customer;
SELECT crm_lifecycle_stage(activity, '2024-07-01', 30, growing_above => 0.5) FROM customer;
SELECT crm_lifecycle_stage(activity, '2024-07-01', 30, prior_weight => 1e308) FROM customer;
SELECT count(crm_lifecycle_stage(activity, '2024-07-01', 30, new_days => NULL)) AS stages,
       count(crm_lifecycle_stage(activity, NULL, 30)) AS stages_on_no_day FROM customer;
SELECT crm_period_state(activity, '2024-05-01', '2024-05-31', '2024-05-01', '2024-05-31') FROM customer;
SELECT crm_period_state(activity, '2024-05-31', '2024-05-01', '2024-04-01', '2024-04-30') FROM customer;
SELECT crm_stickiness(activity, '2024-05-31', '2024-05-01') FROM customer;
SELECT crm_stickiness(activity, '2024-05-31', 'infinity') FROM customer;
SELECT crm_stickiness(activity, '2024-01-01', crm_last_day(activity)) FROM customer WHERE name < 'ida';

DROP TABLE customer;
