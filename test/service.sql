-- Service over a small desk of which every figure can be checked by hand:
-- automatic replies, pauses, reopening, merged cases, two time zones, both
-- clock changes; then no staff, no cases, everything open.
BEGIN;
SELECT plan(139);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'Asia/Tokyo';
SET LOCAL crm_ext.as_of = '2024-04-01';

\ir lib/views.sql
\ir lib/plan.sql

SELECT crm_create_workspace('desk', '{}', 'Europe/Berlin', subjects => '{service}');
UPDATE desk.setting SET calendar = 'Europe/Berlin; mon-fri 09:00-17:00; sat 22:00-06:00';
INSERT INTO desk.service_target (priority, first_reply_seconds, resolution_seconds)
VALUES (NULL, 7200, 28800), ('high', 3600, 14400);
INSERT INTO desk.staff (staff_id, department, employed_from, employed_to, mentor_id)
VALUES ('s1', 'service', '2024-01-01', NULL, NULL), ('s2', 'R&D', '2024-03-04', NULL, 's1'),
    ('s3', 'service', '2023-01-01', '2024-02-29', NULL);
INSERT INTO desk.service_case (case_id, customer_id, opened_at, channel, priority, merged_into, merged_at) VALUES
    ('a', 'ann', '2024-03-04 09:00+01', 'mail', NULL, NULL, NULL),
    ('b', 'bob', '2024-03-05 09:00+01', 'phone', NULL, NULL, NULL),
    ('c', 'cat', '2024-03-06 16:00+01', 'mail', NULL, NULL, NULL),
    ('d', 'dan', '2024-03-29 16:00+01', 'mail', NULL, NULL, NULL),
    ('e', 'eve', '2024-03-11 09:00+01', 'mail', NULL, NULL, NULL),
    ('f', 'eve', '2024-03-11 08:30+01', 'phone', NULL, 'e', '2024-03-12 08:00+01'),
    ('p', 'pam', '2024-04-01 09:00+02', 'mail', 'low', NULL, NULL);
INSERT INTO desk.case_state (case_id, changed_at, status, staff_id, department, priority) VALUES
    ('a', '2024-03-04 09:00+01', 'new', NULL, NULL, NULL),
    ('a', '2024-03-04 10:00+01', 'open', 's1', 'service', NULL),
    ('a', '2024-03-04 12:00+01', 'pending', 's1', 'service', NULL),
    ('a', '2024-03-05 09:00+01', 'Open', 's2', 'R&D', NULL),
    ('a', '2024-03-05 10:00+01', 'solved', 's1', 'service', NULL),
    ('c', '2024-03-06 16:00+01', 'new', NULL, NULL, NULL),
    ('c', '2024-03-07 10:00+01', 'closed', 's2', 'R&D', NULL),
    ('e', '2024-03-11 09:00+01', 'open', 's1', 'service', NULL),
    ('e', '2024-03-11 11:00+01', 'solved', 's1', 'service', NULL),
    ('e', '2024-03-12 09:00+01', 'open', 's1', 'service', NULL),
    ('e', '2024-03-12 12:00+01', 'solved', 's1', 'service', NULL),
    ('p', '2024-04-01 09:00+02', 'open', 's1', 'service', NULL),
    ('p', '2024-04-01 10:00+02', 'pending', 's1', 'service', NULL),
    ('p', '2024-04-01 12:00+02', 'open', 's1', 'service', NULL),
    ('p', '2024-04-01 13:00+02', 'open', 's1', 'service', 'high');
INSERT INTO desk.interaction (interaction_id, customer_id, interacted_at, case_id, channel, direction, actor, staff_id,
    is_public, purpose, minutes) VALUES
    ('a1', 'ann', '2024-03-04 09:00+01', 'a', 'mail', 'in', NULL, NULL, true, 'question', NULL),
    ('a2', 'ann', '2024-03-04 09:01+01', 'a', 'mail', 'out', 'machine', NULL, true, NULL, NULL),
    ('a3', 'ann', '2024-03-04 09:30+01', 'a', 'mail', 'out', 'staff', 's1', false, NULL, 5),
    ('a4', 'ann', '2024-03-04 11:00+01', 'a', 'mail', 'out', 'staff', 's2', true, 'service', 10),
    ('b1', 'bob', '2024-03-05 09:00+01', 'b', 'phone', 'out', 'staff', 's1', true, 'marketing', 3),
    ('b2', 'bob', '2024-03-05 12:00+01', 'b', 'phone', 'in', 'customer', NULL, true, NULL, NULL),
    ('b3', 'bob', '2024-03-05 13:00+01', 'b', 'phone', 'out', 'staff', 's3', NULL, NULL, NULL),
    ('c1', 'cat', '2024-03-06 16:00+01', 'c', 'mail', 'in', NULL, NULL, true, NULL, NULL),
    ('d1', 'dan', '2024-03-29 16:00+01', 'd', 'mail', 'in', NULL, NULL, true, NULL, NULL),
    ('d2', 'dan', '2024-03-31 03:00+02', 'd', 'mail', 'in', NULL, NULL, true, NULL, NULL),
    ('e1', 'eve', '2024-03-11 09:00+01', 'e', 'mail', 'in', NULL, NULL, true, NULL, NULL),
    ('e2', 'eve', '2024-03-11 10:00+01', 'e', 'mail', 'out', 'staff', 's1', true, NULL, NULL),
    ('e3', 'eve', '2024-03-12 09:00+01', 'e', 'mail', 'in', NULL, NULL, true, NULL, NULL),
    ('e4', 'eve', '2024-03-12 09:30+01', 'e', 'mail', 'out', 'staff', 's1', true, NULL, NULL),
    ('f1', 'eve', '2024-03-11 08:30+01', 'f', 'phone', 'in', NULL, NULL, true, NULL, NULL),
    ('p1', 'pam', '2024-04-01 09:00+02', 'p', 'mail', 'in', NULL, NULL, true, NULL, NULL),
    ('z1', 'pam', '2024-04-02 09:00+02', 'p', 'mail', 'out', 'staff', 's1', true, NULL, NULL);

-- Replies
SELECT results_eq('SELECT case_id, is_answered, reply_seconds, reply_business_seconds FROM desk.case_reply ORDER BY 1',
    $$VALUES ('a', true, 7200::double precision, 7200::double precision), ('c', false, 64800, 7200),
        ('d', false, 284400, 57600),
             ('e', true, 5400, 3600), ('p', false, 54000, 28800)$$,
    'a machine and a note do not stop the clock; opened by staff has none; of merged cases the first question counts');
SELECT results_eq('SELECT case_id, turn_no, is_answered, staff_id, reply_seconds FROM desk.reply_turn WHERE NOT is_first
    ORDER BY 1',
    $$VALUES ('b', 1::bigint, true, 's3', 3600::double precision), ('e', 2, true, 's1', 1800)$$,
        'next replies, and whose they are');
SELECT results_eq($$SELECT case_count, answered_count, open_count, unanswered_count, p50_seconds, median_seconds
    FROM desk.response_time_by
                    WHERE measure = 'first_reply' AND dimension = 'all'$$,
    'VALUES (5::bigint, 2::bigint, 2::bigint, 1::bigint, 6300::double precision, NULL::double precision)',
    'half of the answered in 1.75 hours, but half of all was never answered');
SELECT results_eq($$SELECT met_count, breached_closed_count, breached_unanswered_count, breached_open_count,
    pending_count, attainment_share
                    FROM desk.sla_attainment_by WHERE measure = 'first_reply' AND dimension = 'all'$$,
    'VALUES (2::bigint, 0::bigint, 1::bigint, 2::bigint, 0::bigint, 0.4::double precision)', 'targets of replies');
SELECT results_eq($$SELECT count(*) FROM desk.response_time WHERE measure = 'first_reply' AND month_on = '2024-03-01'$$,
    'VALUES (1::bigint)', 'by month, channel, priority');

-- Cycles and pauses
SELECT results_eq('SELECT case_id, cycle_no, is_resolved, used_seconds, used_business_seconds, paused_seconds
    FROM desk.case_cycle
                   WHERE case_id <> ''b'' AND case_id <> ''d'' ORDER BY 1, 2',
    $$VALUES ('a', 1::bigint, true, 14400::double precision, 14400::double precision, 75600::double precision),
        ('c', 1, true, 64800, 7200, 0),
             ('e', 1, true, 7200, 7200, 0), ('e', 2, true, 10800, 10800, 0), ('p', 1, false, 46800, 21600, 7200)$$,
             'pauses are out, a reopening begins anew');
SELECT results_eq('SELECT case_id, is_paused, is_unanswered, due_at, is_overdue FROM desk.open_case ORDER BY 1',
    $$VALUES ('b', false, false, '2024-03-05 17:00+01'::timestamptz, true),
        ('d', false, true, '2024-03-31 06:00+02', true),
             ('p', false, true, '2024-04-01 15:00+02', true)$$,
    'deadlines: over the lost hour, after a pause, with the new priority');
SELECT is((SELECT priority FROM desk.open_case WHERE case_id = 'p'), 'high', 'the latest priority');
SAVEPOINT words;
UPDATE desk.service_target SET priority = 'HIGH' WHERE priority = 'high';
INSERT INTO desk.service_target (channel, priority, first_reply_seconds, resolution_seconds)
VALUES ('MAIL', 'High', 60, 10800), ('Phone', NULL, 7200, 7200);
SELECT results_eq('SELECT case_id, due_at FROM desk.open_case ORDER BY 1',
    $$VALUES ('b', '2024-03-05 11:00+01'::timestamptz), ('d', '2024-03-31 06:00+02'), ('p', '2024-04-01 14:00+02')$$,
    'priorities and channels of targets are the same in upper and lower case');
ROLLBACK TO words;
SELECT is((SELECT reply_due_at FROM desk.open_case WHERE case_id = 'd'), '2024-03-30 23:00+01'::timestamptz,
    'a first reply is due in the night shift');
SELECT results_eq($$SELECT month_on, backlog_start_count, opened_count, reopened_count, resolved_count, backlog_count,
    first_resolved_count
                    FROM desk.case_flow ORDER BY 1$$,
    $$VALUES ('2024-03-01'::date, 0::bigint, 5::bigint, 1::bigint, 4::bigint, 2::bigint, 3::bigint),
        ('2024-04-01', 2, 1, 0, 0, 3, 0)$$, 'what comes and goes');
SELECT is_empty('SELECT * FROM desk.reconciliation WHERE difference <> 0', 'and reconciles');

-- Hand-overs
SELECT results_eq($$SELECT case_id, staff_handover_count, staff_ping_pong_count, is_staff_return,
    department_handover_count FROM desk.handover
                    WHERE case_id IN ('a', 'c', 'd') ORDER BY 1$$,
    $$VALUES ('a', 2::bigint, 1::bigint, true, 2::bigint), ('c', 0, 0, false, 0), ('d', 0, 0, false, 0)$$,
        'from s1 to s2 and back');
SELECT results_eq($$SELECT case_id, unowned_seconds, unowned_business_seconds, is_unowned FROM desk.unowned_time
    WHERE case_id IN ('a', 'c', 'd') ORDER BY 1$$,
    $$VALUES ('a', 3600::double precision, 3600::double precision, false), ('c', 64800, 7200, false),
        ('d', 284400, 57600, true)$$, 'nobody''s');
SELECT results_eq($$SELECT kind, case_id, count(*) - 1, count(*) FILTER (WHERE holder = holder_before_last),
        count(*) > count(DISTINCT holder) FROM desk.case_run GROUP BY kind, case_id ORDER BY kind, case_id$$,
    $$SELECT 'department', case_id, department_handover_count, department_ping_pong_count, is_department_return
      FROM desk.handover WHERE department_count > 0
      UNION ALL
      SELECT 'staff', case_id, staff_handover_count, staff_ping_pong_count, is_staff_return
      FROM desk.handover WHERE staff_count > 0 ORDER BY 1, 2$$,
    'and are the times that somebody had the case, less one');
SELECT results_eq($$SELECT handover_count, acted_count, p50_seconds FROM desk.department_latency
    WHERE from_department = 'R&D'$$,
    'VALUES (1::bigint, 1::bigint, 0::double precision)', 'back to service, and done');
SELECT is((SELECT total_seconds FROM desk.time_in_state WHERE status = 'pending'), (75600 + 7200)::double precision,
    'time in a state');

-- Staff
SELECT results_eq($$SELECT period_on, roster_count, active_count, participation_share FROM desk.staff_participation
                    WHERE period = 'week' AND is_total ORDER BY 1 LIMIT 2$$,
    $$VALUES ('2024-03-04'::date, 2::bigint, 3::bigint, 1::double precision), ('2024-03-11', 2, 1, 0.5)$$,
        'the roster is that of the week');
SELECT is((SELECT count(*) FROM desk.staff_contact WHERE staff_id = 's1'), 9::bigint,
    'days without a contact have a row');
SELECT results_eq($$SELECT staff_id, has_mentor, contact_count, is_complete FROM desk.staff_start
    WHERE employed_from > '2024-01-01'$$,
    $$VALUES ('s2', true, 1::bigint, true)$$, 'the first weeks of those who are new');
SELECT results_eq('SELECT staff_id, reply_count, first_reply_count FROM desk.responder ORDER BY 1',
    $$VALUES ('s1', 3::bigint, 1::bigint), ('s2', 1, 1), ('s3', 1, 0)$$, 'the credit goes to who replied');
SELECT results_eq($$SELECT staff_count, contact_staff_count FROM desk.staffing_ratio WHERE is_total$$,
    'VALUES (2::bigint, 2::bigint)', 'staff and contacts');
SET LOCAL crm_ext.as_of = '2024-03-11';
SELECT results_eq($$SELECT month_on, department, staff_count, joined_count, left_count, p50_tenure_days, is_complete
    FROM desk.staff_flow WHERE month_on >= '2024-02-01' ORDER BY month_on, department COLLATE "C"$$,
    $$VALUES ('2024-02-01'::date, 'service', 2::bigint, 0::bigint, 1::bigint, 241.5::double precision, true),
        ('2024-03-01', 'R&D', 1, 1, 0, 7, false), ('2024-03-01', 'service', 1, 0, 0, 70, false)$$,
    'who leaves on the last day of a month leaves in it, and tenure ends with as_of');
SET LOCAL crm_ext.as_of = '2024-04-01';

-- Channels, conversations
SELECT results_eq('SELECT customer_id, channel, message_count FROM desk.conversation
    WHERE customer_id IN (''ann'', ''eve'') ORDER BY 1, 2, started_at',
    $$VALUES ('ann', 'mail', 3::bigint), ('ann', 'mail', 1), ('eve', 'mail', 1), ('eve', 'mail', 1), ('eve', 'mail', 2),
        ('eve', 'phone', 1)$$,
    'a gap of half an hour goes on, one more ends it');
SELECT is((SELECT sum(contact_share) FROM desk.channel_mix WHERE month_on = '2024-03-01'), 1::double precision,
    'shares of channels');
SELECT results_eq($$SELECT measure, event_count, off_hours_count FROM desk.off_hours_share WHERE measure = 'contact in'
    ORDER BY month_on$$,
    $$VALUES ('contact in', 8::bigint, 1::bigint), ('contact in', 1, 0)$$, 'early birds');

-- Of 101 contacts 30 had a response: one letter without one does not go before 100 mails of which 30 had.
SELECT crm_create_workspace('mailing', '{}', 'UTC', subjects => '{service}');
INSERT INTO mailing.interaction (customer_id, interacted_at, channel, direction)
SELECT n, '2024-03-01', CASE WHEN n > 100 THEN 'letter' ELSE 'mail' END, 'out' FROM generate_series(1, 101) AS n;
SELECT results_eq('SELECT channel, responded_count, response_share, smoothed_share FROM mailing.contact_effectiveness
                   ORDER BY channel',
    $$VALUES ('letter', 0::bigint, NULL::double precision, NULL::double precision), ('mail', 0, NULL, NULL)$$,
    'where no response is recorded, no share is known');
UPDATE mailing.interaction SET is_responded = customer_id::integer <= 30;
SELECT results_eq('SELECT channel, response_share, round(smoothed_share::numeric, 12) FROM mailing.contact_effectiveness
                   ORDER BY smoothed_share DESC',
    $$VALUES ('mail', 0.3::double precision, 0.294060547923), ('letter', 0, 0.066006600660)$$,
    'shares are drawn towards that of all, and weighed by use');
UPDATE mailing.setting SET min_cell = 2;
SELECT results_eq('SELECT channel, round(smoothed_share::numeric, 12) FROM mailing.contact_effectiveness',
    $$VALUES ('mail', round(0.3 * 100 / 102, 12))$$, 'in which what is hidden has no part');

-- Consent and training
INSERT INTO desk.consent (customer_id, channel, purpose, is_given, given_at) VALUES
    ('bob', NULL, 'marketing', true, '2024-01-01 00:00Z'), ('bob', 'phone', 'marketing', false, '2024-03-05 08:00Z'),
    ('ann', NULL, NULL, true, '2024-01-01 00:00Z'), ('ann', NULL, NULL, false, '2024-01-01 00:00Z'),
        ('ann', 'mail', 'survey', true, '2024-09-01 00:00Z');
SELECT results_eq('SELECT interaction_id, withdrawn_at FROM desk.outbound_without_consent',
    $$VALUES ('b1', '2024-03-05 08:00Z'::timestamptz)$$,
                  'a withdrawal at the instant of the call counts');
UPDATE desk.consent SET given_at = '2024-03-05 08:00:01Z' WHERE channel = 'phone';
SELECT is_empty('SELECT * FROM desk.outbound_without_consent', 'one a second later does not');
SELECT results_eq('SELECT customer_id, is_given FROM desk.consent_status WHERE customer_id = ''ann''',
    $$VALUES ('ann', false)$$,
                  'a tie goes to the withdrawal, and what comes after as_of is not there');
SAVEPOINT words;
UPDATE desk.consent SET channel = 'PHONE', purpose = 'Marketing', given_at = '2024-03-05 08:00Z'
WHERE channel = 'phone';
INSERT INTO desk.consent (customer_id, channel, purpose, is_given, given_at)
VALUES ('bob', 'phone', 'MARKETING', true, '2024-03-04');
SELECT results_eq('SELECT interaction_id, withdrawn_at FROM desk.outbound_without_consent',
    $$VALUES ('b1', '2024-03-05 08:00Z'::timestamptz)$$, 'channels and purposes are the same in upper and lower case');
SELECT results_eq('SELECT channel, is_given FROM desk.consent_status WHERE customer_id = ''bob'' ORDER BY channel',
    $$VALUES ('PHONE', false), (NULL, true)$$, 'so there is one latest word');
ROLLBACK TO words;
INSERT INTO desk.reply_policy VALUES ('social', 'phone'), ('privacy', NULL);
INSERT INTO desk.training (staff_id, policy, trained_on, expires_on) VALUES
    ('s1', 'privacy', '2024-03-11', NULL), ('s1', 'social', '2024-01-01', '2024-03-05'),
        ('s2', 'privacy', '2024-03-04', NULL);
SELECT results_eq('SELECT interaction_id, policy, is_on_roster FROM desk.untrained_reply ORDER BY 1, 2',
    $$VALUES ('b1', 'privacy', true), ('b1', 'social', true), ('b3', 'privacy', false), ('b3', 'social', false)$$,
        'the training and the roster of the day');
UPDATE desk.reply_policy SET channel = 'PHONE', policy = 'Social' WHERE policy = 'social';
SELECT results_eq('SELECT interaction_id, policy FROM desk.untrained_reply WHERE policy ~* ''social'' ORDER BY 1',
    $$VALUES ('b1', 'Social'), ('b3', 'Social')$$, 'policies are the same in upper and lower case');
UPDATE desk.training SET expires_on = NULL;
SELECT results_eq('SELECT interaction_id, policy FROM desk.untrained_reply WHERE policy ~* ''social'' ORDER BY 1',
    $$VALUES ('b3', 'Social')$$, 'and so are those of trainings');

-- Sites, visits, onboarding
INSERT INTO desk.customer (customer_id, region) VALUES ('ann', 'Berlin'), ('bob', 'Bonn'), ('eve', 'Berlin');
INSERT INTO desk.site (site_id, city, opened_on, closed_on) VALUES ('1', 'Berlin', '2020-01-01', NULL),
    ('2', 'Bonn', '2020-01-01', '2024-04-01');
INSERT INTO desk.visit (customer_id, site_id, purpose, arrived_at, left_at) VALUES
    ('ann', '1', 'Repair', '2024-02-01 10:00+01', '2024-02-01 11:00+01'), ('ann', '1', 'repair', '2024-03-02 10:00+01',
        NULL),
    ('eve', '1', 'umbrella', '2024-03-03 10:00+01', NULL);
SELECT results_eq('SELECT city, site_count, customer_count, is_covered FROM desk.site_coverage ORDER BY 1',
    $$VALUES ('Berlin', 1::bigint, 2::bigint, true), ('Bonn', 0, 1, false)$$, 'a site closes on its last day');
SAVEPOINT coverage;
INSERT INTO desk.customer (customer_id, region, registered_at)
VALUES ('later', 'Rome', crm_as_of_at('Europe/Berlin') + interval '1 day');
INSERT INTO desk.site (site_id, city, opened_on) VALUES ('3', 'Rome', crm_as_of() + 1);
SELECT results_eq('SELECT city, site_count, customer_count, is_covered FROM desk.site_coverage ORDER BY 1',
    $$VALUES ('Berlin', 1::bigint, 2::bigint, true), ('Bonn', 0, 1, false)$$,
        'who and what is to come does not count yet');
ROLLBACK TO coverage;
SELECT results_eq('SELECT month_on, repair_count, repeat_count, is_complete FROM desk.repeat_repair ORDER BY 1',
    $$VALUES ('2024-02-01'::date, 1::bigint, 1::bigint, true), ('2024-03-01', 1, 0, false),
        ('2024-04-01', 0, 0, false)$$,
        'a repair thirty days later is a repeat, and a month without any has 0');
SELECT is((SELECT repeat_share FROM desk.repeat_repair WHERE month_on = '2024-04-01'), NULL, 'and no share');
-- A month is over with its last day: April is not on its first, March is.
SELECT results_eq('SELECT DISTINCT month_on, is_complete FROM desk.response_time ORDER BY 1',
    $$VALUES ('2024-03-01'::date, true), ('2024-04-01', false)$$, 'the month in progress is not complete');
SELECT is_empty($$SELECT relation, month_on
                  FROM (SELECT 'response_time_by' AS relation, (value || '-01')::date AS month_on, is_complete
                        FROM desk.response_time_by WHERE dimension = 'month'
                        UNION ALL SELECT 'sla_attainment', month_on, is_complete FROM desk.sla_attainment
                        UNION ALL SELECT 'sla_attainment_by', (value || '-01')::date, is_complete
                        FROM desk.sla_attainment_by WHERE dimension = 'month'
                        UNION ALL SELECT 'purpose_mix', month_on, is_complete FROM desk.purpose_mix
                        UNION ALL SELECT 'device_mix', month_on, is_complete FROM desk.device_mix
                        UNION ALL SELECT 'customer_initiated_share', month_on, is_complete
                        FROM desk.customer_initiated_share
                        UNION ALL SELECT 'off_hours_share', month_on, is_complete FROM desk.off_hours_share
                        UNION ALL SELECT 'visit_mix', month_on, is_complete FROM desk.visit_mix) AS told
                  WHERE is_complete IS DISTINCT FROM (month_on < '2024-04-01')$$, 'in any view');
SELECT results_eq($$SELECT purpose, meaning, visit_count FROM desk.visit_mix WHERE month_on = '2024-03-01' ORDER BY 1$$,
    $$VALUES ('repair', 'repair', 1::bigint), ('umbrella', 'other', 1)$$, 'visits by purpose');
SELECT is((SELECT string_agg(format('%s %s %s', check_name, problem_count, example_key), ', ' ORDER BY check_name)
    FROM desk.data_quality
           WHERE problem_count > 0 AND check_name IN ('unknown_purpose', 'off_roster')),
          'off_roster 1 s3, unknown_purpose 1 umbrella', 'words that are not known');
INSERT INTO desk.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2024-02-10 12:00Z', 5),
    ('bob', '2024-02-10 12:00Z', 5),
    ('eve', '2024-03-10 12:00Z', 5);
INSERT INTO desk.interaction (customer_id, interacted_at, purpose, direction)
    VALUES ('ann', '2024-03-11 12:00Z', 'Welcome', 'out'), ('bob', '2024-03-12 12:00Z', 'welcome', 'out');
SELECT results_eq('SELECT cohort_on, customer_count, reached_count, is_complete FROM desk.onboarding ORDER BY 1',
    $$VALUES ('2024-02-01'::date, 2::bigint, 1::bigint, true), ('2024-03-01', 1, 0, false)$$,
        'reached on the thirtieth day, and on the next');
SELECT results_eq($$SELECT customer_id, case_count, open_case_count, visit_count, is_opted_out FROM desk.customer_360
    WHERE customer_id IN ('ann', 'bob', 'eve') ORDER BY 1$$,
    $$VALUES ('ann', 1::bigint, 0::bigint, 2::bigint, true), ('bob', 1, 1, 0, true), ('eve', 1, 0, 1, NULL)$$,
        'customer_360 knows');

-- Small groups are hidden
UPDATE desk.setting SET min_cell = 3;
SELECT results_eq($$SELECT dimension, value, case_count FROM desk.response_time_by WHERE measure = 'first_reply'
    ORDER BY 1, 2$$,
    $$VALUES ('all', NULL, 5::bigint), ('channel', 'mail', 5), ('month', '2024-03', 4), ('priority', NULL, 4)$$,
        'groups of fewer than three customers are hidden');
UPDATE desk.setting SET min_cell = 1;

-- Earlier days: before and after the merge
SET LOCAL crm_ext.as_of = '2024-03-11';
SELECT results_eq($$SELECT case_id, reply_seconds FROM desk.case_reply WHERE case_id IN ('e', 'f') ORDER BY 1$$,
    $$VALUES ('e', 3600::double precision), ('f', 55800)$$, 'a merge of tomorrow has not taken place');
SELECT is((SELECT count(*) FROM desk.open_case), 2::bigint, 'open on that day: two, of which one was opened by staff');
SELECT is((SELECT count(*) FROM desk.case_cycle WHERE case_id = 'e'), 1::bigint, 'and nothing was reopened');

-- The hour that comes twice, and a calendar of another zone
SET LOCAL crm_ext.as_of = '2024-10-31';
INSERT INTO desk.service_case (case_id, customer_id, opened_at) VALUES ('g', 'gus', '2024-10-26 23:00+02'),
    ('h', 'hal', '2024-03-08 21:00Z');
INSERT INTO desk.interaction (customer_id, interacted_at, case_id, direction)
    VALUES ('gus', '2024-10-26 23:00+02', 'g', 'in'), ('gus', '2024-10-27 05:00+01', 'g', 'out'),
    ('hal', '2024-03-08 21:00Z', 'h', 'in'), ('hal', '2024-03-11 13:30Z', 'h', 'out');
SELECT results_eq($$SELECT reply_seconds, reply_business_seconds FROM desk.case_reply WHERE case_id = 'g'$$,
    'VALUES (25200::double precision, 25200::double precision)', 'the night has an hour more');
UPDATE desk.setting SET calendar = 'America/New_York; mon-fri 09:00-17:00';
SELECT is((SELECT reply_business_seconds FROM desk.case_reply WHERE case_id = 'h'), 5400::double precision,
    'hours of New York, days of Berlin');

-- Circles of merged cases, and merges into nothing
INSERT INTO desk.service_case (case_id, customer_id, opened_at, merged_into) VALUES
    ('x', 'x', '2024-10-01', 'y'), ('y', 'x', '2024-10-01', 'x'), ('u', 'x', '2024-10-01', 'nothing'),
        ('v', 'x', '2024-10-01', 'w'), ('w', 'x', '2024-10-01', 'g');
SELECT results_eq('SELECT case_id, main_case_id FROM desk.case_merge ORDER BY 1', $$VALUES ('f', 'e'), ('v', 'g'),
    ('w', 'g')$$, 'chains have an end, circles none');
SELECT is((SELECT problem_count FROM desk.data_quality WHERE check_name = 'lost_merge'), 3::bigint,
    'which data_quality says');
SELECT is_empty($$SELECT * FROM pg_temp.read_all('desk') WHERE error IS NOT NULL$$, 'every view can be read');

-- due_at in a table of one's own
SET LOCAL crm_ext.as_of = '2024-04-01';
UPDATE desk.setting SET calendar = 'Europe/Berlin; mon-fri 09:00-17:00';
CREATE TABLE ticket (id integer PRIMARY KEY, status text, priority text, channel text, changed_at timestamptz,
    due_at timestamptz,
                     used_seconds double precision, resumed_at timestamptz, note text);
CREATE TRIGGER due BEFORE INSERT OR UPDATE ON ticket FOR EACH ROW EXECUTE FUNCTION crm_due_trigger('desk');
INSERT INTO ticket (id, status, changed_at) VALUES (1, 'new', '2024-03-29 16:00+01');
SELECT is((SELECT due_at FROM ticket), '2024-04-01 16:00+02'::timestamptz, 'one hour on Friday, seven on Monday');
UPDATE ticket SET status = 'pending', changed_at = '2024-04-01 10:00+02';
SELECT results_eq('SELECT due_at, used_seconds FROM ticket', 'VALUES (NULL::timestamptz, 7200::double precision)',
    'a pause has no deadline');
UPDATE ticket SET status = 'open', changed_at = '2024-04-02 09:00+02';
SELECT is((SELECT due_at FROM ticket), '2024-04-02 15:00+02'::timestamptz, 'the deadline moves with it');
UPDATE ticket SET note = 'nothing else';
SELECT is((SELECT due_at FROM ticket), '2024-04-02 15:00+02'::timestamptz, 'what changes no state changes no deadline');
UPDATE ticket SET priority = 'high', changed_at = '2024-04-02 10:00+02';
SELECT results_eq('SELECT due_at, used_seconds FROM ticket', $$VALUES ('2024-04-02 11:00+02'::timestamptz,
    10800::double precision)$$,
                  'a priority moves the target, not the time used');
UPDATE ticket SET priority = 'HIGH';
SELECT is((SELECT due_at FROM ticket), '2024-04-02 11:00+02'::timestamptz, 'in upper case too');
UPDATE ticket SET status = 'solved', changed_at = '2024-04-02 12:00+02';
SELECT results_eq('SELECT due_at, used_seconds FROM ticket', $$VALUES ('2024-04-02 11:00+02'::timestamptz,
    18000::double precision)$$, 'done: it stays to be compared');
UPDATE ticket SET status = 'open', changed_at = '2024-04-02 13:00+02';
SELECT results_eq('SELECT due_at, used_seconds FROM ticket', $$VALUES ('2024-04-02 17:00+02'::timestamptz,
    0::double precision)$$, 'reopened: all anew');
-- A target of four hours where six are used: it was due two hours ago; where it was due before the state began, then.
INSERT INTO ticket (id, status, changed_at) VALUES (2, 'new', '2024-04-02 09:00+02');
UPDATE ticket SET priority = 'high', changed_at = '2024-04-02 15:00+02' WHERE id = 2;
SELECT results_eq('SELECT due_at, used_seconds FROM ticket WHERE id = 2', $$VALUES ('2024-04-02 13:00+02'::timestamptz,
    21600::double precision)$$, 'raised too late: due when the time used reached the new target');
INSERT INTO ticket (id, status, changed_at) VALUES (3, 'new', '2024-04-02 09:00+02');
UPDATE ticket SET status = 'open', changed_at = '2024-04-02 14:00+02' WHERE id = 3;
UPDATE ticket SET priority = 'high', changed_at = '2024-04-02 15:00+02' WHERE id = 3;
SELECT is((SELECT due_at FROM ticket WHERE id = 3), '2024-04-02 14:00+02'::timestamptz,
    'at the latest when the state began');
-- A longer target, used up as well: what the shorter one was due says nothing.
INSERT INTO ticket (id, status, priority, changed_at) VALUES (4, 'new', 'high', '2024-04-02 09:00+02');
UPDATE ticket SET status = 'open', changed_at = '2024-04-03 10:00+02' WHERE id = 4;
UPDATE ticket SET priority = NULL, changed_at = '2024-04-03 11:00+02' WHERE id = 4;
SELECT is((SELECT due_at FROM ticket WHERE id = 4), '2024-04-03 10:00+02'::timestamptz, 'nor of a longer one');
DELETE FROM ticket WHERE id > 1;
CREATE TABLE bare (id integer, status text);
CREATE TRIGGER due BEFORE INSERT ON bare FOR EACH ROW EXECUTE FUNCTION crm_due_trigger('desk');
SELECT throws_ok('INSERT INTO bare VALUES (1)', '42703', NULL, 'a table without the columns is refused');

-- What is due soon
SELECT is(crm_note_overdue('desk'), 6::bigint, 'cases about to be overdue are written down');
SELECT is(crm_note_overdue('desk'), 0::bigint, 'each deadline once');
SELECT throws_ok($$SELECT crm_note_overdue('nowhere')$$, '3F000', NULL, 'of a workspace that there is');

-- One person is given out and erased, other people's figures stay
CREATE TEMPORARY TABLE before AS SELECT staff_id, reply_count, first_reply_count FROM desk.responder;
SELECT ok(crm_export_customer('desk', 'eve') ?& ARRAY['service_case', 'interaction', 'visit', 'consent', 'overdue_case',
    'customer_360'], 'the export has all sources');
SELECT results_eq($$SELECT relation, row_count FROM crm_erase_customer('desk', 'eve') WHERE row_count > 0 ORDER BY 1$$,
    $$VALUES ('channel_activity', 2::bigint), ('customer', 1), ('customer_activity', 1), ('interaction', 5),
        ('purchase', 1), ('service_case', 2), ('visit', 1)$$,
    'so has the erasure');
SELECT results_eq('SELECT staff_id, reply_count, first_reply_count FROM desk.responder ORDER BY 1',
    'SELECT * FROM before ORDER BY 1', 'replies stay, of nobody');
SELECT is((SELECT count(*) FROM desk.interaction WHERE customer_id = 'eve'), 0::bigint, 'and her name is gone');
SELECT is_empty($$SELECT * FROM crm_check_workspace('desk')$$, 'ledgers are as rebuilt');

-- No staff, no cases, nothing; and everything open
SELECT crm_create_workspace('empty', '{}', 'UTC', subjects => '{service}');
SELECT is_empty($$SELECT * FROM pg_temp.read_all('empty') WHERE error IS NOT NULL$$, 'an empty desk gives no error');
SELECT results_eq($$SELECT (SELECT count(*) FROM empty.service_hours), (SELECT count(*) FROM empty.case_flow),
    (SELECT count(*) FROM empty.staffing_ratio)$$,
    'VALUES (168::bigint, 0::bigint, 0::bigint)', 'all hours of the week, no month');
INSERT INTO empty.service_case (case_id, customer_id, opened_at) SELECT n, n, '2024-03-01 10:00Z'
FROM generate_series(1, 3) AS n;
SELECT results_eq($$SELECT case_count, answered_count, open_count, p50_seconds, median_seconds, median_high_seconds
    FROM empty.response_time_by
                    WHERE measure = 'first_reply' AND dimension = 'all'$$,
    'VALUES (3::bigint, 0::bigint, 3::bigint, NULL::double precision, NULL::double precision, NULL::double precision)',
        'everything open: no median, and nothing left out');
SELECT is((SELECT is_covered FROM empty.service_hours WHERE weekday = 5 AND hour = 10), false, 'which covers no hour');

-- Closed and open again, asked in after the end, merged into a case of tomorrow
SELECT crm_create_workspace('again', '{}', 'UTC', subjects => '{service}');
SET LOCAL timezone = 'UTC';
UPDATE again.setting SET handover_cost = 7;
INSERT INTO again.staff (staff_id, department, employed_from) VALUES ('s1', 'service', '2024-03-07');
INSERT INTO again.service_case (case_id, customer_id, opened_at, merged_into, merged_at) VALUES
    ('open', 'ann', '2024-03-04 09:00', NULL, NULL), ('late', 'bob', '2024-03-04 09:00', NULL, NULL),
    ('done', 'cat', '2024-03-04 09:00', NULL, NULL), ('first', 'dan', '2024-03-04 09:00', 'next', NULL),
    ('next', 'dan', '2024-04-02 09:00', NULL, NULL), ('twin', 'cat', '2024-03-04 09:30', 'done', '2024-03-05 09:00');
INSERT INTO again.case_state (case_id, changed_at, status, staff_id) VALUES
    ('open', '2024-03-04 10:00', 'closed', 's1'), ('open', '2024-03-05 10:00', 'open', 's2'),
    ('late', '2024-03-04 10:00', 'closed', 's1'),
    ('done', '2024-03-04 10:00', 'open', 's1'), ('done', '2024-03-04 11:00', 'queued', NULL),
    ('done', '2024-03-04 12:00', 'open', 's2'), ('done', '2024-03-04 13:00', 'closed', 's2'),
    ('twin', '2024-03-04 10:00', 'open', 's1');
INSERT INTO again.interaction (customer_id, interacted_at, case_id, direction, staff_id) VALUES
    ('ann', '2024-03-04 09:00', 'open', 'in', NULL), ('bob', '2024-03-04 12:00', 'late', 'in', NULL),
    ('cat', '2024-03-04 09:00', 'done', 'in', NULL), ('dan', '2024-03-04 09:00', 'first', 'in', NULL),
    ('eve', '2024-03-05 09:00', NULL, 'out', 's1'), ('eve', '2024-03-08 09:00', NULL, 'out', 's1');
SELECT results_eq('SELECT case_id, closed_unanswered_at, reply_seconds / 3600 FROM again.case_reply ORDER BY 1',
    $$VALUES ('done', '2024-03-04 13:00'::timestamptz, 4::double precision), ('first', NULL, 687), ('late', NULL, 684),
        ('open', NULL, 687)$$, 'what is open again waits, and what was asked after the end');
SELECT results_eq('SELECT open_count, unanswered_count FROM again.response_time_by
                   WHERE measure = ''first_reply'' AND dimension = ''all''', 'VALUES (3::bigint, 1::bigint)',
    'in all views of waits');
SELECT results_eq('SELECT case_id, is_unanswered FROM again.open_case ORDER BY 1',
    $$VALUES ('first', true), ('open', true)$$, 'a case that will be merged into one of tomorrow is open today');
SELECT is((SELECT backlog_count FROM again.case_flow ORDER BY month_on DESC LIMIT 1), 2::bigint, 'and in the backlog');
SELECT results_eq('SELECT h.staff_handover_count, c.handover_cost
                   FROM again.handover AS h JOIN again.case_cost AS c USING (case_id) WHERE case_id = ''done''',
    'VALUES (1::bigint, 7.00)', 'a hand-over by way of the queue costs what every one does');
SELECT results_eq('SELECT contact_on, contact_count FROM again.staff_contact ORDER BY 1',
    $$VALUES ('2024-03-05'::date, 1::bigint), ('2024-03-07', 0), ('2024-03-08', 1)$$,
        'a contact of one who was not employed yet counts, days before do not');
SELECT is((SELECT case_count FROM again.responder WHERE staff_id = 's1'), 3::bigint, 'merged cases are one');
SELECT is((SELECT total_count FROM again.responder_concentration WHERE measure = 'case'), 5::bigint,
          'for all staff, too');
INSERT INTO again.case_state (case_id, changed_at, status, staff_id)
VALUES ('open', '2024-03-20 10:00', 'closed', 's2');
SELECT results_eq('SELECT closed_unanswered_at FROM again.case_reply WHERE case_id = ''open''
                   UNION ALL
                   SELECT closed_unanswered_at FROM again.service_wait
                   WHERE case_id = ''open'' AND measure = ''first_reply'' ',
    $$VALUES ('2024-03-20 10:00'::timestamptz), ('2024-03-20 10:00')$$,
    'who was closed, opened again and closed waited until the last of these');
SELECT is((SELECT attcollation::regcollation::text FROM pg_attribute
           WHERE attrelid = 'desk.service_basis'::regclass AND attname = 'done_words'), '"default"',
    'words leave the order of states to their own collation');

-- Many merges, of a number that the planner does not know, and a source that has cases twice
CREATE TABLE merge_case AS
SELECT 'c' || n AS case_id, 'k' || n % 500 AS customer_id, timestamptz '2024-01-01' + n * interval '30 s' AS opened_at,
       CASE WHEN n % 3 = 0 THEN 'c' || (n + 1) END AS merged_into
FROM generate_series(1, 9000) AS n;
INSERT INTO merge_case SELECT * FROM merge_case WHERE case_id = 'c7';
SELECT crm_create_workspace('twice', '{"service_case": {"from": "merge_case", "case_id": "case_id",
    "customer_id": "customer_id", "opened_at": "opened_at", "merged_into": "merged_into"}}', maintain => 'refresh');
ANALYZE merge_case;
CREATE FUNCTION pg_temp.asks_each(view text) RETURNS boolean LANGUAGE plpgsql SET work_mem = '64kB' AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE format('EXPLAIN SELECT count(case_id) FROM twice.%I', view) LOOP
        IF line ~ 'NOT \(SubPlan' THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
SELECT is(pg_temp.asks_each(view), false, view || ' does not read all merges for each case')
FROM unnest('{case_basis,case_reply,reply_turn,case_cycle,open_case,service_wait}'::text[]) AS view;
SELECT is((SELECT count(*) FROM twice.case_basis), 6002::bigint,
          'merged cases are counted with another, one by itself that was merged into none that there is');
SELECT is((SELECT count(*) FROM twice.open_case WHERE case_id = 'c7'), 2::bigint,
          'a row of the source is one of open_case');

-- Rows without a key are left out everywhere, and counted in data_quality.
CREATE TABLE bare_case AS
SELECT id, 'ann' AS customer, timestamptz '2024-03-04 09:00' AS opened_at
FROM unnest('{a,b,NULL}'::text[]) AS id;
CREATE TABLE bare_staff AS
SELECT * FROM (VALUES ('s1', 'service', date '2020-01-01'), ('s1', 'R&D', '2024-01-01'), ('s1', 'sales', '2025-01-01'),
                      (NULL, 'service', NULL)) AS s (id, department, since);
CREATE TABLE bare_site AS SELECT * FROM (VALUES ('1', 'Bonn'), ('1', 'Bonn'), (NULL, 'Bonn')) AS s (id, city);
SELECT crm_create_workspace('keyless', '{"service_case": {"from": "bare_case", "case_id": "id",
    "customer_id": "customer", "opened_at": "opened_at"},
    "staff": {"from": "bare_staff", "staff_id": "id", "department": "department", "employed_from": "since"},
    "site": {"from": "bare_site", "site_id": "id", "city": "city"}}', maintain => 'refresh');
INSERT INTO keyless.interaction (customer_id, interacted_at, direction, staff_id)
VALUES ('ann', '2024-03-05 09:00', 'out', 's1');
SELECT is_empty('SELECT * FROM keyless.reconciliation WHERE difference <> 0', 'what has no key is in no total');
SELECT results_eq('SELECT (SELECT sum(opened_count) FROM keyless.case_flow), (SELECT count(*) FROM keyless.open_case)',
    'VALUES (2::numeric, 2::bigint)', 'and in no view');
SELECT results_eq('SELECT staff_id, department, reply_count FROM keyless.responder',
    $$VALUES ('s1', 'R&D', 1::bigint)$$, 'a member of staff with several rows is one, where employed last by as_of');
SELECT results_eq('SELECT department, staff_count FROM keyless.staffing_ratio ORDER BY 1',
    $$VALUES ('R&D', 1::bigint), (NULL, 1)$$, 'in all views');
SELECT is((SELECT site_count FROM keyless.site_coverage WHERE city = 'Bonn'), 1::bigint, 'and so is a site');

-- Who left and came back was employed then as well, and what is to begin in years is not.
CREATE TABLE came_back AS
SELECT * FROM (VALUES ('s2', 'A', date '2020-01-01', date '2021-01-01'), ('s2', 'B', '2023-01-01', NULL),
                      ('s3', 'A', '2020-01-01', '2021-01-01'), ('s3', 'A', '2030-01-01', NULL),
                      ('s1', 'A', NULL, NULL), ('s1', 'B', '2030-01-01', NULL)) AS s (id, department, since, until);
CREATE TABLE reopened_site AS
SELECT * FROM (VALUES ('x', 'Rome', date '2010-01-01', date '2015-01-01'), ('x', 'Rome', '2020-01-01', NULL)) AS s
    (id, city, since, until);
CREATE TABLE case_twice AS
SELECT 'k' || n % 45 AS id, 'c' || n % 7 AS customer, timestamptz '2024-01-01' + n * interval '1 day' AS opened_at
FROM generate_series(1, 50) AS n;
SELECT crm_create_workspace('came', '{"service_case": {"from": "case_twice", "case_id": "id",
    "customer_id": "customer", "opened_at": "opened_at"},
    "staff": {"from": "came_back", "staff_id": "id", "department": "department", "employed_from": "since",
              "employed_to": "until"},
    "site": {"from": "reopened_site", "site_id": "id", "city": "city", "opened_on": "since", "closed_on": "until"}}',
    maintain => 'refresh');
INSERT INTO came.interaction (customer_id, interacted_at, direction, staff_id)
VALUES ('c1', '2020-06-10 09:00', 'out', 's2');
INSERT INTO came.case_state (case_id, changed_at, status, event_no)
SELECT 'k' || n, timestamptz '2024-02-01' + n * interval '1 day', (ARRAY['open', 'solved'])[1 + n % 2], 1
FROM generate_series(1, 44) AS n;
SELECT results_eq($$SELECT staff_id, department FROM came.staff_known ORDER BY 1$$,
    $$VALUES ('s1', 'A'), ('s2', 'B'), ('s3', 'A')$$, 'of several employments the one that began last by as_of');
SELECT results_eq($$SELECT is_total, department, roster_count, active_count, participation_share
                    FROM came.staff_participation WHERE period = 'month' ORDER BY 1$$,
    $$VALUES (false, 'A', 3::bigint, 1::bigint, 1 / 3::double precision),
             (true, NULL, 3, 1, 1 / 3::double precision)$$,
    'the roster of a day is of all who were employed then, where they were then');
SELECT is((SELECT site_count FROM came.site_coverage WHERE city = 'Rome'), 1::bigint,
          'a site that opened again is open');
SELECT is_empty('SELECT * FROM came.reconciliation WHERE difference <> 0', 'of cases that come twice the totals agree');
CREATE TABLE merged_twice AS
SELECT 'm' || n AS id, 'c1' AS customer, timestamptz '2024-01-01' AS opened_at, 'm' || n - 1 AS main
FROM generate_series(1, 12) AS n CROSS JOIN generate_series(1, 2)
UNION ALL
SELECT id, 'c1', '2024-01-01', NULL FROM unnest('{m0,m12}'::text[]) AS id;
SELECT crm_create_workspace('doubled', '{"service_case": {"from": "merged_twice", "case_id": "id",
    "customer_id": "customer", "opened_at": "opened_at", "merged_into": "main"}}',
    subjects => '{service}', maintain => 'refresh');
SELECT results_eq('SELECT count(*), max(main_case_id) FROM doubled.case_merge', $$VALUES (12::bigint, 'm0')$$,
    'merged again and again they do not double at every step');
SELECT is_empty('SELECT view_name, column_name FROM doubled.reconciliation WHERE difference <> 0',
    'nor are they merged where the source says that they are not');

-- Three cases are handed from A to B: one is acted on after an hour, two wait still.
SELECT crm_create_workspace('handed', '{}', 'Europe/Berlin', subjects => '{service}');
INSERT INTO handed.service_case (case_id, customer_id, opened_at)
SELECT id, 'ann', '2024-03-04 09:00+01' FROM unnest('{x,y,z}'::text[]) AS id;
INSERT INTO handed.case_state (case_id, changed_at, status, department)
SELECT id, at, 'open', department
FROM unnest('{x,y,z}'::text[]) AS id
CROSS JOIN (VALUES ('2024-03-04 09:00+01'::timestamptz, 'A'), ('2024-03-04 10:00+01', 'B')) AS log (at, department)
UNION ALL
VALUES ('x', timestamptz '2024-03-04 11:00+01', 'open', 'B');
SELECT results_eq($$SELECT handover_count, acted_count, p50_seconds, median_seconds FROM handed.department_latency$$,
    'VALUES (3::bigint, 1::bigint, 3600::double precision, NULL::double precision)',
    'of what is handed on, what waits still is censored, not left out');
-- States of one instant, in either order of rows: their holders are in the same order in all views.
CREATE TABLE handed_state AS
SELECT 't' AS case_id, '2024-03-04 09:00+01'::timestamptz AS at, 'open' AS status, staff, team, line
FROM (VALUES (1, 's10', 'A', 2), (2, 's2', 'B', 1), (3, 's2', 'A', 1), (4, 's2', 'A', 3), (5, NULL, 'A', 3))
    AS log (n, staff, team, line)
CROSS JOIN generate_series(0, 1) AS later
ORDER BY n;
INSERT INTO handed.service_case (case_id, customer_id, opened_at) VALUES ('t', 'ann', '2024-03-04 09:00+01');
CREATE VIEW handed_told AS
SELECT run::text AS told FROM handed.case_run AS run WHERE case_id = 't'
UNION ALL SELECT stay::text FROM handed.case_stay AS stay WHERE case_id = 't'
UNION ALL SELECT line::text FROM handed.escalation AS line WHERE case_id = 't';
INSERT INTO handed.case_state (case_id, changed_at, status, staff_id, department, support_line)
TABLE handed_state;
CREATE TABLE handed_before AS SELECT told, count(*) FROM handed_told GROUP BY told;
SELECT results_eq($$SELECT kind, run_no, holder FROM handed.case_run WHERE case_id = 't' ORDER BY 1, 2$$,
    $$VALUES ('department', 1::bigint, 'A'), ('department', 2, 'B'), ('staff', 1, 's10'), ('staff', 2, 's2')$$,
    'who has a case at one instant has it once');
SELECT results_eq($$SELECT owner_id, department FROM handed.open_case WHERE case_id = 't'$$,
    $$SELECT staff_id, department FROM handed.case_stay WHERE case_id = 't' AND is_last$$,
    'its owner is who has it last');
DELETE FROM handed.case_state WHERE case_id = 't';
INSERT INTO handed.case_state (case_id, changed_at, status, staff_id, department, support_line)
SELECT case_id, at, status, staff, team, line
FROM (SELECT *, row_number() OVER () AS n FROM handed_state) AS numbered
ORDER BY n DESC;
SELECT results_eq('SELECT told, count(*) FROM handed_told GROUP BY told ORDER BY told COLLATE "C"',
    'SELECT told, count FROM handed_before ORDER BY told COLLATE "C"', 'in any order of rows');
DELETE FROM handed.case_state WHERE case_id = 't';
DELETE FROM handed.service_case WHERE case_id = 't';
-- Of their messages only replies are logged by as_of: the clock starts when a case is opened.
INSERT INTO handed.interaction (customer_id, interacted_at, case_id, direction) VALUES
    ('ann', '2024-03-04 12:00+01', 'x', 'out'), ('ann', '2024-04-02 09:00+02', 'y', 'in');
SELECT results_eq($$SELECT reply_seconds FROM handed.case_reply WHERE is_answered$$, 'VALUES (10800::double precision)',
    'a question after as_of is none yet');
SELECT results_eq($$SELECT wait_seconds FROM handed.service_wait WHERE measure = 'first_reply' AND is_observed$$,
    'VALUES (10800::double precision)', 'in no view');

-- A target on the clock that ends beyond all days is never due, and nothing fails.
INSERT INTO handed.service_target (first_reply_seconds, resolution_seconds, is_business) VALUES (1e13, 1e300, false);
SELECT results_eq('SELECT count(*), count(due_at), count(reply_due_at) FROM handed.open_case',
    'VALUES (3::bigint, 0::bigint, 0::bigint)', 'what is due after the last day is not due');
CREATE TABLE far (id integer, status text, priority text, channel text, changed_at timestamptz, due_at timestamptz,
    used_seconds double precision, resumed_at timestamptz);
CREATE TRIGGER due BEFORE INSERT OR UPDATE ON far FOR EACH ROW EXECUTE FUNCTION crm_due_trigger('handed');
INSERT INTO far VALUES (1, 'open', NULL, NULL, '2024-03-04 09:00+01'), (2, 'open', NULL, NULL, '-infinity');
UPDATE far SET status = 'waiting', changed_at = '2024-03-04 10:00+01';
SELECT results_eq('SELECT id, due_at, used_seconds FROM far ORDER BY 1',
    'VALUES (1, NULL::timestamptz, 3600::double precision), (2, NULL, 0)', 'nor in a table of the user''s own');
DELETE FROM handed.service_target;
INSERT INTO handed.service_target (first_reply_seconds, resolution_seconds, is_business) VALUES (86400, 5400, false);
SELECT results_eq($$SELECT case_id, due_at FROM handed.open_case ORDER BY 1$$,
    $$SELECT id, '2024-03-04 10:30+01'::timestamptz FROM unnest('{x,y,z}'::text[]) AS id$$, 'a nearer one is');
SELECT throws_ok($$SELECT crm_note_overdue('handed', 'NaN')$$, '22023', 'within_seconds cannot be NaN');
SELECT is(crm_note_overdue('handed', 1e300), (SELECT count(due_at) + count(reply_due_at) FROM handed.open_case),
    'with all the time there is every deadline is near');

-- Nor do holders from after as_of tell that cases have any: then none is nobody's.
SELECT crm_create_workspace('held', '{}', 'Europe/Berlin', subjects => '{service}');
INSERT INTO held.service_case (case_id, customer_id, opened_at) VALUES ('x', 'ann', '2024-03-04 09:00+01');
INSERT INTO held.case_state (case_id, changed_at, status, staff_id)
VALUES ('x', '2024-03-04 09:00+01', 'open', NULL), ('x', '2024-05-04 09:00+02', 'open', 's1');
SELECT results_eq($$SELECT unowned_seconds, is_unowned FROM held.unowned_time$$,
    'VALUES (0::double precision, false)', 'holders are known by as_of or not at all');
-- Of states of one instant the last tells the priority as well: one without a number comes after one with.
INSERT INTO handed.case_state (case_id, changed_at, event_no, status, priority) VALUES
    ('z', '2024-03-05 09:00+01', 1, 'open', 'high'), ('z', '2024-03-05 09:00+01', NULL, 'pending', 'low');
SELECT results_eq($$SELECT status, priority FROM handed.open_case WHERE case_id = 'z'$$,
    $$VALUES ('pending', 'low')$$, 'status and priority are of one state');
-- Merged nine times over
INSERT INTO handed.service_case (case_id, customer_id, opened_at, merged_into)
SELECT 'n' || n, 'ann', '2024-03-06', CASE WHEN n > 1 THEN 'n' || n - 1 ELSE 'x' END FROM generate_series(1, 9) AS n;
SELECT is((SELECT count(*) FROM handed.case_basis), 3::bigint, 'a chain of merges is one case, however long');
INSERT INTO handed.service_case (case_id, customer_id, opened_at, merged_into)
VALUES ('o', 'ann', '2024-03-06', 'later'), ('later', 'ann', '2024-05-06', 'x');
SELECT is((SELECT count(*) FROM handed.case_basis), 4::bigint, 'unless there is a case in it that is not there yet');

-- For one customer the states of their own cases alone are read: by the case, not all of them.
SELECT matches((SELECT string_agg(line, E'\n')
                FROM pg_temp.plan_of($$SELECT * FROM keyless.customer_360_service WHERE customer_id = 'ann'$$) AS line),
               'case_state_case_idx.*\n.*\(case_id = ', 'customer_360 of one customer looks up their cases');

-- Where clocks go back at midnight a day ends at the first of the two; one that never was is over when it begins
SET LOCAL crm_ext.as_of = '2024-11-02';
SELECT is(crm_as_of_at('America/Havana'), timestamptz '2024-11-03 04:00Z', 'the end of a day before a midnight twice');
SET LOCAL crm_ext.as_of = '2011-12-30';
SELECT is(crm_as_of_at('Pacific/Apia'), timestamptz '2011-12-30 10:00Z', 'the end of a day that never was');
-- What is dated -infinity fails no view and is in every total.
CREATE TABLE old_case AS
SELECT 'k' || n % 7 AS id, 'p' || n % 3 AS who,
       CASE n WHEN 1 THEN '-infinity' WHEN 2 THEN 'infinity' ELSE day END AS at,
       CASE WHEN n % 4 = 0 THEN 'k' || n % 5 END AS into_id
FROM generate_series(1, 12) AS n, (SELECT timestamptz '2024-03-01 10:00+00' AS day) AS d;
CREATE TABLE old_state AS
SELECT 'k' || n % 7 AS id,
       CASE n WHEN 3 THEN '-infinity' ELSE timestamptz '2024-03-01 10:00+00' + n * interval '1 day' END AS at,
       (ARRAY['new', 'pending', 'solved', 'open'])[1 + n % 4] AS status, 'd' || n % 2 AS department
FROM generate_series(1, 30) AS n;
SELECT crm_create_workspace('old', '{"service_case": {"from": "old_case", "case_id": "id", "customer_id": "who",
        "opened_at": "at", "merged_into": "into_id"},
    "case_state": {"from": "old_state", "case_id": "id", "changed_at": "at", "status": "status",
        "department": "department"}}');
CREATE FUNCTION pg_temp.count_of(view text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE format('SELECT count(v::text) FROM old.%I AS v', view) INTO n;
    RETURN n;
END $$;
SELECT lives_ok(format('SELECT pg_temp.count_of(%L)', c.relname), c.relname || ' has no error')
FROM pg_class AS c
WHERE c.relnamespace = 'old'::regnamespace AND c.relkind = 'v'
  AND c.relname IN ('case_stay', 'case_cycle', 'open_stay', 'time_in_state', 'unowned_time', 'department_latency')
ORDER BY 1;
SELECT is_empty('SELECT view_name, column_name, difference FROM old.reconciliation WHERE difference <> 0',
                'cases twice, merged or not, and undated ones: totals agree');
SELECT is(crm_elapsed_seconds('2024-01-01 00:00+00', '2023-12-31 12:00+00'), -43200::double precision,
          'elapsed seconds go back');
SELECT is(crm_elapsed_seconds('4714-11-24 00:00:00+00 BC', '294276-12-31 00:00:00+00'),
          (date '294276-12-31' - date '4714-11-24 BC') * 86400::double precision,
          'as far as time goes');
SELECT is(crm_elapsed_deadline('2024-03-30 00:00+01', 86400.000001), '2024-03-31 00:00:00.000001+01',
          'their deadline is where they lead');
SELECT is(crm_elapsed_deadline('294276-12-31 12:00+00', 86400), NULL, 'none is beyond all time');
SELECT is((SELECT count(*) FROM pg_temp.plan_of('SELECT FROM desk.interaction
              WHERE crm_elapsed_deadline(interacted_at, 60) < now()') AS line
           WHERE line LIKE '%crm\_business\_deadline(%, ''UTC; mon-sun 00:00-24:00''::crm_calendar)%'), 1::bigint,
          'by a calendar that is a constant');
SELECT * FROM finish();
ROLLBACK;
