#!/usr/bin/env bash
# Fits and scores of lifetime value: a whole SQL statement, reading its table,
# against the fit alone of Python's lifetimes, which already has the numbers in
# memory. Where lifetimes is not installed its half is left out.
#   RUNS=5 CUSTOMERS=1000000 PARETO=100000 bench/clv.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
customers=${CUSTOMERS:-1000000}
pareto=${PARETO:-100000}
settings="SET max_parallel_workers_per_gather = 0"

# Customers of the BG/NBD model of CDNOW, acquired over a year and watched for
# 27 to 78 weeks; in clv_apart no two histories are the same.
need_customers()
{
    [[ $(sql -c "SELECT count(*) FROM clv_customer" 2>/dev/null) == "$customers" ]] || sql <<SQL
DROP TABLE IF EXISTS clv_customer, clv_summary, clv_apart, clv_known;
CREATE UNLOGGED TABLE clv_customer AS
SELECT cohort * 10000000::bigint + customer_id AS customer_id, crm_activity_agg(day, amount) AS activity
FROM generate_series(0, 357) AS cohort,
     crm_simulate_purchases('{"model": "bg/nbd",
        "purchase": {"parameters": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}},
        "spend": {"parameters": {"p": 6.25, "q": 3.74, "gamma": 15.44}}}',
        $customers / 358 + (cohort < $customers % 358)::integer, date '2022-01-01' + cohort, 546 - cohort, cohort)
GROUP BY cohort, customer_id;
CREATE UNLOGGED TABLE clv_summary AS
SELECT crm_frequency(activity, as_of)::float8 AS x, crm_recency(activity, as_of) / 7.0::float8 AS t_x,
       crm_age(activity, as_of) / 7.0::float8 AS t, coalesce(crm_monetary(activity, as_of), 0) AS z
FROM clv_customer, (VALUES (date '2023-07-01')) AS v (as_of);
CREATE UNLOGGED TABLE clv_apart AS
SELECT x, t_x, t + row_number() OVER () / 1e8::float8 AS t, z FROM clv_summary;
CREATE UNLOGGED TABLE clv_known AS
SELECT x, t_x, t, ARRAY[(hashfloat8(t) % 3 = 0)::integer, hashfloat8(t + 1) / 1e9, ln(z + 1)]::float8[] AS c
FROM clv_apart;
VACUUM ANALYZE clv_customer, clv_summary, clv_apart, clv_known;
SQL
}

# processor SETTINGS QUERY: milliseconds of processor time of the backend.
processor()
{
    sql <<SQL | awk 'NR == 1 { before = $1 } END { print ($1 - before) * 1000 / '"$(getconf CLK_TCK)"' }'
$1;
SELECT pg_backend_pid() AS pid \gset
\setenv BACKEND :pid
\! awk '{ print \$14 + \$15 }' "/proc/\$BACKEND/stat"
$2 \g /dev/null
\! awk '{ print \$14 + \$15 }' "/proc/\$BACKEND/stat"
SQL
}

# lifetimes FITTER ROWS TABLE: milliseconds of processor time of the fit, and nothing else.
lifetimes()
{
    sql -c "COPY (SELECT x, t_x, t FROM $3 LIMIT $2) TO STDOUT (FORMAT csv)" | python3 -W ignore -c '
import sys, time, numpy, lifetimes
x, t_x, t = numpy.loadtxt(sys.stdin, delimiter=",", unpack=True)
start = time.process_time()
getattr(lifetimes, sys.argv[1])().fit(x, t_x, t)
print(1000 * (time.process_time() - start))' "$1"
}

# times SETTINGS QUERY: the median, in milliseconds, of the clock; of the processor.
times()
{
    for ((i = 0; i < runs; i++)); do explain "$1" "$2"; done | cut -d' ' -f1 | median
}
processor_times()
{
    for ((i = 0; i < runs; i++)); do processor "$1" "$2"; done | median
}

# against NAME QUERY FITTER ROWS TABLE
against()
{
    local ours theirs

    ours=$(processor_times "$settings" "$2")
    printf '  %-52s %9.0f ms of processor, %9.0f ms\n' "$1" "$ours" "$(times "$settings" "$2")"
    [[ -n $peer ]] || return 0
    theirs=$(lifetimes "$3" "$4" "$5")
    printf '  %-52s %9.0f ms of processor\n  ratio %.0f\n' "lifetimes $peer $3, the fit alone" "$theirs" \
        "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { print b / a }')"
}

peer=$(python3 -W ignore -c 'import lifetimes; print(lifetimes.__version__)' 2>/dev/null || true)
[[ -n $peer ]] || echo "lifetimes is not installed: only crm_ext is measured"
need_customers
echo "$customers customers, one process unless workers are named, median of $runs"
against "BG/NBD from a table of summaries" \
    "SELECT crm_clv_fit_summary(x, t_x, t, NULL) FROM clv_summary" BetaGeoFitter "$customers" clv_summary
against "BG/NBD, no two customers alike" \
    "SELECT crm_clv_fit_summary(x, t_x, t, NULL) FROM clv_apart" BetaGeoFitter "$customers" clv_apart
against "Pareto/NBD, $pareto customers" \
    "SELECT crm_clv_fit_summary(x, t_x, t, NULL, 'pareto/nbd') FROM (SELECT * FROM clv_summary LIMIT $pareto) AS s" \
    ParetoNBDFitter "$pareto" clv_summary
peer=
settings="SET max_parallel_workers_per_gather = 2"
against "BG/NBD from a table of summaries, two workers" "SELECT crm_clv_fit_summary(x, t_x, t, NULL) FROM clv_summary"
against "BG/NBD, no two customers alike, two workers" "SELECT crm_clv_fit_summary(x, t_x, t, NULL) FROM clv_apart"
settings="SET max_parallel_workers_per_gather = 0"
against "MBG/CNBD-k, no two customers alike, k chosen" \
    "SELECT crm_clv_fit_summary(x, t_x, t, NULL, 'mbg/cnbd-k') FROM clv_apart"
against "MBG/CNBD-2, no two customers alike" "SELECT crm_clv_fit_summary(x, t_x, t, NULL, 'mbg/cnbd-2') FROM clv_apart"
against "BG/NBD with three covariates, no two alike" \
    "SELECT crm_clv_fit_summary(x, t_x, t, NULL, 'bg/nbd', 7, c) FROM clv_known"
against "BG/NBD and spend, from summaries" "SELECT crm_clv_fit_summary(x, t_x, t, z) FROM clv_summary"
against "BG/NBD and spend, from ledgers" "SELECT crm_clv_fit(activity, '2023-07-01') FROM clv_customer"
against "Pareto/NBD and spend, from ledgers" \
    "SELECT crm_clv_fit(activity, '2023-07-01', 'pareto/nbd') FROM clv_customer"
for model in bg/nbd mbg/nbd pareto/nbd; do
    sql -c "DROP TABLE IF EXISTS clv_model" \
        -c "CREATE TABLE clv_model AS SELECT crm_clv_fit(activity, '2023-07-01', '$model') AS model FROM clv_customer"
    against "P(alive), E[X] and CLV of 365 days, all by $model" \
        "SELECT sum(crm_p_alive(model, activity, '2023-07-01')),
                sum(crm_expected_purchases(model, activity, '2023-07-01', 365)),
                sum(crm_clv(model, activity, '2023-07-01', 365)) FROM clv_customer, clv_model"
    against "the same in one call, by $model" \
        "SELECT sum(s.p_alive), sum(s.expected_purchases), sum(s.clv)
         FROM clv_customer, clv_model, crm_clv_scores(model, activity, '2023-07-01', 365) AS s"
done
