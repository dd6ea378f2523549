-- Working time and Kaplan-Meier over real logs of help desks.
\ir lib/needs_data.sql
\if :has_data
BEGIN;
SELECT plan(15);
SET LOCAL TimeZone = 'UTC';
CREATE TEMP TABLE helpdesk (case_id text, event_no integer, at timestamptz, activity text, staff text);
\set helpdesk :data/helpdesk_log.csv
COPY helpdesk FROM :'helpdesk' (FORMAT csv, HEADER true);
CREATE TEMP TABLE problem (
    case_id text, event_no integer, changed_at timestamptz, status text, sub_status text, impact text, org_line text,
    function_div text, support_team text, product text, team_country text, owner_country text, owner text,
        source_file text);
\set problems :data/problems_log.csv
COPY problem FROM :'problems' (FORMAT csv, HEADER true);
CREATE TEMP TABLE holiday (calendar text, holiday_on date, name text);
\set holidays :data/holidays.csv
COPY holiday FROM :'holidays' (FORMAT csv, HEADER true);

CREATE TEMP TABLE office AS
SELECT ('Europe/Rome; mon-fri 09:00-18:00; closed '
        || string_agg(to_char(holiday_on, 'YYYY-MM-DD'), ', '))::crm_calendar AS calendar
FROM holiday WHERE calendar = 'IT';

CREATE TEMP TABLE response AS
SELECT case_id, (array_agg(at ORDER BY event_no))[1] AS opened_at,
       (array_agg(at ORDER BY event_no) FILTER (WHERE activity = 'Take in charge ticket'))[1] AS answered_at,
       (array_agg(at ORDER BY event_no) FILTER (WHERE activity = 'Closed'))[1] AS closed_at
FROM helpdesk GROUP BY case_id;

SELECT is(crm_business_seconds('2013-03-29T16:00:00Z', '2013-04-02T10:00:00Z', calendar), 14400::double precision,
          'over Easter and the clock change') FROM office;
SELECT is(crm_business_seconds('2013-10-25T15:30:00Z', '2013-10-28T08:30:00Z', calendar), 3600::double precision,
          'and over the change back') FROM office;

CREATE TEMP TABLE business AS
SELECT crm_business_seconds(opened_at, answered_at, calendar) AS seconds FROM response, office;
SELECT is(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), 13562::double precision,
    'median working time to an answer')
FROM business;
SELECT ok(abs(percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) - 325364.4) < 1e-6, 'and its ninth decile')
FROM business;
SELECT is(sum(seconds), 389247915::double precision, 'all of it') FROM business;
SELECT is(ARRAY[count(*), count(seconds), count(*) FILTER (WHERE seconds = 0)], ARRAY[4580, 4285, 103]::bigint[],
          'cases, answered, answered outside hours') FROM business;
SELECT is((SELECT count(*)
           FROM response, office, LATERAL (SELECT crm_business_seconds(opened_at, answered_at, calendar) AS s) AS s,
                LATERAL (SELECT crm_business_deadline(opened_at, s, calendar) AS d) AS d
           WHERE d > answered_at OR crm_business_seconds(opened_at, d, calendar) <> s), 0::bigint,
               'deadlines are the inverse');
SELECT is(round((1 - avg(crm_is_business_time(at, calendar)::integer))::numeric, 10), 0.1038504778,
    'share of events off hours')
FROM helpdesk, office;
SELECT is(round((1 - avg(crm_is_business_time(opened_at, calendar)::integer))::numeric, 11), 0.03427947598,
    'and of cases')
FROM response, office;

-- What is unanswered is censored when it was closed, or when the log ends.
CREATE TEMP TABLE answer AS
SELECT crm_survival_agg(extract(epoch
    FROM coalesce(answered_at, closed_at, '2014-01-04T00:00:00Z') - opened_at)::double precision,
                        answered_at IS NOT NULL) AS s
FROM response;
SELECT is(ARRAY[crm_survival_count(s), crm_survival_observed_count(s)], ARRAY[4580, 4285]::bigint[],
    'cases and answers') FROM answer;
SELECT is(crm_survival_quantile(s, 0.5), 72029::double precision, 'median of all, the unanswered too') FROM answer;
SELECT is(ARRAY[crm_survival_interval(s, 0.5)::text, crm_survival_interval(s, 0.5, method => 'plain')::text],
          ARRAY['(65494,78698)', '(65494,78751)'], 'and its intervals') FROM answer;

CREATE TEMP TABLE resolution AS
SELECT crm_survival_agg(extract(epoch
    FROM coalesce(completed_at, '2012-06-16T00:00:00Z') - opened_at)::double precision / 86400,
                        completed_at IS NOT NULL) AS s
FROM (SELECT (array_agg(changed_at ORDER BY event_no))[1] AS opened_at,
             (array_agg(changed_at ORDER BY event_no) FILTER (WHERE status = 'Completed'))[1] AS completed_at,
             (array_agg(impact ORDER BY event_no DESC))[1] AS impact
      FROM problem GROUP BY case_id) AS c
WHERE impact = 'High';
SELECT is(ARRAY[crm_survival_count(s), crm_survival_observed_count(s)], ARRAY[380, 307]::bigint[],
    'problems of high impact')
FROM resolution;
SELECT is(round(crm_survival_quantile(s, 0.5)::numeric, 8), 64.73626157, 'their median days to a resolution')
FROM resolution;
SELECT is((SELECT ARRAY[round(a.low::numeric, 8), round(a.high::numeric, 8), round(b.low::numeric, 8),
    round(b.high::numeric, 8)]
           FROM crm_survival_interval(s, 0.5) AS a, crm_survival_interval(s, 0.5, 0.95, 'plain') AS b),
          ARRAY[50.89541667, 85.03706019, 51.05440972, 85.03706019], 'log-log and plain') FROM resolution;
SELECT * FROM finish();
ROLLBACK;
\endif
