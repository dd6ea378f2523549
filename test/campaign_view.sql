-- The views of campaigns where there is little, much, or something odd.
BEGIN;
SELECT plan(64);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL statement_timeout = '60s';
SET LOCAL TimeZone = 'UTC';

SELECT crm_create_workspace('crm', subjects => '{campaign}', time_zone => 'Europe/Rome');
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT is_empty('SELECT * FROM crm.attribution', 'nothing is attributed of nothing');
SELECT is_empty('SELECT * FROM crm.attribution_markov UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM crm.campaign_roi', 'nor by the chain, nor earned');
SELECT is((SELECT k_factor FROM crm.referral_rate), NULL, 'nobody multiplies');
SELECT is((SELECT mid_saved_amount FROM crm.deflection), NULL, 'nothing is saved that costs nobody knows what');
SELECT is_empty('SELECT * FROM crm.reconciliation WHERE difference <> 0', 'and it reconciles');
SELECT throws_ok($$SELECT crm_alert('nowhere')$$, '3F000');
SELECT crm_create_workspace('bare');
SELECT throws_ok($$SELECT crm_alert('bare')$$, '42P01');

-- Paths: none, only later, one, two at one instant, an item, a refund, nobody.
INSERT INTO crm.purchase (purchase_id, customer_id, purchased_at, amount, events) VALUES
    ('p1', 'none', '2024-06-10 12:00+00', 100, 1), ('p2', 'later', '2024-06-10 12:00+00', 50, 1),
    ('p3', 'one', '2024-06-10 12:00+00', 30, 1), ('p4', 'tie', '2024-06-10 12:00+00', 20, 1),
    ('p5', 'one', '2024-06-10 12:00+00', 5, 0), ('p6', 'one', '2024-06-12 12:00+00', -10, 1),
    ('p7', 'three', '2024-06-15 12:00+00', 70, 1), ('p8', 'three', '2024-06-20 12:00+00', 7, 1),
    ('p9', 'one', '2024-07-10 12:00+00', 999, 1), ('p0', NULL, '2024-06-10 12:00+00', 999, 1);
INSERT INTO crm.touch (touch_id, customer_id, channel, campaign_id, touched_at, kind) VALUES
    ('t1', 'later', 'mail', 'spring', '2024-06-10 12:00:00.000001+00', 'mail'),
    ('t2', 'one', 'search', NULL, '2024-06-10 12:00+00', 'click'),
    ('t3', 'tie', 'mail', 'spring', '2024-06-09 12:00+00', 'mail'), ('t4', 'tie', 'search', NULL, '2024-06-09 12:00+00',
        'click'),
    ('t5', 'three', 'search', NULL, '2024-06-01 12:00+00', 'click'), ('t6', 'three', 'mail', 'spring',
        '2024-06-08 12:00+00', 'mail'),
    ('t7', 'three', NULL, 'none', '2024-06-15 12:00+00', 'banner'), ('t8', 'lead', 'mail', 'spring',
        '2024-06-08 12:00+00', 'mail'),
    ('t9', NULL, 'search', NULL, '2024-06-01 12:00+00', 'click'), ('t10', 'one', 'search', NULL, '2024-07-01 12:00+00',
        'click');
SELECT results_eq($$SELECT channel, is_attributed, first_count, last_count, round(linear_count::numeric, 6),
    round(position_count::numeric, 6), round(decay_count::numeric, 6), first_amount
                    FROM crm.attribution ORDER BY is_attributed, channel$$,
    $$VALUES ('none', false, 2::double precision, 2::double precision, 2.000000, 2.000000, 2.000000,
        150::double precision),
             ('mail', true, 0.5, 0.5, 1.166667, 0.900000, round((0.5 + 2/7.0 + 2/7.0)::numeric, 6), 10),
             ('search', true, 3.5, 1.5, 2.166667, 2.300000, round((1.5 + 2 * (1/7.0))::numeric, 6), 122),
             ('unknown', true, 0, 2, 0.666667, 0.800000, round((2 * 4/7.0)::numeric, 6), 0)$$,
             'each rule, and the unattributed');
SELECT is_empty('SELECT * FROM crm.reconciliation WHERE difference <> 0',
    'rules reconcile with the ledgers, refunds apart');
SELECT results_eq('SELECT campaign_id, sum(linear_count) FROM crm.attribution_campaign GROUP BY 1 ORDER BY 1',
    'SELECT campaign_id, sum(linear_count) FROM crm.attribution_origin GROUP BY 1 ORDER BY 1',
    'campaigns add up to the same');
SELECT results_eq($$SELECT channel, is_attributed, trim_scale(round(conversion_count::numeric, 6))
    FROM crm.attribution_markov WHERE channel = 'none'$$, $$VALUES ('none', false, 2.0)$$, 'none is outside the chain');
SELECT is((SELECT round(sum(conversion_count)::numeric, 9) FROM crm.attribution_markov), 6.000000000,
    'the chain has all conversions');
-- Conversion paths: search (3 times 1: one, its item with 0), tie mail>search, three twice the same; null: later, lead.
SELECT is((SELECT DISTINCT round(conversion_share::numeric, 9) FROM crm.attribution_markov), round(4 / 6.0, 9),
    'and the paths that have not converted');

-- A window, the edge of which belongs to it.
UPDATE crm.setting SET attribution_window_days = 7;
SELECT results_eq($$SELECT channel, first_count FROM crm.attribution ORDER BY is_attributed, channel$$,
    $$VALUES ('none', 2::double precision), ('mail', 1.5), ('search', 1.5), ('unknown', 1)$$, 'seven days');
SELECT is((SELECT round(sum(conversion_count)::numeric, 9) FROM crm.attribution_markov), 6.000000000,
    'in the chain too');
UPDATE crm.setting SET attribution_window_days = NULL, is_path_ended_by_conversion = true;
SELECT results_eq($$SELECT channel, first_count FROM crm.attribution ORDER BY is_attributed, channel$$,
    $$VALUES ('none', 3::double precision), ('mail', 0.5), ('search', 2.5), ('unknown', 0)$$,
        'a conversion ends the path');
UPDATE crm.setting SET is_path_ended_by_conversion = false;
INSERT INTO crm.channel_rule VALUES ('search', false);
SELECT results_eq($$SELECT channel, first_count FROM crm.attribution ORDER BY is_attributed, channel$$,
    $$VALUES ('none', 3::double precision), ('mail', 3), ('unknown', 0)$$, 'a channel without credit');
DELETE FROM crm.channel_rule;
INSERT INTO crm.touch_kind VALUES ('Banner', 'view', false);
SELECT is_empty($$SELECT * FROM crm.attribution WHERE channel = 'unknown'$$,
    'a kind without credit, in whatever letters its word is put down');
INSERT INTO crm.sentiment_kind VALUES ('GOOD', 'neutral') ON CONFLICT DO NOTHING;
INSERT INTO crm.sentiment_kind VALUES ('Good', 'positive')
ON CONFLICT (sentiment) DO UPDATE SET meaning = excluded.meaning;
SELECT results_eq($$SELECT sentiment, meaning FROM crm.sentiment_kind WHERE lower(sentiment) = 'good'$$,
    $$VALUES ('good', 'positive')$$, 'one word is one');
SELECT is((SELECT count(*) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
           WHERE t.tgname = 'word' AND c.relnamespace = 'crm'::regnamespace), 3::bigint, 'as in all vocabularies here');
CREATE TABLE no_word (word text);
CREATE TRIGGER word BEFORE INSERT ON no_word FOR EACH STATEMENT EXECUTE FUNCTION crm_word_trigger('word');
SELECT throws_ok($$INSERT INTO no_word VALUES ('A')$$, '39P01', NULL, 'a trigger of another kind is refused');
DROP TABLE no_word;
UPDATE crm.setting SET min_cell = 4;
SELECT results_eq('SELECT channel FROM crm.attribution ORDER BY channel', $$VALUES ('mail'), ('none')$$,
    'channels of few customers are hidden');
SELECT results_eq('SELECT channel FROM crm.attribution_markov ORDER BY channel', $$VALUES ('mail'), ('none')$$,
    'in the chain too');
SELECT is_empty('SELECT * FROM crm.reconciliation WHERE difference <> 0', 'of what is hidden no total is claimed');
SELECT results_eq('SELECT dimension, conversion_kind, channel, campaign_id, is_shown FROM crm.attribution_cell
    ORDER BY 1, 2, 3, 4 NULLS LAST',
    $$VALUES ('campaign', NULL, NULL, 'spring', true), ('campaign', NULL, NULL, NULL, false),
        ('channel', NULL, 'mail', NULL, true),
             ('channel', NULL, 'search', NULL, false), ('conversion_kind', 'purchase', NULL, NULL, true)$$,
             'which groups those are');
UPDATE crm.setting SET min_cell = 6;
SELECT is_empty('SELECT channel FROM crm.attribution UNION ALL SELECT campaign_id FROM crm.attribution_campaign
    UNION ALL SELECT channel FROM crm.attribution_markov',
                'conversions of few customers are hidden whole');
UPDATE crm.setting SET min_cell = 1;
SELECT is_empty('TABLE crm.attribution_cell', 'with min_cell 1 nobody counts');
SET LOCAL crm_ext.as_of = '2024-06-14';
SELECT is((SELECT sum(linear_count) FROM crm.attribution), 4::double precision, 'later conversions do not exist yet');
SET LOCAL crm_ext.as_of = '2024-06-30';

-- Ten thousand touches of one customer, who buys twenty times.
INSERT INTO crm.touch (customer_id, channel, touched_at)
SELECT 'busy', 'c' || n % 7, timestamptz '2024-01-01 00:00+00' + n * interval '10 minutes'
FROM generate_series(1, 10000) AS n;
INSERT INTO crm.purchase (customer_id, purchased_at, amount)
SELECT 'busy', timestamptz '2024-04-01 00:00+00' + n * interval '1 day', 1 FROM generate_series(1, 20) AS n;
SELECT is((SELECT round(sum(linear_count)::numeric, 6) FROM crm.attribution WHERE channel LIKE 'c%'), 20.000000,
    'ten thousand touches of one customer');
SELECT ok((SELECT bool_and(removal_effect = 1) FROM crm.attribution_markov WHERE channel LIKE 'c_' AND false) IS NULL
          AND (SELECT count(*) = 7 FROM crm.attribution_markov WHERE channel LIKE 'c_'), 'in the chain too');
SELECT is_empty('SELECT * FROM crm.reconciliation WHERE difference <> 0', 'which reconcile');

-- What it earned: no holdout, an empty arm, nobody converted, no cost.
INSERT INTO crm.campaign (campaign_id, campaign_name, cost) VALUES ('spring', 'Spring', 20),
    ('dear', 'Nobody saw it', 10), ('free', 'Free', NULL);
SELECT results_eq('SELECT campaign_id, arm, customer_count, cost, attributed_amount > 0, attributed_roi,
    incremental_rule, incremental_roi FROM crm.campaign_roi ORDER BY campaign_id',
    $$VALUES ('dear', NULL::text, 0::bigint, 10.00, false, -1::double precision, NULL::text, NULL::double precision),
        ('free', NULL, 0, NULL, false, NULL, NULL, NULL),
             ('none', NULL, 1, NULL, false, NULL, NULL, NULL),
             ('spring', NULL, 4, 20.00, true, (SELECT (linear_amount - 20) / 20 FROM crm.attribution_campaign
                 WHERE campaign_id = 'spring'), NULL, NULL)$$, 'no holdout, no cost');
UPDATE crm.campaign SET cost = 0 WHERE campaign_id = 'spring';
SELECT results_eq($$SELECT cost, attributed_amount > 0, attributed_gain > 0, attributed_roi, incremental_roi
    FROM crm.campaign_roi WHERE campaign_id = 'spring'$$,
    'VALUES (0.00, true, true, NULL::double precision, NULL::double precision)',
        'a campaign that cost nothing has gains and no return');
UPDATE crm.campaign SET cost = 20 WHERE campaign_id = 'spring';
SELECT is_empty('SELECT * FROM crm.campaign_lift', 'without a holdout no lift');
INSERT INTO crm.touch (customer_id, channel, campaign_id, touched_at, kind, arm, cost)
SELECT 'a' || n, 'mail', 'test', '2024-06-01 12:00+00', 'mail', CASE WHEN n <= 10 THEN 'Control' ELSE 'mailed' END,
    CASE WHEN n > 10 THEN 1.5 END
FROM generate_series(1, 30) AS n;
SELECT results_eq('SELECT arm, conversion_kind, customer_count, holdout_customer_count, share_difference, share_p_value,
    mean_difference, mean_difference_low, incremental_amount FROM crm.campaign_lift ORDER BY 2 NULLS FIRST',
    $$VALUES ('mailed', NULL::text, 20::bigint, 10::bigint, 0::double precision, NULL::double precision,
        0::double precision, NULL::double precision, 0::double precision), ('mailed', 'purchase', 20, 10, 0, NULL, 0,
        NULL, 0)$$, 'nobody of either arm converted');
INSERT INTO crm.purchase (customer_id, purchased_at, amount) SELECT 'a' || n, '2024-06-05 12:00+00', 10 * n
FROM generate_series(9, 16) AS n;
SELECT results_eq($$SELECT conversion_kind, converted_count, holdout_converted_count, amount, holdout_amount,
    round(share_difference::numeric, 6), round(mean_difference::numeric, 6)
                    FROM crm.campaign_lift WHERE campaign_id = 'test' ORDER BY 1 NULLS LAST$$,
    $$VALUES ('purchase', 6::bigint, 2::bigint, 810.00, 190.00, 0.100000, 21.500000),
        (NULL, 6, 2, 810.00, 190.00, 0.100000, 21.500000)$$, 'two of ten against six of twenty');
SELECT results_eq($$SELECT arm, cost, attributed_amount, round(incremental_amount::numeric, 6),
    round(incremental_roi::numeric, 6) FROM crm.campaign_roi WHERE campaign_id = 'test'$$,
    $$VALUES ('mailed', 30.00, 810::double precision, 430.000000, round((430 - 30) / 30.0, 6))$$,
        'the control arm is credited with nothing');
SELECT is((SELECT participant_count FROM crm.campaign_reach WHERE campaign_id = 'test'), 20::bigint, 'nor reached');
DELETE FROM crm.touch WHERE arm = 'mailed';
SELECT is_empty($$SELECT * FROM crm.campaign_lift WHERE campaign_id = 'test'$$, 'an empty arm has no lift');
SELECT is((SELECT count(*) FROM crm.campaign_roi WHERE campaign_id = 'test'), 0::bigint, 'and no return');

-- Reach and cascades: hours of the clock, a parent that is not there, a circle.
INSERT INTO crm.touch (touch_id, campaign_id, actor, kind, parent_id, touched_at) VALUES
    ('r', 'weibo', 'us', 'post', NULL, '2024-03-31 00:30+00'), ('r1', 'weibo', 'x', 'repost', 'r',
        '2024-03-31 00:50+00'),
    ('r2', 'weibo', 'y', 'Repost', 'r1', '2024-03-31 01:10+00'), ('r3', 'weibo', 'x', 'like', 'r',
        '2024-03-31 01:20+00'),
    ('o', 'weibo', 'z', 'repost', 'gone', '2024-03-31 01:30+00'), ('k1', 'weibo', 'u', 'repost', 'k2',
        '2024-03-31 05:00+00'),
    ('k2', 'weibo', 'v', 'repost', 'k1', '2024-03-31 05:10+00'), ('s', 'weibo', 'us', 'post', NULL,
        '2024-04-01 05:10+00');
SELECT results_eq($$SELECT participant_count, post_count, repost_count, like_count, amplification_rate, applause_rate,
    peak_hour_at, peak_hour_count FROM crm.campaign_reach WHERE campaign_id = 'weibo'$$,
    $$VALUES (6::bigint, 2::bigint, 5::bigint, 1::bigint, 2.5::double precision, 0.5::double precision,
        timestamptz '2024-03-31 01:00+00', 3::bigint)$$, 'reach, with its best hour');
SELECT results_eq($$SELECT root_id, is_root_known, node_count, depth, breadth, structural_virality, half_seconds,
    peak_hour_count FROM crm.cascade WHERE campaign_id = 'weibo' ORDER BY 1$$,
    $$VALUES ('o', false, 1::bigint, 0, 1::bigint, NULL::double precision, NULL::double precision, 0::bigint),
        ('r', true, 3, 2, 1, 4 / 3.0::double precision, 1200, 2), ('s', true, 1, 0, 1, NULL, NULL, 0)$$,
        'cascades, but no circle');
SELECT results_eq($$SELECT check_name FROM crm.data_quality WHERE source = 'touch' AND problem_count > 0 ORDER BY 1$$,
    $$VALUES ('future_date'), ('missing_customer'), ('unknown_campaign'), ('unknown_parent')$$,
        'data_quality tells of them');

-- From hand to hand twenty thousand times: a chain, whose mean distance is (n + 1) / 3.
INSERT INTO crm.touch (touch_id, campaign_id, actor, kind, parent_id, touched_at)
SELECT 'chain' || n, 'chain', 'a' || n, 'repost', CASE WHEN n > 1 THEN 'chain' || n - 1 END,
    timestamptz '2024-05-01 00:00+00' + n * interval '1 minute'
FROM generate_series(1, 20000) AS n;
SELECT results_eq($$SELECT root_id, node_count, depth, breadth, round(structural_virality::numeric, 9), max_child_count
    FROM crm.cascade WHERE campaign_id = 'chain'$$,
    $$VALUES ('chain1', 20000::bigint, 19999, 1::bigint, round(20001 / 3.0, 9), 1::bigint)$$, 'a chain of 20,000');
DELETE FROM crm.touch WHERE campaign_id = 'chain';

-- Mentions: all of one brand, one that starts in the middle, a late surge.
INSERT INTO crm.mention (brand, is_own, mentioned_at, sentiment)
SELECT 'us', true, timestamptz '2024-04-01 10:00+00' + d * interval '1 day',
    CASE WHEN n = 1 THEN 'Positive' WHEN n = 2 THEN 'meh' END
FROM generate_series(0, 89) AS d, generate_series(1, 2 + d % 2) AS n;
SELECT results_eq('SELECT DISTINCT voice_share FROM crm.share_of_voice', 'VALUES (1::double precision)',
    'all mentions of one brand');
SELECT results_eq('SELECT net_total > 0.3, net_polar, unknown_count > 0 FROM crm.net_sentiment',
    'VALUES (true, 1::double precision, true)', 'net of both denominators');
INSERT INTO crm.mention (brand, mentioned_at) SELECT 'they', timestamptz '2024-06-01 10:00+00' + n * interval '2 days'
FROM generate_series(0, 14) AS n;
INSERT INTO crm.mention (brand, mentioned_at) SELECT 'they', '2024-06-29 10:00+00' FROM generate_series(1, 20);
SELECT results_eq($$SELECT mentioned_on, voice_share FROM crm.share_of_voice WHERE brand = 'they'
    AND mentioned_on IN ('2024-05-31', '2024-06-01', '2024-06-02') ORDER BY 1$$,
    $$VALUES ('2024-05-31'::date, 0::double precision), ('2024-06-01', (1 / 4.0)::double precision),
        ('2024-06-02', 0)$$, 'one that starts in the middle had none before');
SELECT results_eq($$SELECT period_on, mention_count, baseline_count, p_value < 0.001, is_surge FROM crm.mention_surge
    WHERE brand = 'they' AND mention_count > 5$$,
    $$VALUES ('2024-06-29'::date, 21::bigint, 4::bigint, true, true)$$, 'its surge, days without a mention being 0');
SELECT is((SELECT count(*) FROM crm.mention_surge WHERE brand = 'they' AND p_value IS NULL), 28::bigint,
    'four weeks judge nothing');
SELECT is((SELECT max(period_on) FROM crm.mention_surge), '2024-06-29'::date, 'nor is the day in progress judged');
SELECT is(ARRAY[crm_alert('crm'), crm_alert('crm')], '{1,0}', 'an alert comes once');
UPDATE crm.setting SET mention_period = 'hour';
SELECT ok((SELECT count(*) FROM crm.mention_surge) > 2000 AND (SELECT count(*) FROM crm.mention_period
    WHERE local_at = '2024-03-31 02:30') = 0, 'by the hour');

-- Referrals: a chain, a circle with somebody on it, oneself, twice referred.
INSERT INTO crm.customer (customer_id, registered_at)
SELECT 'm' || n, timestamptz '2024-01-01 00:00+00' + n * interval '1 day' FROM generate_series(1, 5) AS n;
INSERT INTO crm.customer (customer_id) VALUES ('q1'), ('q2'), ('q3');
INSERT INTO crm.referral (customer_id, referrer_id, referred_at) VALUES ('m2', 'm1', '2024-01-02'), ('m3', 'm2', NULL),
    ('m3', 'm1', '2024-01-03'),
    ('m1', 'm3', NULL), ('m4', 'm4', NULL), ('q1', 'q2', NULL), ('q2', 'q1', NULL), ('q3', 'q1', NULL),
        ('m5', 'm4', '2024-05-01'), ('stranger', 'm1', NULL);
SELECT results_eq($$SELECT customer_id, referrer_id, root_id, depth, is_in_cycle, referred_count, descendant_count
    FROM crm.referral_tree WHERE customer_id ~ '^[mq]' ORDER BY 1$$,
    $$VALUES ('m1', NULL::text, 'm1'::text, 0, false, 2::bigint, 2::bigint), ('m2', 'm1', 'm1', 1, false, 0, 0),
        ('m3', 'm1', 'm1', 1, false, 0, 0), ('m4', NULL, 'm4', 0, false, 0, 0), ('m5', NULL, 'm5', 0, false, 0, 0),
             ('q1', 'q2', NULL, NULL, true, 2, NULL), ('q2', 'q1', NULL, NULL, true, 1, NULL),
             ('q3', 'q1', NULL, NULL, true, 0, NULL)$$, 'trees, and a circle');
SELECT results_eq('SELECT invitation_count, referred_count FROM crm.referral_rate', 'VALUES (9::bigint, 5::bigint)',
    'invitations, and who came');
INSERT INTO crm.customer (customer_id) SELECT 'z' || n FROM generate_series(1, 20000) AS n;
INSERT INTO crm.referral (customer_id, referrer_id) SELECT 'z' || n, 'z' || n - 1 FROM generate_series(2, 20000) AS n;
SELECT results_eq($$SELECT max(depth), max(descendant_count), count(DISTINCT root_id) FROM crm.referral_tree
    WHERE customer_id ~ '^z'$$,
    $$VALUES (19999, 19999::bigint, 1::bigint)$$, 'twenty thousand, each by the one before');
SELECT is((SELECT crm_export_customer('crm', 'tie') -> 'touch' -> 0 ->> 'channel' IS NOT NULL), true,
    'an export has touches');

-- A third of 200.01 in binary is 66.66999999999999.
INSERT INTO crm.touch (customer_id, channel, touched_at)
SELECT 'cent', 'way ' || n, timestamptz '2024-06-01 12:00+00' + n * interval '1 hour' FROM generate_series(1, 3) AS n;
INSERT INTO crm.conversion (customer_id, kind, converted_at, amount)
VALUES ('cent', 'cent', '2024-06-02 12:00+00', 200.01);
UPDATE crm.setting SET min_cell = 1, attribution_window_days = NULL;
SELECT results_eq($$SELECT channel, linear_amount FROM crm.attribution WHERE conversion_kind = 'cent' ORDER BY 1$$,
    $$VALUES ('way 1', 66.67::double precision), ('way 2', 66.67), ('way 3', 66.67)$$, 'amounts are rounded');

-- Months in which nothing came are there.
INSERT INTO crm.self_service (served_at, direct_count) VALUES ('2024-01-15', 10), ('2024-03-02', 5);
SELECT results_eq('SELECT month_on, direct_count, mid_deflected_count FROM crm.deflection_monthly ORDER BY 1',
    $$VALUES ('2024-01-01'::date, 10::double precision, 5::double precision), ('2024-02-01', 0, 0),
        ('2024-03-01', 5, 2.5), ('2024-04-01', 0, 0), ('2024-05-01', 0, 0), ('2024-06-01', 0, 0)$$,
    'with 0, to the month of as_of');
SELECT is_empty($$SELECT month::date FROM generate_series(timestamp '2024-01-01', '2024-06-01', interval '1 month')
                      AS month
                  EXCEPT SELECT month_on FROM crm.referral_monthly$$, 'so are those in which nobody joined');
SELECT is_empty('SELECT * FROM crm.referral_monthly WHERE (joined_count = 0) <> (referred_share IS NULL)',
    'which have no share');

-- Halves of the last decimal are rounded together
SELECT crm_create_workspace('half', '{}', 'UTC', subjects => '{campaign}');
INSERT INTO half.touch (touched_at, campaign_id, channel, customer_id) VALUES
    ('2024-05-01', 'c', 'mail', 'ann'), ('2024-05-02', NULL, 'web', 'ann');
INSERT INTO half.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2024-05-03', 0.0001);
SELECT results_eq($$SELECT ledger_total, view_total, left_out_total FROM half.reconciliation
    WHERE (view_name, column_name) = ('campaign_roi', 'attributed_amount')$$,
    'VALUES (0.0001, 0.0001, 0.0000)', 'what is shared by two is not rounded twice');
-- and so are thirds and sevenths of amounts with five
CREATE TABLE fine (who text, worth numeric);
SELECT crm_create_workspace('fifth', '{"purchase": {"from": "fine", "customer_id": "who", "amount": "worth",
    "purchased_at": "''2024-06-01''::date"}}', 'UTC', subjects => '{campaign}');
UPDATE fifth.setting SET attribution_model = 'linear';
INSERT INTO fifth.touch (touched_at, campaign_id, channel, customer_id)
SELECT timestamp '2024-05-01' + k * interval '1 hour', nullif('c' || k, 'c7'), 'ch' || k, 'u' || n
FROM generate_series(1, 30) AS n, generate_series(1, 7) AS k WHERE k <= 1 + n % 7;
CREATE FUNCTION pg_temp.differences(seed bigint) RETURNS SETOF text LANGUAGE sql AS $$
    DELETE FROM fine;
    INSERT INTO fine SELECT 'u' || n, (n * 7919 * seed % 1000003) / 100000.0 FROM generate_series(1, 30) AS n;
    SELECT view_name || '.' || column_name FROM fifth.reconciliation_campaign WHERE difference <> 0;
$$;
SELECT is_empty('SELECT seed, pg_temp.differences(seed) FROM unnest(''{1,3,8,53}''::bigint[]) AS seed',
    'nor what is shared by seven');

-- The report's picture: two arms of a campaign share one holdout, and a campaign that comes twice is one.
CREATE TABLE offer (id text, called text);
INSERT INTO offer VALUES ('c', 'A'), ('c', 'B');
SELECT crm_create_workspace('arms', '{"campaign": {"from": "offer", "campaign_id": "id", "campaign_name": "called"}}');
INSERT INTO arms.touch (customer_id, campaign_id, touched_at, arm)
SELECT 'c' || n, 'c', '2024-06-01', CASE WHEN n <= 2 THEN 'one' WHEN n <= 4 THEN 'two' ELSE 'holdout' END
FROM generate_series(1, 7) AS n;
INSERT INTO arms.conversion (customer_id, converted_at) VALUES ('c1', '2024-06-02');
SET LOCAL search_path = arms, public;
\set lift `sed 's/;$//' dashboard/report/62_campaign/02_lift.sql`
SELECT matches((:lift) ->> 'subtitle', 'n = 4 touched, 3 held out$', 'customers are counted once');
SELECT is((SELECT string_agg(arm ->> 'item', ' | ') FROM json_array_elements((:lift) -> 'rows') AS arm),
    'A, one | A, two', 'under the first name');

SELECT * FROM finish();
ROLLBACK;
