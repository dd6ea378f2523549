-- Aggregates of logs against the same by window functions, over a made-up log
-- with all that is awkward: many rows of one instant, numbers that are missing or
-- run backwards, words in capitals, texts that differ by case alone, pauses
-- through both clock changes, in any order of rows and by workers.
BEGIN;
SELECT plan(49);
SET LOCAL jit = off;
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'Asia/Tokyo';
SELECT setseed(0.25);

-- Some 9,000 rows of 700 cases, of one row to several hundreds; hours of two
-- weeks at either clock change of Rome, so that many share an instant.
CREATE TABLE log AS
SELECT
    (random() * random() * random() * 700)::integer AS case_id,
    CASE WHEN random() < 0.5 THEN timestamptz '2024-03-25 00:00+01' ELSE timestamptz '2024-10-21 00:00+02' END
        + (random() * 336)::integer * interval '1 hour' AS at,
    CASE WHEN random() < 0.7 THEN (random() * 5)::bigint END AS event_no,
    (ARRAY['new', 'Open', 'PENDING', 'pending', 'Solved', 'closed', 'riaperto', NULL])[1 + floor(random() * 8)]
        AS status,
    (ARRAY['anna', 'Anna', 'bo', 'ćilo', '', NULL])[1 + floor(random() * 6)] AS holder,
    (ARRAY['in', 'out', 'note', NULL])[1 + floor(random() * 4)] AS direction,
    n::text AS id
FROM generate_series(1, 9000) AS n;
-- Many holders in one case, more than are compared one by one.
INSERT INTO log
SELECT 1000, '2024-05-01'::timestamptz + n * interval '7 minutes', n, 'open', 'h' || n * n % 41, 'in', 'x' || n
FROM generate_series(1, 500) AS n;
CREATE INDEX ON log (case_id, at, event_no, status);
ANALYZE log;
CREATE TABLE question AS
SELECT '{solved,closed}'::text[] AS done, '{closed}'::text[] AS closed, '{pending}'::text[] AS waiting,
       timestamptz '2024-11-20 12:00+01' AS until_at,
       'Europe/Rome; mon-fri 09:00-18:00; sat 22:00-06:00; closed 2024-10-25'::crm_calendar AS calendar;

-- By window functions

CREATE VIEW turn AS
SELECT case_id, row_number() OVER (PARTITION BY case_id ORDER BY asked_at) AS turn_no, replies_before = 0 AS is_first,
       asked_at, replied_at, holder
FROM (
    SELECT case_id, replies_before, min(at) FILTER (WHERE direction = 'in') AS asked_at,
           max(at) FILTER (WHERE direction = 'out') AS replied_at,
           max(holder) FILTER (WHERE direction = 'out') AS holder
    FROM (
        SELECT case_id, at, holder, direction,
               count(*) FILTER (WHERE direction = 'out')
                   OVER (PARTITION BY case_id ORDER BY at, direction, holder ROWS UNBOUNDED PRECEDING)
               - (direction = 'out')::integer AS replies_before
        FROM log WHERE direction IN ('in', 'out')
    ) AS message
    GROUP BY case_id, replies_before
) AS one
WHERE asked_at IS NOT NULL;

CREATE VIEW stay AS
SELECT *, 1 + count(*) FILTER (WHERE was_done AND NOT is_done)
              OVER (PARTITION BY case_id ORDER BY at, event_no, status ROWS UNBOUNDED PRECEDING) AS cycle_no
FROM (
    SELECT case_id, at, event_no, status, coalesce(lower(status) = ANY (done), false) AS is_done,
           coalesce(lower(status) = ANY (closed), false) AS is_closed,
           coalesce(lower(status) = ANY (waiting), false) AS is_waiting,
           lag(coalesce(lower(status) = ANY (done), false), 1, false) OVER w AS was_done,
           row_number() OVER w AS stay_no, count(*) OVER (PARTITION BY case_id) AS stay_count,
           coalesce(lead(at) OVER w, until_at) AS until_at, calendar
    FROM log CROSS JOIN question
    WINDOW w AS (PARTITION BY case_id ORDER BY at, event_no, status)
) AS one;

CREATE VIEW cycle AS
SELECT case_id, cycle_no, min(at) AS started_at, min(at) FILTER (WHERE is_done) AS resolved_at,
       bool_or(is_waiting AND stay_no = stay_count) AS is_paused,
       coalesce(sum(extract(epoch FROM until_at - at)::numeric) FILTER (WHERE is_waiting), 0)::double precision
           AS paused_seconds,
       coalesce(sum(crm_business_seconds(at, until_at, calendar)::numeric)
                FILTER (WHERE is_waiting), 0)::double precision AS paused_business_seconds
FROM stay GROUP BY case_id, cycle_no;

-- Where nothing else tells two states apart, who had it does, by the bytes.
CREATE VIEW present AS
SELECT case_id, stay_no, at AS started_at, ended_at, status, holder AS staff_id, direction AS department,
       min(stay_no) OVER cycle > 1 AS is_reopened, min(at) OVER cycle AS cycle_started_at,
       sum(CASE WHEN is_waiting THEN 0 ELSE extract(epoch FROM coalesce(ended_at, until_at) - at) END)
           OVER upto::double precision AS used_seconds,
       sum(CASE WHEN is_waiting THEN 0
                ELSE crm_business_seconds(at, coalesce(ended_at, until_at), calendar)::numeric END)
           OVER upto::double precision AS used_business_seconds
FROM (
    SELECT *, max(stay_no) FILTER (WHERE is_done) OVER (PARTITION BY case_id) AS done_no
    FROM (
        SELECT case_id, at, status, holder, direction, until_at, calendar,
               coalesce(lower(status) = ANY (done), false) AS is_done,
               coalesce(lower(status) = ANY (waiting), false) AS is_waiting,
               row_number() OVER w AS stay_no, lead(at) OVER w AS ended_at
        FROM log CROSS JOIN question
        WINDOW w AS (PARTITION BY case_id
                     ORDER BY at, event_no, status, holder COLLATE "C",
                              direction COLLATE "C")
    ) AS placed
) AS one
WHERE done_no IS NULL OR stay_no > done_no
WINDOW cycle AS (PARTITION BY case_id), upto AS (PARTITION BY case_id ORDER BY stay_no);

CREATE VIEW held AS
SELECT case_id, count(DISTINCT holder) AS holder_count, count(*) AS run_count,
       count(*) FILTER (WHERE holder = holder_before_last) AS ping_pong_count
FROM (
    SELECT case_id, holder, lag(holder, 2) OVER (PARTITION BY case_id ORDER BY place) AS holder_before_last
    FROM (
        SELECT case_id, holder, row_number() OVER w AS place, lag(holder) OVER w AS previous
        FROM (SELECT DISTINCT ON (case_id, at, event_no, status) * FROM log WHERE holder <> ''
              ORDER BY case_id, at, event_no, status, holder COLLATE "C") AS known
        WINDOW w AS (PARTITION BY case_id ORDER BY at, event_no, status)
    ) AS state
    WHERE holder IS DISTINCT FROM previous
) AS run
GROUP BY case_id;

CREATE VIEW talk AS
SELECT case_id, talk_no, min(at) AS started_at, max(at) AS ended_at, count(*) AS message_count,
       count(*) FILTER (WHERE direction = 'in') AS in_count, count(*) FILTER (WHERE direction = 'out') AS out_count,
       count(DISTINCT holder) AS staff_count, min(first_direction) AS first_direction
FROM (
    SELECT *, count(*) FILTER (WHERE is_start) OVER w AS talk_no,
           CASE WHEN is_start THEN direction END AS first_direction
    FROM (
        SELECT *, lag(at) OVER w IS NULL OR at - lag(at) OVER w > interval '3 hours' AS is_start
        FROM log
        WINDOW w AS (PARTITION BY case_id ORDER BY at, direction IS DISTINCT FROM 'in', id)
    ) AS message
    WINDOW w AS (PARTITION BY case_id ORDER BY at, direction IS DISTINCT FROM 'in', id)
) AS numbered
GROUP BY case_id, talk_no;

-- By the aggregates, over rows in an order of their own

CREATE FUNCTION pg_temp.differences(rows text, which text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    ours text := replace(CASE which
        WHEN 'turn' THEN
            $s$SELECT case_id, (t).turn_no, (t).is_first, (t).asked_at, (t).replied_at, (t).staff_id
               FROM (SELECT case_id, unnest(crm_reply_turn_agg(at, direction = 'out', holder)) AS t FROM ROWS
                     WHERE direction IN ('in', 'out') GROUP BY case_id) AS one$s$
        WHEN 'end' THEN
            $s$SELECT case_id, ends[1], ends[2], ends[3], ends[4]
               FROM (SELECT case_id, crm_case_end_agg(at, event_no, status, done, closed) AS ends
                     FROM ROWS CROSS JOIN question GROUP BY case_id) AS one$s$
        WHEN 'cycle' THEN
            $s$SELECT case_id, (c).cycle_no, (c).started_at, (c).resolved_at, (c).is_paused, (c).paused_seconds,
                      (c).paused_business_seconds
               FROM (SELECT case_id, unnest(crm_case_cycle_agg(at, event_no, status, done, waiting, until_at,
                                                               calendar)) AS c
                     FROM ROWS CROSS JOIN question GROUP BY case_id) AS one$s$
        WHEN 'present' THEN
            $s$SELECT case_id, (s).*
               FROM (SELECT case_id, unnest(crm_open_stay_agg(at, event_no, status, done, waiting, until_at, calendar,
                                                              holder, direction)) AS s
                     FROM ROWS CROSS JOIN question GROUP BY case_id) AS one$s$
        WHEN 'held' THEN
            $s$SELECT case_id, h[1], h[2], h[3]
               FROM (SELECT case_id, crm_holder_agg(at, event_no, status, holder) AS h
                     FROM (SELECT DISTINCT ON (case_id, at, event_no, status) * FROM ROWS WHERE holder <> ''
                           ORDER BY case_id, at, event_no, status, holder COLLATE "C") AS known
                     GROUP BY case_id) AS one$s$
        WHEN 'talk' THEN
            $s$SELECT case_id, (t).*
               FROM (SELECT case_id, unnest(crm_conversation_agg(at, id, direction, holder, 10800)) AS t
                     FROM ROWS GROUP BY case_id) AS one$s$
        END, 'ROWS', rows);
    theirs text := CASE which
        WHEN 'end' THEN
            $s$SELECT case_id, min(at) FILTER (WHERE is_done), min(at) FILTER (WHERE is_closed),
                      min(at) FILTER (WHERE is_done AND stay_no > last_open_no),
                      min(at) FILTER (WHERE is_closed AND stay_no > last_open_no)
               FROM (SELECT *, coalesce(max(stay_no) FILTER (WHERE NOT is_done) OVER (PARTITION BY case_id), 0)
                                   AS last_open_no FROM stay) AS stay GROUP BY case_id$s$
        ELSE 'SELECT * FROM ' || quote_ident(which) END;
    answer bigint;
BEGIN
    EXECUTE format('SELECT (SELECT count(*) FROM (%1$s EXCEPT ALL %2$s) AS a)
                         + (SELECT count(*) FROM (%2$s EXCEPT ALL %1$s) AS b)',
                   ours, theirs) INTO answer;
    RETURN answer;
END $$;

SELECT is(pg_temp.differences('log', which), 0::bigint, which || ' as by window functions')
FROM unnest('{turn,end,cycle,present,held,talk}'::text[]) AS which;
SELECT is(pg_temp.differences('(SELECT * FROM log ORDER BY md5(id)) AS log', which), 0::bigint,
          which || ' in any order of rows')
FROM unnest('{turn,end,cycle,present,held,talk}'::text[]) AS which;
SET LOCAL enable_hashagg = off;
SELECT is(pg_temp.differences('log', which), 0::bigint, which || ' in the order of an index')
FROM unnest('{turn,end,cycle,present,talk}'::text[]) AS which;

-- Partial states, sent and merged
RESET enable_hashagg;
\ir lib/workers.sql
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_indexscan = off;
CREATE FUNCTION pg_temp.log_query() RETURNS text LANGUAGE sql AS $$
    SELECT $q$SELECT row(
        crm_reply_turn_agg(at, direction = 'out', holder),
        crm_case_end_agg(at, event_no, status, '{solved,closed}', '{closed}'),
        crm_case_cycle_agg(at, event_no, status, '{solved,closed}', '{pending}', '2024-11-20',
                           'Europe/Rome; mon-fri 09:00-18:00'),
        crm_open_stay_agg(at, event_no, status, '{solved}', '{pending}', '2024-11-20',
                          'Europe/Rome; mon-fri 09:00-18:00', holder, direction),
        crm_holder_agg(at, event_no, status, holder),
        crm_conversation_agg(at, id, direction, holder, 60)) AS answer FROM log$q$
$$;
CREATE TEMP TABLE by_workers AS SELECT pg_temp.by_workers(pg_temp.log_query()) AS answer;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT results_eq(format('SELECT answer::text FROM (%s) AS alone', pg_temp.log_query()), 'TABLE by_workers',
    'workers come to the same');

-- NULLs and errors
SELECT is((SELECT crm_reply_turn_agg(at, direction = 'out', holder) FROM log WHERE false), NULL::crm_reply_turn[],
          'no rows give NULL');
SELECT is((SELECT crm_holder_agg(at, event_no, status, NULL) FROM log), NULL::bigint[], 'nor do rows that are skipped');
SELECT is(crm_case_end_agg(at, NULL, 'Done', '{done,NULL}', NULL),
          ARRAY['2024-01-01', NULL, '2024-01-01', NULL]::timestamptz[],
          'a list of words may be NULL, or have one')
FROM (VALUES (timestamptz '2024-01-01'), (NULL)) AS state (at);
SELECT is(crm_case_cycle_agg(at, 1, status, '{done}', '{wait}', '2024-01-01', 'UTC; mon-sun 00:00-24:00'),
          ARRAY[ROW(1, '-infinity', NULL, false, 9223372036854.775807, 0, false)]::crm_case_cycle[],
          'a pause without a beginning is as long as can be told, and no working time')
FROM (VALUES (timestamptz '-infinity', 'WAIT'), ('2023-12-31', 'open')) AS state (at, status);
SELECT is(crm_open_stay_agg(at, NULL, status, '{done}', NULL, '2024-01-03 00:00Z', 'UTC; mon-sun 00:00-24:00', 'a',
                            NULL),
          ARRAY[ROW(2, '2024-01-02 00:00Z', NULL, 'open', 'a', NULL, true, '2024-01-02 00:00Z', 86400,
                    86400)]::crm_open_stay[],
          'the present states of a case that was done')
FROM (VALUES (timestamptz '2024-01-01 00:00Z', 'done'), ('2024-01-02 00:00Z', 'open'), (NULL, 'open'))
    AS state (at, status);
SELECT is(crm_open_stay_agg(at, NULL, 'DONE', '{done}', NULL, '2024-01-03', 'UTC; mon-sun 00:00-24:00', 'a', NULL),
          NULL::crm_open_stay[], 'NULL of one that is done')
FROM (VALUES (timestamptz '2024-01-01')) AS state (at);
SELECT throws_ok($$SELECT crm_conversation_agg(now(), 'a', 'in', 's', -1)$$, '22023', NULL, 'a gap below 0');
SELECT throws_ok($$SELECT crm_conversation_agg(now(), 'a', 'in', 's', 'NaN')$$, '22023', NULL, 'or none at all');
SELECT is((SELECT array_length(crm_conversation_agg(at, id, direction, holder, NULL), 1) FROM log), 1,
          'without a gap there is one conversation');

-- What is asked is the same in every row, in whatever order they come.
SELECT throws_ok(format($$SELECT crm_conversation_agg(at, 'a', 'in', 's', gap ORDER BY gap %s)
                          FROM (VALUES (timestamptz '2024-01-01 00:00Z', 10), ('2024-01-01 00:01Z', 1000))
                              AS x (at, gap)$$,
                        direction),
                 '22023', NULL, 'two gaps, ' || direction)
FROM (VALUES ('ASC'), ('DESC'), ('NULLS FIRST')) AS x (direction);
SELECT throws_ok(format($$SELECT crm_open_stay_agg(n, NULL, 'open', '{}', '{}', %s, %s, 'a', 'b')
                          FROM generate_series(timestamptz '2024-01-01', '2024-01-02', '1 day') AS n$$,
                        until_at, calendar),
                 '22023', NULL, 'two of them, ' || until_at || ' and ' || calendar)
FROM (VALUES ('n', $$'UTC; mon 09:00-10:00'$$),
             ($$'2024-02-01'$$, $$(CASE WHEN n = '2024-01-01' THEN 'UTC; mon 09:00-10:00'
                                   ELSE 'UTC; mon 09:00-11:00' END)::crm_calendar$$)) AS x (until_at, calendar);
SELECT throws_ok($$SELECT crm_case_cycle_agg(n, NULL, 'open', '{}', '{}', n, 'UTC; mon 09:00-10:00')
                   FROM generate_series(timestamptz '2024-01-01', '2024-01-02', '1 day') AS n$$,
                 '22023', NULL, 'two ends of the last state');
SELECT throws_ok($$SELECT crm_case_cycle_agg(n, NULL, 'wait', '{}', '{wait}', '2024-02-01',
                                             format('UTC; mon 09:00-%s:00', date_part('day', n) + 10)::crm_calendar)
                   FROM generate_series(timestamptz '2024-01-01', '2024-01-02', '1 day') AS n$$,
                 '22023', NULL, 'two calendars of pauses');
CREATE TABLE parted (LIKE log, gap integer) PARTITION BY LIST (gap);
CREATE TABLE parted_10 PARTITION OF parted FOR VALUES IN (10);
CREATE TABLE parted_20 PARTITION OF parted FOR VALUES IN (20);
INSERT INTO parted SELECT *, 10 FROM log UNION ALL SELECT *, 20 FROM log;
ANALYZE parted;
SET LOCAL enable_partitionwise_aggregate = on;
SET LOCAL max_parallel_workers_per_gather = 4;
SELECT throws_ok($$SELECT pg_temp.by_workers(
                       'SELECT cardinality(crm_conversation_agg(at, id, direction, holder, gap)) FROM parted')$$,
                 '22023', NULL, 'two gaps, each of one partial state');
SET LOCAL max_parallel_workers_per_gather = 0;

-- Waits: asked on Friday at 17:00 of a case from half an hour before, looked at on Tuesday at 09:30
CREATE FUNCTION pg_temp.waits(asked_at timestamptz, replied_at timestamptz, turns crm_reply_turn[],
                              closed_since_at timestamptz, done_at timestamptz, cycles crm_case_cycle[])
RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', w.measure, to_char(w.started_at AT TIME ZONE 'Europe/Rome', 'DD.HH24:MI'),
                                to_char(w.ended_at AT TIME ZONE 'Europe/Rome', 'DD.HH24:MI'), w.wait_seconds,
                                w.wait_business_seconds, w.is_observed,
                                to_char(w.closed_unanswered_at AT TIME ZONE 'Europe/Rome', 'DD.HH24:MI')), ', ')
    FROM unnest(crm_case_waits($1, $2, $3, '2024-03-29 16:30+01', $4, $5, $6, '2024-04-02 09:30+02',
                               'Europe/Rome; mon-fri 09:00-18:00')) AS w
$$;
SELECT is(pg_temp.waits('2024-03-29 17:00+01', '2024-04-01 11:00+02', NULL, NULL, NULL, NULL),
          'first_reply 29.17:00 01.11:00 234000 10800 t, resolution 29.16:30 316800 39600 f',
          'over a weekend and a clock change');
SELECT is(pg_temp.waits('2024-03-29 17:00+01', '2024-03-29 16:00+01', NULL, NULL, NULL, '{}'),
          'first_reply 29.17:00 29.17:00 0 0 t', 'a reply that was there before');
SELECT is(pg_temp.waits('2024-03-29 17:00+01', NULL, NULL, '2024-03-29 17:30+01', '2024-04-01 10:00+02', '{}'),
          'first_reply 29.17:00 1800 1800 f 29.17:30', 'without a reply until it was closed');
SELECT is(pg_temp.waits('2024-03-29 17:00+01', NULL, NULL, NULL, '2024-04-01 10:00+02', '{}'),
          'first_reply 29.17:00 230400 7200 f 01.10:00', 'or done');
SELECT is(pg_temp.waits(NULL, NULL, ARRAY[ROW(1, true, '2024-03-29 17:00+01', '2024-03-29 17:10+01', 'anna'), NULL,
                                          ROW(2, false, '2024-04-01 08:00+02', '2024-04-01 09:05+02', 'anna'),
                                          ROW(3, false, '2024-04-01 12:00+02', NULL, NULL)]::crm_reply_turn[],
                        NULL, '2024-04-01 11:00+02', '{}'),
          'next_reply 01.08:00 01.09:05 3900 300 t, next_reply 01.12:00 77400 23400 f',
          'next replies, one after the end');
SELECT is(pg_temp.waits(NULL, NULL, NULL, NULL, NULL,
                        ARRAY[ROW(1, '2024-03-29 16:40+01', '2024-03-29 17:30+01', false, 600, 600, true),
                              ROW(2, '2024-04-01 09:00+02', '2024-04-01 10:00+02', false, 7200, 60, NULL),
                              ROW(3, '2024-04-02 09:00+02', NULL, true, 600, 600, false)]::crm_case_cycle[]),
          'resolution 29.16:30 29.17:30 3000 3000 t, reopened 01.09:00 01.10:00 0 3540 t, '
          'reopened 02.09:00 1200 1200 f',
          'cycles without their pauses');
SELECT is((SELECT sum(abs(date_part('epoch', timestamptz '2024-12-31' - at)
                          - (crm_case_waits(at, NULL, NULL, NULL, NULL, NULL, '{}', '2024-12-31',
                                            'UTC; mon 09:00-10:00'))[1].wait_seconds))
           FROM generate_series(timestamptz '1500-01-01', '2024-12-30', '7777:07:07.777777') AS at),
          0::double precision, 'to the last bit what date_part says');
SELECT results_eq($$SELECT measure, wait_seconds, wait_business_seconds
                    FROM unnest(crm_case_waits('-infinity', NULL, NULL, '-infinity', NULL, NULL, NULL, '2024-12-31',
                                               'UTC; mon 09:00-10:00'))$$,
                  $$VALUES ('first_reply'::text, NULL::float8, NULL::float8), ('resolution', NULL, NULL)$$,
                  'an instant that is infinite has no time');
SELECT is(crm_case_waits(now(), NULL, NULL, now(), NULL, NULL, NULL, NULL, 'UTC; mon 09:00-10:00'),
          NULL::crm_case_wait[],
          'NULL without an instant to look from');

-- Words that their collation takes for equal come in one order, whatever that of the rows.
CREATE COLLATION alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT is(crm_open_stay_agg(at, NULL, status COLLATE alike, NULL, NULL, at, 'UTC; mon 09:00-10:00', NULL, NULL
                            ORDER BY n)::text,
          crm_open_stay_agg(at, NULL, status COLLATE alike, NULL, NULL, at, 'UTC; mon 09:00-10:00', NULL, NULL
                            ORDER BY n DESC)::text, 'words that a collation takes for equal')
FROM (VALUES (1, timestamptz '2024-01-01', 'open'), (2, '2024-01-01', 'OPEN')) AS state (n, at, status);

-- Rows are not written to, nor read from, types that somebody has altered.
CREATE FUNCTION pg_temp.altered(change text, query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'ALTER TYPE ' || change;
    EXECUTE 'SELECT ' || query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT is(pg_temp.altered('crm_case_cycle ADD ATTRIBUTE note text',
                          $$crm_case_cycle_agg(now(), NULL, 'open', NULL, NULL, now(), 'UTC; mon 09:00-10:00')$$),
          '42804', 'a type with one more attribute');
SELECT is(pg_temp.altered('crm_case_wait ALTER ATTRIBUTE measure TYPE name',
                          $$crm_case_waits(now(), NULL, NULL, now(), NULL, NULL, NULL, now(),
                                           'UTC; mon 09:00-10:00')$$),
          '42804', 'with another in its place');
SELECT is(pg_temp.altered('crm_case_cycle DROP ATTRIBUTE is_paused',
                          $$crm_case_waits(NULL, NULL, NULL, now(), NULL, NULL,
                                           ARRAY[ROW(1, now(), NULL, 0, 0, false)]::crm_case_cycle[], now(),
                                           'UTC; mon 09:00-10:00')$$),
          '42804', 'with one less, read');
SELECT is(pg_temp.altered('crm_reply_turn RENAME ATTRIBUTE turn_no TO number',
                          $$crm_reply_turn_agg(now(), false, 'a')$$),
          'no error', 'names are free');
SELECT * FROM finish();
ROLLBACK;
