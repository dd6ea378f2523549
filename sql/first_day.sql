-- The first day with a shop that has everything: who its customers are, what
-- they buy, how they are served, what they say, and what it earns.
\set SHOW_CONTEXT never
SET datestyle = ISO;
SET client_min_messages = warning;
SET crm_ext.as_of = '2024-12-31';
CREATE SCHEMA shop;
CREATE TABLE shop.client AS
SELECT 'c' || lpad(n::text, 3, '0') AS id, 'client' || CASE n WHEN 40 THEN 1 ELSE n END || '@example.com' AS mail,
       (ARRAY['north', 'south', 'west'])[1 + n % 3] AS region, date '2023-12-01' + n * 3 AS joined,
       CASE WHEN n % 5 > 0 THEN date '2008-07-01' - n * 200 END AS born, (ARRAY['web', 'friend'])[1 + n % 2] AS won_by
FROM generate_series(1, 60) AS n;
CREATE TABLE shop.article (code text, title text, line text, follows text);
INSERT INTO shop.article VALUES
    ('p1', 'Phone 1', 'phones', NULL), ('p2', 'Phone 2', 'phones', 'p1'), ('case', 'Case', 'accessories', NULL);
CREATE TABLE shop.sale AS
SELECT row_number() OVER (ORDER BY n, k) AS id, 'c' || lpad(n::text, 3, '0') AS client,
       date '2024-01-05' + (n * 5 + k * (20 + n % 40)) % 360 AS day,
       (ARRAY['p1', 'case', 'p2'])[1 + k % 3] AS article, (ARRAY[300, 20, 400])[1 + k % 3]::numeric(12, 2) AS total,
       (ARRAY[200, 5, 250])[1 + k % 3]::numeric(12, 2) AS paid, (ARRAY['web', 'carrier'])[1 + (n + k) % 2] AS sold_by
FROM generate_series(1, 50) AS n, generate_series(0, n % 5) AS k;
CREATE TABLE shop.ticket AS
SELECT 't' || n AS id, 'c' || lpad((n * 7 % 60 + 1)::text, 3, '0') AS client,
       timestamptz '2024-11-04 08:00+00' + n * interval '1 day 3 hours' AS opened
FROM generate_series(1, 40) AS n;
CREATE TABLE shop.ticket_state AS
SELECT id AS ticket, opened AS at, 'new' AS status FROM shop.ticket
UNION ALL SELECT id, opened + interval '26 hours', 'resolved' FROM shop.ticket WHERE substr(id, 2)::integer % 4 > 0;
CREATE TABLE shop.message AS
SELECT id AS ticket, client, opened AS at, 'in' AS direction, 'customer' AS actor FROM shop.ticket
UNION ALL
SELECT id, client, opened + interval '5 hours', 'out', 'staff' FROM shop.ticket WHERE substr(id, 2)::integer % 5 > 0;
CREATE TABLE shop.score AS
SELECT 'c' || lpad(n::text, 3, '0') AS client, place, level, date '2024-10-01' + n AS day,
       CASE level WHEN 'recommend' THEN (n * 7 % 11)::double precision WHEN 'expected' THEN 7
       ELSE 5 + (n + length(place)) % 5 END AS score
FROM generate_series(1, 50) AS n, unnest('{till,delivery}'::text[]) AS place,
     unnest('{expected,actual,recommend}'::text[]) AS level
WHERE level <> 'recommend' OR place = 'till';

-- One call. What is not mapped becomes a table to fill.
SELECT crm_create_workspace('crm', '{
    "customer": {"from": "shop.client", "customer_id": "id", "email": "mail", "region": "region",
                 "registered_at": "joined", "birth_on": "born", "acquired_through": "won_by"},
    "purchase": {"from": "shop.sale", "purchase_id": "id", "customer_id": "client", "purchased_at": "day",
                 "amount": "total", "cost_amount": "paid", "product_id": "article", "quantity": "1",
                 "sales_channel": "sold_by"},
    "product": {"from": "shop.article", "product_id": "code", "product_name": "title", "line": "line",
                "successor_of": "follows"},
    "interaction": {"from": "shop.message", "customer_id": "client", "interacted_at": "at", "channel": "''chat''",
                    "case_id": "ticket", "direction": "direction", "actor": "actor",
                    "is_responded": "direction = ''in''"},
    "service_case": {"from": "shop.ticket", "case_id": "id", "customer_id": "client", "opened_at": "opened"},
    "case_state": {"from": "shop.ticket_state", "case_id": "ticket", "changed_at": "at", "status": "status"},
    "rating": {"from": "shop.score", "customer_id": "client", "touchpoint_id": "place", "level": "level",
               "score": "score", "rated_at": "day"}
}', subjects => '{community,event,campaign,plan,profile,programme}');
SELECT crm_snapshot('crm');

-- Who they are
SELECT source, check_name, problem_count
FROM crm.data_quality WHERE problem_count > 0 AND severity <> 'info' ORDER BY 1, 2;
SELECT kind, normal_value, customer_id FROM crm.identity_duplicate ORDER BY 3;
SELECT age_band, customer_count FROM crm.age_mix ORDER BY age_band_order;
SELECT crm_set_target('crm', 'young', 'age_years < 35');
SELECT target_name, customer_count, buyer_count, round(amount_share::numeric, 4) AS amount_share
FROM crm.target_penetration;
SELECT stage, customer_count, amount FROM crm.lifecycle_summary ORDER BY stage_order;
SELECT is_prospect, count(*) FROM crm.customer_360 GROUP BY 1 ORDER BY 1;

-- What they buy
SELECT line_a, line_b, both_count, later_count, round(lift::numeric, 4) AS lift FROM crm.cross_sell ORDER BY 1;
SELECT successor_id, sum(owner_count) AS owner_count, sum(upgrade_count) AS upgrade_count
FROM crm.upgrade_uptake GROUP BY 1;
SELECT sum(buyer_count) AS buyer_count, sum(repeat_count) AS repeat_count FROM crm.repeat_rate;
SELECT sales_channel, sum(amount) AS amount FROM crm.sales_channel_monthly GROUP BY 1 ORDER BY 1;

-- How they are served: by the clock of the median, the unanswered waiting still
SELECT month_on, opened_count, resolved_count, backlog_count FROM crm.case_flow ORDER BY 1;
SELECT count(*) AS open_count FROM crm.open_case;
SELECT measure, round(value::numeric, 4) AS value
FROM crm.report_service
WHERE month_on = '2024-12-01' AND measure IN ('interactions', 'responded_share', 'cases_opened', 'case_backlog')
ORDER BY measure_order;

-- What they say
SELECT touchpoint_id, pair_count, gap, outcome
FROM crm.gap_monthly AS g JOIN crm.touchpoint_weight AS t ON t.touchpoint_id = g.node_id
WHERE month_on = '2024-10-01' AND level_name = 'touchpoint' ORDER BY 1;
SELECT month_on, answer_count, promoter_count, detractor_count, round(nps::numeric, 2) AS nps
FROM crm.nps_monthly WHERE answer_count > 0 ORDER BY 1;
SELECT touchpoint_id, verdict FROM crm.experience_review ORDER BY 1;
INSERT INTO crm.action (touchpoint_id, finding, owner, found_on, due_on) VALUES
    ('till', 'queues at noon', 'ann', '2024-11-20', '2024-12-20');
SELECT touchpoint_id, status FROM crm.action_status;

-- What it earns, against the plan
INSERT INTO crm.plan_line (kind, period_start, product_id, quantity, price) VALUES
    ('sales', '2024-11-01', 'p1', 6, 300), ('sales', '2024-11-01', 'p2', 4, 420),
    ('sales', '2024-11-01', 'case', 4, 20);
INSERT INTO crm.cost (occurred_at, kind, amount, customer_id) SELECT opened, 'service', 12, client FROM shop.ticket;
SELECT plan_amount, actual_amount, variance, round(price_variance, 2) AS price, round(volume_variance, 2) AS volume,
       round(mix_variance, 2) AS mix
FROM crm.plan_variance_total WHERE kind = 'sales';
SELECT measure, round(value::numeric, 4) AS value, round(prior_month_value::numeric, 4) AS before, is_complete
FROM crm.report_finance WHERE month_on = '2024-12-01' ORDER BY measure_order;
SELECT dimension_value AS region, customer_count, margin_amount, cost_to_serve, profit_amount
FROM crm.segment_economics WHERE dimension = 'region' ORDER BY 1;

-- What to do next
INSERT INTO crm.playbook VALUES ('stage', 'departed', 'win back', 14), ('outcome', 'negative', 'ask why', 3);
SELECT dimension, action, count(*), min(due_on) AS due_on FROM crm.next_action GROUP BY 1, 2 ORDER BY 1;

-- Do the figures agree with each other?
SELECT view_name, column_name, difference FROM crm.reconciliation WHERE difference <> 0;
SELECT crm_drop_workspace('crm');
DROP SCHEMA shop CASCADE;
