-- Working hours: written in any order, kept in one way.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SELECT 'europe/rome; sat 10:00-13:00; Monday-fri 14:00-18:00 9:00-13:00; closed 2024-12-26, 2024-12-25; '
       'open 2024-12-24 9:00-12:00'::crm_calendar;

-- How long did customers wait, by the clock and in working hours?
CREATE TABLE office (team text PRIMARY KEY, calendar crm_calendar NOT NULL);
INSERT INTO office VALUES
    ('Rome', 'Europe/Rome; mon-fri 09:00-18:00; closed 2024-04-01'),
    ('Lima', 'America/Lima; mon-sat 08:00-20:00'),
    ('night', 'Europe/Rome; mon-sun 22:00-06:00'),
    ('always', 'UTC; mon-sun 00:00-24:00');
CREATE TABLE service_case (case_id integer PRIMARY KEY, opened_at timestamptz, answered_at timestamptz);
INSERT INTO service_case VALUES
    (1, '2024-03-29 15:00Z', '2024-04-02 08:00Z'),  -- over Easter and the clock change
    (2, '2024-03-30 21:30Z', '2024-03-31 03:30Z'),  -- in the shortest night
    (3, '2024-06-03 10:00Z', '2024-06-03 09:59Z'),  -- answered before it was opened
    (4, '2024-06-03 10:00Z', NULL);                 -- not answered yet

SELECT case_id, team, answered_at - opened_at AS wall,
       crm_business_seconds(opened_at, answered_at, calendar) / 3600 AS working_hours
FROM service_case, office ORDER BY case_id, team;

-- When is the answer due, four working hours from the opening? Working time and deadline are inverse.
SELECT case_id, team, due_at AT TIME ZONE crm_calendar_zone(calendar) AS due_there,
       crm_business_seconds(opened_at, due_at, calendar) / 3600 AS hours
FROM service_case, office, LATERAL (SELECT crm_business_deadline(opened_at, 4 * 3600, calendar) AS due_at) AS d
WHERE case_id < 3 ORDER BY case_id, team;

-- Who calls outside hours?
SELECT team, count(*) FILTER (WHERE NOT crm_is_business_time(opened_at, calendar)) AS off_hours, count(*) AS cases
FROM service_case, office GROUP BY team ORDER BY team;

-- Holidays from a table
CREATE TABLE holiday (day date);
INSERT INTO holiday VALUES ('2024-12-25'), ('2024-12-26'), ('2025-01-01'), ('2024-12-27');
SELECT ('Europe/Rome; mon-fri 09:00-18:00; closed ' || string_agg(to_char(day, 'YYYY-MM-DD'), ', '))::crm_calendar
FROM holiday;

-- A deadline that never comes, and no time at all
SELECT crm_business_deadline('2024-06-03', 7200, 'UTC; open 2024-06-05 09:00-10:00') AS never,
       crm_business_deadline('2024-06-03', 0, 'UTC') AS at_once,
       crm_business_seconds('2024-06-03', 'infinity', 'UTC') AS endless;

-- What is refused says where and why.
SELECT 'Europe/Rome; mon-fri 9-18'::crm_calendar;
SELECT 'mon-fri 09:00-18:00'::crm_calendar;
SELECT 'Europe/Rome; closed 2024-02-30'::crm_calendar;
SELECT 'Europe/Rome; mon-fri 09:00-18:00, sat 10:00-13:00'::crm_calendar;
SELECT crm_business_deadline('2024-06-03', -60, 'UTC');
DROP TABLE office, service_case, holiday;
