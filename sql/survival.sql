-- How long until an answer, when some still wait?
CREATE TABLE answer (team text, hours double precision, is_answered boolean);
INSERT INTO answer VALUES ('north', 1, true), ('north', 2, true), ('north', 3, false), ('north', 4, true),
    ('north', 5, false), ('south', 6, true), ('south', 7, true), ('south', 7, false), ('south', 9, true),
    ('south', 30, false),
    ('east', 3, false), ('east', 8, false), ('east', NULL, true), ('east', 2, NULL);

SELECT team, s, crm_survival_count(s) AS cases, crm_survival_count(s) - crm_survival_observed_count(s) AS still_open,
       crm_survival_quantile(s, 0.5) AS median, low, high, crm_survival_share(s, 4) AS open_after_4
FROM (SELECT team, crm_survival_agg(hours, is_answered) AS s FROM answer GROUP BY team) AS t,
     crm_survival_interval(s, 0.5)
ORDER BY team;

-- The curve of one team
SELECT duration, at_risk_count, observed_count, censored_count, round(share::numeric, 4) AS share,
       round(low::numeric, 4) AS low, round(high::numeric, 4) AS high
FROM crm_survival_curve((SELECT crm_survival_agg(hours, is_answered) FROM answer WHERE team = 'north'));

-- Kept by team, asked for all: the same as from the rows.
CREATE TABLE kept AS SELECT team, crm_survival_agg(hours, is_answered) AS s FROM answer GROUP BY team;
SELECT crm_rollup(s) AS s, crm_rollup(s)::text = (SELECT crm_survival_agg(hours, is_answered)::text FROM answer) AS same
FROM kept;

-- Does the south take longer than the north? Mean hours within the first five.
SELECT round(chi_squared::numeric, 6) AS chi_squared, round(p_value::numeric, 6) AS p_value
FROM kept AS n, kept AS s, crm_survival_test(n.s, s.s) WHERE n.team = 'north' AND s.team = 'south';
SELECT team, crm_survival_mean(s, 5) AS mean_to_5, crm_survival_mean(s, 10) AS mean_to_10 FROM kept ORDER BY team;

-- Textbook data: remissions in weeks, Freireich et al. (1963)
SELECT crm_survival_quantile(s, 0.5) AS median, a.low, a.high, b.low AS plain_low, b.high AS plain_high
FROM (SELECT '{6*3,6+,7,9+,10,10+,11+,13,16,17+,19+,20+,22,23,25+,32+*2,34+,35+}'::crm_survival AS s) AS t,
     crm_survival_interval(s, 0.5) AS a, crm_survival_interval(s, 0.5, 0.95, 'plain') AS b;

-- S stands exactly at a half after the twelfth of twenty-four.
SELECT crm_survival_quantile(crm_survival_agg(i, true), 0.5) AS median FROM generate_series(1, 24) AS i;

SELECT crm_survival_agg(-1, true);
SELECT '{1,2 3}'::crm_survival;
SELECT crm_survival_interval('{1,2}', 0.5, 0.95, 'exact');
DROP TABLE answer, kept;
