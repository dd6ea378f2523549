#!/usr/bin/env bash
# The whole chain, from raw orders to the CLV of each customer: one SQL script,
# against COPY out, pandas and lifetimes in one Python script, each from a cold
# start and to a file of the same rows. Where lifetimes is not installed its
# half is left out.
#   CUSTOMERS=1000000 RUNS=1 bench/clv_chain.sh    # ten orders each
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
customers=${CUSTOMERS:-1000000}
runs=${RUNS:-1}
as_of=2023-07-01
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Customers of a BG/NBD model, acquired over a year and watched for 27 to 78
# weeks, in the order in which a shop would have written their orders.
need_clv_orders()
{
    [[ $(sql -c "SELECT count(DISTINCT customer_id) FROM clv_order" 2>/dev/null) == "$customers" ]] || sql <<SQL
DROP TABLE IF EXISTS clv_order;
CREATE UNLOGGED TABLE clv_order AS
SELECT cohort * 1000000 + customer_id::integer AS customer_id, day AS ordered_on, amount
FROM generate_series(0, 357) AS cohort,
     crm_simulate_purchases('{"model": "bg/nbd",
        "purchase": {"parameters": {"r": 0.9, "alpha": 2.8, "a": 0.6, "b": 7}},
        "spend": {"parameters": {"p": 6.25, "q": 3.74, "gamma": 15.44}}}',
        $customers / 358 + (cohort < $customers % 358)::integer, date '2022-01-01' + cohort, 546 - cohort, cohort)
ORDER BY day;
VACUUM ANALYZE clv_order;
SQL
}

# A hash table beyond the processor's caches waits for memory: little of it is faster.
in_sql()
{
    sql <<SQL
SET work_mem = '2MB';
SET max_parallel_workers_per_gather = $1;
CREATE TEMP TABLE customer AS
SELECT customer_id, crm_activity_agg(ordered_on, amount) AS activity FROM clv_order GROUP BY customer_id;
CREATE TEMP TABLE model AS SELECT crm_clv_fit(activity, '$as_of') AS model FROM customer;
CREATE TEMP VIEW score AS
SELECT customer_id, (s).p_alive, (s).expected_purchases, (s).clv
FROM (SELECT customer_id, crm_clv_scores(model, activity, '$as_of', 365) AS s FROM customer, model OFFSET 0) AS x;
\copy (TABLE score) TO '$out/sql.csv' (FORMAT csv)
SELECT pg_backend_pid() AS pid \gset
\setenv BACKEND :pid
\! awk '{ print \$14 + \$15 }' "/proc/\$BACKEND/stat" >'$out/ticks'
SQL
}

# Weeks, as above; lifetimes discounts by the month.
in_python()
{
    sql <<SQL
\copy (SELECT customer_id, ordered_on, amount FROM clv_order) TO '$out/orders.csv' (FORMAT csv)
SELECT pg_backend_pid() AS pid \gset
\setenv BACKEND :pid
\! awk '{ print \$14 + \$15 }' "/proc/\$BACKEND/stat" >'$out/ticks'
SQL
    python3 -W ignore - "$out" "$as_of" <<'PYTHON'
import sys, numpy, pandas
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.utils import summary_data_from_transaction_data
out, as_of = sys.argv[1:]
orders = pandas.read_csv(out + "/orders.csv", names=["customer_id", "ordered_on", "amount"], parse_dates=["ordered_on"])
s = summary_data_from_transaction_data(orders, "customer_id", "ordered_on", "amount", observation_period_end=as_of)
s["recency"] /= 7
s["T"] /= 7
bgf = BetaGeoFitter().fit(s["frequency"], s["recency"], s["T"])
repeat = s[(s["frequency"] > 0) & (s["monetary_value"] > 0)]
ggf = GammaGammaFitter().fit(repeat["frequency"], repeat["monetary_value"])
s["p_alive"] = bgf.conditional_probability_alive(s["frequency"], s["recency"], s["T"])
s["purchases"] = bgf.conditional_expected_number_of_purchases_up_to_time(365 / 7, s["frequency"], s["recency"],
                                                                         s["T"])
s["clv"] = ggf.customer_lifetime_value(bgf, s["frequency"], s["recency"], s["T"], s["monetary_value"], time=12,
                                       freq="W", discount_rate=1.1 ** (1 / 12) - 1)
s[["p_alive", "purchases", "clv"]].to_csv(out + "/python.csv", header=False)
import resource
print("  r %.5f alpha %.4f a %.5f b %.4f; %d MB" % (*bgf.params_[["r", "alpha", "a", "b"]],
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), file=sys.stderr)
PYTHON
}

# seconds COMMAND...: of one run, of the processor and of the clock; that of
# the server's process is what the command writes to ticks.
seconds()
{
    local TIMEFORMAT='%U %S %R'

    { time "$@" 2>"$out/errors"; } 2>"$out/seconds"
    cat "$out/errors" >&2
    awk -v ticks="$(cat "$out/ticks")" -v hertz="$(getconf CLK_TCK)" \
        '{ printf "%.2f (%.1f by the clock)\n", $1 + $2 + ticks / hertz, $3 }' "$out/seconds"
}

repeat() { for ((i = 0; i < runs; i++)); do seconds "$@"; done | median; }

need_clv_orders
sql -c "SELECT 'orders ' || count(*) || ', customers ' || count(DISTINCT customer_id) FROM clv_order"
serial=$(repeat in_sql 0)
parallel=$(repeat in_sql 2)
printf '  %-44s %s s\n' "SQL, no worker" "$serial" "SQL, two workers, without theirs" "$parallel"
if python3 -W ignore -c 'import lifetimes, pandas' 2>/dev/null; then
    theirs=$(repeat in_python)
    printf '  %-44s %s s\n' "COPY, pandas and lifetimes" "$theirs"
    awk -v a="$serial" -v b="$theirs" 'BEGIN { printf "  ratio %.1f of the processor\n", b / a }'
else
    echo "  lifetimes is not installed: only crm_ext is measured"
fi
