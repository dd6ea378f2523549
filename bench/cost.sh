#!/usr/bin/env bash
# What a call of each function in C takes, its COST, that without what an aggregate does
# once at its end, and the tier that it belongs to (test/lib/cost.sql). In a database of
# its own, which it makes and drops.
#   bench/cost.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/.."

psql -X -q -c 'CREATE DATABASE crm_cost'
psql -X -q -d crm_cost -v ON_ERROR_STOP=1 -P pager=off -c 'CREATE EXTENSION crm_ext' -f test/lib/sweep.sql \
    -c 'CALL collect_values()' \
    -f test/lib/cost.sql -c "
    SELECT signature, round(microseconds::numeric, 2) AS microseconds, cost, row_cost, tier(microseconds), problem
    FROM measured ORDER BY measured.microseconds DESC"
psql -X -q -c 'DROP DATABASE crm_cost'
