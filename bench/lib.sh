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

# explain SETTINGS QUERY: "milliseconds kilobytes kilobytes", the memory of the
# plan's hash tables as its nodes report it, workers included, and the most that
# the backend had, less the shared buffers, where the server runs on Linux here.
explain()
{
    sql <<SQL | awk -F: '
        /"Execution Time"/    { time = $2 + 0 }
        /"Peak Memory Usage"/ { memory += $2 + 0 }
        /VmHWM/               { peak += $2 + 0 }
        /RssShmem/            { peak -= $2 + 0 }
        END                   { print time, memory + 0, peak + 0 }'
$1;
SELECT pg_backend_pid() AS pid \gset
\setenv BACKEND :pid
EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) $2;
\! grep -E 'VmHWM|RssShmem' "/proc/\$BACKEND/status" 2>/dev/null
SQL
}

median() { sort -n | awk '{ v[NR] = $0 } END { print v[int((NR + 1) / 2)] }'; }

# report NAME: a line of the figures of all runs on standard input, their
# median time for whoever makes a ratio of it in the variable milliseconds.
report()
{
    local runs
    runs=$(cat)
    milliseconds=$(cut -d' ' -f1 <<<"$runs" | median)
    awk -v name="$1" -v time="$milliseconds" '{ hash = $2; peak = $3 } END {
        printf "  %-44s %9.0f ms %7.0f MB in hash tables %7.0f MB in all\n",
               name, time, hash / 1024, peak / 1024 }' <<<"$runs"
}

# compare SETTINGS NAME QUERY NAME QUERY: the first is ours.
compare()
{
    local i ours='' theirs='' a

    explain "$1" "$5" >/dev/null
    for ((i = 0; i < runs; i++)); do
        ours+=$(explain "$1" "$3")$'\n'
        theirs+=$(explain "$1" "$5")$'\n'
    done
    report "$2" <<<"${ours%$'\n'}"
    a=$milliseconds
    report "$4" <<<"${theirs%$'\n'}"
    awk -v a="$a" -v b="$milliseconds" 'BEGIN { printf "  ratio %.2f\n", a / b }'
}
