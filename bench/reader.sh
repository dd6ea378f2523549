#!/usr/bin/env bash
# What a reader waits for, against the owner: views of a workspace, in turn, with
# JIT as PostgreSQL ships it and as a role that row-level security is asked for.
#   RUNS=3 ORDERS=1000000 CUSTOMERS=100000 bench/reader.sh [VIEW...]
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Settings of the server's own, not those of the other benchmarks.
export PGOPTIONS=''
runs=${RUNS:-3}
need_orders
as_of=$(sql -c 'SELECT max(ordered_on) FROM orders')
[[ $(sql -c "SELECT to_regclass('bench_reader.setting') IS NOT NULL") == t ]] || sql >/dev/null <<SQL
SET client_min_messages = warning;
SET crm_ext.as_of = '$as_of';
SELECT crm_create_workspace('bench_reader', '{"purchase": {"from": "orders", "purchase_id": "order_id",
    "customer_id": "customer_id", "purchased_at": "ordered_on", "amount": "amount"}}', maintain => 'refresh');
SELECT crm_snapshot('bench_reader', date '$as_of' - days) FROM unnest('{91,0}'::integer[]) AS days;
VACUUM (ANALYZE);
SELECT 'CREATE ROLE bench_reader' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bench_reader') \gexec
SQL
sql -c "SELECT count(*) FROM crm_grant_reader('bench_reader', 'bench_reader')" >/dev/null

# seconds ROLE VIEW: planning and execution, as the role or as the owner for NONE.
seconds()
{
    sql <<SQL | awk '/Execution Time|Planning Time/ { time += $3 } END { print time / 1000 }'
SET crm_ext.as_of = '$as_of';
SET ROLE $1;
EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM bench_reader.$2;
SQL
}

views=("$@")
((${#views[@]} > 0)) || views=(segment_summary snapshot_day segment_transition stage_transition customer_360
    growth_accounting retention_cohort clv_by_segment segment_history)
for view in "${views[@]}"; do
    owner='' reader=''
    for ((i = 0; i < runs; i++)); do
        owner+=$(seconds NONE "$view")$'\n'
        reader+=$(seconds bench_reader "$view")$'\n'
    done
    owner=$(median <<<"${owner%$'\n'}")
    reader=$(median <<<"${reader%$'\n'}")
    awk -v name="$view" -v a="$owner" -v b="$reader" 'BEGIN {
        printf "  %-28s %8.3f s owner %8.3f s reader %6.2f\n", name, a, b, b / a }'
done
