#!/usr/bin/env bash
# customer_360 of one customer after another, in the workspace that views.sh
# makes: what a statement takes unprepared, as BI tools send it, and prepared.
#   RUNS=5 STATEMENTS=2000 CUSTOMERS=1000000 bench/customer.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

as_of=$(sql -c "SELECT max(as_of) FROM bench_views.fit")
export PGOPTIONS="$PGOPTIONS -c crm_ext.as_of=$as_of"
script=$(mktemp)
trap 'rm -f "$script"' EXIT
cat >"$script" <<SQL
\set customer random(1, ${CUSTOMERS:-1000000})
SELECT * FROM bench_views.customer_360 WHERE customer_id = :customer;
SQL

# milliseconds MODE: a statement's, the median of all runs.
milliseconds()
{
    local i

    for ((i = 0; i < runs; i++)); do
        pgbench -n -M "$1" -f "$script" -t "${STATEMENTS:-2000}" 2>/dev/null | awk '/^latency average/ { print $4 }'
    done | median
}

printf 'customer_360 of one customer, median of %d runs: unprepared %s ms, prepared %s ms\n' \
    "$runs" "$(milliseconds simple)" "$(milliseconds prepared)"
