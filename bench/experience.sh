#!/usr/bin/env bash
# Ratings of 164 cells to summaries, against the plain aggregates that a report
# would use. The ratio aimed at is 1.5 at most, of the unweighted form.
#   RUNS=5 RATINGS=10000000 bench/experience.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $(sql -c "SELECT to_regclass('rating') IS NOT NULL") == t ]] ||
    sql -v "ratings=${RATINGS:-10000000}" -f "$(dirname "${BASH_SOURCE[0]}")/ratings.sql"
for workers in 0 2; do
    echo "$workers workers, median of $runs"
    compare "SET max_parallel_workers_per_gather = $workers" \
        "crm_experience_agg(expected, actual)" \
        "SELECT touchpoint, angle, crm_experience_agg(expected, actual) FROM rating GROUP BY touchpoint, angle" \
        "avg(expected), avg(actual), stddev(a - e)" \
        "SELECT touchpoint, angle, avg(expected), avg(actual), stddev(actual - expected)
         FROM rating GROUP BY touchpoint, angle"
done
