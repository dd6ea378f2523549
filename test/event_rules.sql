-- Rules of events that complete rows in one order never ask about.
BEGIN;
\ir lib/plan.sql
SELECT plan(6);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'Europe/Rome';
SELECT crm_create_workspace('w', '{}', 'Europe/Rome', subjects => '{event}');
SET LOCAL search_path = w, public;
SET LOCAL crm_ext.as_of = '2024-06-30';

-- Events to come are there from their first reply on.
INSERT INTO event (event_id, starts_at) VALUES ('held', '2024-01-10'), ('soon', '2031-01-01'), ('far', '2031-01-02'),
    ('unknown', NULL);
INSERT INTO attendance (event_id, customer_id, response, replied_at) VALUES ('held', 'a', 'yes', '2024-01-01'),
    ('held', 'b', 'yes', '2024-01-01'), ('soon', 'a', 'yes', '2024-07-01');
SELECT results_eq('SELECT event_id FROM event_attendance ORDER BY 1', $$VALUES ('held'), ('unknown')$$,
    'an event after as_of without a reply by then');
DELETE FROM event WHERE event_id = 'unknown';
SELECT results_eq('SELECT event_count, mean_yes_count, median_yes_count FROM event_summary',
    'VALUES (1::bigint, 2::double precision, 2::double precision)', 'takes nothing from the mean');
SET LOCAL crm_ext.as_of = '2024-07-01';
SELECT results_eq('SELECT event_count, yes_count FROM event_summary', 'VALUES (2::bigint, 3::bigint)',
    'with its first reply it is there');

-- Who came is known when it has begun, and stays known.
INSERT INTO attendance (event_id, customer_id, response, replied_at, is_present) VALUES
    ('soon', 'c', 'yes', '2024-06-01', true), ('held', 'a', NULL, '2024-01-11', true),
    ('held', 'b', NULL, '2024-01-11', NULL),
    ('held', 'c', 'yes', '2024-01-02', false), ('held', 'c', 'yes', '2024-01-03', NULL);
SELECT results_eq('SELECT event_id, yes_count, present_count, show_share FROM event_attendance ORDER BY 1',
    $$VALUES ('held', 3::bigint, 1::bigint, 0.5::double precision), ('soon', 2, 0, NULL)$$, 'event_attendance');

-- Of one customer only their own replies are read, with the same answer: a word in upper case, a later no, a reply that
-- is still to come, two of one instant, and one of no instant, which is the earliest.
INSERT INTO attendance (event_id, customer_id, response, replied_at) VALUES ('held', 'd', 'GOING', '2024-01-01'),
    ('soon', 'd', 'yes', '2024-01-01'), ('soon', 'd', 'no', '2024-01-02'), ('held', 'e', 'yes', '2024-08-01'),
    ('soon', 'f', 'yes', '2024-01-01'), ('soon', 'f', 'no', '2024-01-01'), ('soon', 'g', 'yes', NULL),
    ('soon', 'g', 'no', '2024-01-01');
SELECT results_eq('SELECT customer_id, event_yes_count FROM customer_360_event ORDER BY 1',
    $$VALUES ('a', 2::bigint), ('b', 1), ('c', 2), ('d', 1), ('f', 0), ('g', 0)$$, 'customer_360_event');
SELECT is_empty($$SELECT line FROM unnest('{customer_360_event,customer_elsewhere_event}'::text[]) AS view,
        pg_temp.plan_of(format('SELECT * FROM %I WHERE customer_id = ''a''', view)) AS line
        WHERE line ~ 'WindowAgg|event_id = '$$, 'no event is looked up for one customer');
SELECT * FROM finish();
ROLLBACK;
