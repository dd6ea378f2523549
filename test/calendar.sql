-- Working time against a walk in steps of five minutes through real time zones;
-- error codes.
BEGIN;
SELECT plan(65);
SET LOCAL TimeZone = 'UTC';

-- What stands in a text, asked one by one: hours of ISO weekdays, closed days
-- and days of their own, of the local clock that AT TIME ZONE shows.
CREATE TEMP TABLE shift (iso integer, ahead integer, starts interval, ends interval);
INSERT INTO shift VALUES
    (1, NULL, '09:00', '13:00'), (1, NULL, '14:00', '18:00'), (2, NULL, '22:00', '30:00'), (3, NULL, '00:00', '24:00'),
    (5, NULL, '22:00', '31:00'), (6, NULL, '02:00', '03:00'), (6, NULL, '22:00', '30:00'),
    (7, NULL, '00:30', '05:00'), (7, NULL, '23:30', '25:15'),
    (NULL, 4, '01:00', '02:30'), (NULL, 4, '20:00', '26:00'), (NULL, -1, '20:00', '44:00');

CREATE TEMP TABLE place AS
SELECT zone, at, day, format(
           '%s; mon 09:00-13:00 14:00-18:00; tue 22:00-06:00; wed 00:00-24:00; fri 22:00-07:00; '
           'sat 02:00-03:00, 22:00-06:00; sun 00:30-05:00, 23:30-01:15; '
           'closed %s..%s, %s; open %s 01:00-02:30 20:00-02:00, %s 20:00-44:00',
           zone, day + 3, day + 4, day + 9, day + 4, day - 1)::crm_calendar AS calendar
FROM (VALUES ('Europe/Rome', timestamptz '2024-03-29'), ('Europe/Rome', '2024-10-25'), ('Pacific/Apia', '2011-12-26'),
             ('America/Havana', '2024-11-01'), ('America/Havana', '2024-03-08'), ('Australia/Lord_Howe', '2024-04-05'),
             ('Africa/Casablanca', '2024-03-08'), ('Europe/Dublin', '2024-10-25'),
             ('Etc/GMT-14', '2024-03-08'),
             ('Europe/Rome', '2437-10-20'), ('America/New_York', '5000-03-05')) AS p (zone, at),
     LATERAL (SELECT (at AT TIME ZONE zone)::date AS day) AS d;

CREATE TEMP TABLE minute AS
SELECT zone, at, calendar, n, at + n * interval '1 minute' AS t, EXISTS (
           SELECT FROM generate_series(0, 1) AS back, LATERAL (SELECT l::date - back AS d) AS d, shift
           WHERE CASE WHEN d - day IN (SELECT s.ahead FROM shift AS s) THEN ahead = d - day
                      WHEN d - day IN (3, 9) THEN false
                      ELSE iso = extract(isodow FROM d) END
             AND l >= d + starts AND l < d + ends) AS is_in
FROM place, generate_series(0, 13 * 1440, 5) AS n,
    LATERAL (SELECT (at + n * interval '1 minute') AT TIME ZONE zone AS l) AS l;

SELECT is((SELECT count(*) FROM minute AS m WHERE m.zone = p.zone AND m.at = p.at
    AND crm_is_business_time(t, m.calendar) <> is_in),
          0::bigint, 'each step is in or out as the local clock says: ' || zone || ' ' || at::date)
FROM place AS p;
SELECT is((SELECT count(*)
           FROM (SELECT *, 300 * (count(*) FILTER (WHERE is_in) OVER w - is_in::integer) AS want
                 FROM minute AS m WHERE m.zone = p.zone AND m.at = p.at WINDOW w AS (ORDER BY n)) AS m
           WHERE crm_business_seconds(m.at, t, m.calendar) <> want),
          0::bigint, 'and all of them add up')
FROM place AS p;
SELECT is((SELECT count(*)
           FROM (SELECT *, (hashint4(n) & 1048575) * 0.5 AS s FROM minute WHERE n % 35 = 0) AS m,
                LATERAL (SELECT crm_business_deadline(t, s, calendar) AS d) AS d
           WHERE crm_business_seconds(t, d, calendar) <> s
              OR (s > 0 AND crm_business_seconds(t, d - interval '1 microsecond', calendar) >= s)),
          0::bigint, 'a deadline is the first instant with so many working seconds');

-- Around the clock, working time is wall time.
SELECT is((SELECT count(*)
           FROM place,
                LATERAL (SELECT (crm_calendar_zone(calendar) || '; mon-sun 00:00-24:00')::crm_calendar AS c) AS c,
                LATERAL (VALUES (interval '1 hour'), ('9 days 3 hours'), ('40 years')) AS i (i)
           WHERE crm_business_seconds(at, at + i, c) <> extract(epoch FROM at + i - at)::double precision
              OR crm_business_deadline(at, extract(epoch FROM at + i - at)::double precision, c) <> at + i),
          0::bigint, 'around the clock it is wall time');
SELECT is(crm_business_seconds('2024-03-30 21:00Z', '2024-03-31 04:00Z', 'Europe/Rome; sat 22:00-06:00'),
    25200::double precision,
          'a night shift in spring has seven hours');
SELECT is(crm_business_seconds('2024-10-26 20:00Z', '2024-10-27 05:00Z', 'Europe/Rome; sat 22:00-06:00'),
    32400::double precision,
          'and in autumn nine');
SELECT is(crm_business_seconds('2024-03-30', '2024-04-01', 'Europe/Rome; sun 02:15-02:45'), 0::double precision,
          'half past two is missing in Rome on 2024-03-31');
SELECT is(crm_business_seconds('2011-12-29', '2012-01-01', 'Pacific/Apia; open 2011-12-30 00:00-24:00'),
    0::double precision,
          'as is the whole of 2011-12-30 in Apia');
SELECT is(crm_business_seconds('2024-11-02', '2024-11-05', 'America/Havana; sun 00:00-01:00'), 7200::double precision,
          'Havana''s midnight hour is there twice on 2024-11-03');
-- Far ahead, where whole eras are counted
SELECT is((SELECT crm_business_seconds('12345-03-05', '12345-11-20', 'America/New_York; sun 01:30-02:30') / 60),
          (SELECT count(*) FROM generate_series(timestamptz '12345-03-05', '12345-11-20', '1 minute') AS t,
                  LATERAL (SELECT t AT TIME ZONE 'America/New_York' AS l) AS l
           WHERE extract(isodow FROM l) = 7 AND l::time >= '01:30' AND l::time < '02:30')::double precision,
          'summer time in the year 12345');
SELECT is(crm_business_seconds('2024-01-01', crm_business_deadline('2024-01-01', 1e12,
    'Europe/Rome; mon-fri 09:00-18:00'),
                               'Europe/Rome; mon-fri 09:00-18:00'), 1e12::double precision,
                                   'a trillion working seconds');
SELECT is(crm_business_deadline('2024-01-01', 1e14, 'Europe/Rome; mon-fri 09:00-18:00'), NULL::timestamptz,
          'a hundred trillion are more than there are');
SELECT is(crm_business_deadline('2024-06-01', 100000, 'Europe/Rome; open 2024-06-05 09:00-10:00'), NULL::timestamptz,
          'no deadline where no time is left');
SELECT is(crm_business_seconds('2024-06-05 07:00:00.000001Z', '2024-06-05 07:00:01.5Z', 'Europe/Rome; wed 09:00-10:00'),
          1.499999::double precision, 'microseconds count');
SELECT ok(crm_business_seconds('-infinity', now(), 'UTC') IS NULL
    AND crm_business_seconds(now(), 'infinity', 'UTC') IS NULL
          AND crm_is_business_time('infinity', 'UTC') IS NULL AND crm_business_deadline('infinity', 1, 'UTC') IS NULL
          AND crm_business_seconds(NULL, now(), 'UTC') IS NULL, 'NULL for NULL and infinite instants');

-- The type
SELECT is('europe/rome; fri, MON-thursday 9:00-18:00'::crm_calendar::text, 'Europe/Rome; mon-fri 09:00-18:00',
    'canonical');
SELECT throws_ok($$SELECT 'Europe/Rome; mon 9-18'::crm_calendar$$, '22P02');
SELECT throws_ok($$SELECT 'Mars/Olympus; mon 09:00-18:00'::crm_calendar$$, '22023',
    'time zone "Mars/Olympus" not recognized');
-- A rule of POSIX counts hours westward, and PostgreSQL takes it for a zone; names have numbers too.
SELECT throws_ok(format('SELECT %L::crm_calendar', rule || '; mon 09:00-18:00'), '22023',
    format('time zone "%s" not recognized', rule))
FROM unnest('{UTC+3,FOO5BAR,<+08>-8,utc+3,GMT-3}'::text[]) AS rule;
SELECT is((SELECT count((name || '; mon 09:00-10:00')::crm_calendar) FROM pg_timezone_names WHERE name ~ '\d'),
    (SELECT count(*) FROM pg_timezone_names WHERE name ~ '\d'), 'but names with numbers are taken');
SELECT throws_ok($$SELECT ('UTC' || repeat('; mon-sun 09:00-10:00', 2000))::crm_calendar$$, '54000');
SELECT throws_ok($$SELECT crm_business_deadline(now(), -1, 'UTC')$$, '22023', 'seconds cannot be -1');
SELECT throws_ok($$SELECT crm_business_deadline(now(), 'NaN', 'UTC')$$, '22023', 'seconds cannot be NaN');
SELECT ok('UTC; sat 09:00-12:00'::crm_calendar = 'utc; Saturday 9:00-10:00 10:00-12:00'
    AND 'UTC'::crm_calendar <> 'GMT',
          'equal hours are equal');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT c FROM unnest(ARRAY['UTC', 'UTC;', 'GMT']::crm_calendar[]) AS c) AS d),
    2::bigint,
          'and one group');
-- Rows of different calendars, in turn
SELECT is((SELECT sum(crm_business_seconds('2024-06-03', '2024-06-05', CASE WHEN i % 2 = 0 THEN 'UTC; mon 09:00-10:00'
                                                                       ELSE 'UTC; tue 09:00-09:30' END::crm_calendar))
           FROM generate_series(1, 10) AS i), 27000::double precision, 'each row has its own calendar');

-- Months on a local clock, by zones, abbreviations, rules
SELECT is((SELECT count(*)
           FROM unnest('{Europe/Rome,America/St_Johns,Pacific/Apia,America/Havana,Asia/Tokyo,UTC,CET,EST,EST5EDT,'
                       '+05}'::text[]) AS zone,
                generate_series(timestamptz '1890-12-31 20:00+00', '2045-01-01', '71 hours 13 minutes 0.5 seconds')
                AS at
           WHERE crm_local_month(at, zone) <> date_trunc('month', at AT TIME ZONE zone)::date), 0::bigint,
          'the month is that of date_trunc');
SELECT is((SELECT count(*)
           FROM unnest('{2024-03-31 23:59:59.999999+02,2024-04-01 00:00+02,2024-02-29 23:00+00,0044-03-15 BC,'
                       '294276-12-31}'::timestamptz[]) AS at
           WHERE crm_local_month(at, 'Europe/Rome') <> date_trunc('month', at AT TIME ZONE 'Europe/Rome')::date),
          0::bigint, 'at its ends as well');
SELECT is(crm_local_month(at, 'Europe/Rome')::text, at::text, at || ' is no month')
FROM unnest('{infinity}'::timestamptz[]) AS at;
SELECT throws_ok($$SELECT crm_local_month(now(), 'Europe/Nowhere')$$, '22023', NULL, 'a time zone that there is not');

SELECT is((SELECT count(*) FROM generate_series(-800000, 3000000, 13) AS n
           WHERE crm_month(date '2000-01-01' + n)
                 <> date_trunc('month', (date '2000-01-01' + n)::timestamp)::date), 0::bigint,
          'the month of a day as well');
SELECT is(crm_month('-infinity')::text, '-infinity', 'the day before all days is in no month');
SELECT results_eq($$SELECT crm_month(day), crm_month_end(day), crm_local_month(noon, 'Europe/Rome'),
        crm_local_month(noon, 'America/Lima'), crm_local_month(noon, '+05')
    FROM unnest('{4714-11-25 BC,4714-11-30 BC,4714-12-02 BC}'::date[]) AS day
    CROSS JOIN LATERAL timezone('UTC', day + time '12:00') AS noon$$,
    $$SELECT first_on, last_on, first_on, first_on, first_on
    FROM (VALUES ('4714-11-24 BC'::date, '4714-11-30 BC'::date), ('4714-11-24 BC', '4714-11-30 BC'),
                 ('4714-12-01 BC', '4714-12-31 BC')) AS month (first_on, last_on)$$,
    'a month that begins before all days has the first day there is');
SELECT is(crm_local_month('4714-11-24 00:00+00 BC', 'America/Lima'), '4714-11-24 BC'::date,
    'wherever the clock stands then');
SELECT is((SELECT count(*) FROM generate_series(-800000, 3000000, 13) AS n
           WHERE crm_month_end(date '2000-01-01' + n)
                 <> (date_trunc('month', (date '2000-01-01' + n)::timestamp) + interval '1 month')::date - 1),
          0::bigint, 'and its last day');
SELECT results_eq($$SELECT crm_month_end(day)::text
    FROM unnest('{-infinity,infinity,4714-11-24 BC,5874897-12-31}'::date[]) AS day$$,
    $$VALUES ('-infinity'), ('infinity'), ('4714-11-30 BC'), ('5874897-12-31')$$, 'every month has one');
SELECT results_eq($$SELECT crm_oldest_month(day), cardinality(crm_period_bounds(crm_oldest_month(day), day)) - 1,
        (crm_period_bounds('0001-01-01', day))[1]
    FROM unnest('{2024-06-30,2024-07-01}'::date[]) AS day$$,
    $$VALUES (date '1924-07-01', 1200, date '1924-07-01'), ('1924-08-01', 1200, '1924-08-01')$$,
    'the oldest month that views tell apart is that of crm_period_bounds');

-- The end of a day: the first midnight where it comes twice, what comes for it where there is none.
SELECT results_eq($$SELECT crm_day_end(day, zone)::text FROM (VALUES
        (date '2024-06-30', 'UTC'), ('2023-11-04', 'America/Havana'), ('2023-03-11', 'America/Havana'),
        ('2011-12-29', 'Pacific/Apia'), ('2018-11-03', 'America/Sao_Paulo'), ('infinity', 'Europe/Rome'),
        ('-infinity', 'Europe/Rome'), (NULL, 'UTC')) AS d (day, zone)$$,
                  ARRAY['2024-07-01 00:00:00+00', '2023-11-05 04:00:00+00', '2023-03-12 05:00:00+00',
                        '2011-12-30 10:00:00+00', '2018-11-04 03:00:00+00', 'infinity', '-infinity', NULL],
                  'where days end');
SELECT is_empty($$
    SELECT zone, local_day, crm_day_end(local_day, zone), max(at) FROM (
        SELECT zone, at, (at AT TIME ZONE zone)::date AS local_day
        FROM unnest('{America/St_Johns,America/Goose_Bay,America/Moncton,America/Havana,Asia/Beirut}'::text[]) AS zone,
            unnest('{2006-04-01,2006-10-28,2006-09-30,2006-03-25}'::date[]) AS near,
            generate_series(near::timestamptz, near::timestamptz + interval '48 hours', interval '30 seconds') AS at
    ) AS clock
    WHERE local_day IN ('2006-04-01', '2006-10-28', '2006-09-30', '2006-03-25')
    GROUP BY 1, 2 HAVING crm_day_end(local_day, zone) <> max(at) + interval '30 seconds'$$,
    'it is the first instant after which the clock never shows the day again, also where clocks are put back at 00:01');
SELECT is(crm_day_end('2006-10-28', 'America/St_Johns'), '2006-10-29 03:30+00',
    'the second midnight, from the first of which it is 23:01 a minute later');
SELECT throws_ok($$SELECT crm_day_end('2024-01-01', 'Mars')$$, '22023');
SELECT * FROM finish();
ROLLBACK;
