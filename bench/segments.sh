#!/usr/bin/env bash
# From orders to RFM scores, segment, ABC class and lifecycle stage of every
# customer in one statement, against the statement that one writes without the
# extension; then scoring from stored ledgers and fits.
# First with PostgreSQL's default settings, then without workers, then with more
# memory than it can use; that makes hash tables which outgrow the processor's
# caches, and so is slower.
#   RUNS=5 ORDERS=10000000 CUSTOMERS=1000000 bench/segments.sh
#
# Theirs comes in two forms. "Same days" counts days with orders as the stage
# needs them, with count(DISTINCT); "shortcut" takes orders for days. In both
# ntile() splits ties by chance.
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

as_of=2024-01-01

measured="
    SELECT customer_id, activity, crm_days_since_last(activity, '$as_of') AS recency_days,
           crm_event_count(activity, '$as_of') AS order_count,
           crm_amount(activity, '$as_of')::double precision AS amount"
fit="
    SELECT crm_breaks_fit(recency_days) AS r, crm_breaks_fit(order_count) AS f, crm_breaks_fit(amount) AS m,
           crm_abc_fit(amount) AS limits, crm_cadence_fit(activity, '$as_of') AS gap
    FROM measured WHERE order_count > 0"
scored="
    SELECT customer_id, recency_days, order_count, amount, r, f, m, crm_rfm_segment(r, f, m) AS segment, class, stage
    FROM (SELECT measured.*, crm_score(recency_days, fit.r, reverse => true) AS r, crm_score(order_count, fit.f) AS f,
                 crm_score(amount, fit.m) AS m, crm_abc_class(amount, fit.limits) AS class,
                 crm_lifecycle_stage(activity, '$as_of', fit.gap) AS stage
          FROM measured, fit) AS scored"

ours="WITH ledger AS (
    SELECT customer_id, crm_activity_agg(ordered_on, amount) AS activity FROM orders GROUP BY customer_id
), measured AS ($measured FROM ledger), fit AS ($fit) $scored"

# theirs DAYS: the expression that counts days with orders.
theirs()
{
    cat <<SQL
WITH customer AS (
    SELECT customer_id, date '$as_of' - max(ordered_on) FILTER (WHERE amount >= 0) AS recency_days,
           date '$as_of' - min(ordered_on) FILTER (WHERE amount >= 0) AS tenure_days,
           count(*) FILTER (WHERE amount >= 0) AS order_count, sum(amount) AS amount,
           $1 FILTER (WHERE amount >= 0) AS active_days,
           count(*) FILTER (WHERE amount >= 0 AND ordered_on > date '$as_of' - 90) AS recent,
           count(*) FILTER (WHERE amount >= 0 AND ordered_on > date '$as_of' - 180
                                              AND ordered_on <= date '$as_of' - 90) AS earlier
    FROM orders WHERE ordered_on <= '$as_of' GROUP BY customer_id
), cadence AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (tenure_days - recency_days)::float8 / (active_days - 1)) AS gap
    FROM customer WHERE active_days > 1
), ranked AS (
    SELECT *, ntile(5) OVER (ORDER BY recency_days DESC) AS r, ntile(5) OVER (ORDER BY order_count) AS f,
           ntile(5) OVER (ORDER BY amount) AS m, sum(amount) OVER () AS total,
           sum(amount) OVER (ORDER BY amount DESC ROWS UNBOUNDED PRECEDING) - amount AS above
    FROM customer
), judged AS (
    SELECT *, recency_days / ((3 * gap + (tenure_days - recency_days)) / (2 + active_days)) AS overdue
    FROM ranked, cadence
)
SELECT customer_id, recency_days, order_count, amount, r, f, m,
       CASE WHEN r = 5 AND f >= 4 THEN 'champions' WHEN r >= 3 AND f >= 4 THEN 'loyal'
            WHEN r >= 4 AND f >= 2 THEN 'potential loyalist' WHEN r = 5 THEN 'new' WHEN r = 4 THEN 'promising'
            WHEN r = 3 AND f = 3 THEN 'need attention' WHEN r = 3 THEN 'about to sleep'
            WHEN f = 5 THEN 'can''t lose' WHEN f >= 3 THEN 'at risk' ELSE 'hibernating' END AS segment,
       CASE WHEN amount < 0 THEN 'N' WHEN amount = 0 THEN 'Z' WHEN above < 0.80 * total THEN 'A'
            WHEN above < 0.95 * total THEN 'B' ELSE 'C' END AS class,
       CASE WHEN order_count = 0 THEN NULL WHEN overdue > 3 THEN 'departed'
            WHEN overdue > 1.5 OR earlier > 0 AND recent < 0.7 * earlier THEN 'declining'
            WHEN active_days = 1 OR tenure_days <= 30 THEN 'new'
            WHEN earlier = 0 OR recent > 1.2 * earlier THEN 'growing' ELSE 'mature' END AS stage
FROM judged
SQL
}

# Ledgers as triggers keep them, and fits as dated rows.
store()
{
    sql <<SQL
SET client_min_messages = warning;
DROP TABLE IF EXISTS ledger, fit;
CREATE UNLOGGED TABLE ledger AS
SELECT customer_id, crm_activity_agg(ordered_on, amount) AS activity FROM orders GROUP BY customer_id;
CREATE UNLOGGED TABLE fit AS WITH measured AS ($measured FROM ledger) $fit;
VACUUM (ANALYZE) ledger, fit;
SQL
}

need_orders
store
for setting in '2 4MB' '0 4MB' '0 1GB'; do
    read -r workers work_mem <<<"$setting"
    echo "at most $workers workers, work_mem $work_mem, median of $runs"
    settings="SET max_parallel_workers_per_gather = $workers; SET work_mem = '$work_mem'"
    compare "$settings" "one statement" "$ours" \
        "ntile() and windows, same days" "$(theirs 'count(DISTINCT ordered_on)')"
    compare "$settings" "one statement" "$ours" "ntile() and windows, shortcut" "$(theirs 'count(*)')"
    compare "$settings" "scored from stored ledgers and fits" "WITH measured AS ($measured FROM ledger) $scored" \
        "ntile() and windows, shortcut" "$(theirs 'count(*)')"
done
