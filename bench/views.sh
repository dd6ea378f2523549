#!/usr/bin/env bash
# Every view of a workspace, once through, over generated orders; then what the
# aggregates over periods take, and beside them the SQL that an analyst would
# write over the orders for growth accounting and the retention cohort.
#   RUNS=3 ORDERS=10000000 CUSTOMERS=1000000 MONTHS=24 LIMIT=120 bench/views.sh
#
# A view that takes longer than LIMIT seconds is stopped, and shown as such.
# VIEWS=no leaves the views out.
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export PGOPTIONS="$PGOPTIONS -c work_mem=64MB"
runs=${RUNS:-3}
months=${MONTHS:-24}
limit=${LIMIT:-120}
as_of=$(sql -c "SELECT (date '2021-01-01' + $months * interval '1 month')::date - 1")

# The same orders, moved into so many months; a workspace over them, with
# work_mem as small as is fastest for making ledgers.
make_workspace()
{
    need_orders
    [[ $(sql -c "SELECT to_regclass('bench_views.setting') IS NOT NULL") == t ]] || sql >/dev/null <<SQL
SET client_min_messages = warning;
SET work_mem = '4MB';
DROP TABLE IF EXISTS shop_order;
CREATE UNLOGGED TABLE shop_order AS
SELECT order_id, customer_id, amount,
       date '2021-01-01' + (ordered_on - date '2021-01-01') * (date '$as_of' - date '2021-01-01') / 1096 AS ordered_on
FROM orders;
-- As tables of orders have it.
ALTER TABLE shop_order ADD PRIMARY KEY (order_id);
VACUUM (ANALYZE) shop_order;
SET crm_ext.as_of = '$as_of';
SELECT crm_create_workspace('bench_views', '{"purchase": {"from": "shop_order", "purchase_id": "order_id",
    "customer_id": "customer_id", "purchased_at": "ordered_on", "amount": "amount"}}', maintain => 'refresh');
VACUUM (ANALYZE) bench_views.customer_activity;
SQL
}

# seconds QUERY: how long it takes to run to its end, every column included.
seconds()
{
    sql <<SQL | awk -v limit="$limit" '
        /Execution Time/ { time = $3 / 1000 }
        END { printf "%s\n", time ? time : ">" limit }'
SET crm_ext.as_of = '$as_of';
SET search_path = bench_views, public;
SET statement_timeout = '${limit}s';
\set ON_ERROR_STOP off
EXPLAIN (ANALYZE, TIMING OFF) $1;
SQL
}

# timed NAME QUERY: a line with the median, which is left in the variable took.
timed()
{
    local i all=''

    for ((i = 0; i < runs; i++)); do
        all+=$(seconds "$2" 2>/dev/null)$'\n'
        [[ $all != *'>'* ]] || break
    done
    took=$(median <<<"${all%$'\n'}")
    printf '  %-44s %9s s\n' "$1" "$took"
}

# beside NAME OURS NAME THEIRS
beside()
{
    local ours

    timed "$1" "$2"
    ours=$took
    timed "$3" "$4"
    awk -v a="$ours" -v b="$took" 'BEGIN { if (b !~ /^>/) printf "  %.1f times as fast\n", b / a
                                           else printf "  more than %.1f times as fast\n", substr(b, 2) / a }'
}

bounds="(SELECT crm_period_bounds(min(crm_first_entry_day(purchases, '$as_of')), '$as_of') FROM customer_activity)"
# What the views of a workspace may become, but for what setting.min_cell hides.
summary="SELECT crm_retention_agg(purchases, $bounds) AS retention FROM customer_activity"

growth="SELECT period_start, active_count, new_count, returning_count, resurrecting_count, dormant_count
    FROM ($summary) AS summary, crm_growth(retention)"
analyst_growth="WITH active AS (
        SELECT DISTINCT customer_id, date_trunc('month', ordered_on)::date AS month FROM shop_order WHERE amount >= 0
    ), state AS (
        SELECT customer_id, month, lag(month) OVER by_customer AS before,
               min(month) OVER (PARTITION BY customer_id) AS first
        FROM active WINDOW by_customer AS (PARTITION BY customer_id ORDER BY month)
    ), counted AS (
        SELECT month, count(*) AS active, count(*) FILTER (WHERE month = first) AS new,
               count(*) FILTER (WHERE before = month - interval '1 month') AS kept
        FROM state GROUP BY month
    )
    SELECT month, active, new, kept, active - new - kept, lag(active) OVER (ORDER BY month) - kept FROM counted"

cohorts="SELECT cohort_start, period_number, cohort_size, active_count, amount
    FROM ($summary) AS summary, crm_cohorts(retention)"
analyst_cohorts="WITH first AS (
        SELECT customer_id, date_trunc('month', min(ordered_on))::date AS cohort FROM shop_order
        WHERE amount >= 0 GROUP BY customer_id
    )
    SELECT cohort, date_trunc('month', ordered_on)::date AS month,
           count(DISTINCT customer_id) FILTER (WHERE amount >= 0) AS active, sum(amount) AS amount
    FROM shop_order JOIN first USING (customer_id) GROUP BY 1, 2"

churn="SELECT churn.*
    FROM (SELECT crm_retention_agg(purchases, $bounds, 90) AS retention FROM customer_activity) AS summary,
    crm_churn(retention) AS churn"
concentration="SELECT crm_value_count(amounts), crm_gini(amounts), crm_top_share(amounts, 0.2), crm_hhi(amounts),
        crm_pareto_width(amounts, 0.8)
    FROM (SELECT crm_period_amounts(purchases, $bounds) AS months FROM customer_activity) AS summary,
         unnest(months) AS amounts"
customer_month="SELECT customer_id, month.* FROM $bounds AS bound (bounds), customer_activity,
    crm_periods(purchases, bounds) AS month"
measures="SELECT customer_id, measure.* FROM customer_activity, crm_measures(purchases, '$as_of', 90) AS measure"

make_workspace
echo "aggregates over periods, $months months to $as_of, median of $runs"
beside "growth accounting: crm_growth" "$growth" "DISTINCT, lag() and FILTER over the orders" "$analyst_growth"
beside "retention cohort: crm_cohorts" "$cohorts" "join with first orders, count(DISTINCT)" "$analyst_cohorts"
timed "churn: crm_churn" "$churn"
timed "concentration: crm_period_amounts" "$concentration"
timed "customer and month: crm_periods" "$customer_month"
timed "everything of a customer: crm_measures" "$measures"
[[ ${VIEWS:-yes} == yes ]] || exit 0

echo "views of a workspace, every row and column, median of $runs"
for view in $(sql -c "SELECT relname FROM pg_class WHERE relnamespace = 'bench_views'::regnamespace AND relkind = 'v'
                      ORDER BY relname"); do
    timed "$view" "SELECT * FROM $view"
done
