#!/usr/bin/env bash
# Durations to a Kaplan-Meier state, against percentile_cont, which knows of none
# that are still open. The ratio aimed at is 1.3 at most.
#   RUNS=5 DURATIONS=10000000 bench/survival.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

sql -v "durations=${DURATIONS:-10000000}" <<'SQL'
SET client_min_messages = error;
DROP TABLE IF EXISTS spell;
-- Seconds, log-normal or nearly so, and the days of the same.
CREATE TABLE spell AS
SELECT duration, round(duration / 86400) AS days, hashint4(i + 5) % 5 <> 0 AS is_observed
FROM generate_series(1, :durations) AS i,
     LATERAL (SELECT exp(12 + 2 * sin(i) * cos(i * 7)) * (1 + (hashint4(i) & 65535) / 65536.0) AS d) AS d,
     LATERAL (SELECT d::double precision AS duration) AS duration;
VACUUM ANALYZE spell;
SQL
for column in duration days; do
    for workers in 0 2; do
        echo "$column, $workers workers, median of $runs"
        compare "SET max_parallel_workers_per_gather = $workers" \
            "crm_survival_quantile(crm_survival_agg(...), 0.5)" \
            "SELECT crm_survival_quantile(crm_survival_agg($column, is_observed), 0.5) FROM spell" \
            "percentile_cont(0.5)" \
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY $column) FROM spell"
    done
done
sql -c "DROP TABLE spell"
