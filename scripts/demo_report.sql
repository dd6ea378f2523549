-- Who are the best customers? Reads the views of the workspace crm.

\pset footer off
\pset linestyle unicode
\pset numericlocale on
SET search_path = crm, public;

\echo
\echo 'All orders'
SELECT count(*) AS customers,
       round(100.0 * count(*) FILTER (WHERE active_days = 1) / count(*), 1) AS "% came once",
       sum(purchase_count) AS orders,
       (SELECT problem_count FROM data_quality WHERE source = 'purchase' AND check_name = 'negative_amount') AS refunds,
       sum(amount) AS revenue,
       (SELECT round(100 * amount_share::numeric, 1) FROM pareto_curve WHERE customer_pct = 20) AS "% by top 20 %",
       min(first_purchase_on) AS "first day",
       max(as_of) AS "last day"
FROM customer_360 WHERE NOT is_prospect;

\echo 'Segments; recency is the median of days since the last order, next year the expected value (CLV)'
SELECT segment,
       customer_count AS customers,
       round(100 * customer_share::numeric, 1) AS "%",
       round(amount) AS revenue,
       round(100 * amount_share::numeric, 1) AS "%",
       floor(median_recency_days) AS recency,
       round(total_clv) AS "next year",
       repeat('█', (15 * amount / nullif(max(amount) OVER (), 0))::integer) AS " "
FROM segment_summary
ORDER BY amount DESC;

\echo 'ABC: who makes 80 %, the next 15 %, the last 5 % of revenue'
SELECT class,
       count(*) AS customers,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%",
       round(sum(amount)) AS revenue,
       round(100 * sum(amount_share)::numeric, 1) AS "%"
FROM customer_abc
GROUP BY class, class_order
ORDER BY class_order;

\echo 'Lifecycle: each customer against their own rhythm'
SELECT stage,
       customer_count AS customers,
       round(100 * customer_share::numeric, 1) AS "%",
       round(amount) AS revenue,
       round(100 * amount_share::numeric, 1) AS "%",
       round(mean_p_alive::numeric, 2) AS "P(alive)",
       round(total_clv) AS "next year"
FROM lifecycle_summary
ORDER BY stage_order;

\echo 'The ten customers worth most in the year to come'
SELECT left(customer_id, 20) AS customer, segment, class, stage, purchase_count AS orders, amount,
       recency_days AS recency, round(p_alive::numeric, 2) AS "P(alive)", clv
FROM customer_360
WHERE NOT is_prospect
ORDER BY clv DESC NULLS LAST, amount DESC, customer_id
LIMIT 10;
