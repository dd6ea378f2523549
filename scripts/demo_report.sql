-- Who are the best customers? Reads the table orders (customer_id, ordered_at,
-- amount). Every section asks one thing of customer, in which a customer's
-- orders are one value.

\pset footer off
\pset linestyle unicode
\pset numericlocale on

-- As of the last day in the data, so that the answer stays the same.
SELECT max(ordered_at)::date AS as_of FROM orders \gset

--
-- Summarise: the orders are read once.
--
CREATE TABLE customer AS
SELECT customer_id, crm_activity_agg(ordered_at::date, amount) AS activity
FROM orders
GROUP BY customer_id;


--
-- Fit: what depends on everybody, once. A lifetime-value model needs customers
-- who came back; where there are none the report goes on without it.
--
CREATE FUNCTION pg_temp.model(as_of date) RETURNS crm_clv_model LANGUAGE plpgsql AS $$
DECLARE
    fitted crm_clv_model;
BEGIN
    SELECT crm_clv_fit(activity, as_of, 'mbg/nbd') INTO fitted FROM customer;
    RETURN fitted;
EXCEPTION WHEN data_exception THEN
    RAISE NOTICE 'no lifetime values: %', SQLERRM;
    RETURN NULL;
END $$;

SET client_min_messages = warning;
CREATE TABLE fit AS
SELECT :'as_of'::date AS as_of,
       crm_breaks_fit(crm_days_since_last(activity, :'as_of')) AS recency,
       crm_breaks_fit(crm_event_count(activity, :'as_of')) AS frequency,
       crm_breaks_fit(crm_amount(activity, :'as_of')) AS monetary,
       crm_abc_fit(crm_amount(activity, :'as_of')) AS abc,
       crm_cadence_fit(activity, :'as_of') AS gap_days,
       pg_temp.model(:'as_of') AS model
FROM customer
WHERE crm_event_count(activity, :'as_of') > 0;

--
-- Score: a function of one customer and the fit.
--
CREATE VIEW customer_score AS
SELECT measured.*, crm_rfm_segment(r, f, m) AS segment
FROM fit, LATERAL (
    SELECT customer_id, activity,
           crm_days_since_last(activity, as_of) AS recency_days,
           crm_event_count(activity, as_of) AS order_count,
           crm_amount(activity, as_of) AS amount,
           crm_score(crm_days_since_last(activity, as_of), recency, reverse => true) AS r,
           crm_score(crm_event_count(activity, as_of), frequency) AS f,
           crm_score(crm_amount(activity, as_of), monetary) AS m,
           crm_abc_class(crm_amount(activity, as_of), abc) AS class,
           crm_lifecycle_stage(activity, as_of, gap_days) AS stage,
           crm_p_alive(model, activity, as_of) AS p_alive,
           crm_clv(model, activity, as_of, 365) AS clv
    FROM customer) AS measured;

CREATE TABLE scored AS SELECT * FROM customer_score;

\echo
\echo 'All orders'
SELECT count(*) AS customers,
       round(100.0 * count(*) FILTER (WHERE crm_active_days(activity) = 1) / count(*), 1)
           AS "% came once",
       sum(order_count) AS orders,
       (SELECT count(*) FROM orders WHERE amount < 0) AS refunds,
       round(sum(amount), 2) AS revenue,
       round(100 * crm_top_share(amount, 0.2)::numeric, 1) AS "% by top 20 %",
       min(crm_first_day(activity)) AS "first day",
       :'as_of'::date AS "last day"
FROM scored;

\echo 'Segments; recency is the median of days since the last order, next year the expected value (CLV)'
SELECT coalesce(segment, '(refunds only)') AS segment,
       count(*) AS customers,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%",
       round(sum(amount)) AS revenue,
       round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (), 0), 1) AS "%",
       percentile_disc(0.5) WITHIN GROUP (ORDER BY recency_days) AS recency,
       round(sum(clv)::numeric) AS "next year",
       repeat('█', (15 * sum(amount) / nullif(max(sum(amount)) OVER (), 0))::integer) AS " "
FROM scored
GROUP BY 1
ORDER BY sum(amount) DESC;

\echo 'ABC: who makes 80 %, the next 15 %, the last 5 % of revenue'
SELECT class, count(*) AS customers, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%",
       round(sum(amount)) AS revenue, round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (), 0), 1) AS "%"
FROM scored WHERE class IS NOT NULL
GROUP BY class ORDER BY class;

\echo 'Lifecycle: each customer against their own rhythm'
SELECT stage, count(*) AS customers, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%",
       round(sum(amount)) AS revenue, round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (), 0), 1) AS "%",
       round(avg(p_alive)::numeric, 2) AS "P(alive)", round(sum(clv)::numeric) AS "next year"
FROM scored WHERE stage IS NOT NULL
GROUP BY stage
ORDER BY array_position(ARRAY['new', 'growing', 'mature', 'declining', 'departed'], stage);

\echo 'The ten customers worth most in the year to come'
SELECT left(customer_id, 20) AS customer, segment, class, stage, order_count AS orders,
       round(amount, 2) AS amount, recency_days AS recency,
       round(p_alive::numeric, 2) AS "P(alive)", round(clv::numeric, 2) AS clv
FROM scored
ORDER BY clv DESC NULLS LAST, amount DESC, customer_id
LIMIT 10;
