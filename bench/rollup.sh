#!/usr/bin/env bash
# Orders to ledgers, against the plain aggregates that a report would use.
#   RUNS=5 ORDERS=10000000 CUSTOMERS=1000000 bench/rollup.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_orders
for workers in 0 2; do
    echo "$workers workers, median of $runs"
    # Of itself the planner would not split so many groups among workers.
    compare "SET max_parallel_workers_per_gather = $workers; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0" \
        "crm_activity_agg(day, amount)" \
        "SELECT customer_id, crm_activity_agg(ordered_on, amount) FROM orders GROUP BY customer_id" \
        "count(*), sum(amount), min(day), max(day)" \
        "SELECT customer_id, count(*), sum(amount), min(ordered_on), max(ordered_on) FROM orders GROUP BY customer_id"
done
