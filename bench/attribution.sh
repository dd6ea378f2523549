#!/usr/bin/env bash
# Paths of touches to a Markov chain, against grouping them by path, and the
# weights of all models. The ratio aimed at is 2 at most.
#   RUNS=5 PATHS=10000000 ORDERS=1000000 bench/attribution.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $(sql -c "SELECT to_regclass('touch_path') IS NOT NULL") == t ]] ||
    sql -v "paths=${PATHS:-10000000}" -v "orders=${ORDERS:-1000000}" -f "$(dirname "${BASH_SOURCE[0]}")/attribution.sql"
for workers in 0 2; do
    echo "$workers workers, median of $runs"
    compare "SET max_parallel_workers_per_gather = $workers" \
        "crm_markov_credit(crm_markov_agg(path, ...))" \
        "SELECT c.* FROM (SELECT crm_markov_agg(path, conversions, conversions, 1 - conversions) AS m
                          FROM touch_path) AS t, crm_markov_credit(m) AS c" \
        "GROUP BY path" \
        "SELECT path, count(*), sum(conversions) FROM touch_path GROUP BY path"
done
weights=
for model in first last linear position decay; do
    weights+=", unnest(crm_attribution_weights(touched_at, converted_at, '$model')) AS by_$model"
done
for ((i = 0; i < runs; i++)); do
    explain "SET max_parallel_workers_per_gather = 0" "
        SELECT sum(by_first), sum(by_last), sum(by_linear), sum(by_position), sum(by_decay)
        FROM (SELECT unnest(touched_at)$weights FROM touched_order) AS t"
done | report "five models of crm_attribution_weights"

# The view: ORDERS orders with five touches each, at most 10 s for a million.
[[ $(sql -c "SELECT to_regnamespace('attributed') IS NOT NULL") == t ]] ||
    sql -v "orders=${ORDERS:-1000000}" -f "$(dirname "${BASH_SOURCE[0]}")/attribution_view.sql"
for view in attribution attribution_markov; do
    for ((i = 0; i < runs; i++)); do
        explain "SET max_parallel_workers_per_gather = 2" "SELECT * FROM attributed.$view"
    done | report "view $view"
done
