#!/usr/bin/env bash
# Every view of the subject service over CASES cases and MESSAGES messages, in
# a workspace that has the tables to itself: how long each takes to be read.
#
#     CASES=1000000 MESSAGES=5000000 bench/service.sh [VIEW...]
set -euo pipefail
cd "$(dirname "$0")"
cases=${CASES:-1000000}
messages=${MESSAGES:-5000000}

run() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }

make_workspace()
{
    run -v cases="$cases" -v messages="$messages" -f service.sql
}

# A row counts when all of its columns have been computed.
read_view()
{
    run -At -c "SET work_mem = '${WORK_MEM:-256MB}'" -c "SET crm_ext.as_of = '2024-12-31'" -c '\timing on' \
        -c "SELECT count(*) FROM bench.\"$1\" AS v WHERE v::text IS NOT NULL" |
        awk -v view="$1" 'NR == 1 { rows = $1 } /^Time/ { printf "%-28s %10d rows %8.2f s\n", view, rows, $2 / 1000 }'
}

[[ -n ${KEEP:-} ]] || make_workspace
views=("$@")
((${#views[@]} > 0)) || mapfile -t views < <(run -At -c "
    SELECT relname FROM pg_class WHERE relnamespace = 'bench'::regnamespace AND relkind = 'v'
      AND relname IN (SELECT split_part(statement, ' ', 5) FROM crm_workspace_script()
                      WHERE subject = 'service' AND statement LIKE 'CREATE OR REPLACE VIEW %') ORDER BY 1")
for view in "${views[@]}"; do read_view "$view"; done | tee /dev/stderr |
    awk '{ sum += $(NF - 1) } END { printf "%-28s %24.2f s\n", "all", sum }'
