-- Ten guests of a hotel said what they expected of four touchpoints, 1 to 10,
-- and what they got. Some did not answer everything.
CREATE TABLE rating (guest integer, touchpoint text, expected integer, actual integer);
INSERT INTO rating
SELECT guest, touchpoint, expected, actual
FROM (VALUES ('1 booking',   '{7,8,7,6,8,7,9,7,8,7}'::integer[],      '{9,9,8,8,9,9,10,8,10,9}'::integer[]),
             ('2 check-in',  '{8,7,8,8,9,7,8,NULL,8,7}',              '{5,6,6,4,7,5,6,3,7,5}'),
             ('3 room',      '{8,8,7,9,8,7,8,8,7,9}',                 '{8,9,7,8,8,8,7,8,7,9}'),
             ('4 breakfast', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', '{7,8,9,7,NULL,8,7,9,8,8}'))
     AS t (touchpoint, e, a), unnest(e, a) WITH ORDINALITY AS u (expected, actual, guest);

-- One guest at a time.
SELECT guest, crm_experience_gap(expected, actual) AS gap, crm_experience_outcome(expected, actual) AS outcome,
       crm_experience_outcome(expected, actual, 2) AS tolerant
FROM rating WHERE touchpoint = '2 check-in' ORDER BY guest;

-- Half a step is met, rounding is no gap.
SELECT crm_experience_outcome(7, 7.5), crm_experience_outcome(0.6, 1.1), crm_experience_outcome(7, 7.51),
       crm_experience_outcome(0.3, 0.1 + 0.2::float8, 0);

-- All of them, touchpoint by touchpoint.
SELECT touchpoint, crm_gap_count(e) AS n, round(crm_expected_mean(e)::numeric, 2) AS expected,
       round(crm_actual_mean(e)::numeric, 2) AS actual, round(crm_gap_mean(e)::numeric, 4) AS gap,
       round(crm_gap_stderr(e)::numeric, 4) AS stderr, round(low::numeric, 4) AS low, round(high::numeric, 4) AS high,
       crm_group_outcome(e) AS outcome
FROM (SELECT touchpoint, crm_experience_agg(expected, actual) AS e FROM rating GROUP BY touchpoint) AS t,
     crm_gap_interval(e)
ORDER BY touchpoint;

-- Nobody was asked what they expect of breakfast: SERVPERF.
SELECT crm_gap_count(e), crm_gap_mean(e), crm_actual_count(e), crm_expected_count(e), crm_expected_mean(e),
       round(crm_actual_mean(e)::numeric, 4) AS mean, round(crm_actual_stddev(e)::numeric, 4) AS stddev,
       round(low::numeric, 4) AS low, round(high::numeric, 4) AS high
FROM (SELECT crm_experience_agg(expected, actual) AS e FROM rating WHERE touchpoint = '4 breakfast') AS t,
     crm_actual_interval(e);

-- How many of the pairs had which outcome.
SELECT touchpoint, o AS outcome, round(crm_outcome_share(e, o)::numeric, 3) AS share
FROM (SELECT touchpoint, crm_experience_agg(expected, actual) AS e FROM rating GROUP BY touchpoint) AS t,
     unnest('{negative,satisfied,positive}'::text[]) AS o
ORDER BY touchpoint, crm_outcome_share(e, o) DESC, o;

-- Summaries of parts add up to the summary of the whole.
SELECT crm_rollup(e)::text = (SELECT crm_experience_agg(expected, actual)::text FROM rating) AS same
FROM (SELECT crm_experience_agg(expected, actual) AS e FROM rating GROUP BY touchpoint, guest % 3) AS t;

-- Is the room better than check-in? By how much, and could it be chance?
SELECT round(difference::numeric, 6) AS difference, round(low::numeric, 6) AS low, round(high::numeric, 6) AS high,
       round(p_value::numeric, 10) AS p_value
FROM crm_gap_test((SELECT crm_experience_agg(expected, actual) FROM rating WHERE touchpoint = '3 room'),
                  (SELECT crm_experience_agg(expected, actual) FROM rating WHERE touchpoint = '2 check-in'));

-- SERVQUAL: five dimensions, whose mean gap is the overall one; or weighted, the weights adding up to whatever.
SELECT round(crm_gap_mean(crm_experience_agg(expected, perceived))::numeric, 6) AS unweighted,
       round(crm_gap_mean(crm_experience_agg(expected, perceived, weight))::numeric, 6) AS weighted
FROM (VALUES ('tangibles', 6.20, 5.55, 11), ('reliability', 6.60, 5.50, 32), ('responsiveness', 6.40, 5.57, 22),
             ('assurance', 6.50, 5.80, 19), ('empathy', 6.30, 5.29, 16)) AS d (dimension, expected, perceived, weight);

-- The value itself is JSON.
SELECT crm_experience_agg(e, a, w)
FROM (VALUES (7, 8.5, 1), (6, NULL, 2), (NULL, 9, 0.1), (3, 4, 0), (1, 1, NULL)) AS t (e, a, w);
SELECT round((e::text::jsonb -> 'gap_max')::numeric, 2) AS largest_gap
FROM (SELECT crm_experience_agg(expected, actual) AS e FROM rating) AS t;

-- Nothing gives nothing, one rating has no uncertainty to speak of.
SELECT crm_experience_agg(expected, actual) IS NULL AS no_rows FROM rating WHERE false;
SELECT crm_experience_agg(NULL, NULL) IS NULL AS no_answers FROM rating;
SELECT crm_experience_agg(expected, actual, 0) IS NULL AS no_weight FROM rating;
SELECT crm_gap_mean(e), crm_gap_stddev(e), crm_gap_stderr(e), crm_gap_interval(e), crm_group_outcome(e),
       crm_gap_test(e, e)
FROM (SELECT crm_experience_agg(7, 8) AS e) AS t;
SELECT crm_gap_mean(NULL), crm_gap_interval(NULL), crm_rollup(NULL::crm_experience);

-- As a window: the gap so far, and of the last three guests.
SELECT guest, crm_gap_mean(crm_experience_agg(expected, actual) OVER (ORDER BY guest)) AS so_far,
       crm_gap_mean(crm_experience_agg(expected, actual) OVER (ORDER BY guest ROWS 2 PRECEDING)) AS last_three
FROM rating WHERE touchpoint = '1 booking' AND guest <= 5 ORDER BY guest;

-- What is refused, and how.
SELECT crm_experience_gap('NaN', 5);
SELECT crm_experience_outcome(5, 5, -1);
SELECT crm_experience_agg(expected, 'Infinity') FROM rating;
SELECT crm_experience_agg(expected, actual, -1) FROM rating;
SELECT crm_experience_agg(1, 1e200);
SELECT crm_gap_interval(crm_experience_agg(expected, actual), 95) FROM rating;
SELECT crm_outcome_share(crm_experience_agg(expected, actual), 'happy') FROM rating;
SELECT '{"version":1}'::crm_experience;

DROP TABLE rating;
