# shellcheck shell=bash
# What the benchmarks share. They run against the server and database that the
# usual PG* variables name, which must have crm_ext. What is compared is run in
# turn, in one session's settings, and the medians make a ratio: a time alone
# says more about the machine.

set -euo pipefail
export PGOPTIONS="${PGOPTIONS:-} -c jit=off -c work_mem=1GB -c hash_mem_multiplier=2"
runs=${RUNS:-5}

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

# The table that bench/orders.sql makes, unless it is there.
need_orders()
{
    [[ $(sql -c "SELECT to_regclass('orders') IS NOT NULL") == t ]] ||
        sql -v "orders=${ORDERS:-10000000}" -v "customers=${CUSTOMERS:-1000000}" \
            -f "$(dirname "${BASH_SOURCE[0]}")/orders.sql"
}

# explain SETTINGS QUERY: "milliseconds kilobytes", the latter as the plan's
# own nodes report it, workers included.
explain()
{
    sql -c "$1" -c "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) $2" | awk -F: '
        /"Execution Time"/    { time = $2 + 0 }
        /"Peak Memory Usage"/ { memory += $2 + 0 }
        END                   { print time, memory }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# compare SETTINGS NAME QUERY NAME QUERY: the first is ours.
compare()
{
    local settings=$1 i line ours=() theirs=() our_kb=0 their_kb=0 a b

    explain "$settings" "$5" >/dev/null
    for ((i = 0; i < runs; i++)); do
        line=$(explain "$settings" "$3"); ours+=("${line% *}"); our_kb=${line#* }
        line=$(explain "$settings" "$5"); theirs+=("${line% *}"); their_kb=${line#* }
    done
    a=$(printf '%s\n' "${ours[@]}" | median)
    b=$(printf '%s\n' "${theirs[@]}" | median)
    awk -v a="$a" -v b="$b" -v ka="$our_kb" -v kb="$their_kb" -v na="$2" -v nb="$4" 'BEGIN {
        printf "  %-44s %9.0f ms %7.0f MB\n", na, a, ka / 1024
        printf "  %-44s %9.0f ms %7.0f MB\n", nb, b, kb / 1024
        printf "  ratio %.2f\n", a / b }'
}
