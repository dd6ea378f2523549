-- Views of events over replies of which every figure can be counted by hand.
BEGIN;
SELECT plan(3);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-30';

SELECT crm_create_workspace('meet', '{}', 'UTC', subjects => '{event}');
INSERT INTO meet.event (event_id, kind, starts_at) VALUES ('one', 'meetup', '2024-03-01'),
    ('two', 'meetup', '2024-03-20'), ('three', 'launch', '2024-05-01');
-- Of four only replies are known: it was on the day of the last
INSERT INTO meet.attendance (event_id, customer_id, response, guests, replied_at, is_present) VALUES
    ('one', 'ann', 'Yes', 2, '2024-02-20', true), ('two', 'ann', 'going', NULL, '2024-03-10', NULL),
    ('three', 'ann', 'declined', 0, '2024-04-20', false), ('four', 'ann', 'yes', 0, '2024-04-10', NULL),
    ('one', 'bob', 'yes', 0, NULL, NULL), ('four', 'bob', 'waitlist', 0, '2024-04-05', NULL),
    ('one', 'cat', 'yes', 1, '2024-02-01', NULL), ('one', 'cat', 'NO', 0, '2024-02-10', NULL),
    ('one', 'cat', 'yes', 9, '2024-07-01', true), ('three', 'dan', 'yes', 0, '2024-07-01', NULL),
    ('two', 'eve', 'perhaps', -2, NULL, NULL), ('two', 'eve', 'whatever', 3, '2024-03-01', NULL);
SELECT results_eq('SELECT event_id, customer_id, response, guests, is_present, event_number, held_at
    FROM meet.attendance_reply ORDER BY event_number, customer_id',
    $$VALUES ('one', 'ann', 'yes', 2, true, 1::bigint, timestamptz '2024-03-01 00:00Z'),
        ('one', 'bob', 'yes', 0, NULL, 1, '2024-03-01 00:00Z'), ('one', 'cat', 'no', 0, NULL, 1, '2024-03-01 00:00Z'),
        ('two', 'ann', 'yes', 0, NULL, 2, '2024-03-20 00:00Z'),
        ('two', 'eve', 'other', 3, NULL, 2, '2024-03-20 00:00Z'),
        ('four', 'ann', 'yes', 0, NULL, 3, '2024-04-10 00:00Z'),
        ('four', 'bob', 'waitlist', 0, NULL, 3, '2024-04-10 00:00Z'),
        ('three', 'ann', 'no', 0, false, 4, '2024-05-01 00:00Z')$$,
    'attendance_reply: the last with a day by as_of, in the words of the view');
-- ann said yes on 20 February, 10 March and 10 April: each counts for the other events within 90 days.
SELECT results_eq('SELECT event_id, customer_id, response, before_count, after_count, is_over, kind
    FROM meet.event_participant ORDER BY event_number, customer_id',
    $$VALUES ('one', 'ann', 'yes', 0::bigint, 2::bigint, true, 'meetup'), ('one', 'bob', 'yes', 0, 0, true, 'meetup'),
        ('one', 'cat', 'no', 0, 0, true, 'meetup'), ('two', 'ann', 'yes', 1, 1, true, 'meetup'),
        ('four', 'ann', 'yes', 2, 0, false, NULL), ('three', 'ann', 'no', 3, 0, false, 'launch')$$,
    'event_participant: who said yes or no, and the yes to other events before and after');
UPDATE meet.setting SET effect_days = 21;
-- From 8 February to 22 March; from 28 February to 10 April, that day too; from 20 March; from 10 April
SELECT results_eq('SELECT event_id, before_count, after_count, is_over FROM meet.event_participant
    WHERE customer_id = ''ann'' ORDER BY event_number',
    $$VALUES ('one', 0::bigint, 1::bigint, true), ('two', 0, 1, true), ('four', 0, 0, true), ('three', 0, 0, true)$$,
    'event_participant: by setting.effect_days, the first instant out, the last in');
SELECT * FROM finish();
ROLLBACK;
