-- The views of campaigns over real paths, cascades, experiments, mentions and
-- referrals, as they are.
\ir lib/needs_data.sql
\if :has_data
\ir lib/surge.sql
BEGIN;
SELECT plan(42);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL statement_timeout = '60s';

CREATE TABLE attribution_paths (path_id integer, path text, total_conversions integer, total_conversion_value numeric,
    total_null integer);
\set paths :data/attribution_paths.csv
COPY attribution_paths FROM :'paths' (FORMAT csv, HEADER true);
CREATE TABLE cascades (cascade_id integer, verdict text, node_no integer, parent_no integer,
    seconds_after_root integer);
\set cascades :data/cascades.csv
COPY cascades FROM :'cascades' (FORMAT csv, HEADER true);
CREATE TABLE brand_mentions_hourly (brand text, hour_start timestamptz, mentions bigint, samples integer,
    labelled integer);
\set mentions :data/brand_mentions_hourly.csv
COPY brand_mentions_hourly FROM :'mentions' (FORMAT csv, HEADER true);
CREATE TABLE series (series text, unit text, period_start date, value numeric);
\set series :data/series.csv
COPY series FROM :'series' (FORMAT csv, HEADER true);
CREATE TABLE email_test (customer_id integer, recency_months integer, history_amount numeric, mens integer,
    womens integer,
    area text, newbie integer, channel text, arm text, visited integer, converted integer, spend_amount numeric);
\set emails :data/email_test.csv
COPY email_test FROM :'emails' (FORMAT csv, HEADER true);
CREATE TABLE referral_people (person_id text, city text, adopted_month integer);
\set people :data/referral_people.csv
COPY referral_people FROM :'people' (FORMAT csv, HEADER true);
CREATE TABLE referral_ties (person_id text, named_person_id text, relation text);
\set ties :data/referral_ties.csv
COPY referral_ties FROM :'ties' (FORMAT csv, HEADER true);
CREATE TABLE airline_tweets (n integer, airline text, sentiment text, sentiment_confidence numeric,
    negative_reason text,
    author text, posted_at timestamp, body text);
\set tweets :data/airline_tweets.csv
COPY airline_tweets FROM :'tweets' (FORMAT csv, HEADER true);
CREATE TABLE forum_posts (post_id integer, kind text, parent_id integer, accepted_answer_id integer,
    created_at timestamptz,
    closed_at timestamptz, score integer, view_count integer, answer_count integer, comment_count integer,
    favourite_count integer, author text, tags text, title text);
\set forum :data/forum_posts.csv
COPY forum_posts FROM :'forum' (FORMAT csv, HEADER true);

-- A: paths of channels. An analyst's view has one row per touch, a day apart, the
-- last at the conversion.
CREATE VIEW path_touch AS
SELECT path_id, channel,
    timestamptz '2020-01-01 00:00Z' - (cardinality(string_to_array(path, '>')) - n) * interval '24 hours' AS touched_at
FROM attribution_paths, unnest(string_to_array(path, '>')) WITH ORDINALITY AS u (channel, n);
SELECT crm_create_workspace('paths', '{
    "touch": {"from": "path_touch", "customer_id": "path_id", "channel": "channel", "touched_at": "touched_at"},
    "conversion": {"from": "attribution_paths", "customer_id": "path_id", "converted_at": "make_date(2020, 1, 1)",
                   "conversion_count": "total_conversions", "amount": "total_conversion_value",
                   "null_count": "total_null"}}');
SELECT results_eq('SELECT count(*), sum(conversion_count), round(sum(amount), 5), sum(null_count)
    FROM paths.conversion',
    'VALUES (10000::bigint, 19785::double precision, 74802.97159, 68602::double precision)',
        'paths and their conversions');
SELECT results_eq($$SELECT count(*), (SELECT count(*) FROM (SELECT customer_id FROM paths.touch GROUP BY 1
    HAVING count(*) = 1) AS single),
                           (SELECT max(n) FROM (SELECT count(*) AS n FROM paths.touch GROUP BY customer_id) AS path),
                           (SELECT string_agg(channel, ',' ORDER BY channel)
                               FROM (SELECT DISTINCT channel FROM paths.touch) AS c)
                    FROM paths.touch$$,
    $$VALUES (59454::bigint, 803::bigint, 89::bigint,
        'alpha,beta,delta,epsilon,eta,gamma,iota,kappa,lambda,mi,theta,zeta')$$, 'their touches');
CREATE TABLE credit AS SELECT * FROM paths.attribution;
SELECT is(string_agg(channel || ' ' || first_count || ' ' || trim_scale(round(first_amount::numeric, 4)), ', '
                     ORDER BY channel),
    'alpha 6308 19121.2724, beta 2831 12235.5917, delta 1 6.119, epsilon 99 412.3012, eta 3164 11909.4762, '
    'gamma 165 718.978, iota 4606 19597.2613, kappa 74 305.7433, lambda 902 3735.6022, mi 2 5.273, '
    'theta 1606 6652.3493, zeta 27 103.004',
    'first touch') FROM credit;
SELECT is(string_agg(channel || ' ' || last_count || ' ' || trim_scale(round(last_amount::numeric, 4)), ', '
                     ORDER BY channel),
    'alpha 8447 28414.2143, beta 989 3850.021, delta 5 10.972, epsilon 531 2202.6123, eta 4167 16754.2038, '
    'gamma 92 506.014, iota 3355 13487.9743, kappa 230 1069.3843, lambda 1207 5249.95, mi 2 5.273, '
    'theta 653 2799.092, zeta 107 453.2608',
    'last touch') FROM credit;
SELECT is(string_agg(channel || ' ' || trim_scale(round(linear_count::numeric, 6)) || ' '
                     || trim_scale(round(linear_amount::numeric, 4)), ', ' ORDER BY channel),
    'alpha 7574.718594 24524.7096, beta 2083.500145 8954.2667, delta 1.725 4.4041, epsilon 272.170438 1106.2701, '
    'eta 3539.951157 13783.4971, gamma 121.041639 569.4174, iota 3857.096221 15988.989, kappa 137.964078 599.7478, '
    'lambda 1035.257572 4430.3162, mi 2.222222 6.0814, theta 1022.801394 4295.7436, zeta 136.55154 539.5288',
    'all touches alike') FROM credit;
SELECT results_eq('SELECT round(sum(first_count)::numeric, 6), round(sum(last_count)::numeric, 6),
                          round(sum(linear_count)::numeric, 6), round(sum(position_count)::numeric, 6),
                          round(sum(decay_count)::numeric, 6), round(sum(decay_amount)::numeric, 5) FROM credit',
    'VALUES (19785.000000, 19785.000000, 19785.000000, 19785.000000, 19785.000000, 74802.97159)', 'every rule adds up');
CREATE TABLE chain AS SELECT * FROM paths.attribution_markov;
SELECT is(string_agg(channel || ' ' || trim_scale(round(removal_effect::numeric, 8)) || ' '
                     || trim_scale(round(conversion_count::numeric, 4)), ', ' ORDER BY channel),
    'alpha 0.55839949 5344.9477, beta 0.26403854 2527.3522, delta 0.000482 4.6136, epsilon 0.06263858 599.5707, '
    'eta 0.34902633 3340.8474, gamma 0.01787997 171.1454, iota 0.405835 3884.6147, kappa 0.02866339 274.3633, '
    'lambda 0.13402212 1282.8472, mi 0.00017995 1.7224, theta 0.20601046 1971.9129, zeta 0.03981052 381.0626',
    'by the chain of channels') FROM chain;
SELECT results_eq('SELECT DISTINCT round(conversion_share::numeric, 10),
    (SELECT round(sum(conversion_count)::numeric, 6) FROM chain) FROM chain',
    'VALUES (0.2238451356, 19785.000000)', 'its probability of a conversion, and its sum');
SELECT is_empty('SELECT * FROM paths.reconciliation WHERE difference <> 0', 'all of it reconciles');

-- K: cascades
CREATE VIEW cascade_post AS
SELECT cascade_id::text, verdict, cascade_id || '/' || node_no AS node_id, cascade_id || '/' || parent_no AS parent_id,
       timestamptz '2020-01-01 00:00Z' + seconds_after_root * interval '1 second' AS at FROM cascades;
CREATE VIEW cascade_verdict AS SELECT DISTINCT cascade_id::text AS cascade_id, verdict FROM cascades;
SELECT crm_create_workspace('net', '{
    "campaign": {"from": "cascade_verdict", "campaign_id": "cascade_id", "campaign_name": "verdict"},
    "touch": {"from": "cascade_post", "touch_id": "node_id", "parent_id": "parent_id", "campaign_id": "cascade_id",
              "actor": "node_id", "kind": "''reply''", "touched_at": "at"}}');
CREATE TABLE spread AS SELECT * FROM net.cascade;
SELECT results_eq('SELECT count(*), sum(node_count)::bigint, max(node_count), max(depth),
                          percentile_cont(0.5) WITHIN GROUP (ORDER BY depth), max(breadth),
                          percentile_cont(0.5) WITHIN GROUP (ORDER BY breadth),
                          percentile_cont(0.5) WITHIN GROUP (ORDER BY node_count),
                          round(crm_gini(node_count)::numeric, 10) FROM spread',
    'VALUES (220::bigint, 39196::bigint, 950::bigint, 88, 5::double precision, 816::bigint, 52.5::double precision,
        79.5::double precision, 0.6179090631)', 'cascades');
SELECT results_eq($$SELECT c.campaign_id, campaign_name, node_count, depth, breadth, mean_depth,
    round(structural_virality::numeric, 9), peak_hour_count,
                           half_seconds, max_child_count FROM spread AS c JOIN net.campaign USING (campaign_id)
                           WHERE c.campaign_id IN ('1', '25') ORDER BY 1$$,
    $$VALUES ('1', 'true', 100::bigint, 5, 78::bigint, 1.31::double precision, 2.598989899, 13::bigint,
        17745::double precision, 78::bigint),
             ('25', 'true', 29, 2, 27, 1, 1.995073892, 10, 8641, 27)$$, 'two of them');
SELECT is((SELECT sum(participant_count) FROM net.campaign_reach)::bigint, 39196::bigint, 'everybody took part once');
SELECT is((SELECT count(*) FROM net.campaign_threshold WHERE measure = 'participants' AND threshold = 500),
          (SELECT count(*) FROM spread WHERE node_count >= 500), 'who reached 500');

-- G1: page views, a count a day
SELECT crm_create_workspace('blog',
    '{"mention": {"from": "series", "where": "series = ''blog_page_views''", "brand": "series",
    "mentioned_at": "period_start", "mention_count": "value::bigint"}}');
SET LOCAL crm_ext.as_of = '2015-04-30';
CREATE TABLE view_surge AS SELECT * FROM blog.mention_surge;
SELECT results_eq('SELECT count(p_value), count(*) FILTER (WHERE z >= 3 AND mention_count >= 5) FROM view_surge',
    'VALUES (337::bigint, 35::bigint)', 'days judged, and many by z');
SELECT is(string_agg(to_char(period_on, 'YYMMDD') || ' ' || mention_count || ' ' || trim_scale(round(z::numeric, 4)),
                     ', ' ORDER BY period_on),
    :'flagged_days', 'which days') FROM view_surge WHERE z >= 3 AND mention_count >= 5;
SELECT is(crm_alert('blog'), (SELECT count(*) FROM view_surge WHERE is_surge), 'crm_alert writes the surges');
SELECT is(crm_alert('blog'), 0::bigint, 'and each once');
SELECT is((SELECT count(*) FROM blog.alert), (SELECT count(*) FROM view_surge WHERE is_surge AND p_value < 0.00135),
    'they are in alert');
SET LOCAL crm_ext.as_of = '2015-04-26';
SELECT is((SELECT max(period_on) FROM blog.mention_surge), '2015-04-25', 'the day in progress is not judged');

-- G4: brands by the hour
SELECT crm_create_workspace('brands', '{"mention": {"from": "brand_mentions_hourly", "brand": "brand",
    "is_own": "brand = ''AAPL''", "mentioned_at": "hour_start", "mention_count": "mentions"}}');
SET LOCAL crm_ext.as_of = '2015-04-30';
SELECT is(string_agg(brand || ' ' || trim_scale(round(share, 8)), ', ' ORDER BY brand),
    'AAPL 0.42409471, AMZN 0.26263034, CRM 0.01631737, CVS 0.00177488, FB 0.08622586, GOOG 0.1001068, '
    'IBM 0.02153777, KO 0.05584822, PFE 0.00423221, UPS 0.02723184', 'share of voice')
FROM (SELECT brand, sum(mention_count) / sum(sum(mention_count)) OVER () AS share FROM brands.share_of_voice
      WHERE mentioned_on BETWEEN '2015-02-27' AND '2015-04-21' GROUP BY brand) AS s;
UPDATE brands.setting SET mention_period = 'hour';
SELECT ok((SELECT count(*) BETWEEN 13220 AND 13230 AND count(p_value) > 0 FROM brands.mention_surge),
    'hours are judged as well');
CREATE TABLE hour_surge AS SELECT * FROM brands.mention_surge WHERE brand = 'IBM';
SELECT is((SELECT array_agg(m.mentions::integer ORDER BY m.hour_start) FROM brand_mentions_hourly AS m
    JOIN (SELECT max(period_at) AS at FROM hour_surge WHERE baseline_count >= 7) AS h
           ON m.brand = 'IBM' AND m.hour_start IN (SELECT h.at - w * interval '168 hours'
               FROM generate_series(1, 8) AS w)) IS NOT NULL, true, 'against the same hour of the week');

-- G5, G7: airlines
SELECT crm_create_workspace('air', '{"mention": {"from": "airline_tweets", "mention_id": "n::text", "brand": "airline",
    "sentiment": "sentiment", "author": "author", "mentioned_at": "posted_at"}}');
SELECT results_eq('SELECT brand, mention_count, round(voice_share::numeric, 10), round(net_total::numeric, 10),
    round(net_polar::numeric, 10) FROM air.net_sentiment ORDER BY brand',
    $$VALUES ('American', 2759::bigint, 0.1884562842, -0.5886190649, -0.7073170732),
        ('Delta', 2222, 0.1517759563, -0.1849684968, -0.2741827885),
             ('Southwest', 2420, 0.1653005464, -0.2545454545, -0.3507972665), ('US Airways', 2913, 0.1989754098,
                 -0.6845176794, -0.7875197472),
             ('United', 3822, 0.2610655738, -0.5601779173, -0.6851200000), ('Virgin America', 504, 0.0344262295,
                 -0.0575396825, -0.0870870871)$$, 'how airlines are spoken of');
SELECT results_eq($$SELECT brand, round(max(voice_share) FILTER (WHERE mentioned_on = '2015-02-22')::numeric, 8),
    round(max(voice_share) FILTER (WHERE mentioned_on = '2015-02-17')::numeric, 8)
                    FROM air.share_of_voice GROUP BY brand ORDER BY brand$$,
    $$VALUES ('American', 0.32088340, 0.00000000), ('Delta', 0.13251056, 0.18678977),
        ('Southwest', 0.09061384, 0.27272727), ('US Airways', 0.21045794, 0.22088068),
             ('United', 0.22832088, 0.28125000), ('Virgin America', 0.01721338, 0.03835227)$$,
             'and their share of two days');
SELECT is_empty('SELECT * FROM air.reconciliation WHERE difference <> 0', 'mentions reconcile');
SELECT is((SELECT sum(positive_count)::bigint FROM air.net_sentiment_monthly), (SELECT sum(positive_count)::bigint
    FROM air.net_sentiment), 'months add up');

-- E: an experiment
SET LOCAL crm_ext.as_of = '2008-12-31';
SELECT crm_create_workspace('mail', '{
    "customer": {"from": "email_test", "customer_id": "customer_id", "region": "channel"},
    "touch": {"from": "email_test", "customer_id": "customer_id", "campaign_id": "''spring''", "channel": "''mail''",
              "kind": "''mail''", "touched_at": "make_date(2008, 3, 20)", "arm": "arm",
              "cost": "CASE WHEN arm <> ''no_email'' THEN 0.10 END"},
    "purchase": {"from": "email_test", "where": "converted = 1", "customer_id": "customer_id",
                 "purchased_at": "make_date(2008, 3, 27)", "amount": "spend_amount"},
    "conversion": {"from": "email_test", "where": "visited = 1", "customer_id": "customer_id", "kind": "''visit''",
                   "converted_at": "make_date(2008, 3, 27)"}}');
INSERT INTO mail.arm_kind VALUES ('no_email', true);
UPDATE mail.setting SET margin_share = 0.40;
CREATE TABLE lift AS SELECT * FROM mail.campaign_lift WHERE arm = 'mens_email';
SELECT results_eq($$SELECT conversion_kind, customer_count, converted_count, holdout_customer_count,
    holdout_converted_count, round(share_difference::numeric, 11),
                           round(share_difference_low::numeric, 11), round(share_difference_high::numeric, 11),
                           round(incremental_count::numeric, 6),
                           round(incremental_count_low::numeric, 6), round(incremental_count_high::numeric, 6),
                           round(relative_lift::numeric, 9)
                    FROM lift WHERE conversion_kind IS NOT NULL ORDER BY conversion_kind DESC$$,
    $$VALUES ('visit', 21307::bigint, 3894::bigint, 21306::bigint, 2262::bigint, 0.07658956365, 0.06995330808,
        0.08322674127, 1631.893833, 1490.495135, 1773.312176, 0.721404617),
             ('purchase', 21307, 267, 21306, 122, 0.00680500652, 0.00501434467, 0.00864072340, 144.994274, 106.840642,
                 184.107893, 1.188421876)$$, 'who visits and buys more');
SELECT results_eq($$SELECT conversion_kind, round((share_difference - 1.959963984540054 * e)::numeric, 11),
    round((share_difference + 1.959963984540054 * e)::numeric, 11)
                    FROM (SELECT *, sqrt(converted_share * (1 - converted_share) / customer_count
                                         + holdout_converted_share * (1 - holdout_converted_share)
                                           / holdout_customer_count) AS e FROM lift) AS l
                    WHERE conversion_kind IS NOT NULL ORDER BY 1 DESC$$,
    $$VALUES ('visit', 0.06995350122, 0.08322562608), ('purchase', 0.00500017138, 0.00860984166)$$,
        'by Wald''s interval');
SELECT results_eq($$SELECT round(mean_difference::numeric, 10), round(mean_difference_error::numeric, 10),
    round(mean_difference_low::numeric, 10), round(mean_difference_high::numeric, 9),
                           round((mean_difference - 1.959963984540054 * mean_difference_error)::numeric, 10),
                           round((mean_difference + 1.959963984540054 * mean_difference_error)::numeric, 9),
                           round(incremental_amount::numeric, 5) FROM lift WHERE conversion_kind = 'purchase'$$,
    'VALUES (0.7698271559, 0.1452465602, 0.4851397326, 1.054514579, 0.4851491289, 1.054505183, 16402.70721)',
        'what they spend more');
CREATE TABLE roi AS SELECT * FROM mail.campaign_roi;
SELECT results_eq($$SELECT customer_count, cost, round(incremental_amount::numeric, 5),
    round(incremental_gain::numeric, 6), round(incremental_roi::numeric, 9), round(attributed_roi::numeric, 9),
                           round(((attributed_amount - cost::double precision) / cost::double precision)::numeric, 8)
                    FROM roi WHERE arm = 'mens_email'$$,
    'VALUES (21307::bigint, 2130.70, 16402.70721, 6561.082884, 2.079308624, 4.690466044, 13.22616511)',
        'the return, incremental and attributed');
SELECT results_eq($$SELECT round((0.40 * (l.mean_difference - 1.959963984540054 * l.mean_difference_error)
                                  * l.customer_count / r.cost::double precision - 1)::numeric, 8),
                           round((0.40 * (l.mean_difference + 1.959963984540054 * l.mean_difference_error)
                                  * l.customer_count / r.cost::double precision - 1)::numeric, 8)
                    FROM lift AS l JOIN roi AS r USING (campaign_id, arm)
                    WHERE conversion_kind = 'purchase'$$, 'VALUES (0.94059652, 3.21802073)',
    'with the normal interval');
SELECT ok((SELECT count(*) = 2 AND bool_and(incremental_roi_low < incremental_roi
    AND incremental_roi < incremental_roi_high AND attribution_rule LIKE '%linear%') FROM roi),
    'two arms, with intervals and rules');
-- E3: the result of each group of customers
SELECT results_eq($$SELECT region, customer_count, amount, touch_count, visit_count, round(cost, 2),
                           round(0.40 * amount - cost, 3), round((0.40 * amount - cost) / customer_count, 8)
                    FROM (SELECT region, count(*) AS customer_count, sum(amount) AS amount,
                                 sum(coalesce(touch_count, 0))::bigint AS touch_count,
                                 sum(coalesce(other_conversion_count, 0)) AS visit_count,
                                 0.10 * sum(coalesce(touch_count, 0))
                                 + 0.25 * sum(coalesce(other_conversion_count, 0))::numeric AS cost
                          FROM mail.customer_360 GROUP BY region) AS channel ORDER BY region$$,
    $$VALUES ('multichannel', 7762::bigint, 10880.59, 5156::bigint, 1333::double precision, 848.85, 3503.386,
        0.45135094),
             ('phone', 28021, 25468.06, 18694, 3563, 2760.15, 7427.074, 0.26505385), ('web', 28217, 30909.48, 18844,
                 4498, 3008.90, 9354.892, 0.33153390)$$, 'the result by channel');
SELECT is_empty('SELECT * FROM mail.reconciliation WHERE difference <> 0', 'the experiment reconciles');
SELECT results_eq($$SELECT is_attributed, linear_count FROM mail.attribution WHERE conversion_kind = 'visit'
    ORDER BY 1$$,
    $$VALUES (false, 2262::double precision),
        (true, (SELECT count(*)::double precision FROM email_test WHERE visited = 1 AND arm <> 'no_email'))$$,
        'who was held out was not touched');
UPDATE mail.setting SET min_cell = 100;
SELECT ok((SELECT count(*) = 2 FROM mail.campaign_roi) AND (SELECT count(*) = 1 FROM mail.attribution
    WHERE is_attributed AND conversion_kind = 'visit'), 'large groups are shown');

-- N: referrals
SELECT crm_create_workspace('doctors', '{
    "customer": {"from": "referral_people", "where": "adopted_month IS NOT NULL", "customer_id": "person_id",
                 "region": "city",
                 "registered_at": "make_date(1953 + (adopted_month + 10) / 12, (adopted_month + 10) % 12 + 1, 1)"},
    "referral": {"from": "referral_ties", "customer_id": "person_id", "referrer_id": "named_person_id"}}');
SELECT results_eq('SELECT (SELECT count(*) FROM referral_people), count(*), count(referrer_id), count(*)
    FILTER (WHERE is_root), max(depth), count(*) FILTER (WHERE is_in_cycle) FROM doctors.referral_tree',
    'VALUES (125::bigint, 109::bigint, 60::bigint, 49::bigint, 2, 0::bigint)', 'who adopted after whom');
SELECT results_eq($$SELECT customer_count, referred_count, invitation_count, round(k_factor::numeric, 9)
    FROM doctors.referral_rate$$,
    $$VALUES (109::bigint, 60::bigint, (SELECT count(DISTINCT (t.person_id, named_person_id)) FROM referral_ties AS t
        JOIN referral_people AS p ON p.person_id = named_person_id WHERE adopted_month IS NOT NULL),
              round(60 / 109.0, 9))$$, 'the k-factor');
SELECT is((SELECT sum(referred_count)::bigint FROM doctors.referral_monthly), 60::bigint, 'months add up');
SET LOCAL crm_ext.as_of = '1954-01-15';
SELECT is((SELECT count(*) FROM doctors.referral_tree), (SELECT count(*) FROM referral_people WHERE adopted_month <= 2),
    'as of an earlier day later ones do not exist');

-- N5: deflection
SET LOCAL crm_ext.as_of = '2017-03-13';
SELECT crm_create_workspace('help',
    '{"self_service": {"from": "forum_posts", "where": "accepted_answer_id IS NOT NULL", "served_at": "created_at",
    "direct_count": "1", "view_count": "view_count"}}');
UPDATE help.setting SET contact_cost = 50;
SELECT results_eq('SELECT direct_count, view_count, round(low_saved_amount::numeric, 6),
    round(mid_saved_amount::numeric, 6), round(high_saved_amount::numeric, 6) FROM help.deflection',
    $$SELECT count(*)::double precision, sum(view_count)::double precision,
        round((count(*) + sum(view_count) * 0.005) * 0.3 * 50, 6), round((count(*) + sum(view_count) * 0.01) * 0.5 * 50,
        6),
             round((count(*) + sum(view_count) * 0.02) * 0.7 * 50, 6) FROM forum_posts
             WHERE accepted_answer_id IS NOT NULL$$, 'what answers saved');
SELECT crm_create_workspace('best', subjects => '{campaign}');
INSERT INTO best.self_service (served_at, direct_count) VALUES ('2010-01-01', 100000);
UPDATE best.setting SET contact_cost = 50;
UPDATE best.deflection_assumption SET view_share = 0,
    contained_share = CASE scenario WHEN 'low' THEN 0.8 WHEN 'mid' THEN 0.9 ELSE 1 END;
SELECT results_eq('SELECT low_saved_amount, mid_saved_amount, high_saved_amount FROM best.deflection',
    'VALUES (4000000::double precision, 4500000::double precision, 5000000::double precision)', 'a range');

SELECT * FROM finish();
ROLLBACK;
\endif
