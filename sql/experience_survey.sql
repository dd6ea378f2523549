-- Net Promoter Score: how likely are you to recommend us, 0 to 10?
CREATE TABLE answer (region text, score integer);
INSERT INTO answer SELECT 'north', 10 FROM generate_series(1, 50);
INSERT INTO answer SELECT 'north', 7 FROM generate_series(1, 30);
INSERT INTO answer SELECT 'north', 3 FROM generate_series(1, 20);
INSERT INTO answer SELECT 'south', 9 FROM generate_series(1, 9);
INSERT INTO answer VALUES ('south', 0), ('south', NULL);

SELECT region, crm_nps_count(n) AS answers, crm_nps_promoters(n) AS promoters, crm_nps_passives(n) AS passives,
       crm_nps_detractors(n) AS detractors, crm_nps(n) AS nps,
       round(low::numeric, 4) AS low, round(high::numeric, 4) AS high
FROM (SELECT region, crm_nps_agg(score) AS n FROM answer GROUP BY region) AS t, crm_nps_interval(n)
ORDER BY region;

-- The textbook interval leaves the scale; it is cut there.
SELECT region, round(low::numeric, 4) AS low, round(high::numeric, 4) AS high
FROM (SELECT region, crm_nps_agg(score) AS n FROM answer GROUP BY region) AS t, crm_nps_interval(n, 0.95, 'wald')
ORDER BY region;

-- Both regions.
SELECT crm_rollup(n) AS tally, crm_nps(crm_rollup(n)) = (SELECT crm_nps(crm_nps_agg(score)) FROM answer) AS same
FROM (SELECT region, crm_nps_agg(score) AS n FROM answer GROUP BY region) AS t;

-- CSAT: the share of 4 and 5 of five; on another scale its ends are named.
SELECT crm_csat_count(c) AS answers, crm_csat(c) AS csat, round(crm_csat_mean(c)::numeric, 4) AS mean,
       round(low::numeric, 6) AS low, round(high::numeric, 6) AS high
FROM (SELECT crm_csat_agg(CASE WHEN i <= 80 THEN 4 ELSE 2 END, 4) AS c FROM generate_series(1, 100) AS i) AS t,
     crm_csat_interval(c);
SELECT crm_csat(crm_csat_agg(score, 9, 0, 10)) AS top_two_of_eleven FROM answer WHERE region = 'north';

-- CES: the share that found it easy; the ends say which way the scale runs.
SELECT crm_ces(agree) AS easy, crm_ces_mean(agree) AS mean, crm_ces_count(agree) AS answers,
       crm_ces(effort) AS little_effort, round((crm_ces_interval(effort, 0.9)).low::numeric, 6) AS low
FROM (SELECT crm_ces_agg(agreed) AS agree, crm_ces_agg(effort, 5, 1, 2) AS effort
      FROM (VALUES (7, 1), (6, 2), (5, 1), (4, 3), (2, 5), (NULL, NULL)) AS v (agreed, effort)) AS t;

-- Shares of anything.
SELECT hits, n, method, round(low::numeric, 6) AS low, round(high::numeric, 6) AS high
FROM (VALUES (80, 100), (0, 10), (10, 10), (0, 0)) AS v (hits, n),
     unnest('{wilson,agresti-coull,wald}'::text[]) AS method,
     crm_proportion_interval(hits, n, 0.95, method)
ORDER BY hits, n, method;
SELECT round(low::numeric, 10) AS low, round(high::numeric, 10) AS high FROM crm_proportion_interval(80, 100);

-- Kano: rows if the feature is there, columns if it is not.
SELECT f AS functional, string_agg(crm_kano_class(f, d), ' ' ORDER BY d) AS "1 2 3 4 5"
FROM generate_series(1, 5) AS f, generate_series(1, 5) AS d GROUP BY f ORDER BY f;

SELECT feature, k AS tally, crm_kano_better(k) AS better, crm_kano_worse(k) AS worse,
       crm_kano_count(k, 'R') + crm_kano_count(k, 'Q') AS left_out
FROM (SELECT feature, crm_kano_agg(f, d) AS k
      FROM (VALUES ('wifi', 1, 5), ('wifi', 2, 5), ('wifi', 2, 5), ('wifi', 3, 3),
                   ('bath robe', 1, 3), ('bath robe', 1, 4), ('bath robe', 3, 3), ('bath robe', 1, 1),
                   ('bath robe', NULL, 2), ('muzak', 5, 1), ('muzak', 4, 1)) AS v (feature, f, d)
      GROUP BY feature) AS t
ORDER BY feature;

-- Nothing gives nothing.
SELECT crm_nps_agg(score), crm_csat_agg(score, 4), crm_ces_agg(score), crm_kano_agg(score, score)
FROM answer WHERE score IS NULL;
SELECT crm_nps(NULL), crm_csat(NULL), crm_ces(NULL), crm_kano_class(NULL, 1), crm_nps_interval(NULL);

-- What is refused, and how.
SELECT crm_nps_agg(11);
SELECT crm_nps_agg(9.5);
SELECT crm_nps_interval(crm_nps_agg(10), 0.95, 'wilson');
SELECT crm_csat_agg(6, 4);
SELECT crm_csat_agg(3, 6);
SELECT crm_csat_agg(3, NULL);
SELECT crm_csat_agg(v, v) FROM (VALUES (3), (4)) AS t (v);
SELECT crm_rollup(c) FROM (SELECT crm_csat_agg(3, 4) AS c UNION ALL SELECT crm_csat_agg(3, 5)) AS t;
SELECT crm_ces_agg(0);
SELECT crm_ces_agg(8, 1, 7, 5);
SELECT crm_kano_class(0, 1);
SELECT crm_kano_agg(1, 6);
SELECT crm_kano_count(crm_kano_agg(1, 5), 'must-be');
SELECT crm_proportion_interval(11, 10);
SELECT crm_proportion_interval(1, 10, 0.95, 'exact');
SELECT '{"version":1,"detractors":1,"passives":2,"promoters":-3}'::crm_nps_tally;

DROP TABLE answer;
