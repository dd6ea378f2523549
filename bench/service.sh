#!/usr/bin/env bash
# Every view of the subject service over CASES cases and MESSAGES messages, in
# a workspace that has the tables to itself: how long each takes to be read,
# with random_page_cost as disks without heads have it.
#
#     CASES=1000000 MESSAGES=5000000 bench/service.sh [VIEW...]
#
# KEEP=1 takes the workspace that an earlier run made. OF=plain reads a part of the
# same in plain SQL instead (bench/service_plain.sql), OF=kept materialized views
# of all views, and tells how long it took to make them.
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

here=$(dirname "${BASH_SOURCE[0]}")
schema=bench${OF:+_$OF}
export PGOPTIONS="$PGOPTIONS -c random_page_cost=1.1 -c statement_timeout=${LIMIT:-120}s -c crm_ext.as_of=2024-12-31"

views()
{
    sql -c "SELECT split_part(statement, ' ', 5) FROM crm_workspace_script()
            WHERE subject = 'service' AND statement LIKE 'CREATE OR REPLACE VIEW %' ORDER BY 1"
}

# What psql timed, in seconds, and the error, if there was one.
timed()
{
    sql -c '\timing on' -c "$1" 2>&1 |
        awk -v name="$2" '/ERROR/ { error = $0 } /^[0-9]+\|/ { rows = ($0 + 0) " rows" }
            /^Time/ { printf "%-28s %15s %8.2f s %s\n", name, rows, $2 / 1000, error }'
}

# Hashing a row computes all of its columns, without writing them out.
read_view()
{
    timed "SELECT count(*), bit_xor(hash_record_extended(v, 0)) FROM $schema.\"$1\" AS v" "$1" || true
}

keep_view()
{
    timed "CREATE MATERIALIZED VIEW bench_kept.\"$1\" AS SELECT * FROM bench.\"$1\"" "making $1" || true
}

total()
{
    awk -v name="$1" '{ print; fflush(); for (i = 1; i <= NF; i++) if ($i == "s") sum += $(i - 1) }
        END { printf "%-44s %8.2f s\n", name, sum }'
}

[[ -n ${KEEP:-} ]] ||
    sql -v cases="${CASES:-1000000}" -v messages="${MESSAGES:-5000000}" -f "$here/service.sql" >/dev/null
case ${OF:-} in
    plain)
        sql -f "$here/service_plain.sql"
        all=(first_reply next_reply resolution state)
        ;;
    kept)
        mapfile -t all < <(views)
        (($# == 0)) || all=("$@")
        sql -c 'SET client_min_messages = warning' -c 'DROP SCHEMA IF EXISTS bench_kept CASCADE' \
            -c 'CREATE SCHEMA bench_kept'
        for view in "${all[@]}"; do keep_view "$view"; done | total 'making all'
        sql -c 'VACUUM ANALYZE'
        ;;
    *)
        mapfile -t all < <(views)
        ;;
esac
for view in "${@:-${all[@]}}"; do
    read_view "$view"
done | total all
