-- A desk of :cases cases in a year, with :messages messages and some three
-- changes of state a case; two fifths of the first replies come at night.
SET client_min_messages = warning;
SET crm_ext.as_of = '2024-12-31';
DROP SCHEMA IF EXISTS bench CASCADE;
SELECT crm_create_workspace('bench', '{}', 'Europe/Rome', maintain => 'refresh', subjects => '{service}');
INSERT INTO bench.service_target (priority, first_reply_seconds, resolution_seconds)
VALUES (NULL, 14400, 172800), ('high', 3600, 28800);
INSERT INTO bench.staff (staff_id, department, employed_from)
SELECT 's' || n, 'd' || n % 8, date '2023-01-01' + n % 300 FROM generate_series(0, 199) AS n;
INSERT INTO bench.service_case (case_id, customer_id, opened_at, channel, priority)
SELECT 'k' || lpad(n::text, 8, '0'), 'c' || n::bigint * 7919 % (:cases / 5),
       timestamptz '2024-01-01' + n * (interval '360 days' / :cases),
       (ARRAY['mail', 'phone', 'chat', 'web'])[1 + n % 4],
       CASE n % 9 WHEN 0 THEN 'high' WHEN 1 THEN 'low' ELSE 'normal' END
FROM generate_series(1, :cases) AS n;
INSERT INTO bench.case_state (case_id, changed_at, status, staff_id, department, event_no)
SELECT case_id, opened_at + age, status, staff_id,
       CASE WHEN staff_id IS NOT NULL THEN 'd' || right(staff_id, 1)::integer % 8 END, event_no
FROM (SELECT case_id, opened_at, right(case_id, 8)::integer AS n FROM bench.service_case) AS c
CROSS JOIN LATERAL (VALUES
    (1, interval '0', 'new', NULL),
    (2, (n::bigint * 37 % 2000) * interval '1 minute', 'open', 's' || n % 200),
    (3, (3000 + n::bigint * 41 % 9000) * interval '1 minute', CASE n % 5 WHEN 0 THEN 'pending' ELSE 'solved' END,
     's' || n * 3 % 200)
) AS s (event_no, age, status, staff_id)
WHERE n % 20 > 0 OR event_no < 3;
INSERT INTO bench.interaction (interaction_id, customer_id, interacted_at, case_id, channel, direction, actor,
                               staff_id, purpose, is_responded, device)
SELECT n::text, c.customer_id, c.opened_at + (m * 173 + n * 31 % 400) * interval '1 minute', c.case_id, c.channel,
       CASE m % 2 WHEN 0 THEN 'in' ELSE 'out' END, CASE WHEN m = 1 AND n % 3 = 0 THEN 'machine' END,
       CASE WHEN m % 2 = 1 THEN 's' || n * 7 % 200 END, CASE n % 50 WHEN 0 THEN 'offer' ELSE 'support' END, n % 3 = 0,
       (ARRAY['computer', 'telephone'])[1 + n % 2]
FROM (SELECT n, (n - 1) % :cases + 1 AS k, (n - 1) / :cases AS m FROM generate_series(1, :messages) AS n) AS x
JOIN (SELECT *, right(case_id, 8)::integer AS k FROM bench.service_case) AS c USING (k)
ORDER BY 3;
INSERT INTO bench.consent (customer_id, purpose, is_given, given_at)
SELECT 'c' || n, 'offer', n % 4 > 0, '2023-06-01' FROM generate_series(1, :cases / 5) AS n;
INSERT INTO bench.visit (customer_id, purpose, arrived_at)
SELECT 'c' || n % (:cases / 5), CASE n % 3 WHEN 0 THEN 'repair' ELSE 'trial' END,
       timestamptz '2024-01-01' + n * (interval '360 days' / :cases)
FROM generate_series(1, :cases / 2) AS n;
VACUUM ANALYZE;
SELECT crm_refresh('bench', true);
VACUUM ANALYZE;
