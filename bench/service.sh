#!/usr/bin/env bash
# Every view of the subject service over CASES cases and MESSAGES messages, in
# a workspace that has the tables to itself: how long each takes to be read,
# with random_page_cost as disks without heads have it.
#
#     CASES=1000000 MESSAGES=5000000 bench/service.sh [VIEW...]
#
# KEEP=1 takes the workspace that an earlier run made.
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

here=$(dirname "${BASH_SOURCE[0]}")
export PGOPTIONS="$PGOPTIONS -c random_page_cost=1.1 -c statement_timeout=${LIMIT:-120}s -c crm_ext.as_of=2024-12-31"

views()
{
    sql -c "SELECT split_part(statement, ' ', 5) FROM crm_workspace_script()
            WHERE subject = 'service' AND statement LIKE 'CREATE OR REPLACE VIEW %' ORDER BY 1"
}

# Hashing a row computes all of its columns, without writing them out.
read_view()
{
    sql -c '\timing on' -c "SELECT count(*), bit_xor(hash_record_extended(v, 0)) FROM bench.\"$1\" AS v" 2>&1 |
        awk -v view="$1" '/ERROR/ { error = $0 } /^[0-9]+\|/ { rows = $0 + 0 }
            /^Time/ { printf "%-28s %10s rows %8.2f s %s\n", view, rows, $2 / 1000, error }'
}

[[ -n ${KEEP:-} ]] ||
    sql -v cases="${CASES:-1000000}" -v messages="${MESSAGES:-5000000}" -f "$here/service.sql" >/dev/null
(($# > 0)) || mapfile -t all < <(views)
for view in "${@:-${all[@]}}"; do
    read_view "$view" || true
done | awk '{ print; fflush(); for (i = 1; i <= NF; i++) if ($i == "s") sum += $(i - 1) }
            END { printf "%-28s %24.2f s\n", "all", sum }'
