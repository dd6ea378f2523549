#!/usr/bin/env bash
# The whole report over generated orders: scripts/report.sh, once through after
# a first run, with a fit a year before and one at the end of each quarter of the last.
#   RUNS=3 ORDERS=10000000 CUSTOMERS=1000000 bench/report.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

runs=${RUNS:-3}
need_orders
as_of=$(sql -c 'SELECT max(ordered_on) FROM orders')
[[ $(sql -c "SELECT to_regclass('bench_report.setting') IS NOT NULL") == t ]] || sql >/dev/null <<SQL
SET client_min_messages = warning;
SET work_mem = '4MB';
SET crm_ext.as_of = '$as_of';
SELECT crm_create_workspace('bench_report', '{"purchase": {"from": "orders", "purchase_id": "order_id",
    "customer_id": "customer_id", "purchased_at": "ordered_on", "amount": "amount"}}', maintain => 'refresh');
VACUUM (ANALYZE) bench_report.customer_activity;
SELECT crm_refit('bench_report', date '$as_of' - days) FROM unnest('{365,273,182,91}'::integer[]) AS days;
SELECT crm_snapshot('bench_report', date '$as_of' - days) FROM unnest('{91,0}'::integer[]) AS days;
VACUUM (ANALYZE) bench_report.customer_snapshot;
SQL

output=$(mktemp --suffix=.html)
trap 'rm -f "$output"' EXIT

# Hundredths of a second of processor time that the server's processes had which
# are over, where it runs on Linux here.
processor()
{
    sleep 1
    awk '{ print $16 + $17 }' "/proc/$(head -n 1 "$(sql -c 'SHOW data_directory')/postmaster.pid")/stat" \
        2>/dev/null || echo 0
}

times='' used=''
for ((i = 0; i <= runs; i++)); do
    before=$(processor)
    started=$EPOCHREALTIME
    "$(dirname "${BASH_SOURCE[0]}")/../scripts/report.sh" --workspace bench_report --as-of "$as_of" \
        --output "$output" >/dev/null
    ended=$EPOCHREALTIME
    ((i > 0 || runs == 0)) || continue
    times+=$(awk -v a="$started" -v b="$ended" 'BEGIN { print (b - a) * 1000 }')$'\n'
    used+=$((($(processor) - before) * 10))$'\n'
done
# The size is asked for once the page is there.
median <<<"${times%$'\n'}" | awk -v size="$(wc -c <"$output")" -v used="$(median <<<"${used%$'\n'}")" \
    '{ printf "  the whole report %23.1f s, %.1f s of processor time, %.1f MB\n", $1 / 1000, used / 1000, size / 1e6 }'
