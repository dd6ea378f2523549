-- A shop with something of every subject, to be looked at: 300 customers over
-- two years, the same on every run. All chance comes from hashes.
SET client_min_messages = warning;
SET crm_ext.as_of = '2024-12-31';
ALTER DATABASE :"DBNAME" SET crm_ext.as_of = '2024-12-31';

SELECT crm_create_workspace('crm', subjects => ARRAY(SELECT subject FROM crm_subjects()));

-- Uniform in 0..999.
CREATE FUNCTION pg_temp.u(key bigint, salt integer) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN mod(hashint8extended(key, salt) & 1048575, 1000)::integer;
CREATE FUNCTION pg_temp.day(key bigint, salt integer) RETURNS timestamptz LANGUAGE sql IMMUTABLE
RETURN timestamptz '2023-01-01 09:00+00' + pg_temp.u(key, salt) * interval '17 hours 31 minutes';

INSERT INTO crm.customer (customer_id, customer_name, email, region, registered_at, birth_on, gender, acquired_through,
                          referred_by)
SELECT 'c' || n, 'Client ' || n, CASE WHEN n % 7 > 0 THEN 'client' || n || '@example.com' END,
       (ARRAY['north', 'south', 'west', 'east'])[1 + n % 4],
       timestamptz '2023-01-01' + (n * 2) * interval '1 day',
       CASE WHEN n % 6 > 0 THEN date '2004-07-01' - n * 61 END, (ARRAY['f', 'm'])[1 + n % 2],
       (ARRAY['web', 'friend', 'shop'])[1 + n % 3], CASE WHEN n % 5 = 0 THEN 'c' || n / 5 END
FROM generate_series(1, 300) AS n;
-- Two with the e-mail address of another.
INSERT INTO crm.customer (customer_id, email, registered_at) VALUES
    ('d1', 'CLIENT1@example.com', '2024-10-17'), ('d2', 'client2@example.com', '2024-10-16 23:59:59+00');
INSERT INTO crm.member (customer_id, registered_at) VALUES ('d1', '2024-10-17'), ('d2', '2024-10-16');
INSERT INTO crm.product VALUES
    ('p1', 'Phone 1', 'phones', NULL), ('p2', 'Phone 2', 'phones', 'p1'), ('case', 'Case', 'accessories', NULL),
    ('buds', 'Buds', 'audio', NULL), ('plan', 'Plan', 'contracts', NULL);
INSERT INTO crm.purchase (purchase_id, customer_id, purchased_at, amount, product_id, quantity, cost_amount,
                          sales_channel)
SELECT n * 100 + k, 'c' || n,
       least(timestamptz '2023-01-03 10:00+00' + (n * 2 + k * (15 + n % 50)) * interval '1 day',
             timestamptz '2024-12-30 10:00+00'),
       price, product, 1, price * 0.6, (ARRAY['web', 'carrier', 'shop'])[1 + (n + k) % 3]
FROM generate_series(1, 280) AS n, generate_series(0, pg_temp.u(n, 1) / 110) AS k,
     LATERAL (SELECT (ARRAY['p1', 'case', 'p2', 'buds', 'plan'])[1 + pg_temp.u(n * 100 + k, 2) % 5] AS product) AS p,
     LATERAL (SELECT (CASE product WHEN 'p1' THEN 300 WHEN 'p2' THEN 400 WHEN 'case' THEN 20 WHEN 'buds' THEN 90
                                   ELSE 45 END)::numeric AS price) AS q;
INSERT INTO crm.goal (family, metric, period_start, period_end, target, department) VALUES
    ('value', 'revenue', '2024-01-01', '2024-12-31', 60000, NULL),
    ('value', 'orders', '2024-01-01', '2024-06-30', 200, 'shop');

-- Service
INSERT INTO crm.staff (staff_id, staff_name, department, employed_from, mentor_id)
SELECT 's' || n, 'Staff ' || n, (ARRAY['desk', 'workshop'])[1 + n % 2], date '2022-06-01' + n * 60,
       CASE WHEN n > 4 THEN 's1' END
FROM generate_series(1, 8) AS n;
INSERT INTO crm.service_target (first_reply_seconds, resolution_seconds, is_business) VALUES
    (4 * 3600, 3 * 86400, false);
INSERT INTO crm.service_case (case_id, customer_id, opened_at, channel, priority, product_id)
SELECT 't' || n, 'c' || 1 + n * 7 % 300,
       date_trunc('day', pg_temp.day(n, 3)
                         + CASE WHEN n % 5 > 0 AND extract(isodow FROM pg_temp.day(n, 3)) > 5 THEN interval '2 days'
                           ELSE interval '0' END)
       + ((ARRAY[8, 9, 10, 10, 11, 13, 15, 17, 20, 9])[1 + pg_temp.u(n, 4) % 10] * interval '1 hour'),
       (ARRAY['chat', 'mail', 'phone'])[1 + n % 3], (ARRAY['high', 'low'])[1 + n % 2],
       (ARRAY['p1', 'p2', 'buds'])[1 + n % 3]
FROM generate_series(1, 600) AS n;
INSERT INTO crm.case_state (case_id, changed_at, status, staff_id, department, priority, support_line)
SELECT case_id, opened_at, 'new', NULL, NULL, NULL, 1 FROM crm.service_case
UNION ALL
SELECT case_id, opened_at + (1 + pg_temp.u(substr(case_id, 2)::bigint, 5) % 9) * interval '1 hour', 'open',
       's' || 1 + substr(case_id, 2)::integer % 8, 'desk',
       CASE WHEN substr(case_id, 2)::integer % 11 = 0 THEN 'high' END, 1 + (substr(case_id, 2)::integer % 6) / 4
FROM crm.service_case
UNION ALL
SELECT case_id, opened_at + (20 + pg_temp.u(substr(case_id, 2)::bigint, 6) % 200) * interval '1 hour', 'resolved',
       's' || 1 + substr(case_id, 2)::integer % 8, 'workshop', NULL, NULL
FROM crm.service_case WHERE substr(case_id, 2)::integer % 9 > 0;
UPDATE crm.service_case SET merged_into = 't' || 1 + substr(case_id, 2)::integer % 200,
       merged_at = CASE WHEN case_id > 't3' THEN '2024-10-17 00:00+00'::timestamptz ELSE opened_at END
WHERE case_id LIKE '%7';
INSERT INTO crm.interaction (customer_id, interacted_at, channel, case_id, direction, actor, is_responded, purpose,
                             staff_id, device)
SELECT customer_id, opened_at, channel, case_id, 'in', 'customer', true,
       (ARRAY['question', 'complaint'])[1 + substr(case_id, 2)::integer % 2], NULL, 'phone'
FROM crm.service_case
UNION ALL
SELECT customer_id, opened_at + (1 + pg_temp.u(substr(case_id, 2)::bigint, 7) % 12) * interval '40 minutes', channel,
       case_id, 'out', 'staff', NULL, NULL, 's' || 1 + substr(case_id, 2)::integer % 8, NULL
FROM crm.service_case WHERE substr(case_id, 2)::integer % 8 > 0
UNION ALL
SELECT 'c' || n, timestamptz '2024-02-01 11:00+00' + n * interval '3 days', 'mail', NULL, 'out', 'staff', n % 5 = 0,
       'offer', 's' || 1 + n % 8, NULL
FROM generate_series(1, 100) AS n;
INSERT INTO crm.reply_policy (policy) VALUES ('tone');
INSERT INTO crm.training (staff_id, policy, trained_on, expires_on) VALUES
    ('s1', 'tone', '2024-03-01', '2024-10-17'), ('s2', 'tone', '2024-10-17', NULL);
INSERT INTO crm.site VALUES ('n1', 'north', '2022-01-01', NULL), ('s1', 'south', '2023-06-01', NULL);
INSERT INTO crm.visit (customer_id, site_id, purpose, arrived_at, left_at)
SELECT 'c' || 1 + n * 11 % 300, 'n1', (ARRAY['repair', 'pick-up', 'care'])[1 + n % 3], pg_temp.day(n, 8),
       pg_temp.day(n, 8) + interval '35 minutes'
FROM generate_series(1, 160) AS n;
INSERT INTO crm.consent (customer_id, channel, purpose, is_given, given_at)
SELECT 'c' || n, 'mail', 'offers', n % 4 > 0, '2023-01-02' FROM generate_series(1, 300, 2) AS n
UNION ALL
SELECT 'c' || n, 'mail', 'offer', n % 3 > 0, timestamptz '2024-01-01' + n * interval '4 days'
FROM generate_series(1, 100, 2) AS n;

-- Campaigns
INSERT INTO crm.campaign VALUES
    ('spring', 'Spring', '2024-03-01', '2024-05-31', 800), ('autumn', 'Autumn', '2024-09-01', '2024-11-30', 1200),
    ('talk', 'Talk', '2024-09-01', NULL, 100);
INSERT INTO crm.arm_kind (arm, is_holdout) VALUES ('held out', true) ON CONFLICT DO NOTHING;
INSERT INTO crm.touch (touch_id, touched_at, campaign_id, channel, customer_id, kind, arm, cost)
SELECT row_number() OVER (), at, campaign, channel, customer,
       CASE WHEN arm = 'held out' THEN NULL ELSE 'click' END, arm, 0.2
FROM (
    SELECT (CASE WHEN n % 2 = 0 THEN timestamptz '2024-03-01' ELSE '2024-09-01' END)
           + (n * 13 % 80) * interval '1 day' AS at,
           CASE WHEN n % 2 = 0 THEN 'spring' ELSE 'autumn' END AS campaign,
           (ARRAY['mail', 'search', 'social', 'display'])[1 + pg_temp.u(n, 9) % 4] AS channel,
           'c' || 1 + n % 300 AS customer,
           CASE WHEN (1 + n % 300) % 3 = 0 THEN 'held out'
                ELSE (ARRAY['short', 'long'])[1 + (1 + n % 300) % 2] END AS arm
    FROM generate_series(1, 900) AS n
) AS made;
-- Posts, and who passes them on or answers.
INSERT INTO crm.touch (touch_id, touched_at, campaign_id, channel, customer_id, kind, parent_id)
SELECT 1000 + n, timestamptz '2024-09-10' + n * interval '19 hours', 'talk', 'social', 'c' || n,
       CASE WHEN n <= 4 THEN 'post' ELSE (ARRAY['share', 'reply'])[1 + n % 2] END,
       CASE WHEN n > 4 THEN 1000 + n / 3 END
FROM generate_series(1, 60) AS n;
INSERT INTO crm.conversion (conversion_id, converted_at, customer_id, kind, amount)
SELECT 'v' || n,
       CASE WHEN n % 2 = 1 THEN timestamptz '2024-05-25' ELSE timestamptz '2024-11-25' END + n * interval '1 hour',
       'c' || n, 'sign-up', 5
FROM generate_series(1, 300) AS n WHERE pg_temp.u(n, 18) < CASE WHEN n % 3 = 0 THEN 200 ELSE 430 + 60 * (n % 2) END;
INSERT INTO crm.mention (mention_id, mentioned_at, brand, is_own, channel, sentiment)
SELECT 'm' || n, timestamptz '2024-10-01' + n * interval '2 hours',
       (ARRAY['ours', 'theirs', 'another'])[1 + pg_temp.u(n, 10) % 3], pg_temp.u(n, 10) % 3 = 0, 'forum',
       (ARRAY['positive', 'neutral', 'negative'])[1 + pg_temp.u(n, 11) % 3]
FROM generate_series(1, 1000) AS n;
INSERT INTO crm.referral (customer_id, referrer_id, referred_at)
SELECT 'c' || n, 'c' || n / 5, timestamptz '2023-01-01' + n * interval '2 days'
FROM generate_series(10, 300, 5) AS n;
INSERT INTO crm.self_service (served_at, direct_count, view_count)
SELECT d, 4, 60 FROM generate_series(timestamptz '2024-01-01', '2024-12-01', '1 week') AS d;

-- Plans and costs
INSERT INTO crm.plan_line (kind, period_start, product_id, quantity, price)
SELECT 'sales', m::date, product, quantity, price
FROM generate_series(timestamp '2024-01-01', '2024-12-01', '1 month') AS m,
     (VALUES ('p1', 14, 300), ('p2', 12, 380), ('case', 16, 22), ('buds', 12, 90),
             ('plan', 15, 45)) AS p (product, quantity, price);
INSERT INTO crm.plan_line (kind, period_start, department, amount)
SELECT 'service', m::date, 'desk', 200 FROM generate_series(timestamp '2024-01-01', '2024-12-01', '1 month') AS m;
INSERT INTO crm.cost (occurred_at, kind, amount, customer_id, department)
SELECT opened_at, 'service', 6 + pg_temp.u(substr(case_id, 2)::bigint, 12) % 9, customer_id, 'desk'
FROM crm.service_case;
INSERT INTO crm.forecast (metric, made_on, period_start, amount)
SELECT 'revenue', (m - interval '20 days')::date, m::date, 5000 + 40 * extract(month FROM m)
FROM generate_series(timestamp '2024-01-01', '2024-12-01', '1 month') AS m;
INSERT INTO crm.metric_actual (metric, measured_at, amount)
SELECT 'energy', timestamptz '2024-01-01' + n * interval '7 days', n FROM generate_series(1, 50) AS n;
INSERT INTO crm.customer_tag (customer_id, tag, tagged_at)
SELECT 'c' || n, (ARRAY['runner', 'gamer'])[1 + n % 2], '2023-06-01' FROM generate_series(1, 300, 3) AS n;
INSERT INTO crm.wallet (customer_id, brand, is_own, category, amount, stated_at)
SELECT 'c' || n, brand, brand = 'ours', 'phones', 40 + pg_temp.u(n, length(brand)) / 5, '2024-06-01'
FROM generate_series(1, 300, 4) AS n, unnest('{ours,theirs}'::text[]) AS brand;
INSERT INTO crm.playbook VALUES
    ('stage', 'departed', 'win back', 14), ('stage', 'declining', 'call', 7), ('outcome', 'negative', 'ask why', 3);
SELECT crm_set_target('crm', 'young', 'age_years < 35');

-- What they say
INSERT INTO crm.module (module_id, module_name) VALUES ('buy', 'Buying'), ('use', 'Using') ON CONFLICT DO NOTHING;
INSERT INTO crm.touchpoint (touchpoint_id, touchpoint_name, module_id, parent_id) VALUES
    ('shop', 'Shop', 'buy', NULL), ('delivery', 'Delivery', 'buy', NULL), ('app', 'App', 'use', NULL),
    ('support', 'Support', 'use', NULL), ('counter', 'Counter', 'buy', 'shop')
ON CONFLICT DO NOTHING;
INSERT INTO crm.angle (angle_id, angle_name) VALUES ('speed', 'Speed'), ('tone', 'Tone');
INSERT INTO crm.rating (customer_id, touchpoint_id, angle, level, score, rated_at)
SELECT 'c' || n, place, (ARRAY['speed', 'tone'])[1 + n % 2], level,
       least(10, greatest(1, CASE level WHEN 'expected' THEN 7 ELSE 7 + shift END
                             + pg_temp.u(n * 10 + length(place), 13 + length(level)) % 4 - 1)),
       timestamptz '2024-01-05' + (n * 5 + length(place)) % 350 * interval '1 day'
FROM generate_series(1, 300) AS n,
     (VALUES ('shop', 1), ('delivery', -2), ('app', 0), ('support', -1), ('counter', 0)) AS t (place, shift),
     unnest('{expected,actual}'::text[]) AS level
UNION ALL
SELECT 'c' || n, NULL, NULL, 'recommend', n % 11, timestamptz '2024-03-01' + n * interval '4 days'
FROM generate_series(1, 60) AS n;
INSERT INTO crm.survey (survey_id, kind, customer_id, sent_at, answered_at)
SELECT 'n' || n, 'nps', 'c' || 1 + n % 300, timestamptz '2024-01-01' + n * interval '14 hours',
       CASE WHEN n % 3 > 0 THEN timestamptz '2024-01-01' + n * interval '14 hours' + interval '2 hours' END
FROM generate_series(1, 600) AS n
UNION ALL
SELECT 'q' || n, 'plebiscite', 'c' || n, '2024-06-01', '2024-06-02' FROM generate_series(1, 200) AS n;
INSERT INTO crm.survey (survey_id, kind, customer_id, sent_at, answered_at, touchpoint_id)
SELECT 'o' || n, (ARRAY['csat', 'ces'])[1 + n % 2], 'c' || 1 + n % 300, timestamptz '2024-02-01' + n * interval '1 day',
       timestamptz '2024-02-01 03:00+00' + n * interval '25 hours', (ARRAY['shop', 'delivery', 'support'])[1 + n % 3]
FROM generate_series(1, 320) AS n;
INSERT INTO crm.survey_answer (survey_id, question, score, answer, customer_id)
SELECT 'n' || n, 'recommend', least(10, 3 + (pg_temp.u(n, 14) % 8) + n / 300), NULL, 'c' || 1 + n % 300
FROM generate_series(1, 600) AS n WHERE n % 3 > 0
UNION ALL
SELECT 'q' || n, 'what to build next', NULL,
       (ARRAY['battery', 'camera', 'price', 'battery', 'dk'])[1 + pg_temp.u(n, 15) % 5], 'c' || n
FROM generate_series(1, 200) AS n
UNION ALL
SELECT 'o' || n, 'how was it', 1 + pg_temp.u(n, 19) % 5, NULL, 'c' || 1 + n % 300 FROM generate_series(1, 320) AS n;
INSERT INTO crm.action (touchpoint_id, finding, owner, found_on, due_on, done_on) VALUES
    ('delivery', 'parcels come late', 's1', '2024-08-01', '2024-10-01', NULL),
    ('support', 'nobody calls back', 's2', '2024-06-01', '2024-08-01', '2024-07-15');
INSERT INTO crm.maturity (practice, level, declared_on) VALUES
    ('listening', 'project', '2024-05-01'), ('acting', 'none', '2024-11-01');

-- The community, and events
INSERT INTO crm.post (post_id, posted_at, customer_id, parent_id, kind, is_accepted, tags, title)
SELECT 'a' || n, pg_temp.day(n, 16), 'c' || 1 + n * 3 % 300, NULL, 'question', NULL, 'battery',
       (ARRAY['battery', 'camera', 'screen'])[1 + pg_temp.u(n, 20) % 3] || ' ' || (ARRAY['broken', 'slow'])[1 + n % 2]
FROM generate_series(1, 300) AS n
UNION ALL
SELECT 'b' || n, pg_temp.day(n, 16) + interval '5 hours', 'c' || 1 + n * 17 % 90, 'a' || n, 'answer', n % 3 = 0, NULL,
       NULL
FROM generate_series(1, 300) AS n WHERE n % 4 > 0;
INSERT INTO crm.reaction (post_id, customer_id, kind, reacted_at)
SELECT 'a' || n, 'c' || n, 'like', timestamptz '2024-09-20' + n * interval '1 day' FROM generate_series(1, 60) AS n;
INSERT INTO crm.release (release_id, product_id, series, kind, planned_on, released_on) VALUES
    ('r0', 'p1', 'r', 'final', '2024-05-01', '2024-05-01'), ('r1', 'p1', 'r', 'beta', '2024-06-01', '2024-06-03'),
    ('r2', 'p1', 'r', 'final', '2024-10-10', '2024-10-17');
INSERT INTO crm.idea (idea_id, submitted_at, customer_id, kind, product_id, release_id)
SELECT 'i' || n, timestamptz '2024-06-01 09:00+00' + n * interval '4 days', 'c' || n, 'idea', 'p1', 'r' || n % 3
FROM generate_series(1, 40) AS n;
INSERT INTO crm.idea_state (idea_id, changed_at, state)
SELECT idea_id, submitted_at + k * interval '30 days', (ARRAY['accepted', 'done'])[k]
FROM crm.idea, generate_series(1, 2) AS k WHERE idea_id LIKE '%2';
INSERT INTO crm.program_member (program, customer_id, joined_on, left_on)
SELECT 'beta', 'c' || n, date '2024-09-20' + n, date '2024-10-10' + n FROM generate_series(1, 40) AS n;
INSERT INTO crm.event (event_id, kind, starts_at, city)
SELECT 'e' || n, 'meetup', timestamptz '2023-02-01 18:00+00' + n * interval '40 days', 'north'
FROM generate_series(1, 16) AS n;
INSERT INTO crm.attendance (event_id, customer_id, response, replied_at, is_present)
SELECT 'e' || n, 'c' || k, CASE WHEN pg_temp.u(n * 1000 + k, 17) < 700 THEN 'yes' ELSE 'no' END,
       timestamptz '2023-01-25' + n * interval '40 days', pg_temp.u(n * 1000 + k, 17) < 600
FROM generate_series(1, 16) AS n, generate_series(1, 300, 4) AS k WHERE (n + k) % 3 = 0;

SELECT crm_refit('crm', '2024-03-31'), crm_refit('crm', '2024-09-30'), crm_refit('crm', '2024-12-31') \g /dev/null
SELECT crm_snapshot('crm', '2024-03-31'), crm_snapshot('crm', '2024-09-30'), crm_snapshot('crm', '2024-12-31')
\g /dev/null
