-- Rules of campaigns that complete rows in one order never ask about.
BEGIN;
SELECT plan(16);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'UTC';
SELECT crm_create_workspace('w', '{}', 'UTC', subjects => '{campaign}');
SET LOCAL search_path = w, public;
SET LOCAL crm_ext.as_of = '2024-03-10';

-- One touch, then an order of three rows; another order that counts twice
DELETE FROM purchase;
INSERT INTO conversion (customer_id, kind, converted_at, conversion_count, amount) VALUES
    ('a', 'sale', '2024-03-02 10:00', 1, 10), ('a', 'sale', '2024-03-02 10:00', 0, 5),
    ('a', 'sale', '2024-03-02 10:00', 0, 5), ('b', 'sale', '2024-03-02 10:00', 2, 20);
INSERT INTO touch (campaign_id, channel, customer_id, touched_at) VALUES ('spring', 'mail', 'a', '2024-03-01'),
    ('spring', 'mail', 'b', '2024-03-01');
SELECT results_eq('SELECT touch_count, linear_count, linear_amount FROM attribution WHERE channel = ''mail''
        AND conversion_kind = ''sale''',
    'VALUES (2::bigint, 3::double precision, 40::double precision)', 'a touch counts once for each order');
INSERT INTO campaign (campaign_id, campaign_name) VALUES ('spring', 'Spring');
SELECT results_eq('SELECT cost, attributed_roi FROM campaign_roi WHERE campaign_id = ''spring''',
    'VALUES (NULL::numeric(20,2), NULL::double precision)', 'a cost that nobody knows is not 0');
UPDATE touch SET cost = 0.5 WHERE customer_id = 'a';
SELECT is((SELECT cost FROM campaign_roi WHERE campaign_id = 'spring'), 0.50, 'of what is known it is the sum');

-- What is no conversion ends no path.
DELETE FROM conversion;
DELETE FROM touch;
INSERT INTO touch (touched_at, channel, customer_id) VALUES ('2024-03-01', 'mail', 'A'), ('2024-03-01', 'mail', 'B');
INSERT INTO purchase (purchase_id, customer_id, purchased_at, amount, events) VALUES ('p1', 'A', '2024-03-02', 10, 1),
    ('p2', 'B', '2024-03-02', 10, 0);
SELECT is((SELECT max(conversion_share) FROM attribution_markov), 0.5::double precision,
    'attribution_markov: one of two paths');

-- Who likes, views or clicks passes nothing on; what nobody knows the kind of may.
INSERT INTO touch (touch_id, campaign_id, kind, parent_id, touched_at) VALUES
    ('p', 'push', 'post', NULL, '2024-03-01 10:00'), ('p1', 'push', NULL, 'p', '2024-03-01 11:00'),
    ('p2', 'push', 'odd', 'p1', '2024-03-01 12:00'), ('q', 'push', 'post', NULL, '2024-03-01 10:00'),
    ('q1', 'push', 'View', 'q', '2024-03-01 10:01'), ('q2', 'push', 'reply', 'q1', '2024-03-01 10:02');
INSERT INTO touch (touch_id, campaign_id, kind, parent_id, touched_at)
SELECT 'like' || n, 'push', (ARRAY['like', 'view', 'click'])[1 + n % 3], 'q',
       timestamptz '2024-03-01 10:05' + n * interval '1 minute'
FROM generate_series(1, 100) AS n;
SELECT results_eq('SELECT root_id, is_root_known, node_count, depth, breadth, structural_virality, max_child_count,
        half_seconds, peak_hour_count FROM cascade WHERE campaign_id = ''push'' ORDER BY 1',
    $$VALUES ('p', true, 3::bigint, 2, 1::bigint, 4 / 3.0::double precision, 1::bigint, 3600::double precision,
            1::bigint),
        ('q', true, 1, 0, 1, NULL, 0, NULL, 0), ('q2', false, 1, 0, 1, NULL, 0, NULL, 0)$$,
    'cascade: a hundred likes, views and clicks are none of it');
SELECT is((SELECT touch_count FROM campaign_reach WHERE campaign_id = 'push'), 106::bigint, 'touches they are');

-- A day that was named is meant whole; today still goes on.
DELETE FROM mention;
INSERT INTO mention (brand, mentioned_at) VALUES ('us', '2024-03-09 12:00'), ('us', '2024-03-10 12:00');
SELECT results_eq('SELECT DISTINCT mentioned_on, is_complete FROM share_of_voice ORDER BY 1',
    $$VALUES (date '2024-03-09', true), ('2024-03-10', true)$$, 'share_of_voice: on a day that was named');
SELECT is(crm_over_on('UTC'), '2024-03-10', 'which is over');
SET LOCAL crm_ext.as_of = '';
INSERT INTO mention (brand, mentioned_at) VALUES ('us', now() - interval '24 hours'), ('us', now());
SELECT results_eq('SELECT DISTINCT as_of - mentioned_on, is_complete FROM share_of_voice
        WHERE mentioned_on >= as_of - 1 ORDER BY 1', 'VALUES (0, false), (1, true)', 'today is not');
SELECT is(crm_over_on(zone), (now() AT TIME ZONE zone)::date - 1, format('but yesterday is, in %s', zone))
FROM unnest('{Etc/GMT+12,Pacific/Kiritimati}'::text[]) AS zone;
SET LOCAL crm_ext.as_of = '2024-03-10';

-- The ends of a window belong to it; what is a microsecond off does not.
DELETE FROM conversion;
DELETE FROM touch;
INSERT INTO touch (touched_at, channel, customer_id)
SELECT at, channel, 'edge'
FROM (VALUES ('-infinity'::timestamptz, 'never'), ('2024-02-29 23:59:59.999999', 'before'), ('2024-03-01', 'first'),
             ('2024-03-01', 'first too'), ('2024-03-02', 'last'), ('2024-03-02 00:00:00.000001', 'after'))
     AS t (at, channel);
INSERT INTO conversion (customer_id, kind, converted_at) VALUES ('edge', 'sale', '2024-03-02'),
    ('nobody', 'sale', '2024-03-02'), ('edge', 'odd', '-infinity');
CREATE TEMPORARY VIEW credited AS
SELECT string_agg(format('%s %s', channel, touch_count), ', ' ORDER BY channel COLLATE "C") AS channels
FROM attribution WHERE conversion_kind IN ('sale', 'odd');
UPDATE setting SET attribution_window_days = 1;
SELECT is(channels, 'first 1, first too 1, last 1, none 0, none 0', 'a window of a day') FROM credited;
UPDATE setting SET attribution_window_days = 0;
SELECT is(channels, 'last 1, none 0, none 0', 'of none') FROM credited;
UPDATE setting SET attribution_window_days = NULL;
SELECT is(channels, 'before 1, first 1, first too 1, last 1, none 0, none 0', 'and without one') FROM credited;
UPDATE setting SET attribution_window_days = 36525;
UPDATE touch SET touched_at = '4713-01-01 BC' WHERE channel = 'last';
UPDATE conversion SET converted_at = '4713-01-01 BC' WHERE kind = 'odd';
SELECT is(channels, 'before 1, first 1, first too 1, last 1, none 0', 'a window may begin before all instants')
FROM credited;
UPDATE setting SET attribution_window_days = DEFAULT;

-- Touches of no campaign say nothing of one that touched nobody.
DELETE FROM campaign;
INSERT INTO campaign (campaign_id) VALUES ('quiet');
SELECT results_eq('SELECT campaign_id, customer_count FROM campaign_roi', $$VALUES ('quiet', 0::bigint)$$,
    'a campaign without a touch is there once');
SELECT * FROM finish();
ROLLBACK;
