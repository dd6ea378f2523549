#!/usr/bin/env bash
# Working time between two instants: crm_business_seconds against the same in
# PL/pgSQL and against generate_series of days. The aims: 0.3 microseconds a call
# within a week, and no more over ten years.
#   RUNS=5 INTERVALS=1000000 bench/calendar.sh
# shellcheck source=bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
intervals=${INTERVALS:-1000000}
few=${FEW:-10000}

sql <<SQL
SET client_min_messages = error;
DROP TABLE IF EXISTS interval_of_case, office, office_holiday;
DROP FUNCTION IF EXISTS business_seconds_plpgsql, business_seconds_days;
CREATE TABLE interval_of_case AS
SELECT i, from_at, from_at + (hashint4(i + 1) & 65535) * interval '9 s' AS in_a_week,
       from_at + interval '10 years' + (hashint4(i + 1) & 65535) * interval '9 s' AS in_ten_years
FROM generate_series(1, $intervals) AS i,
     LATERAL (SELECT timestamptz '2014-01-01' + (hashint4(i) & 16777215) * interval '10 s' AS from_at) AS f;
CREATE TABLE office_holiday AS
SELECT make_date(y, m, d) AS day
FROM generate_series(2010, 2030) AS y, (VALUES (1, 1), (4, 25), (5, 1), (6, 2), (8, 15), (12, 25)) AS v (m, d);
CREATE UNIQUE INDEX ON office_holiday (day);
CREATE TABLE office AS
SELECT ('Europe/Rome; mon-fri 09:00-18:00; closed ' || string_agg(day::text, ', '))::crm_calendar AS calendar
FROM office_holiday;
VACUUM ANALYZE interval_of_case; ANALYZE office; ANALYZE office_holiday;

-- Day by day, as one would write it.
CREATE FUNCTION business_seconds_plpgsql(from_at timestamptz, to_at timestamptz) RETURNS double precision
LANGUAGE plpgsql STABLE AS \$\$
DECLARE
    today date := (from_at AT TIME ZONE 'Europe/Rome')::date;
    seconds double precision := 0;
    starts timestamptz;
    ends timestamptz;
BEGIN
    WHILE today <= (to_at AT TIME ZONE 'Europe/Rome')::date LOOP
        IF extract(isodow FROM today) < 6 AND NOT EXISTS (SELECT FROM office_holiday AS h WHERE h.day = today) THEN
            starts := greatest(from_at, (today + time '09:00') AT TIME ZONE 'Europe/Rome');
            ends := least(to_at, (today + time '18:00') AT TIME ZONE 'Europe/Rome');
            IF ends > starts THEN
                seconds := seconds + extract(epoch FROM ends - starts);
            END IF;
        END IF;
        today := today + 1;
    END LOOP;
    RETURN seconds;
END \$\$;
CREATE FUNCTION business_seconds_days(from_at timestamptz, to_at timestamptz) RETURNS double precision
LANGUAGE sql STABLE AS \$\$
    SELECT coalesce(sum(extract(epoch FROM greatest(
               interval '0',
               least(to_at, (d + time '18:00') AT TIME ZONE 'Europe/Rome')
               - greatest(from_at, (d + time '09:00') AT TIME ZONE 'Europe/Rome')))), 0)::double precision
    FROM generate_series((from_at AT TIME ZONE 'Europe/Rome')::date::timestamp, to_at AT TIME ZONE 'Europe/Rome',
                         interval '1 day') AS g (d)
    WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (SELECT FROM office_holiday AS h WHERE h.day = d)
\$\$;
SQL

# per_call NAME ROWS EXPRESSION: the time of a row less that of the scan alone.
per_call()
{
    local i ours='' scan='' limited="(SELECT * FROM interval_of_case LIMIT $2) AS c, office"

    for ((i = 0; i < runs; i++)); do
        ours+=$(explain "SET max_parallel_workers_per_gather = 0" "SELECT sum($3) FROM $limited")$'\n'
        scan+=$(explain "SET max_parallel_workers_per_gather = 0" "SELECT sum(i::double precision) FROM $limited")$'\n'
    done
    awk -v name="$1" -v rows="$2" -v a="$(cut -d' ' -f1 <<<"${ours%$'\n'}" | median)" \
        -v b="$(cut -d' ' -f1 <<<"${scan%$'\n'}" | median)" \
        'BEGIN { printf "  %-52s %10.3f microseconds a call\n", name, (a - b) * 1000 / rows }'
}

echo "$intervals intervals, median of $runs, the same answers:"
sql -c "SELECT '  ' || count(*) || ' differ' FROM (SELECT * FROM interval_of_case LIMIT $few) AS c, office
        WHERE crm_business_seconds(from_at, in_a_week, calendar) <> business_seconds_plpgsql(from_at, in_a_week)
           OR crm_business_seconds(from_at, in_a_week, calendar) <> business_seconds_days(from_at, in_a_week)"
per_call "crm_business_seconds, within a week" "$intervals" "crm_business_seconds(from_at, in_a_week, calendar)"
per_call "crm_business_seconds, ten years" "$intervals" "crm_business_seconds(from_at, in_ten_years, calendar)"
per_call "crm_business_deadline, 40 working hours" "$intervals" \
    "extract(epoch FROM crm_business_deadline(from_at, 144000, calendar))::double precision"
per_call "crm_is_business_time" "$intervals" "crm_is_business_time(from_at, calendar)::integer"
per_call "PL/pgSQL, within a week" "$few" "business_seconds_plpgsql(from_at, in_a_week)"
per_call "generate_series of days, within a week" "$few" "business_seconds_days(from_at, in_a_week)"
per_call "PL/pgSQL, ten years" "$((few / 100))" "business_seconds_plpgsql(from_at, in_ten_years)"
per_call "generate_series of days, ten years" "$((few / 100))" "business_seconds_days(from_at, in_ten_years)"
sql -c "DROP TABLE interval_of_case, office, office_holiday" \
    -c "DROP FUNCTION business_seconds_plpgsql, business_seconds_days"
