-- A help desk as a service manager sees it on a Monday.
\set SHOW_CONTEXT never
SET datestyle = ISO;
SET timezone = 'Europe/Rome';
SET client_min_messages = warning;
SET crm_ext.as_of = '2024-05-31';

-- What the ticket system has: tickets, a log of their changes, messages, people.
CREATE TABLE ticket (id integer PRIMARY KEY, buyer text, opened timestamptz, urgency text, way text);
CREATE TABLE ticket_log (ticket integer, n integer, at timestamptz, state text, agent text, team text);
CREATE TABLE message (id integer, ticket integer, buyer text, at timestamptz, way text, sender text, agent text);
CREATE TABLE agent (agent text, team text, since date);
INSERT INTO agent VALUES ('Ada', 'first line', '2023-01-01'), ('Ben', 'first line', '2024-05-06'),
                         ('Cleo', 'development', '2023-01-01'), ('Dora', 'development', '2023-01-01');
INSERT INTO ticket
SELECT n, 'C' || n * 7 % 12, timestamptz '2024-04-29 08:30' + n * interval '13 hours',
       CASE n % 4 WHEN 0 THEN 'urgent' ELSE 'normal' END,
       CASE n % 3 WHEN 0 THEN 'phone' ELSE 'mail' END
FROM generate_series(1, 40) AS n;
INSERT INTO ticket_log
SELECT id, 1, opened, 'New', NULL, NULL FROM ticket
UNION ALL
SELECT id, 2, opened + interval '2 hours', 'In work', CASE id % 2 WHEN 0 THEN 'Ada' ELSE 'Ben' END, 'first line'
FROM ticket WHERE id < 38
UNION ALL
SELECT id, 3, opened + interval '20 hours', 'In work', 'Cleo', 'development' FROM ticket WHERE id % 5 = 0 AND id < 38
UNION ALL
SELECT id, 4, opened + interval '26 hours', 'Asked back', 'Ada', 'first line' FROM ticket WHERE id % 6 = 0 AND id < 38
UNION ALL
SELECT id, 5, opened + interval '50 hours', 'In work', 'Ada', 'first line' FROM ticket WHERE id % 6 = 0 AND id < 36
UNION ALL
SELECT id, 6, opened + interval '60 hours', 'Solved', 'Ada', 'first line' FROM ticket WHERE id % 7 <> 0 AND id < 36
UNION ALL
SELECT id, 7, opened + interval '90 hours', 'In work', 'Ada', 'first line' FROM ticket WHERE id % 11 = 0 AND id < 36;
INSERT INTO message
SELECT id, id, buyer, opened, way, 'customer', NULL FROM ticket
UNION ALL SELECT 100 + id, id, buyer, opened + interval '1 minute', way, 'robot', NULL FROM ticket
UNION ALL
SELECT 200 + id, id, buyer, opened + id % 9 * interval '4 hours', way, 'agent',
       CASE id % 3 WHEN 0 THEN 'Cleo' WHEN 1 THEN 'Ada' ELSE 'Ben' END
FROM ticket WHERE id % 8 <> 3;

-- Mapped by expressions, as they are.
SELECT crm_create_workspace('crm', '{
    "service_case": {"from": "ticket", "case_id": "id::text", "customer_id": "buyer", "opened_at": "opened",
                     "priority": "urgency", "channel": "way"},
    "case_state": {"from": "ticket_log", "case_id": "ticket::text", "changed_at": "at", "event_no": "n",
                   "status": "state", "staff_id": "agent", "department": "team"},
    "interaction": {"from": "message", "interaction_id": "id", "case_id": "ticket::text", "customer_id": "buyer",
                    "interacted_at": "at", "channel": "way",
                    "direction": "CASE sender WHEN ''customer'' THEN ''in'' ELSE ''out'' END",
                    "actor": "replace(replace(sender, ''agent'', ''staff''), ''robot'', ''machine'')",
                    "staff_id": "agent"},
    "staff": {"from": "agent", "staff_id": "agent", "department": "team", "employed_from": "since"}}', 'Europe/Rome');

-- Which words are not understood? Say what they mean.
SELECT source, check_name, problem_count, example_key
FROM crm.data_quality WHERE problem_count > 0 AND source = 'case_state';
INSERT INTO crm.case_status (status, meaning) VALUES ('In work', 'open'), ('Asked back', 'waiting');
SELECT count(*) FROM crm.data_quality WHERE problem_count > 0 AND check_name = 'unknown_status';

-- Working hours, with the holidays, and what was promised.
UPDATE crm.setting SET calendar = 'Europe/Rome; mon-fri 09:00-18:00; sat 09:00-13:00; closed 2024-05-01';
SELECT calendar FROM crm.setting;
INSERT INTO crm.service_target (priority, first_reply_seconds, resolution_seconds) VALUES
    (NULL, 4 * 3600, 18 * 3600), ('urgent', 3600, 9 * 3600);

-- How fast? Of those answered, and of all.
SELECT measure, dimension, value, case_count AS n, open_count AS open,
       round(p50_business_seconds::numeric / 3600, 2) AS p50,
       round(median_business_seconds::numeric / 3600, 2) AS median,
       round(median_business_low_seconds::numeric / 3600, 2) AS low,
       round(median_business_high_seconds::numeric / 3600, 2) AS high
FROM crm.response_time_by WHERE dimension IN ('all', 'priority') AND measure IN ('first_reply', 'resolution')
ORDER BY 1, 2, 3;
SELECT measure, value, met_count AS met, breached_closed_count AS late, breached_unanswered_count AS unanswered,
       breached_open_count AS overdue, pending_count AS pending, round(attainment_share::numeric, 3) AS share,
       round(closed_only_share::numeric, 3) AS flattered
FROM crm.sla_attainment_by WHERE dimension = 'priority' ORDER BY 1, 2;

-- Who is waiting, and since when is it too late?
SELECT case_id, priority, meaning, owner_id, is_paused AS paused, is_reopened AS reopened, due_at, is_overdue AS overdue
FROM crm.open_case ORDER BY due_at NULLS LAST, case_id::integer LIMIT 8;
SELECT month_on, backlog_start_count AS start, opened_count AS opened, reopened_count AS reopened,
       resolved_count AS resolved, backlog_count AS left, is_complete
FROM crm.case_flow ORDER BY 1;

-- Where does it lie, and who hands it on?
SELECT status, stay_count, round(total_days::numeric, 2) AS days, round(time_share::numeric, 3) AS share
FROM crm.time_in_state ORDER BY 1;
SELECT department_handover_count AS handovers, count(*) FROM crm.handover GROUP BY 1 ORDER BY 1;
SELECT from_department, to_department, handover_count,
       round(median_business_seconds::numeric / 3600, 2) AS median_hours
FROM crm.department_latency ORDER BY 1;

-- At which hours of the week is nobody there?
SELECT count(*) FILTER (WHERE case_count > 0) AS asked, count(*) FILTER (WHERE is_covered) AS covered
FROM crm.service_hours;

-- Everyone serves customers?
SELECT department, staff_count, contact_staff_count, contact_staff_share
FROM crm.staffing_ratio ORDER BY is_total DESC, department;
SELECT period_on, active_count, roster_count, participation_share
FROM crm.staff_participation WHERE period = 'week' AND is_total ORDER BY 1;
SELECT staff_id, reply_count, first_reply_count, round(reply_share::numeric, 3) AS share
FROM crm.responder ORDER BY reply_rank;
SELECT channel, count(*) AS conversations, max(message_count) AS longest FROM crm.conversation GROUP BY 1 ORDER BY 1;

-- Everything adds up.
SELECT view_name, column_name, ledger_total, view_total, left_out_total AS left_out, difference
FROM crm.reconciliation_service;

-- As of a Friday three weeks ago.
SET crm_ext.as_of = '2024-05-10';
SELECT count(*) AS open, count(*) FILTER (WHERE is_overdue) AS overdue FROM crm.open_case;
SET crm_ext.as_of = '2024-05-31';

DROP SCHEMA crm CASCADE;
DROP TABLE ticket, ticket_log, message, agent;
