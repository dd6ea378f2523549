-- Days without a beginning or an end, in every source that takes them: a view counts the row where it
-- needs no day, and no view fails, goes on for ever or reckons with it. And counts below 0.
BEGIN;
SELECT plan(49);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL statement_timeout = '60s';
SET LOCAL TimeZone = 'UTC';
SET LOCAL crm_ext.as_of = '2024-06-30';

-- Of invitations one comes twice, on two scales
CREATE TABLE ask (id text, kind text, who text, sent timestamptz, answered timestamptz, low integer, high numeric);
INSERT INTO ask VALUES ('s0', 'nps', 'ann', '-infinity', '2024-06-02', NULL, NULL),
    ('s1', 'nps', 'bob', '2024-06-01', '-infinity', NULL, NULL),
    ('s2', 'nps', 'cid', '2024-06-03', '2024-06-04', 0, 10),
    ('d1', 'csat', NULL, '2024-06-03', '2024-06-04', 1, 5), ('d1', 'csat', NULL, '2024-06-03', '2024-06-04', 1, 2.5);
CREATE TABLE deal (who text, kind text, at timestamptz, n double precision, worth numeric);
INSERT INTO deal VALUES ('ann', NULL, '-infinity', 2, 8), ('bob', NULL, '2024-06-02', NULL, 1),
    ('cid', NULL, '2024-06-03', -5, 4), ('cid', NULL, '2024-06-03', '-Infinity', 4),
    ('bob', 'trial', '2024-06-02', 0, 3),
    ('bob', 'purchase', '2024-06-02', NULL, 2);
SELECT crm_create_workspace('odd', '{"survey": {"from": "ask", "survey_id": "id", "kind": "kind", "customer_id": "who",
    "sent_at": "sent", "answered_at": "answered", "scale_low": "low", "scale_high": "high"},
    "conversion": {"from": "deal", "customer_id": "who", "kind": "kind", "converted_at": "at", "conversion_count": "n",
    "amount": "worth"}}',
    subjects => '{campaign,community,event,plan,profile,programme}');

INSERT INTO odd.customer (customer_id, registered_at, birth_on) VALUES ('ann', '-infinity', '-infinity'),
    ('bob', '2024-05-01', '1990-01-01'), ('zoe', NULL, NULL);
INSERT INTO odd.rating (customer_id, touchpoint_id, level, score, weight, rated_at) VALUES
    ('zoe', 'till', 'actual', 5, 1, '2024-08-01'), ('ann', 'door', 'actual', 5, 1, '-infinity'),
    ('ann', 'till', 'expected', 4, 1e16, '2024-06-01'), ('ann', 'till', 'actual', 5, 1e16, '2024-06-01'),
    ('bob', 'till', 'expected', 4, 1, '2024-06-02'), ('bob', 'till', 'actual', 5, 1, '2024-06-02'),
    ('cid', 'till', 'expected', 5, 1e16, '2024-06-03'), ('cid', 'till', 'actual', 4, 1e16, '2024-06-03');
INSERT INTO odd.post (post_id, customer_id, staff_id, parent_id, posted_at) VALUES
    ('p0', NULL, 'sue', NULL, '-infinity'), ('q1', 'ann', NULL, NULL, '2024-05-10 00:00'),
    ('a1', 'bob', NULL, 'q1', '2024-05-10 05:00');
INSERT INTO odd.community_count (counted_on, member_count, post_count) VALUES ('-infinity', 1, 1),
    ('2024-06-01', 10, 100), ('2024-06-11', 12, 150);
INSERT INTO odd.release (release_id, planned_on, released_on) VALUES ('r1', 'infinity', '2024-05-21'),
    ('r2', '2024-01-01', '-infinity'), ('r3', '2024-05-03', '2024-05-05');
INSERT INTO odd.idea (idea_id, submitted_at, customer_id, kind, release_id, state) VALUES
    ('i1', '-infinity', 'ann', 'idea', 'r1', 'done'), ('i2', '2024-05-01', 'bob', 'idea', 'r1', 'done'),
    ('i3', '2024-05-01', 'bob', 'idea', 'r2', 'done');
INSERT INTO odd.idea_state (idea_id, changed_at, state) VALUES ('i2', '2024-05-11', 'accepted'),
    ('i3', '-infinity', 'accepted');
INSERT INTO odd.event (event_id, starts_at) VALUES ('e1', '-infinity'), ('e2', 'infinity');
INSERT INTO odd.attendance (event_id, customer_id, response, replied_at) VALUES ('e1', 'ann', 'yes', '-infinity'),
    ('e2', 'ann', 'yes', '2024-05-01'), ('e2', 'bob', 'no', NULL);
INSERT INTO odd.touch (touch_id, touched_at, campaign_id, channel, customer_id, kind, parent_id) VALUES
    ('t0', '-infinity', 'c', 'mail', 'ann', 'post', NULL),
    ('t1', '2024-06-01 00:00', 'c', 'web', 'bob', 'repost', 't0'),
    ('t2', '2024-06-01 01:00', 'c', 'web', 'cid', 'repost', 't1');
INSERT INTO odd.purchase (purchase_id, customer_id, purchased_at, amount, events) VALUES
    ('n1', 'bob', '2024-06-05', 10, -1), ('n2', 'cid', '2024-06-06', 0.00004, 1),
    ('n3', 'cid', '2024-06-06', 0.00004, 1), ('n4', 'bob', '2024-06-07', -2, -1);
INSERT INTO odd.mention (brand, mentioned_at, mention_count) VALUES ('own', '-infinity', 3), ('own', '2024-06-01', 2),
    ('own', '2024-06-02', 9e18), ('own', '2024-06-03', 9e18), ('own', '-infinity', 9e18);
INSERT INTO odd.self_service (served_at, direct_count, view_count) VALUES ('-infinity', 1, 1), ('2024-06-01', -3, 100);
INSERT INTO odd.cost (occurred_at, amount) VALUES ('-infinity', 5), ('2024-06-10', 7);
INSERT INTO odd.metric_actual (metric, measured_at, amount) VALUES ('foot', '-infinity', 1), ('foot', '2024-06-01', 3);
INSERT INTO odd.forecast (metric, made_on, period_start, period_end, amount) VALUES
    ('revenue', '2024-05-01', '2024-06-01', 'infinity', 10);
INSERT INTO odd.plan_line (kind, period_start, period_end, amount) VALUES ('sales', '-infinity', '2024-06-30', 10);
INSERT INTO odd.survey_answer (survey_id, question, score) VALUES ('s0', 'q', 9), ('s1', 'q', 8), ('s2', 'q', 10),
    ('d1', 'q', 4);
INSERT INTO odd.action (action_id, touchpoint_id, found_on, done_on) VALUES ('x1', 'till', '-infinity', '2024-06-01'),
    ('x2', 'till', '2024-06-01', '-infinity'), ('x3', 'till', '2024-06-20', NULL);
INSERT INTO odd.goal (family, metric, period_start, period_end, target)
VALUES ('experience', 'mean_gap', '2024-06-01', '2024-06-30', 1);

\ir lib/views.sql
SELECT is_empty($$SELECT view, error FROM pg_temp.read_all('odd') WHERE error IS NOT NULL$$, 'every view can be read');
SELECT is_empty('SELECT view_name, column_name, difference FROM odd.reconciliation WHERE difference <> 0',
    'and adds up');

-- The community
SELECT results_eq('SELECT month_on FROM odd.community_month ORDER BY 1',
    $$VALUES ('2024-05-01'::date), ('2024-06-01')$$, 'a post since ever begins no month');
SELECT results_eq('SELECT question_count, median_answered_hours FROM odd.peer_help',
    'VALUES (1::bigint, 5::double precision)', 'and waits for no answer');
SELECT results_eq($$SELECT post_count, span_days, posts_per_day FROM odd.community_size
    WHERE counted_from = 'community_count'$$,
    'VALUES (150::bigint, 10::double precision, 15::double precision)', 'nor is a count');
SELECT results_eq('SELECT submitted_count, accepted_count, shipped_count, median_ship_days, median_accept_ship_days,
    median_accept_days FROM odd.idea_funnel',
    'VALUES (3::bigint, 3::bigint, 3::bigint, 20::double precision, 10::double precision, 10::double precision)',
    'an idea since ever counts, its days do not');
SELECT results_eq('SELECT idea_count, shipped_count, median_days FROM odd.feedback_loop',
    'VALUES (3::bigint, 3::bigint, 20::double precision)', 'in the loop too');
SELECT results_eq($$SELECT release_count, mean_slip_days FROM odd.plan_adherence WHERE kind = 'all'$$,
    'VALUES (1::bigint, 2::double precision)', 'a plan without a day is none');
SELECT results_eq('SELECT release_count, mean_gap_days FROM odd.release_cadence',
    'VALUES (2::bigint, 16::double precision)', 'nor has a release a gap');

-- Campaigns
SELECT results_eq('SELECT measure, threshold, elapsed_seconds FROM odd.campaign_threshold ORDER BY 1, 2',
    $$VALUES ('participants', 1::bigint, 0::double precision), ('participants', 2, 3600), ('reposts', 1, 0),
        ('reposts', 2, 3600)$$, 'time is counted from the first touch that has one');
SELECT results_eq('SELECT root_id, is_root_known, node_count, half_seconds FROM odd.cascade',
    $$VALUES ('t1', false, 2::bigint, 3600::double precision)$$, 'as in a cascade');
SELECT results_eq('SELECT customer_id, other_conversion_count FROM odd.customer_360_campaign ORDER BY 1',
    $$VALUES ('ann', 2::double precision), ('bob', 2), ('cid', 0)$$, 'conversions are those of conversion_known');
UPDATE odd.setting SET is_path_ended_by_conversion = true;
SELECT is_empty('SELECT view_name, column_name FROM odd.reconciliation_campaign WHERE difference <> 0',
    'none is lost where one ends the path of the next');
SELECT results_eq($$SELECT ledger_total, view_total, left_out_total FROM odd.reconciliation_campaign
    WHERE (view_name, column_name) = ('conversion_known', 'conversion_count')$$,
    'VALUES (0::numeric, 2::numeric, -2::numeric)', 'nor counted that the ledgers take away');
SELECT results_eq($$SELECT ledger_total, view_total, left_out_total FROM odd.reconciliation_campaign
    WHERE (view_name, column_name) = ('attribution_markov', 'amount')$$,
    'VALUES (24.0001, 21.0001, 3.0000)', 'the chain leaves out what no conversion came of');
SELECT results_eq($$SELECT view_name, view_total, left_out_total FROM odd.reconciliation_campaign
    WHERE view_name IN ('campaign_reach', 'campaign_roi') ORDER BY 1, column_name$$,
    $$VALUES ('campaign_reach', 3::numeric, 0::numeric), ('campaign_roi', 6.0001, 18.0000), ('campaign_roi', 4, 2)$$,
    'and what campaigns reach and earn adds up to all');
SELECT results_eq('SELECT month_on, is_complete FROM odd.net_sentiment_monthly',
    $$VALUES ('2024-06-01'::date, true)$$, 'a month is over on its last day');
SELECT results_eq('SELECT direct_count, view_count FROM odd.deflection',
    'VALUES (0::double precision, 100::double precision)', 'fewer than none helped themselves is none');
SELECT results_eq($$SELECT source, check_name, problem_count FROM odd.data_quality
    WHERE check_name IN ('negative_count', 'invalid_count', 'negative_events') AND source <> 'conversion'
      AND problem_count > 0 ORDER BY 1$$,
    $$VALUES ('mention', 'invalid_count', 3::bigint), ('purchase', 'negative_events', 2),
        ('self_service', 'negative_count', 1)$$, 'which is reported, and counts beyond all sums');
SELECT is((SELECT mention_count FROM odd.net_sentiment), 5::bigint, 'which are left out');

-- Customers
SELECT results_eq('SELECT customer_id, age_years FROM odd.customer_360 WHERE customer_id < $$c$$ ORDER BY 1',
    $$VALUES ('ann', NULL::integer), ('bob', 34)$$, 'an age takes a birth');
SELECT results_eq($$SELECT customer_id, engaged_on FROM odd.prospect_start WHERE customer_id IN ('ann', 'bob', 'zoe')
    ORDER BY 1$$, $$VALUES ('ann', '2024-06-01'::date), ('bob', '2024-05-01'), ('zoe', NULL)$$,
    'the first sign is one that has been given by as_of');

-- Plans
SELECT results_eq($$SELECT month_on, value FROM odd.report_finance WHERE measure = 'cost'$$,
    $$VALUES ('2024-06-01'::date, 7::double precision)$$, 'a cost since ever is of no month');
SELECT results_eq($$SELECT metric, month_on, amount FROM odd.metric_month WHERE metric IN ('cost', 'foot') ORDER BY 1$$,
    $$VALUES ('cost', '2024-06-01'::date, 7::numeric), ('foot', '2024-06-01', 3)$$, 'nor is a measured value');
SELECT is_empty($$SELECT FROM odd.forecast_progress WHERE target_from IN ('forecast', 'plan')$$,
    'a period without an end is no part over');

-- The programme
SELECT results_eq('SELECT month_on FROM odd.programme_month', $$VALUES ('2024-06-01'::date)$$,
    'an invitation since ever begins no month');
SELECT results_eq($$SELECT kind, scale_high, answer_count, mean_score FROM odd.csat_monthly$$,
    $$VALUES ('csat', 5::double precision, 1::bigint, 4::double precision)$$,
    'a score is of the scale it was given on');
SELECT results_eq('SELECT action_id, status, open_days FROM odd.action_status ORDER BY 1',
    $$VALUES ('x1', 'done', NULL::integer), ('x2', 'done', NULL), ('x3', 'open', 10)$$,
    'an action is open for no days');
SELECT is((SELECT actual_value FROM odd.goal_attainment), 1 / 2e16::double precision,
    'the mean gap of a goal is that of the rows in any order');

-- Nothing but such days, and service
SELECT crm_create_workspace('lone', '{}', 'UTC', subjects => '{programme,service}');
INSERT INTO lone.rating (customer_id, touchpoint_id, level, score, rated_at) VALUES
    ('ann', 'door', 'expected', 5, '-infinity'), ('ann', 'door', 'actual', 5, '-infinity');
INSERT INTO lone.staff (staff_id, employed_from) VALUES ('s1', '-infinity'), ('s2', '2024-05-01');
INSERT INTO lone.service_case (case_id, customer_id, opened_at, merged_into) VALUES
    ('c0', 'ann', '-infinity', NULL), ('c1', 'bob', '2024-05-10', NULL), ('c2', 'bob', '2024-05-10', 'c0');
INSERT INTO lone.case_state (case_id, changed_at, status, staff_id, priority) VALUES
    ('c0', '-infinity', 'open', 's1', NULL), ('c1', '-infinity', 'open', 's1', 'high'),
    ('c1', '2024-05-11', 'resolved', 's2', NULL), ('c2', '-infinity', 'resolved', NULL, NULL);
INSERT INTO lone.visit (customer_id, purpose, arrived_at, left_at)
VALUES ('ann', 'repair', '-infinity', '2024-05-10');
SELECT is_empty($$SELECT view, error FROM pg_temp.read_all('lone') WHERE error IS NOT NULL$$,
    'every view can be read, too');
SELECT is_empty('SELECT view_name, column_name, difference FROM lone.reconciliation WHERE difference <> 0',
    'and adds up');
SELECT results_eq('SELECT month_on, opened_count, resolved_count, backlog_count FROM lone.case_flow',
    $$VALUES ('2024-05-01'::date, 2::bigint, 1::bigint, 1::bigint), ('2024-06-01', 0, 0, 1)$$,
    'a case since ever is none, and nothing was merged into it');
SELECT results_eq('SELECT status, stay_count FROM lone.time_in_state', $$VALUES ('resolved', 1::bigint)$$,
    'nor is a state');
SELECT results_eq('SELECT month_on, staff_count, joined_count, p50_tenure_days FROM lone.staff_flow ORDER BY 1',
    $$VALUES ('2024-05-01'::date, 2::bigint, 1::bigint, 30::double precision), ('2024-06-01', 2, 0, 60)$$,
    'who was always there never came');
SELECT results_eq('SELECT (SELECT count(*) FROM lone.service_case_known), (SELECT count(*) FROM lone.case_state_known)',
    'VALUES (2::bigint, 1::bigint)', 'both are left out of what is known');
SELECT results_eq($$SELECT source, problem_count, example_key FROM lone.data_quality
    WHERE check_name = 'endless_date' AND problem_count > 0 ORDER BY 1$$,
    $$VALUES ('case_state', 3::bigint, 'c0'), ('rating', 2, 'ann'), ('service_case', 1, 'c0'), ('visit', 1, 'ann')$$,
    'of which data_quality tells');
DELETE FROM lone.case_state WHERE changed_at > '-infinity';
INSERT INTO lone.case_state (case_id, changed_at, status) VALUES ('c1', '2024-05-10', 'open');
SELECT is((SELECT stay_count FROM lone.unowned_time WHERE case_id = 'c1'), 0::bigint,
    'who had a case since ever tells nobody that states name who has them');
INSERT INTO lone.survey (survey_id, kind, customer_id, sent_at, answered_at)
VALUES ('s', 'nps', 'ann', '-infinity', '2024-06-02');
INSERT INTO lone.survey_answer (survey_id, question, score) VALUES ('s', 'q', 9);
SELECT results_eq('SELECT month_on, answer_count FROM lone.nps_monthly', $$VALUES ('2024-06-01'::date, 1::bigint)$$,
    'an answer to what was sent since ever is of its own month');

-- Days at both ends of what there is: a year that mostly stands for none, and years that no timestamp reaches
SELECT crm_create_workspace('far', '{}', 'UTC', subjects => '{campaign,community,event,plan,profile,service}');
INSERT INTO far.customer (customer_id, registered_at) VALUES ('ann', '0001-01-01'), ('bob', '2024-05-01');
INSERT INTO far.mention (brand, mentioned_at) VALUES ('own', '0001-01-01'), ('own', '2024-06-01'),
    ('other', '2024-06-03');
INSERT INTO far.post (post_id, customer_id, posted_at) VALUES ('p0', 'ann', '0001-01-01'), ('p1', 'bob', '2024-05-10');
INSERT INTO far.service_case (case_id, customer_id, opened_at) VALUES ('c0', 'ann', '0001-01-01'),
    ('c1', 'bob', '2024-05-10');
INSERT INTO far.interaction (customer_id, interacted_at, channel, direction, staff_id, minutes) VALUES
    (NULL, '-infinity', 'mail', 'out', 's1', 1), ('ann', '0001-01-01', 'mail', 'out', 's1', 2),
    ('bob', '2024-05-10', 'mail', 'out', 's1', 4);
INSERT INTO far.visit (customer_id, purpose, arrived_at) VALUES ('ann', 'repair', '0001-01-01'),
    ('bob', 'repair', '2024-05-10');
INSERT INTO far.staff (staff_id, employed_from) VALUES ('s1', '0001-01-01');
INSERT INTO far.self_service (served_at, direct_count) VALUES ('0001-01-01', 1), ('2024-06-01', 3);
INSERT INTO far.cost (occurred_at, amount) VALUES ('0001-01-01', 5), ('2024-06-10', 7);
INSERT INTO far.referral (customer_id, referrer_id, referred_at) VALUES ('bob', 'ann', '0001-01-01');
INSERT INTO far.event (event_id, starts_at) VALUES ('e1', '294276-12-31 23:59:59.999999'), ('e2', '2024-01-01');
INSERT INTO far.attendance (event_id, customer_id, response, replied_at) VALUES
    ('e1', 'ann', 'yes', '2024-02-01'), ('e2', 'ann', 'yes', '2024-01-01'), ('e1', 'bob', 'no', '2024-01-01');
INSERT INTO far.forecast (metric, made_on, period_start, period_end, amount) VALUES
    ('cost', '2024-05-01', '5874897-12-31', NULL, 10), ('cost', '2024-05-01', '2024-06-01', '5874897-12-31', 20);
INSERT INTO far.plan_line (kind, period_start, period_end, amount) VALUES ('sales', '5874897-12-31', NULL, 10);
-- The first instant of all, from which nothing can be taken away, and whose month begins before it
SELECT crm_create_workspace('first', '{}', 'UTC', subjects => '{campaign,plan,programme,service}');
INSERT INTO first.mention (brand, mentioned_at) VALUES ('own', '4714-11-24 00:00+00 BC'), ('own', '2024-06-01');
INSERT INTO first.cost (occurred_at, amount) VALUES ('4714-11-24 00:00+00 BC', 5), ('2024-06-10', 7);
INSERT INTO first.forecast (metric, made_on, period_start, period_end, amount)
VALUES ('cost', '4714-11-24 BC', '4714-11-25 BC', NULL, 10), ('cost', '4714-11-24 BC', '2024-06-01', NULL, 10);
INSERT INTO first.survey (survey_id, kind, customer_id, sent_at) VALUES
    ('s1', 'nps', 'ann', '4714-11-24 00:00+00 BC'), ('s2', 'nps', 'ann', '2024-06-01');
INSERT INTO first.self_service (served_at, direct_count) VALUES ('4714-11-24 00:00+00 BC', 1);
INSERT INTO first.staff (staff_id, employed_from) VALUES ('s1', '4714-11-24 BC');
INSERT INTO first.visit (customer_id, purpose, arrived_at) VALUES ('ann', 'repair', '4714-11-24 00:00+00 BC');
SELECT results_eq($$SELECT 'surge', count(*) FROM first.mention_surge
    UNION ALL SELECT 'voice', count(*) FROM first.share_of_voice
    UNION ALL SELECT 'metric', count(*) FROM first.metric_month
    UNION ALL SELECT 'result', count(*) FROM first.forecast_result
    UNION ALL SELECT 'progress', count(*) FROM first.forecast_progress WHERE target_from = 'forecast'
    UNION ALL SELECT 'accuracy', sum(period_count)::bigint FROM first.forecast_accuracy
    UNION ALL SELECT 'survey', sum(sent_count)::bigint FROM first.survey_response
    UNION ALL SELECT 'service', sum(direct_count)::bigint FROM first.deflection_monthly
    UNION ALL SELECT 'staff', count(*) FROM first.staff_flow
    UNION ALL SELECT 'repair', sum(repair_count)::bigint FROM first.repeat_repair$$,
    $$VALUES ('surge', 36496::bigint), ('voice', 36496), ('metric', 1200), ('result', 2), ('progress', 1),
        ('accuracy', 13), ('survey', 1), ('service', 1), ('staff', 1200), ('repair', 1)$$,
    'views that go back or reckon back do so from the first instant');
SELECT is_empty($$SELECT view, error FROM pg_temp.read_all('far') WHERE error IS NOT NULL$$,
    'every view can be read that has a day at either end');
SELECT is_empty('SELECT view_name, column_name, difference FROM far.reconciliation WHERE difference <> 0',
    'and adds up');
SELECT results_eq($$SELECT 'case', min(month_on), count(*), sum(opened_count) FROM far.case_flow
    UNION ALL SELECT 'channel', min(month_on), count(*), sum(contact_count) FROM far.channel_shift
    UNION ALL SELECT 'post', min(month_on), count(*), NULL FROM far.community_month
    UNION ALL SELECT 'metric', min(month_on), count(*), sum(amount) FROM far.metric_month WHERE metric = 'cost'
    UNION ALL SELECT 'record', min(month_on), count(*), max(customer_count) FROM far.completeness_monthly
        WHERE field_name = 'email'
    UNION ALL SELECT 'service', min(month_on), count(*), sum(direct_count)::numeric FROM far.deflection_monthly
    UNION ALL SELECT 'referral', min(month_on), count(*), sum(joined_count) FROM far.referral_monthly
    UNION ALL SELECT 'repair', min(month_on), count(*), sum(repair_count) FROM far.repeat_repair
    UNION ALL SELECT 'staff', min(month_on), count(*), max(staff_count) FROM far.staff_flow$$,
    $$VALUES ('case', date '1924-07-01', 1200::bigint, 2::numeric), ('channel', '1924-07-01', 1199, 2),
        ('post', '1924-07-01', 1200, NULL), ('metric', '1924-07-01', 1200, 12), ('record', '1924-07-01', 1200, 2),
        ('service', '1924-07-01', 1200, 4), ('referral', '1924-07-01', 1200, 2), ('repair', '1924-07-01', 1200, 2),
        ('staff', '1924-07-01', 1200, 1)$$,
    'of more than 1,200 months there are the latest, and what was before is of the first');
SELECT results_eq($$SELECT 'mention', min(mentioned_on), count(*), sum(mention_count) FROM far.share_of_voice
    UNION ALL SELECT 'surge', min(period_on), count(*), sum(mention_count) FROM far.mention_surge
    UNION ALL SELECT 'contact', min(contact_on), count(*), sum(contact_count) FROM far.staff_contact
    UNION ALL SELECT 'part', min(period_on), count(*), sum(active_count) FROM far.staff_participation
        WHERE period = 'month'$$,
    $$VALUES ('mention', date '1924-07-01', 72996::bigint, 3::numeric), ('surge', '1924-07-01', 36497, 3),
        ('contact', '1924-07-01', 36474, 2), ('part', '2024-05-01', 2, 2)$$,
    'days go back as far');
-- Contacts and visits since ever are of no month, no day and no hour, and who alone had such is not known by them.
INSERT INTO far.interaction (customer_id, interacted_at, channel, device, purpose, direction, staff_id) VALUES
    (NULL, '-infinity', 'shop', 'phone', 'service', 'in', 's2'),
    ('bob', '2024-06-20', 'mail', NULL, NULL, 'out', 's2');
INSERT INTO far.visit (customer_id, purpose, arrived_at) VALUES ('cid', 'repair', '-infinity');
INSERT INTO far.consent (customer_id, given_at, is_given) VALUES ('cid', '-infinity', true);
INSERT INTO far.service_case (case_id, customer_id, opened_at) VALUES ('c9', 'cid', '-infinity');
SELECT is_empty($$SELECT 'channel' FROM far.channel_mix WHERE month_on = '-infinity' OR channel = 'shop'
    UNION ALL SELECT 'device' FROM far.device_mix UNION ALL SELECT 'purpose' FROM far.purpose_mix
        WHERE month_on = '-infinity'
    UNION ALL SELECT 'hours' FROM far.off_hours_share WHERE month_on = '-infinity'
    UNION ALL SELECT 'visit' FROM far.visit_mix WHERE month_on = '-infinity'
    UNION ALL SELECT 'day' FROM far.staff_day WHERE contact_on = '-infinity'
    UNION ALL SELECT 'consent' FROM far.consent_status
    UNION ALL SELECT 'known' FROM far.customer_360 WHERE customer_id = 'cid'$$, 'what has no day is left out');
SELECT results_eq($$SELECT contact_on, contact_count FROM far.staff_contact WHERE staff_id = 's2'$$,
    $$VALUES ('2024-06-20'::date, 1::bigint)$$, 'and begins no series of days');
SELECT is_empty('SELECT view_name, column_name FROM far.reconciliation_service WHERE difference <> 0',
    'all that is left adds up');
SELECT results_eq($$SELECT source, problem_count FROM far.data_quality WHERE check_name = 'endless_date'
    AND problem_count > 0 ORDER BY 1$$,
    $$VALUES ('consent', 1::bigint), ('interaction', 2), ('service_case', 1), ('visit', 1)$$,
    'data_quality tells of it');
SELECT results_eq('SELECT event_id, customer_id, before_count, after_count, is_over FROM far.event_participant
    ORDER BY 1, 2', $$VALUES ('e1', 'ann', 0::bigint, 0::bigint, false), ('e1', 'bob', 0, 0, false),
        ('e2', 'ann', 0, 1, true)$$, 'an event that far off is not over');
SELECT results_eq('SELECT period_start, period_end, is_complete FROM far.forecast_result ORDER BY 1',
    $$VALUES ('2024-06-01'::date, '5874897-12-31'::date, false), ('5874897-12-31', '5874897-12-31', false)$$,
    'nor is a period');
SELECT * FROM finish();
ROLLBACK;
