-- Events over real replies to eight years of meetings.
\ir lib/needs_data.sql
\if :has_data
\set rsvps :data/event_rsvps.csv
BEGIN;
SELECT plan(9);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
CREATE TABLE event_rsvps (event_id text, member_id text, response text, guests integer, created_at timestamptz,
    updated_at timestamptz);
COPY event_rsvps FROM :'rsvps' (FORMAT csv, HEADER true);
SELECT crm_create_workspace('meet',
    '{"attendance": {"from": "event_rsvps", "event_id": "event_id", "customer_id": "member_id",
    "response": "response", "guests": "guests", "replied_at": "created_at"}}');

-- V10
SELECT results_eq('SELECT event_count, yes_count, no_count, waitlist_count, yes_customer_count, max_yes_count, headcount
    FROM meet.event_summary',
    'VALUES (685::bigint, 35382::bigint, 8205::bigint, 1127::bigint, 9896::bigint, 265::bigint, 38473::bigint)',
        'replies');
SELECT results_eq('SELECT round(mean_yes_count::numeric, 8), median_yes_count, round(yes_share::numeric, 10)
    FROM meet.event_summary',
    'VALUES (51.65255474, 40::double precision, 0.8117557987)', 'an event');

-- V12
SELECT results_eq($$SELECT held_at, attendee_count, non_attendee_count, round(before_mean::numeric, 9),
    round(after_mean::numeric, 9),
                           round(raw_change::numeric, 9), matched_count::integer, round(matched_change::numeric, 10)
                    FROM meet.event_effect WHERE event_id IN ('e0073', 'e0366') ORDER BY event_id$$,
    $$VALUES ('2010-10-05 23:31:02+00'::timestamptz, 96::bigint, 27::bigint, 0.020833333, 0.260416667, 0.239583333, 95,
        0.1150097466),
             ('2013-01-25 02:27:11+00', 84, 26, 1.273809524, 2.500000000, 1.226190476, 81, 0.0462962963)$$,
             'what went with two events');
SELECT is((SELECT sum(attendee_count) FROM meet.event_effect_by_kind),
    (SELECT sum(attendee_count) FROM meet.event_effect), 'attendees by kind add up');
SELECT is((SELECT sum(first_timer_count) FROM meet.event_attendance)::bigint, 9896::bigint,
    'everybody comes for the first time once');
SELECT is((SELECT sum(event_yes_count) FROM meet.customer_360)::bigint, 35382::bigint,
    'customer_360 knows the replies');

-- On an earlier day
SET LOCAL crm_ext.as_of = '2010-12-31';
SELECT is((SELECT count(*) FROM meet.event_effect WHERE event_id = 'e0073'), 0::bigint,
    'before 90 days have passed there is no effect');
SELECT is((SELECT yes_count FROM meet.event_summary), (SELECT count(*) FROM event_rsvps WHERE response = 'yes'
    AND created_at < '2011-01-01 00:00+00'),
    'and later replies are not known');
SELECT is((SELECT problem_count FROM meet.data_quality WHERE check_name = 'missing_start'),
          (SELECT count(DISTINCT event_id) FROM event_rsvps WHERE created_at < '2011-01-01 00:00+00'),
          'data_quality: events without a start');
SELECT * FROM finish();
ROLLBACK;
\endif
