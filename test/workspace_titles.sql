-- What the report's pictures say: true in every state of the data, of ties, of
-- nothing, of less than nothing, and of what a picture leaves out.
BEGIN;
SELECT plan(64);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-05-10';
\ir lib/pictures.sql
SELECT crm_create_workspace('w', subjects => '{community,event,programme,plan,service}');

-- A query reads what it says that it needs.
SELECT is((SELECT string_agg(DISTINCT name || ': ' || read[1], ', ')
           FROM picture_query, regexp_matches(query, '(?:FROM|JOIN) (\w+)', 'g') AS read
           WHERE to_regclass('w.' || read[1]) IS NOT NULL AND name <> 'head'
             AND NOT read[1] = ANY (string_to_array(substring(query FROM '^-- needs: *([^\n]*)'), ' '))),
          NULL, 'every view that is read is one that is needed');

-- Community: one question a month, and nobody answers any more.
INSERT INTO w.post (post_id, posted_at, customer_id, kind)
SELECT 'q' || m, make_timestamptz(2024, m, 5, 10, 0, 0, 'UTC'), 'ann', 'question' FROM generate_series(1, 4) AS m;
INSERT INTO w.post (post_id, posted_at, customer_id, kind, parent_id) VALUES
    ('a1', '2024-01-05 11:00Z', 'bob', 'answer', 'q1');
SELECT is(pg_temp.title('w', '60_community/02_health'), '1 of 5 health factors is better than in most months',
          'a tie is not better, nor is what is none; April is the liveliest, for it is shorter than most');
SELECT is(pg_temp.title('w', '60_community/01_help'), '1 of 4 questions are answered', 'few questions are counted');
SET LOCAL crm_ext.as_of = '2024-02-10';
SELECT is(pg_temp.title('w', '60_community/02_health'), 'The community has no months to compare yet',
          'a first month has no usual');
SET LOCAL crm_ext.as_of = '2024-05-10';
INSERT INTO w.post (post_id, posted_at, customer_id, kind, parent_id)
SELECT kind || n, timestamptz '2024-04-08 10:00Z' + n * interval '1 day', 'c' || n, kind,
       CASE kind WHEN 'answer' THEN 'question' || n END
FROM generate_series(1, 9) AS n, unnest('{question,answer}'::text[]) AS kind;
SELECT is(pg_temp.title('w', '60_community/02_health'), '4 of 5 health factors are better than in most months',
          'what is better is told');
SELECT matches(pg_temp.picture('w', '60_community/02_health') ->> 'subtitle',
               'January 2024 to 2024-05-10; n = 5 \(months\)$',
               'and of what time');
INSERT INTO w.post (post_id, posted_at, customer_id, kind)
SELECT 'old' || n, timestamptz '2019-03-01' + n * interval '1 day', 'ann', 'question' FROM generate_series(1, 90) AS n;
SELECT is(pg_temp.title('w', '60_community/01_help'), '10 of 13 questions of three years are answered',
          'questions before the picture are not spoken of');
DELETE FROM w.post WHERE post_id IN ('q2', 'q3', 'q4');
SELECT is(pg_temp.title('w', '60_community/01_help'), 'All questions of three years are answered', 'nor claimed');
SET LOCAL crm_ext.as_of = '2030-05-10';
SELECT ok(pg_temp.picture('w', '60_community/01_help') IS NULL, 'none of late has no picture');
SET LOCAL crm_ext.as_of = '2024-05-10';

-- Events
INSERT INTO w.event (event_id, kind, starts_at) VALUES
    ('e1', 'fair', '2024-01-10 18:00Z'), ('e2', 'fair', '2024-02-10 18:00Z'), ('e3', 'meetup', '2024-03-10 18:00Z');
INSERT INTO w.attendance (event_id, customer_id, response, replied_at)
SELECT 'e' || e, 'c' || n, CASE e WHEN 1 THEN 'yes' ELSE 'no' END, '2024-01-02'
FROM generate_series(1, 3) AS e, generate_series(1, 10) AS n;
SELECT is(pg_temp.title('w', '65_event/01_attendance'), 'The usual event has 0 who say yes',
          'an event without a yes is one all the same');
SELECT is(pg_temp.title('w', '65_event/01_attendance'),
          (SELECT format('The usual event has %s who say yes', median_yes_count) FROM w.event_summary),
          'as event_summary says');
DELETE FROM w.event WHERE event_id <> 'e1';
DELETE FROM w.attendance WHERE event_id <> 'e1';
SELECT is(pg_temp.title('w', '65_event/01_attendance'), 'The only event has 10 who say yes',
          'one event is no usual one');
CREATE TEMPORARY TABLE event_effect_by_kind (LIKE w.event_effect_by_kind);
INSERT INTO event_effect_by_kind (kind, is_executive_present, event_count, attendee_count, matched_count, raw_change,
                                  matched_change) VALUES
    ('fair', NULL, 1, 1, 1, 1, 1), ('meetup', NULL, 1, 1, 1, -3, -3);
SELECT is(pg_temp.title('w', '65_event/02_effect'), 'Who came joined 1.00 fewer events than their match',
          'the title is of all kinds, and says which way');
UPDATE event_effect_by_kind SET matched_count = 9 WHERE kind = 'fair';
SELECT is(pg_temp.title('w', '65_event/02_effect'), 'Who came joined 0.60 more events than their match',
          'by those who have a match');
UPDATE event_effect_by_kind SET matched_change = 0;
SELECT is(pg_temp.title('w', '65_event/02_effect'), 'Who came joined as many events as their match', 'or neither way');
INSERT INTO event_effect_by_kind (kind, is_executive_present, event_count, attendee_count, matched_count, raw_change,
                                  matched_change) VALUES
    (NULL, false, 1, 1, 1, 1, 1), (NULL, true, 1, 1, 1, 1, 1), (NULL, NULL, 1, 1, 1, 1, 1);
SELECT is((SELECT string_agg(shown ->> 'kind', ' | ' ORDER BY shown ->> 'kind' COLLATE "C")
           FROM json_array_elements(pg_temp.picture('w', '65_event/02_effect') -> 'rows') AS shown),
          'fair | meetup | no kind | no kind, with executives | no kind, without',
          'each row has a name of its own, and an unknown kind is not all');

-- Touchpoints: who is too few to be told of is not denied.
INSERT INTO w.touchpoint (touchpoint_id, touchpoint_name) VALUES ('desk', 'Desk'), ('door', 'Door');
INSERT INTO w.rating (customer_id, touchpoint_id, level, score, rated_at)
SELECT 'c' || n, place, level, CASE WHEN place = 'door' AND level = 'actual' THEN 1 ELSE 7 END, '2024-03-05'
FROM generate_series(1, 30) AS n, unnest('{desk,door}'::text[]) AS place, unnest('{expected,actual}'::text[]) AS level
WHERE place = 'desk' OR n < 30;
SELECT is(pg_temp.title('w', '50_experience/01_gaps'), 'No touchpoint rated by 30 falls short', 'one of 29 does');
SELECT is(pg_temp.title('w', '52_programme/02_gaps'), 'No touchpoint rated by 30 disappoints', 'by month too');
DELETE FROM w.rating WHERE touchpoint_id = 'door';
SELECT is(pg_temp.title('w', '50_experience/01_gaps'), 'No touchpoint falls short of what was expected', 'none does');
SELECT is(pg_temp.title('w', '52_programme/02_gaps'), 'No touchpoint disappoints over the year', 'by month neither');
UPDATE w.rating SET score = 6.98 WHERE level = 'actual';
SELECT matches(pg_temp.title('w', '50_experience/01_gaps'), '^Desk falls less than 0.1 short', 'hardly is not by 0.0');
SELECT is(pg_temp.title('w', '52_programme/02_gaps'), 'Desk disappoints most: under 0.1 less than expected',
          'by month neither');
DELETE FROM w.rating;
INSERT INTO w.rating (customer_id, touchpoint_id, level, score, weight, rated_at)
SELECT 'c' || n, 'desk', level, CASE WHEN level = 'actual' AND n <= 20 THEN 5 ELSE 7 END,
       CASE WHEN n <= 20 THEN 10 ELSE 1 END, CASE WHEN n <= 20 THEN '2024-02-05' ELSE '2024-03-05' END::date
FROM generate_series(1, 40) AS n, unnest('{expected,actual}'::text[]) AS level;
SELECT matches(pg_temp.title('w', '50_experience/01_gaps'), '^Desk falls 1.8 short', 'ratings have weights');
SELECT is(pg_temp.title('w', '52_programme/02_gaps'), 'Desk disappoints most: 1.8 less than expected',
          'which the mean over months has too');
DELETE FROM w.rating;
SELECT results_eq($$SELECT item, gap FROM json_to_recordset(pg_temp.picture('w', '52_programme/02_gaps') -> 'rows')
                  AS shown (item text, gap double precision)$$, 'SELECT NULL::text, NULL::double precision WHERE false',
                  'without a rating there is no picture');

-- Plans: nothing sold is what came.
INSERT INTO w.purchase (customer_id, purchased_at, amount) VALUES ('c1', '2024-03-05', 100);
INSERT INTO w.plan_line (kind, period_start, amount) VALUES ('sales', '2024-03-01', 100), ('sales', '2024-04-01', 90);
SELECT is(pg_temp.title('w', '70_plan/01_bridge'), 'Sales: 100.0 % below plan', 'April, in which nothing was sold');
SELECT results_eq($$SELECT step, to_amount FROM json_to_recordset(pg_temp.picture('w', '70_plan/01_bridge') -> 'rows')
                  AS bar (step_order integer, step text, to_amount double precision) WHERE step_order IN (1, 6)
                  ORDER BY step_order$$,
                  $$VALUES ('Plan', 90::double precision), ('Actual', 0)$$, 'has a bar of nothing');
SELECT is(pg_temp.title('w', '70_plan/02_sales'), 'Sales met the plan in 1 of 2 months', 'and is a month not met');
DELETE FROM w.plan_line WHERE period_start = '2024-04-01';
SELECT is(pg_temp.title('w', '70_plan/01_bridge'), 'Sales: as planned', 'no difference is neither above nor below');
UPDATE w.plan_line SET period_start = '2023-01-01', period_end = '2023-12-31', amount = 10;
SELECT ok(pg_temp.picture('w', '70_plan/02_sales') IS NULL, 'a plan of a year has no months');
SELECT matches((SELECT substring(query FROM '-- empty: ([^\n]*)') FROM picture_query WHERE name = '70_plan/02_sales'),
               'for that month', 'which is what is said to be missing');

-- Service
INSERT INTO w.service_case (case_id, customer_id, opened_at)
SELECT 't' || n, 'c' || n, timestamptz '2024-02-05 10:00Z' + n * interval '1 day' FROM generate_series(1, 9) AS n;
SELECT is(pg_temp.title('w', '53_service/01_flow'), 'The backlog grew from 0 to 9',
          'from the start of the first month');
SELECT matches(pg_temp.title('w', '53_service/02_hours'), '^Most is asked in \d hours of the week alike$',
               'hours that are alike');
INSERT INTO w.case_state (case_id, changed_at, status)
SELECT 't' || n, '2024-03-05 10:00Z', 'resolved' FROM generate_series(1, 9) AS n;
SELECT is(pg_temp.title('w', '53_service/01_flow'), 'The backlog is 0, as at first', 'and back');

-- Refunds: shares of the net revenue, the curve of all.
DELETE FROM w.purchase;
INSERT INTO w.purchase (customer_id, purchased_at, amount)
SELECT 'c' || n, date '2024-01-01' + n, CASE WHEN n <= 50 THEN 100 ELSE -50 END FROM generate_series(1, 100) AS n;
DELETE FROM w.fit;
SELECT crm_refit('w');
SELECT results_eq($$SELECT sum(amount_share) FILTER (WHERE segment <> 'no segment'),
                           sum(amount_share) FILTER (WHERE segment = 'no segment')
                    FROM json_to_recordset(pg_temp.picture('w', '10_who/01_segments') -> 'rows')
                        AS bar (segment text, amount_share numeric)$$,
                  'VALUES (2.0, -1.0)', 'what is below zero has a share below zero');
SELECT is((SELECT sum(amount_share) FROM json_to_recordset(pg_temp.picture('w', '20_stand/01_stages') -> 'rows')
               AS bar (amount_share numeric)), 1.0, 'and all are one');
SELECT is(pg_temp.title('w', '10_who/04_lorenz'), 'The top 20 % of customers bring 80.0 % of revenue',
          'the curve is of the same customers and the same revenue');
SELECT matches(pg_temp.picture('w', '10_who/04_lorenz') ->> 'subtitle', 'n = 100 \(customers\); no Gini',
               'without a Gini');
SELECT results_eq($$SELECT customer_count, amount_share
                    FROM json_to_recordset(pg_temp.picture('w', '10_who/04_lorenz') -> 'rows')
                        AS point (customer_pct integer, customer_count bigint, amount_share numeric)
                    WHERE customer_pct IN (0, 25, 50, 75, 100) ORDER BY customer_pct$$,
                  'VALUES (0::bigint, 0.0), (25, 1.0), (50, 2.0), (75, 1.5), (100, 1.0)', 'it dips');
SELECT is((SELECT up_to FROM json_to_recordset(pg_temp.picture('w', '10_who/04_lorenz') #> '{extra,classes}')
               AS part (class text, up_to numeric) ORDER BY class DESC LIMIT 1), 0.5,
               'classes are of the same customers');
SELECT matches(pg_temp.picture('w', 'head') ->> 'sentence',
               '^100 customers, 50 of them with refunds only, brought net 2,500 from', 'nor is it of the buyers alone');
UPDATE w.purchase SET amount = -7500 WHERE amount < 0;
SELECT is(pg_temp.title('w', '10_who/01_segments'), 'No revenue: net of refunds it is -370,000.00',
          'less than nothing');
SELECT matches(pg_temp.picture('w', '10_who/04_lorenz') ->> 'empty', 'no revenue', 'has no curve');
UPDATE w.purchase SET amount = 10 WHERE amount < 0;
SELECT matches(pg_temp.picture('w', 'head') ->> 'sentence', '^100 customers brought 5,500 from',
               'who has bought is one');
SELECT matches(pg_temp.picture('w', '10_who/04_lorenz') ->> 'subtitle', 'n = 100 \(customers\); Gini 0',
               'without refunds one has');

-- Cohorts: of all, older ones too, and by columns.
DELETE FROM w.purchase;
INSERT INTO w.purchase (customer_id, purchased_at, amount)
SELECT 'old' || n, timestamp '2019-01-15' + (n % 24 + 3 * k) * interval '1 month', 10
FROM generate_series(1, 480) AS n, generate_series(0, 1) AS k
UNION ALL
SELECT 'new' || n, timestamp '2023-01-15' + n % 18 * interval '1 month', 10 FROM generate_series(1, 360) AS n;
SET LOCAL crm_ext.as_of = '2024-12-31';
SELECT is(pg_temp.title('w', '30_stay/01_cohorts'), '57.1 % bought again in the quarter after their first',
          'the title is of all');
SELECT matches(pg_temp.picture('w', '30_stay/01_cohorts') ->> 'subtitle',
               'to 12; up to 2024-12-31; the latest 13 of 14 cohorts; n = 840 \(customers\)$',
               'and what is shown is said');
SET LOCAL crm_ext.as_of = '2023-12-31';
DELETE FROM w.purchase WHERE customer_id LIKE 'new%';
SELECT is(pg_temp.title('w', '30_stay/01_cohorts'), '100.0 % bought again in the quarter after their first',
          'old cohorts have come again');
SET LOCAL crm_ext.as_of = '2019-12-31';
SELECT matches(pg_temp.title('w', '30_stay/01_cohorts'), 'in the month after their first$',
               'eleven columns are months');
SET LOCAL crm_ext.as_of = '2020-03-10';
SELECT matches(pg_temp.picture('w', '30_stay/03_growth') ->> 'subtitle',
               'January 2019 to 2020-03-10; n = 15 \(months\)$',
               'growth says from when');
DELETE FROM w.purchase WHERE customer_id NOT IN ('old24', 'old48');
SELECT is(pg_temp.title('w', '30_stay/01_cohorts'), '2 of 2 bought again in the quarter after their first',
          'fourteen are quarters, of one cohort too');

-- How often: who came once stands alone, and numbers of which few are expected go together.
CREATE TEMPORARY TABLE clv_frequency_check (LIKE w.clv_frequency_check);
INSERT INTO clv_frequency_check (frequency, customer_count, expected_count)
SELECT n, CASE n WHEN 10 THEN 40 ELSE 0 END, CASE n WHEN 10 THEN 30.5 ELSE 0.95 END FROM generate_series(0, 10) AS n;
SELECT is(pg_temp.title('w', '40_worth/05_frequency'), '0 came once, the model expects 1', 'all have come often');
CREATE FUNCTION pg_temp.bars() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s: %s', label, customer_count), ' | ' ORDER BY frequency)
    FROM json_to_recordset(pg_temp.picture('w', '40_worth/05_frequency') -> 'rows')
        AS bar (frequency integer, label text, customer_count integer);
$$;
SELECT is(pg_temp.bars(), '0: 0 | 1 to 6: 0 | 7+: 40', 'and the bars keep them apart');
UPDATE clv_frequency_check SET customer_count = 100 >> frequency, expected_count = 100 >> frequency;
SELECT is(pg_temp.bars(), '0: 100 | 1: 50 | 2: 25 | 3: 12 | 4+: 10', 'the last ones go together');
UPDATE clv_frequency_check SET expected_count = 0.1 WHERE frequency > 0;
SELECT is(pg_temp.bars(), '0: 100 | 1+: 97', 'or all but who came once');

-- Ties, lists, and what stayed
CREATE TEMPORARY TABLE segment_typical (LIKE w.segment_typical);
INSERT INTO segment_typical (segment, segment_order, customer_count, median_recency_days) VALUES ('at risk', 1, 40, 0);
SELECT is(pg_temp.title('w', '10_who/03_typical'), 'Half of at risk last bought on 2020-03-10', 'all of the same day');
UPDATE segment_typical SET median_recency_days = 12.5;
SELECT is(pg_temp.title('w', '10_who/03_typical'), 'Half of at risk last bought 12 or more days ago', 'half at least');
CREATE TEMPORARY TABLE rfm_heatmap (LIKE w.rfm_heatmap);
INSERT INTO rfm_heatmap (r_score, f_score, customer_count, mean_amount) VALUES (5, 1, 40, 10);
CREATE TEMPORARY TABLE rfm_thresholds (LIKE w.rfm_thresholds);
INSERT INTO rfm_thresholds (dimension, score, customer_count)
SELECT 'frequency', n, CASE n WHEN 1 THEN 40 ELSE 0 END FROM generate_series(1, 5) AS n;
SELECT matches(pg_temp.picture('w', '10_who/02_rfm') ->> 'sentence', 'Frequencies 2, 3, 4 and 5 are empty: so many',
               'what is empty is a list');
UPDATE rfm_thresholds SET customer_count = 1 WHERE score > 2;
SELECT matches(pg_temp.picture('w', '10_who/02_rfm') ->> 'sentence', 'Frequency 2 is empty: so many', 'or one');
CREATE TEMPORARY TABLE segment_history (LIKE w.segment_history);
INSERT INTO segment_history (month_on, month_end_on, segment, segment_order, customer_count) VALUES
    ('2020-01-01', '2020-01-31', 'new', 1, 100), ('2020-02-01', '2020-02-29', 'new', 1, 100);
SELECT is(pg_temp.title('w', '20_stand/02_segment_history'), 'New stayed at 100', 'what did not change stayed');
CREATE TEMPORARY TABLE snapshot_day (LIKE w.snapshot_day);
INSERT INTO snapshot_day VALUES ('2020-02-29', '2020-01-31', 1);
CREATE TEMPORARY TABLE segment_transition (LIKE w.segment_transition);
INSERT INTO segment_transition VALUES ('2020-01-31', '2020-02-29', 'new', 1, 'loyal', 2, 40, 1);
SELECT is(pg_temp.title('w', '20_stand/03_moves'), '0.0 % of new stayed', 'nobody stayed');

CREATE TEMPORARY TABLE nps_monthly (LIKE w.nps_monthly);
INSERT INTO nps_monthly (month_on, kind, answer_count, nps, nps_low, nps_high)
SELECT month_on, 'nps', 40, 20, 10, 30 FROM unnest('{2020-01-01,2020-02-01}'::date[]) AS month_on;
SELECT is(pg_temp.title('w', '52_programme/01_nps'), 'The net promoter score is +20, as at first',
          'nor does a score go');

-- Who came once is as old as silent: both matrices say so.
CREATE TEMPORARY TABLE clv_matrix (LIKE w.clv_matrix);
INSERT INTO clv_matrix (purchase_days, silent_weeks, tenure_days, p_alive, expected_purchases, customer_count,
                        horizon_days)
VALUES (5, 20, 700, 0.5, 1, 40, 365);
SELECT is((SELECT count(*) FROM unnest('{40_worth/02_alive,40_worth/03_purchases}'::text[]) AS name
           WHERE pg_temp.picture('w', name) ->> 'sentence' ~ 'Who came once has been silent for as long as known'),
          2::bigint, 'why one purchase may promise more than two');

-- Every subtitle says of how many.
SELECT is((SELECT string_agg(name, ', ') FROM picture_query
           WHERE query !~ 'n = %s' AND name NOT IN ('head', '50_experience/03_index') AND name !~ '^90_'), NULL,
          'of how many each picture is');

SELECT * FROM finish();
ROLLBACK;
