-- Views of campaigns over touches of which every figure can be counted by hand, in the night that has an hour twice.
BEGIN;
SELECT plan(3);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-10-31';

SELECT crm_create_workspace('push', '{}', 'Europe/Rome', subjects => '{campaign}');
INSERT INTO push.touch (touch_id, campaign_id, customer_id, actor, kind, arm, cost, touched_at) VALUES
    ('1', 'k', 'ann', NULL, 'post', NULL, 1.5, '2024-10-27 00:10Z'),    -- ten past two
    ('2', 'k', 'bob', '@b', 'repost', NULL, NULL, '2024-10-27 01:50Z'), -- ten to three, after the clock went back
    ('3', 'k', 'ann', NULL, 'Like', NULL, 0.5, '2024-10-27 02:05Z'),
    ('4', 'k', 'ann', NULL, 'wave', NULL, NULL, '2024-10-26 23:59Z'),
    ('5', 'k', NULL, '@x', 'click', NULL, NULL, '2024-10-31 22:59Z'),
    ('6', 'k', NULL, '@x', 'reply', NULL, NULL, '2024-10-31 23:00Z'),   -- in November
    ('7', 'k', NULL, NULL, 'view', NULL, 0.1, '2024-10-27 02:59Z'),
    ('8', 'k', NULL, NULL, 'message', NULL, 0.2, '2024-10-27 03:00Z'),
    ('9', 'k', 'cat', NULL, 'view', 'holdout', 9, '2024-10-27 02:30Z');
SELECT results_eq('SELECT hour_at, touch_count, repost_count FROM push.campaign_hour ORDER BY hour_at',
    $$VALUES (timestamptz '2024-10-26 23:00Z', 1::bigint, 0::bigint), ('2024-10-27 01:00Z', 2, 1),
        ('2024-10-27 02:00Z', 2, 0), ('2024-10-27 03:00Z', 1, 0), ('2024-10-31 22:00Z', 1, 0)$$,
    'campaign_hour: the doubled hour is one, and who is held out is in none');
SELECT results_eq('SELECT campaign_id, customer_id, actor, touch_count, first_touched_at, post_count, repost_count,
    reply_count, like_count, click_count, view_count, message_count, touch_cost FROM push.campaign_participant
    ORDER BY customer_id, actor',
    $$VALUES ('k', 'ann', NULL, 3::bigint, timestamptz '2024-10-26 23:59Z', 1::bigint, 0::bigint, 0::bigint, 1::bigint,
            0::bigint, 0::bigint, 0::bigint, 2.0),
        ('k', 'bob', NULL, 1, '2024-10-27 01:50Z', 0, 1, 0, 0, 0, 0, 0, NULL),
        ('k', NULL, '@x', 1, '2024-10-31 22:59Z', 0, 0, 0, 0, 1, 0, 0, NULL),
        ('k', NULL, NULL, 2, '2024-10-27 02:59Z', 0, 0, 0, 0, 0, 1, 1, 0.3)$$,
    'campaign_participant: an account is told only where no customer is, and nobody''s touches are one row');
SELECT is((SELECT sum(touch_count) FROM push.campaign_participant), (SELECT sum(touch_count) FROM push.campaign_hour),
    'both have every touch');
SELECT * FROM finish();
ROLLBACK;
