-- Service over a made-up desk of 1,000 cases with all that is awkward: merged in
-- chains and circles, states of one instant, without a number, with one that runs
-- backwards, before the opening; machines, notes, replies without a question.
-- What is read in one pass is what the single views say, and totals agree.
BEGIN;
SELECT plan(13);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-12-31';
SELECT setseed(0.5);
SELECT crm_create_workspace('desk', '{}', 'Europe/Rome', maintain => 'refresh', subjects => '{service}');
SET LOCAL search_path = desk, public;
UPDATE setting SET calendar = 'Europe/Rome; mon-fri 09:00-18:00; sat 22:00-06:00; closed 2024-08-15';
INSERT INTO service_target (priority, channel, first_reply_seconds, next_reply_seconds, resolution_seconds,
                            is_business) VALUES
    (NULL, NULL, 14400, 7200, 172800, true), ('high', NULL, 3600, NULL, 28800, false),
    ('high', 'mail', 1800, 900, 3600, NULL);
INSERT INTO service_case (case_id, customer_id, opened_at, channel, priority, opened_by, merged_into, merged_at)
SELECT 'k' || n, CASE WHEN random() < 0.9 THEN 'c' || (random() * 200)::integer END,
       timestamptz '2024-01-02' + random() * interval '360 days',
       (ARRAY['mail', 'phone', NULL])[1 + floor(random() * 3)], (ARRAY['high', 'low', NULL])[1 + floor(random() * 3)],
       (ARRAY['customer', 'staff', 'machine', 'robot'])[1 + floor(random() * 8)],
       CASE WHEN random() < 0.2 THEN 'k' || (random() * 1000)::integer END,
       CASE WHEN random() < 0.5 THEN timestamptz '2024-02-02' + random() * interval '360 days' END
FROM generate_series(1, 1000) AS n;
INSERT INTO case_state (case_id, changed_at, status, staff_id, department, event_no, priority)
SELECT c.case_id, date_trunc('hour', c.opened_at + (random() ^ 3 * 90 - 0.5) * interval '1 day'),
       (ARRAY['new', 'Open', 'pending', 'PENDING', 'solved', 'closed', 'unheard of', 'Solved'])
           [1 + floor(random() * 8)],
       (ARRAY['s1', 's2', 's3', ''])[1 + floor(random() * 5)], (ARRAY['d1', 'd2', ''])[1 + floor(random() * 4)],
       CASE WHEN random() < 0.7 THEN (random() * 6)::integer END,
       CASE WHEN random() < 0.1 THEN (ARRAY['high', 'low'])[1 + floor(random() * 2)] END
FROM service_case AS c CROSS JOIN LATERAL generate_series(1, (random() * 7)::integer + length(c.case_id) * 0) AS m;
INSERT INTO interaction (interaction_id, customer_id, interacted_at, case_id, channel, direction, actor, staff_id,
                         is_public)
SELECT row_number() OVER ()::text, c.customer_id,
       date_trunc('hour', c.opened_at + (random() ^ 2 * 30 - 0.2) * interval '1 day'),
       c.case_id, c.channel, (ARRAY['in', 'out', 'in', 'out', 'note', NULL])[1 + floor(random() * 6)],
       (ARRAY['customer', 'staff', 'machine'])[1 + floor(random() * 8)],
       (ARRAY['s1', 's2', 'S1'])[1 + floor(random() * 4)],
       (ARRAY[true, true, false])[1 + floor(random() * 4)]
FROM service_case AS c CROSS JOIN LATERAL generate_series(1, (random() * 9)::integer + length(c.case_id) * 0) AS m;
-- The last two states of a case at one instant: by the status, solved comes later.
INSERT INTO service_case (case_id, customer_id, opened_at) VALUES ('tie', 'c1', '2024-06-21');
INSERT INTO case_state (case_id, changed_at, status, event_no) VALUES
    ('tie', '2024-06-21 13:00', 'solved', 1), ('tie', '2024-06-21 22:00', 'solved', 3),
    ('tie', '2024-06-21 22:00', 'pending', 3);
ANALYZE;

CREATE VIEW single AS
SELECT 'first_reply' AS measure, case_id, customer_id, month_on, channel, priority, asked_at, replied_at,
       closed_unanswered_at, is_answered, reply_seconds, reply_business_seconds, target_seconds, is_business_target,
       as_of
FROM case_reply
UNION ALL
SELECT 'next_reply', case_id, c.customer_id,
       date_trunc('month', turn.asked_at AT TIME ZONE 'Europe/Rome')::date, c.channel,
       c.priority, turn.asked_at, turn.replied_at, turn.closed_unanswered_at, turn.is_answered, turn.reply_seconds,
       turn.reply_business_seconds, c.next_reply_target_seconds, c.is_business_target, c.as_of
FROM reply_turn AS turn JOIN case_basis AS c USING (case_id)
WHERE NOT turn.is_first
UNION ALL
SELECT CASE cycle_no WHEN 1 THEN 'resolution' ELSE 'reopened' END, case_id, customer_id,
       date_trunc('month', started_at AT TIME ZONE 'Europe/Rome')::date, channel, priority, started_at, resolved_at,
       NULL,
       is_resolved, used_seconds, used_business_seconds, target_seconds, is_business_target, as_of
FROM case_cycle;

CREATE FUNCTION pg_temp.differences(day text, one text, other text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    answer bigint;
BEGIN
    PERFORM set_config('crm_ext.as_of', day, true);
    EXECUTE format('WITH one AS MATERIALIZED (%s), other AS MATERIALIZED (%s)
                    SELECT (SELECT count(*) FROM (TABLE one EXCEPT ALL TABLE other) AS a)
                         + (SELECT count(*) FROM (TABLE other EXCEPT ALL TABLE one) AS b)
                         + 1000000 * (NOT EXISTS (TABLE one))::integer',
                   one, other) INTO answer;
    RETURN answer;
END $$;

SELECT is(pg_temp.differences(day, 'SELECT measure, case_id, customer_id, month_on, channel, priority, started_at,
              ended_at, closed_unanswered_at, is_observed, wait_seconds, wait_business_seconds, target_seconds,
              is_business_target, as_of FROM service_wait', 'SELECT * FROM single'), 0::bigint,
          'waits as of ' || day || ' are those of the single views')
FROM unnest('{2024-03-31,2024-06-30,2024-10-27,2024-12-31}'::text[]) AS day;

-- case_stay goes by window functions; the others read states in one pass.
SELECT is(pg_temp.differences(day,
       'SELECT case_id, cycle_no, started_at, resolved_at, is_paused FROM case_cycle WHERE cycle_no > 1',
       $$SELECT case_id, cycle_no, min(started_at), min(started_at) FILTER (WHERE is_done),
                bool_or(is_last AND meaning = 'waiting')
         FROM case_stay JOIN case_basis USING (case_id) WHERE cycle_no > 1 GROUP BY case_id, cycle_no$$), 0::bigint,
          'cycles as of ' || day || ' are those of the states')
FROM unnest('{2024-06-30,2024-12-31}'::text[]) AS day;
SELECT is(pg_temp.differences(day, 'SELECT case_id, done_at IS NOT NULL FROM case_done',
       'SELECT case_id, is_done FROM case_stay WHERE is_last'), 0::bigint, 'the last state as of ' || day || ' decides')
FROM unnest('{2024-06-30,2024-12-31}'::text[]) AS day;
SELECT is(pg_temp.differences(day,
       'SELECT case_id, stay_no, started_at, ended_at, is_last, status, stay_business_seconds FROM open_stay',
       $$SELECT case_id, stay_no, started_at, ended_at, is_last, status, stay_business_seconds
         FROM case_stay JOIN (SELECT case_id, max(cycle_no) AS cycle_no FROM case_stay GROUP BY case_id) AS last
              USING (case_id, cycle_no)
              JOIN case_done USING (case_id)
         WHERE done_at IS NULL$$), 0::bigint, 'open states as of ' || day || ' are those of the last cycle')
FROM unnest('{2024-06-30,2024-12-31}'::text[]) AS day;
SELECT is((SELECT done_at FROM case_done WHERE case_id = 'tie'), '2024-06-21 22:00'::timestamptz,
          'of two states of one instant the later by number and name');
SELECT set_config('crm_ext.as_of', day, true) FROM unnest('{2024-06-30}'::text[]) AS day;
SELECT is_empty('SELECT * FROM reconciliation_service WHERE difference IS DISTINCT FROM 0', 'totals as of June agree');
SET LOCAL crm_ext.as_of = '2024-12-31';
SELECT is_empty('SELECT * FROM reconciliation_service WHERE difference IS DISTINCT FROM 0', 'and as of December');
SELECT * FROM finish();
ROLLBACK;
