#!/usr/bin/env bash
# pg_upgrade of a cluster with ledgers, tallies, models and a workspace.
#
#   test/pg_upgrade.sh OLD_PG_CONFIG NEW_PG_CONFIG [VERSION]
#
# Two servers of different major versions must be there, with crm_ext installed into
# both (make install), so it is not in the suite. VERSION: of the extension in
# the old cluster, by default the current one, with a second database that has a
# workspace of every subject and the types that VERSION has not. Not as root.
# Says, for each table and view, whether its rows are the same before and after.
set -euo pipefail
export LC_ALL=C.UTF-8 TZ=UTC
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
old=$("$1" --bindir) new=$("$2" --bindir) share=$("$1" --sharedir) version=${3:-}
work=$(mktemp -d)
export PGHOST=$work PGPORT=54999 PGDATABASE=shop PGUSER=crm PGOPTIONS='-c crm_ext.as_of=2024-12-31 -c jit=off'

say() { printf '==> %s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

on_exit()
{
    "$old/pg_ctl" stop -m immediate -D "$work/old" >/dev/null 2>&1 || true
    "$new/pg_ctl" stop -m immediate -D "$work/new" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap on_exit EXIT

release() { "$1/postgres" --version | sed 's/^[^0-9]*\([^ ]*\).*/\1/'; }

run() { "$new/psql" -XAtq -v ON_ERROR_STOP=1 "$@"; }

init()
{
    local checksums=()

    # From 18 on they are the default; pg_upgrade wants both clusters to be alike.
    [[ $("$1/initdb" --help) != *--no-data-checksums* ]] || checksums=(--no-data-checksums)
    "$1/initdb" -D "$2" -U crm -A trust -E UTF8 --locale=C.UTF-8 --no-sync ${checksums[@]+"${checksums[@]}"} \
        >"$work/initdb.log" || die "initdb failed"
}

start()
{
    "$1/pg_ctl" start -w -D "$2" -l "$work/server.log" \
        -o "-c listen_addresses= -c unix_socket_directories=$work -p $PGPORT" >/dev/null ||
        { cat "$work/server.log"; die "no server"; }
}

# One line a table or view: its name, rows, and a fingerprint of them.
fingerprints()
{
    local database

    for database in shop $subjects; do
        run -d "$database" <<'END'
SET TimeZone = 'UTC';
SELECT format($$SELECT %L, count(*), md5(string_agg(r::text, E'\n' ORDER BY r::text COLLATE "C")) FROM %s AS r;$$,
              name, name)
FROM (SELECT c.oid::regclass::text AS name FROM pg_class AS c
      WHERE relnamespace IN ('crm'::regnamespace, 'public'::regnamespace) AND relkind IN ('r', 'v', 'm')
) AS relation
ORDER BY 1
\gexec
END
    done
}

fill()
{
    local control="$share/extension/crm_ext.control"

    run -c "CREATE EXTENSION crm_ext VERSION '${version:-$(sed -n "s|^default_version *= *'\(.*\)'|\1|p" "$control")}'"
    run >/dev/null <<'END'
SET client_min_messages = error;
CREATE TABLE event AS
SELECT n % 400 AS customer_id, date '2023-01-01' + n * 7919 % 700 AS day, (n * 7919 % 10007) / 100.0 AS amount,
       n % 11 AS score
FROM generate_series(1, 30000) AS n;
CREATE TABLE ledger AS SELECT customer_id, crm_activity_agg(day, amount) AS activity FROM event GROUP BY customer_id;
CREATE INDEX ledger_activity ON ledger (activity);
CREATE INDEX ledger_amount ON ledger (crm_amount(activity));
CREATE VIEW best AS SELECT customer_id, crm_amount(activity) AS amount FROM ledger;
CREATE MATERIALIZED VIEW total AS SELECT crm_rollup(activity) AS activity FROM ledger;
CREATE TABLE tally AS
SELECT crm_distribution_agg(amount::float8) AS amounts, crm_nps_agg(score) AS nps,
       crm_csat_agg(score % 5 + 1, 4) AS csat,
       crm_ces_agg(score % 7 + 1) AS ces, crm_kano_agg(score % 5 + 1, customer_id % 5 + 1) AS kano,
       crm_experience_agg(score, score + 1) AS experience, crm_index_agg(score, 1, 0, 10) AS index,
       crm_driver_fit(score, ARRAY[amount::float8, customer_id * customer_id % 7]) AS drivers
FROM event;
CREATE TABLE model AS
SELECT name, crm_clv_fit(activity, '2024-12-31', name) AS model
FROM ledger, unnest('{bg/nbd,mbg/nbd,pareto/nbd}'::text[]) AS name GROUP BY name;
CREATE VIEW score AS SELECT name, customer_id, crm_p_alive(model, activity, '2024-12-31') AS p_alive FROM model, ledger;
CREATE TABLE orders AS SELECT n AS id, customer_id, day::timestamptz + n % 24 * interval '1 hour' AS at, amount FROM
    (SELECT row_number() OVER () AS n, * FROM event) AS e;
ALTER TABLE orders ADD PRIMARY KEY (id);
SELECT crm_create_workspace('crm', '{"purchase": {"from": "public.orders", "purchase_id": "id",
    "customer_id": "customer_id", "purchased_at": "at", "amount": "amount"}}', 'Europe/Berlin');
SELECT crm_snapshot('crm', '2024-06-30'), crm_snapshot('crm', '2024-12-31');
ANALYZE;
END
}

# What VERSION may not have.
fill_subjects()
{
    run <<'END'
CREATE TABLE calendar AS SELECT crm_calendar 'Europe/Rome; mon-fri 09:00-18:00; closed 2024-12-25' AS calendar;
CREATE TABLE state AS
SELECT crm_survival_agg(amount::float8, score > 3) AS survival, crm_moments_agg(score) AS moments,
       crm_markov_agg(ARRAY['a', 'b' || score], 1, amount::float8, customer_id % 3) AS markov
FROM event;
CREATE TABLE kept AS
SELECT crm_retention_agg(activity, '{2023-01-01,2023-07-01,2024-01-01,2024-07-01}') AS retention FROM ledger;
END
    "$new/createdb" "$subjects"
    run -d "$subjects" -c 'CREATE EXTENSION crm_ext'
    run -d "$subjects" -f "$top/test/lib/subjects.sql" >/dev/null
    run -d "$subjects" -c ANALYZE
}

say "$("$old/postgres" --version), crm_ext ${version:-as installed}"
init "$old" "$work/old"
start "$old" "$work/old"
"$new/createdb"
fill
subjects=
[[ -n $version ]] || { subjects=everything && fill_subjects; }
fingerprints >"$work/before"
"$old/pg_ctl" stop -m fast -D "$work/old" >/dev/null

say "pg_upgrade to $("$new/postgres" --version)"
init "$new" "$work/new"
(cd "$work" &&
    PGOPTIONS='' "$new/pg_upgrade" -b "$old" -B "$new" -d "$work/old" -D "$work/new" -U crm -s "$work" \
        >"$work/upgrade.log" 2>&1) ||
    {
        tail -n 40 "$work/upgrade.log"
        find "$work/new" -name '*.txt' -exec cat {} + -o -name 'pg_upgrade_dump_*.log' -exec tail -n 20 {} +
        die "pg_upgrade failed"
    }
start "$new" "$work/new"
"$new/vacuumdb" -q --all --analyze-only
fingerprints >"$work/after"
diff "$work/before" "$work/after" >"$work/difference" || { cat "$work/difference"; die "not everything is the same"; }
printf '# pg_upgrade %s to %s, %s: %d tables and views, %d rows, no difference\n' "$(release "$old")" \
    "$(release "$new")" "${version:-as installed}" "$(wc -l <"$work/after")" \
    "$(awk -F '|' '{ n += $2 } END { print n }' "$work/after")"

if [[ -n $version ]]; then
    run -c "SET client_min_messages = error" -c "ALTER EXTENSION crm_ext UPDATE" \
        -c "SELECT crm_upgrade_workspace('crm')" >/dev/null
    say "the extension and the workspace are updated"
fi
run -c "INSERT INTO orders SELECT 100000 + n, n, '2024-11-11', n FROM generate_series(1, 500) AS n" \
    -c "UPDATE orders SET amount = amount + 1 WHERE id % 7 = 0" -c "DELETE FROM orders WHERE id % 11 = 0"
[[ -z $(run -c "SELECT * FROM crm_check_workspace('crm')") ]] || die "the ledgers do not follow"
run -c "SELECT crm_refit('crm', '2025-01-31'), crm_snapshot('crm', '2025-01-31')" >/dev/null 2>&1
say "writes go on: ledgers follow, refit and snapshot work"
