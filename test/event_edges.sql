-- Events over replies as they come: changed minds, words in any case, who came without a word.
BEGIN;
SELECT plan(10);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT crm_create_workspace('meet', '{}', subjects => '{event}');
INSERT INTO meet.event (event_id, starts_at) VALUES ('m1', '2024-01-20 18:00+00'), ('m2', NULL), ('m3', '2024-08-01');
INSERT INTO meet.attendance (event_id, customer_id, response, guests, replied_at, is_present) VALUES
    ('m1', 'ann', 'no', 3, '2024-01-01', false), ('m1', 'ann', 'Yes', 1, '2024-01-02', true),
    ('m1', 'bob', 'going', 0, '2024-01-03', false), ('m1', 'cid', 'yes', 0, NULL, NULL),
    ('m1', 'dan', 'declined', 0, '2024-01-04', true), ('m1', 'eve', 'perhaps', 0, '2024-01-04', true),
    ('m2', 'ann', 'yes', -2, '2024-05-04', NULL), ('m2', 'eve', 'yes', 0, '2024-07-04', true),
    ('m3', 'ann', 'yes', 0, '2024-06-04', NULL);
SELECT results_eq('SELECT event_id, reply_count, yes_count, no_count, headcount, first_timer_count
    FROM meet.event_attendance ORDER BY 1',
    $$VALUES ('m1', 5::bigint, 3::bigint, 1::bigint, 4::bigint, 3::bigint), ('m2', 1, 1, 0, 1, 0),
        ('m3', 1, 1, 0, 1, 0)$$, 'the last word counts, up to as_of');
SELECT results_eq('SELECT event_id, present_count, show_share FROM meet.event_attendance ORDER BY 1',
    $$VALUES ('m1', 3::bigint, 0.5::double precision), ('m2', 0, NULL), ('m3', 0, NULL)$$,
    'who comes without a yes came, and is no share of those who said so');
SELECT results_eq('SELECT event_id, attendee_count, non_attendee_count, matched_count
    FROM meet.event_effect ORDER BY 1',
    $$VALUES ('m1', 3::bigint, 1::bigint, 3::bigint)$$, 'an effect takes its days');
SELECT results_eq($$SELECT check_name, problem_count FROM meet.data_quality
    WHERE source = 'attendance' AND problem_count > 0 ORDER BY 1$$,
    $$VALUES ('negative_guests', 1::bigint), ('repeated_reply', 1), ('unknown_response', 1)$$,
    'what is odd is reported');
-- Nobody stayed away, so that nobody is matched
DELETE FROM meet.attendance WHERE customer_id = 'dan';
SELECT results_eq('SELECT matched_count, matched_change FROM meet.event_effect',
    'VALUES (0::bigint, NULL::double precision)', 'none is a number');

-- A kindness by whatever case
INSERT INTO meet.visit (customer_id, purpose, arrived_at) VALUES ('ann', 'Care', '2024-06-01'),
    ('ann', 'repair', '2024-06-02'), ('bob', NULL, '2024-06-01');
SELECT results_eq('SELECT is_cared_for, customer_count, mean_gap FROM meet.care_effect ORDER BY 1',
    'VALUES (false, 1::bigint, NULL::double precision), (true, 1, NULL)', 'who was cared for');
-- An event that a source has twice is one
CREATE TABLE happening (id text, at timestamptz);
INSERT INTO happening VALUES ('m1', '2024-01-20'), ('m1', '2024-01-20');
SELECT crm_create_workspace('again', '{"event": {"from": "happening", "event_id": "id", "starts_at": "at"}}');
INSERT INTO again.attendance (event_id, customer_id, response) VALUES ('m1', 'ann', 'yes');
SELECT results_eq('SELECT event_id, yes_count FROM again.event_attendance', $$VALUES ('m1', 1::bigint)$$, 'is one');

-- Small groups are of people, not of their replies
SELECT crm_create_workspace('few', '{}', subjects => '{event}');
UPDATE few.setting SET min_cell = 5;
INSERT INTO few.event (event_id, starts_at) SELECT 'e' || n, date '2024-01-01' + n FROM generate_series(1, 5) AS n;
INSERT INTO few.attendance (event_id, customer_id, response)
SELECT 'e' || n, 'solo', 'yes' FROM generate_series(1, 5) AS n;
SELECT is_empty('SELECT FROM few.event_summary', 'five replies of one person are one person''s');
INSERT INTO few.attendance (event_id, customer_id, response, replied_at)
SELECT 'e1', n::text, CASE WHEN n > 5 THEN 'no' ELSE 'yes' END, '2024-01-01' FROM generate_series(1, 10) AS n;
INSERT INTO few.attendance (event_id, customer_id, response, replied_at)
SELECT 'e2', n::text, 'yes', '2023-12-30' FROM unnest('{1,2,3,4}'::integer[]) AS n;
SELECT results_eq($$SELECT event_id, attendee_count, matched_count, matched_change FROM few.event_effect
    WHERE event_id = 'e1'$$,
    $$VALUES ('e1', 6::bigint, NULL::bigint, NULL::double precision)$$, 'whom few are compared with is not told');
UPDATE few.setting SET min_cell = 1;
SELECT results_eq($$SELECT event_id, matched_count FROM few.event_effect WHERE event_id = 'e1'$$,
    $$VALUES ('e1', 2::bigint)$$, 'but there they are');
SELECT * FROM finish();
ROLLBACK;
