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

\echo
\echo 'All orders'
SELECT count(*) AS customers,
       round(100.0 * count(*) FILTER (WHERE crm_active_days(activity) = 1) / count(*), 1)
           AS "% came once",
       sum(crm_event_count(activity)) AS orders,
       (SELECT count(*) FROM orders WHERE amount < 0) AS refunds,
       round(sum(crm_amount(activity)), 2) AS revenue,
       min(crm_first_day(activity)) AS "first day",
       max(crm_last_day(activity)) AS "last day"
FROM customer;

--
-- Recency, frequency, monetary value: five bins of equal size each, 5 is best.
--
CREATE VIEW customer_rfm AS
WITH measured AS (
    SELECT customer_id,
           crm_days_since_last(activity, :'as_of') AS recency_days,
           crm_event_count(activity, :'as_of') AS order_count,
           crm_amount(activity, :'as_of') AS amount
    FROM customer
), breaks AS (
    SELECT crm_breaks_fit(recency_days) AS recency,
           crm_breaks_fit(order_count) AS frequency,
           crm_breaks_fit(amount::double precision) AS monetary
    FROM measured
    WHERE order_count > 0
), scored AS (
    SELECT measured.*,
           crm_score(recency_days, breaks.recency, reverse => true) AS r,
           crm_score(order_count, breaks.frequency) AS f,
           crm_score(amount::double precision, breaks.monetary) AS m
    FROM measured, breaks
)
SELECT *, crm_rfm_segment(r, f, m) AS segment
FROM scored;

\echo 'Segments; recency is the median of days since the last order'
SELECT coalesce(segment, '(refunds only)') AS segment,
       count(*) AS customers,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%",
       round(sum(amount)) AS revenue,
       round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (), 0), 1) AS "%",
       percentile_disc(0.5) WITHIN GROUP (ORDER BY recency_days) AS recency,
       repeat('█', (24 * sum(amount) / nullif(max(sum(amount)) OVER (), 0))::integer) AS " "
FROM customer_rfm
GROUP BY 1
ORDER BY sum(amount) DESC;

\echo 'The ten best customers'
SELECT left(customer_id, 24) AS customer, segment, r, f, m,
       order_count AS orders, round(amount, 2) AS amount, recency_days AS "days since last"
FROM customer_rfm
ORDER BY r + f + m DESC NULLS LAST, amount DESC, customer_id
LIMIT 10;
