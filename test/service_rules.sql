-- Rules of service that rows in an ordinary order never ask about: a log that goes on after the end, ends at night,
-- states of nobody, two rows for one.
BEGIN;
\ir lib/plan.sql
SELECT plan(34);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'Europe/Rome';
CREATE TABLE roster (staff_id text, department text, since date, until date);
SELECT crm_create_workspace('desk', '{"staff": {"from": "roster", "staff_id": "staff_id", "department": "department",
    "employed_from": "since", "employed_to": "until"}}', 'Europe/Rome', subjects => '{service}');
SET LOCAL search_path = desk, public;
SET LOCAL crm_ext.as_of = '2024-06-30';

-- Done is done: who takes over the case afterwards, and what closes it again, changes nothing.
INSERT INTO service_case (case_id, customer_id, opened_at) VALUES
    ('never', 'c', '2024-06-03 10:00'), ('again', 'c', '2024-06-03 10:00'), ('twice', 'c', '2024-06-03 10:00'),
    ('after', 'c', '2024-06-03 10:00');
INSERT INTO interaction (case_id, customer_id, interacted_at, direction, actor, staff_id) VALUES
    ('never', 'c', '2024-06-03 10:00', 'in', 'customer', NULL),
    ('again', 'c', '2024-06-03 10:00', 'in', 'customer', NULL),
    ('again', 'c', '2024-06-03 10:30', 'out', 'staff', 'Ada'),
    ('again', 'c', '2024-06-03 11:00', 'in', 'customer', NULL),
    ('twice', 'c', '2024-06-03 10:00', 'in', 'customer', NULL),
    ('after', 'c', '2024-06-03 13:00', 'in', 'customer', NULL);
INSERT INTO case_state (case_id, changed_at, event_no, status, staff_id)
SELECT id, at::timestamptz, n, status, staff_id
FROM (VALUES ('never'), ('again'), ('after')) AS one (id)
CROSS JOIN (VALUES ('2024-06-03 10:00', 1, 'new', NULL), ('2024-06-03 12:00', 2, 'solved', 'Ada'),
                   ('2024-06-20 12:00', 3, 'solved', 'Bob')) AS log (at, n, status, staff_id)
UNION ALL
SELECT 'twice', at::timestamptz, n, status, NULL
FROM (VALUES ('2024-06-03 10:00', 1, 'new'), ('2024-06-03 12:00', 2, 'solved'), ('2024-06-03 13:00', 3, 'open'),
             ('2024-06-03 15:00', 4, 'solved'), ('2024-06-03 16:00', 5, 'closed'), ('2024-06-03 17:00', 6, 'closed'))
    AS log (at, n, status);
SELECT results_eq('SELECT case_id, measure, wait_seconds / 3600, closed_unanswered_at FROM service_wait
    WHERE measure IN (''first_reply'', ''next_reply'') AND NOT is_observed ORDER BY 1',
    $$VALUES ('after', 'first_reply', 659::double precision, NULL::timestamptz),
        ('again', 'next_reply', 1, '2024-06-03 12:00'), ('never', 'first_reply', 2, '2024-06-03 12:00'),
        ('twice', 'first_reply', 6, '2024-06-03 16:00')$$,
    'an unanswered question is given up when the case is closed, or resolved; what is asked after that waits');
SELECT results_eq('SELECT case_id, closed_unanswered_at FROM reply_turn WHERE NOT is_answered ORDER BY 1',
    'SELECT case_id, closed_unanswered_at FROM service_wait
     WHERE measure IN (''first_reply'', ''next_reply'') AND NOT is_observed ORDER BY 1', 'reply_turn says the same');
SELECT results_eq('SELECT case_id, closed_unanswered_at FROM case_reply WHERE NOT is_answered ORDER BY 1',
    'SELECT case_id, closed_unanswered_at FROM service_wait WHERE measure = ''first_reply'' AND NOT is_observed
     ORDER BY 1', 'and case_reply');

-- A deadline is the end of a working day: what ends that night is late in every view.
DELETE FROM interaction;
DELETE FROM case_state;
DELETE FROM service_case;
INSERT INTO service_target (resolution_seconds, first_reply_seconds) VALUES (9 * 3600, 9 * 3600);
INSERT INTO service_case (case_id, customer_id, opened_at)
SELECT id, 'c', '2024-06-02 12:00' FROM unnest('{night,evening,morning,open,paused,exact}'::text[]) AS id;
INSERT INTO case_state (case_id, changed_at, event_no, status)
SELECT id, '2024-06-02 12:00', 1, 'new' FROM unnest('{night,evening,morning,open,paused,exact}'::text[]) AS id;
INSERT INTO case_state (case_id, changed_at, event_no, status) VALUES
    ('evening', '2024-06-03 18:00', 2, 'solved'), ('night', '2024-06-03 22:00', 2, 'solved'),
    ('morning', '2024-06-04 09:00', 2, 'solved'),
    -- The time is used up when it waits for the customer, from whom it is solved; or waits for a while before.
    ('paused', '2024-06-03 20:00', 2, 'pending'), ('paused', '2024-06-04 10:00', 3, 'solved'),
    ('exact', '2024-06-03 17:00', 2, 'pending'), ('exact', '2024-06-04 10:00', 3, 'open'),
    ('exact', '2024-06-04 11:00', 4, 'solved');
INSERT INTO interaction (case_id, customer_id, interacted_at, direction, actor, staff_id)
SELECT case_id, 'c', changed_at, 'out', 'staff', 'Ada' FROM case_state
WHERE status = 'solved' AND case_id NOT IN ('paused', 'exact');
SET LOCAL crm_ext.as_of = '2024-06-04';
SELECT results_eq('SELECT case_id, outcome FROM service_outcome WHERE case_id IN (''paused'', ''exact'')
        AND measure = ''resolution'' ORDER BY 1',
    $$VALUES ('exact', 'met'), ('paused', 'breached_closed')$$, 'a pause after the deadline does not help');
SELECT results_eq('SELECT case_id, measure, outcome FROM service_outcome
        WHERE case_id IN (''evening'', ''morning'', ''night'') ORDER BY 1, 2',
    $$VALUES ('evening', 'first_reply', 'met'), ('evening', 'resolution', 'met'),
        ('morning', 'first_reply', 'breached_closed'), ('morning', 'resolution', 'breached_closed'),
        ('night', 'first_reply', 'breached_closed'), ('night', 'resolution', 'breached_closed')$$,
    'met is what ends by the deadline, not after it while nobody works');
SET LOCAL crm_ext.as_of = '2024-06-03';
SELECT results_eq('SELECT due_at, is_overdue, reply_due_at, is_reply_overdue FROM open_case WHERE case_id = ''open''',
    $$VALUES (timestamptz '2024-06-03 18:00', true, timestamptz '2024-06-03 18:00', true)$$, 'overdue at midnight');
SELECT results_eq('SELECT is_overdue, outcome FROM open_case JOIN service_outcome USING (case_id)
        WHERE case_id = ''paused'' AND measure = ''resolution''', 'VALUES (true, ''breached_open'')',
    'as it was the day before');
SELECT results_eq('SELECT measure, outcome FROM service_outcome WHERE case_id = ''open'' ORDER BY 1',
    $$VALUES ('first_reply', 'breached_open'), ('resolution', 'breached_open')$$, 'and breached');

-- Between two departments: a state of none is no act, and a case that comes done has waited for nothing.
DELETE FROM interaction;
DELETE FROM case_state;
DELETE FROM service_case;
SET LOCAL crm_ext.as_of = '2024-06-30';
INSERT INTO service_case (case_id, customer_id, opened_at)
SELECT 'd' || n, 'c', '2024-06-03 10:00' FROM generate_series(1, 5) AS n;
INSERT INTO case_state (case_id, changed_at, event_no, status, department) VALUES
    ('d1', '2024-06-03 10:00', 1, 'open', 'A'), ('d1', '2024-06-03 11:00', 2, 'open', 'B'),
    ('d1', '2024-06-03 12:00', 3, 'pending', NULL), ('d1', '2024-06-03 15:00', 4, 'open', 'B'),
    -- Done at once, and opened again much later
    ('d2', '2024-06-03 10:00', 1, 'open', 'A'), ('d2', '2024-06-03 11:00', 2, 'solved', 'B'),
    ('d2', '2024-06-13 11:00', 3, 'open', 'B'),
    -- From B to C without an act, which is done in a state of nobody
    ('d3', '2024-06-03 10:00', 1, 'open', 'B'), ('d3', '2024-06-03 11:00', 2, 'open', 'C'),
    ('d3', '2024-06-03 12:00', 3, 'pending', ''), ('d3', '2024-06-03 16:00', 4, 'closed', NULL),
    -- Solved by nobody, and opened again by the one who had it
    ('d5', '2024-06-03 10:00', 1, 'open', 'B'), ('d5', '2024-06-03 11:00', 2, 'open', 'C'),
    ('d5', '2024-06-03 12:00', 3, 'solved', NULL), ('d5', '2024-06-13 12:00', 4, 'open', 'C');
SELECT results_eq('SELECT from_department, to_department, handover_count, acted_count, p50_seconds, p90_seconds,
        median_seconds, median_business_seconds FROM department_latency ORDER BY 1',
    $$VALUES ('A', 'B', 2::bigint, 2::bigint, 7200::double precision, 12960::double precision,
              0::double precision, 0::double precision), ('B', 'C', 2, 0, NULL, NULL, NULL, NULL)$$,
    'department_latency: 4 hours and none; the others are censored');

-- One member of staff with two rows, of which one is over
INSERT INTO roster VALUES ('Ada', 'service', '2020-01-01', NULL), ('Ada', 'R&D', '2023-01-01', '2023-06-30'),
    ('Bob', 'R&D', '2020-01-01', NULL), ('Bob', 'R&D', '2020-01-01', NULL);
SELECT results_eq('SELECT department, is_total, staff_count, staff_share FROM staffing_ratio ORDER BY 1',
    $$VALUES ('R&D', false, 1::bigint, 0.5::double precision), ('service', false, 1, 0.5), (NULL, true, 2, 1)$$,
    'staffing_ratio: whoever is employed on the day, once');

-- What is a contact of staff, and whose is a first reply
INSERT INTO interaction (interaction_id, customer_id, interacted_at, channel, case_id, direction, actor, staff_id)
VALUES
    ('9', 'c1', '2024-06-03 10:00', 'chat', NULL, 'in', NULL, NULL),
    ('10', 'c1', '2024-06-03 10:00', 'chat', NULL, 'out', 'machine', 'Bob'),
    ('11', 'c1', '2024-06-03 10:05', 'chat', NULL, 'out', 'staff', 'Ada'),
    ('12', 'c1', '2024-06-03 10:06', 'chat', NULL, 'out', 'staff', ''),
    ('13', 'c2', '2024-06-03 10:00', 'mail', 'd4', 'in', NULL, NULL),
    ('14', 'c2', '2024-06-03 12:00', 'mail', 'd4', 'out', 'staff', 'Bob'),
    ('15', 'c2', '2024-06-03 12:00', 'mail', 'd4', 'out', 'staff', 'Ada');
SELECT results_eq('SELECT first_direction FROM conversation WHERE channel = ''chat''',
    $$VALUES ('in')$$, 'a question goes before what answers it at the same instant');
SELECT results_eq('SELECT initiated_share FROM customer_initiated_share WHERE channel = ''chat''',
    'VALUES (1::double precision)', 'and begins the conversation');
SELECT results_eq('SELECT department, other_department, customer_count FROM cross_department_contact ORDER BY 1, 2',
    $$VALUES ('R&D', 'R&D', 1::bigint), ('R&D', 'service', 1), ('service', 'R&D', 1), ('service', 'service', 2)$$,
    'a machine is no contact with a department');
SELECT results_eq('SELECT channel, staff_count FROM channel_mix ORDER BY 1',
    $$VALUES ('chat', 2::bigint), ('mail', 2)$$, 'nor is nobody a member of staff');
SELECT results_eq('SELECT staff_id, first_reply_count FROM responder ORDER BY 1',
    $$VALUES ('Ada', 1::bigint), ('Bob', 0)$$, 'a case has one first reply');
INSERT INTO reply_policy VALUES ('privacy', NULL), ('Privacy', 'mail'), ('tone', NULL);
SELECT results_eq('SELECT interaction_id, policy FROM untrained_reply WHERE channel = ''mail'' ORDER BY 1, 2',
    $$VALUES ('14', 'Privacy'), ('14', 'tone'), ('15', 'Privacy'), ('15', 'tone')$$,
    'a policy asked for twice is one');

-- A reply from before the opening is somebody's, too.
INSERT INTO service_case (case_id, customer_id, opened_at, opened_by)
VALUES ('early', 'c3', '2024-06-05 10:00', 'customer');
INSERT INTO interaction (interaction_id, customer_id, interacted_at, channel, case_id, direction, actor, staff_id)
VALUES ('20', 'c3', '2024-06-05 09:55', 'mail', 'early', 'out', 'staff', 'Bob'),
    ('21', 'c3', '2024-06-06 09:55', 'mail', 'early', 'out', 'staff', 'Ada');
SELECT results_eq('SELECT staff_id, first_reply_count FROM responder ORDER BY 1',
    $$VALUES ('Ada', 1::bigint), ('Bob', 1)$$, 'a reply before the opening is the first');
SELECT results_eq($$SELECT check_name, problem_count, example_key FROM data_quality_service
        WHERE check_name = 'before_opening' AND source = 'interaction'$$,
    $$VALUES ('before_opening', 1::bigint, 'early')$$, 'and data_quality says so');

-- Overlapping and adjoining employments are one; a move is of the day.
DELETE FROM roster;
DELETE FROM interaction;
INSERT INTO roster VALUES ('anna', 'sales', '2020-01-01', NULL), ('anna', 'sales', '2022-01-01', NULL),
    ('bea', 'sales', '2020-01-01', '2024-06-10'), ('bea', 'sales', '2024-06-11', NULL),
    ('carl', 'ops', '2023-01-01', NULL), ('carl', 'sales', '2024-06-15', NULL);
INSERT INTO interaction (customer_id, interacted_at, channel, direction, staff_id)
VALUES ('c1', '2024-06-20', 'mail', 'in', 'carl'), ('c1', '2023-01-05', 'mail', 'in', 'carl');
SELECT results_eq($$SELECT staff_count, joined_count, left_count, p50_tenure_days FROM staff_flow
        WHERE month_on = '2024-06-01' AND department = 'sales'$$,
    'VALUES (3::bigint, 1::bigint, 0::bigint, 1642::double precision)', 'staff_flow');
SELECT results_eq('SELECT department, other_department FROM cross_department_contact ORDER BY 1, 2',
    $$VALUES ('ops', 'ops'), ('ops', 'sales'), ('sales', 'ops'), ('sales', 'sales')$$,
    'cross_department_contact: ops in 2023, sales in June');
SELECT results_eq($$SELECT department, active_count FROM staff_participation
        WHERE period = 'month' AND period_on = '2024-06-01' ORDER BY 1$$,
    $$VALUES ('ops', 0::bigint), ('sales', 1), (NULL, 1)$$, 'staff_participation: sales alone in June');
SELECT results_eq($$SELECT department, employed_from, contact_count FROM staff_start WHERE staff_id = 'carl'$$,
    $$VALUES ('ops', date '2023-01-01', 1::bigint)$$, 'staff_start: from the first day of all');

-- Days by the roster: two departments of one day, a gap, contacts after the last day, and who is in no roster
INSERT INTO roster VALUES ('dora', 'ops', '-infinity', '2024-06-18'), ('dora', 'sales', '2024-06-18', 'infinity'),
    ('eve', 'ops', NULL, '2024-06-17'), ('eve', NULL, '2024-06-20', NULL), ('fay', 'hr', '2024-01-01', '2024-06-17');
INSERT INTO interaction (customer_id, interacted_at, direction, staff_id)
SELECT 'c9', '2024-06-16 12:00'::timestamptz + n * interval '1 day', 'out', staff_id
FROM (VALUES ('dora', 1), ('dora', 3), ('eve', 1), ('eve', 4), ('fay', 0), ('fay', 2), ('zoe', 1), ('zoe', 3))
    AS met (staff_id, n);
SELECT results_eq($$SELECT staff_id, department, contact_on, contact_count FROM staff_contact
        WHERE staff_id IN ('dora', 'eve', 'fay', 'zoe') ORDER BY 1, 3$$,
    $$VALUES ('dora', 'ops', date '2024-06-17', 1::bigint), ('dora', 'sales', '2024-06-18', 0),
        ('dora', 'sales', '2024-06-19', 1), ('eve', 'ops', '2024-06-17', 1), ('eve', NULL, '2024-06-20', 1),
        ('fay', 'hr', '2024-06-16', 1), ('fay', 'hr', '2024-06-17', 0), ('fay', 'hr', '2024-06-18', 1),
        ('zoe', NULL, '2024-06-17', 1), ('zoe', NULL, '2024-06-18', 0), ('zoe', NULL, '2024-06-19', 1)$$,
    'staff_contact: the department of the day, and no day without contacts after the last');
SELECT results_eq($$SELECT department, other_department, customer_count FROM cross_department_contact
        WHERE 'ops' IN (department, other_department) ORDER BY 1, 2$$,
    $$VALUES ('ops', 'hr', 1::bigint), ('hr', 'ops', 1), ('ops', 'ops', 2), ('ops', 'sales', 2), ('sales', 'ops', 2)
      ORDER BY 1, 2$$,
    'cross_department_contact: a department of two colleagues is one, and none is none');
DELETE FROM interaction WHERE customer_id = 'c9';
SELECT is_empty($$SELECT line FROM pg_temp.plan_of('SELECT * FROM open_case WHERE case_id = ''again''') AS line
        WHERE line ~ 'CTE Scan on (present|stay)'$$, 'open_case: of one case only that is read');

-- Blank is nothing, blanks around a word are no other word, and of an unknown day no other is the first.
INSERT INTO site (site_id, city, opened_on) VALUES ('s1', 'Roma', '2024-01-01'), ('s2', 'Roma ', NULL),
    ('s3', '', '2024-01-01'), ('s4', 'Bari', '2024-02-01'), ('s5', 'Bari', '2024-03-01');
SELECT results_eq('SELECT city, site_count, first_opened_on FROM site_coverage ORDER BY 1',
    $$VALUES ('Bari', 2::bigint, date '2024-02-01'), ('Roma', 2, NULL)$$, 'site_coverage');
UPDATE interaction SET device = CASE WHEN interacted_at > '2024-01-01' THEN 'mobile ' ELSE ' ' END;
SELECT results_eq('SELECT device, contact_count, contact_share FROM device_mix',
    $$VALUES ('mobile', 1::bigint, 1::double precision)$$, 'device_mix');

-- A day that was named is meant whole; today still goes on.
INSERT INTO interaction (customer_id, interacted_at, direction, actor, staff_id)
VALUES ('c', '2024-06-30 10:00', 'out', 'staff', 'carl');
SELECT results_eq($$SELECT period_on, is_complete FROM staff_participation
        WHERE is_total AND period = 'day' ORDER BY period_on DESC LIMIT 1$$,
    $$VALUES (date '2024-06-30', true)$$, 'staff_participation: on a day that was named');
SET LOCAL crm_ext.as_of = '';
DELETE FROM interaction;
INSERT INTO interaction (customer_id, interacted_at, direction, actor, staff_id)
SELECT 'c', crm_day_end(crm_as_of('Europe/Rome') - n, 'Europe/Rome'), 'out', 'staff', 'carl'
FROM generate_series(1, 2) AS n;
SELECT results_eq($$SELECT as_of - period_on, is_complete FROM staff_participation
        WHERE is_total AND period = 'day' ORDER BY 1$$, 'VALUES (0, false), (1, true)', 'today is not over');
SET LOCAL crm_ext.as_of = '2024-06-30';

-- Deadlines by a workspace that is not there, or knows no cases
SELECT crm_create_workspace('bare', '{}', 'UTC', maintain => 'refresh');
CREATE TABLE job (status text, changed_at timestamptz, priority text, channel text, due_at timestamptz,
    used_seconds double precision, resumed_at timestamptz);
CREATE TRIGGER due BEFORE INSERT ON job FOR EACH ROW EXECUTE FUNCTION crm_due_trigger('nope');
SELECT throws_ok('INSERT INTO job DEFAULT VALUES', '3F000', 'workspace "nope" does not exist',
    'crm_due_trigger says so');
DROP TRIGGER due ON job;
CREATE TRIGGER due BEFORE INSERT ON job FOR EACH ROW EXECUTE FUNCTION crm_due_trigger('bare');
SELECT throws_ok('INSERT INTO job DEFAULT VALUES', '42P01', 'workspace "bare" does not have the subject service',
    'and which subject lacks');

-- Contacts to nobody known, as to somebody who was erased, are to nobody who has not agreed.
SELECT crm_create_workspace('asked', subjects => '{service}');
INSERT INTO asked.consent (customer_id, is_given, given_at) VALUES ('ann', true, '2024-01-01');
INSERT INTO asked.interaction (interaction_id, customer_id, interacted_at, channel, purpose, direction, actor, staff_id)
VALUES ('1', 'ann', '2024-02-01', 'mail', 'newsletter', 'out', 'staff', 's1'),
    ('2', 'bob', '2024-02-01', 'mail', 'newsletter', 'out', 'staff', 's1');
INSERT INTO asked.service_target (first_reply_seconds, resolution_seconds, is_business) VALUES (3600, 7200, false);
INSERT INTO asked.service_case (case_id, customer_id, opened_at, opened_by)
VALUES ('c1', 'ann', '2024-02-01', 'customer');
SELECT crm_note_overdue('asked') > 0 AS is_noted \gset
SELECT crm_erase_customer('asked', customer_id) FROM (VALUES ('ann'), ('bob')) AS v (customer_id);
SELECT is_empty('SELECT * FROM asked.outbound_without_consent', 'outbound_without_consent');
SELECT is(crm_note_overdue('asked'), 0::bigint, 'a deadline that was noted is not noted again');
SELECT ok(:'is_noted', 'as it was before');
SELECT * FROM finish();
ROLLBACK;
