#!/usr/bin/env bash
# A workspace at scale, once: ledgers, fit, every view, a refresh after changed
# orders, a snapshot; what each takes, the most memory that a backend had, and disk.
#   ORDERS=100000000 CUSTOMERS=10000000 CHANGED=100000 LIMIT=600 bench/scale.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export PGOPTIONS="$PGOPTIONS -c work_mem=64MB"
limit=${LIMIT:-600}
as_of=2023-12-31

# step NAME STATEMENT...: a line with the time on the clock and the memory of the backend, less shared buffers.
step()
{
    local name=$1 statement

    shift
    {
        printf '%s\n' "SET crm_ext.as_of = '$as_of'; SET search_path = scale, public;" \
            "SET client_min_messages = error; SET statement_timeout = '${limit}s';" \
            'SELECT pg_backend_pid() AS pid \gset' '\setenv BACKEND :pid' '\timing on'
        for statement; do printf '%s;\n' "$statement"; done
        printf '%s\n' '\timing off' "\\! grep -E 'VmHWM|RssShmem' \"/proc/\$BACKEND/status\" 2>/dev/null"
    } | psql -X -q -A -t -o /dev/null 2>&1 | awk -v name="$name" '
        /^Time:/   { time += $2 }
        /ERROR/    { failed = $0 }
        /VmHWM/    { peak += $2 }
        /RssShmem/ { peak -= $2 }
        END        { printf "  %-32s %9.1f s %8.0f MB  %s\n", name, time / 1000, peak / 1024, failed; fflush() }'
}

size() { printf '  %-32s %9s\n' "$1" "$(sql -c "SELECT pg_size_pretty(pg_total_relation_size('$1'))")"; }

ORDERS=${ORDERS:-100000000} CUSTOMERS=${CUSTOMERS:-10000000} need_orders
sql -c "ALTER TABLE orders ADD PRIMARY KEY (order_id)" 2>/dev/null || true
sql -c "DROP SCHEMA IF EXISTS scale CASCADE" 2>/dev/null
step 'crm_create_workspace' "SET work_mem = '4MB'" \
    "SELECT crm_create_workspace('scale', '{\"purchase\": {\"from\": \"public.orders\",
    \"purchase_id\": \"order_id\", \"customer_id\": \"customer_id\", \"purchased_at\": \"ordered_on\",
    \"amount\": \"amount\"}}', maintain => 'queue')"
step 'VACUUM (ANALYZE) customer_activity' 'VACUUM (ANALYZE) customer_activity'
step 'crm_refit' "SELECT crm_refit('scale')"
size orders
size scale.customer_activity
step "UPDATE of ${CHANGED:-100000} orders" \
    "UPDATE orders SET amount = amount + 1 WHERE order_id % greatest($ORDERS / ${CHANGED:-100000}, 1) = 0"
step 'crm_refresh' "SELECT crm_refresh('scale')"
step 'crm_snapshot' "SELECT crm_snapshot('scale')"
size scale.customer_snapshot
for view in $(sql -c "SELECT relname FROM pg_class
                      WHERE relnamespace = 'scale'::regnamespace AND relkind = 'v' ORDER BY relname"); do
    step "$view" "EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM $view"
done
