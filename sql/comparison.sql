-- A mailing with a holdout: did more of them come?
CREATE TABLE customer (arm text, visited boolean, spend numeric);
INSERT INTO customer SELECT 'mailed', i <= 56, i % 10 FROM generate_series(1, 70) AS i;
INSERT INTO customer SELECT 'holdout', i <= 48, i % 8 FROM generate_series(1, 80) AS i;

WITH arm AS (
    SELECT arm, count(*) AS n, count(*) FILTER (WHERE visited) AS visits, crm_moments_agg(spend) AS spend
    FROM customer GROUP BY arm
)
SELECT what, round(difference::numeric, 6) AS difference, round(low::numeric, 6) AS low,
       round(high::numeric, 6) AS high, round(p_value::numeric, 6) AS p_value
FROM arm AS m, arm AS h, LATERAL (
    SELECT 'visits' AS what, t.* FROM crm_proportion_test(m.visits, m.n, h.visits, h.n) AS t
    UNION ALL SELECT 'spend', t.* FROM crm_mean_difference(m.spend, h.spend) AS t) AS x
WHERE m.arm = 'mailed' AND h.arm = 'holdout' ORDER BY what DESC;

-- None of 20 against 4 of 20; an empty group; everybody
SELECT round(difference::numeric, 4) AS difference, round(p_value::numeric, 4) AS p_value
FROM crm_proportion_test(0, 20, 4, 20);
SELECT * FROM crm_proportion_test(0, 0, 4, 20);
SELECT difference, round(low::numeric, 4) AS low, round(high::numeric, 4) AS high, p_value
FROM crm_proportion_test(5, 5, 7, 7);

-- Summaries merge.
SELECT crm_rollup(m) AS summary, crm_moments_mean(crm_rollup(m)) AS mean,
       round(crm_moments_stddev(crm_rollup(m))::numeric, 6) AS stddev
FROM (SELECT i % 3, crm_moments_agg(i) AS m FROM generate_series(1, 9) AS i GROUP BY 1) AS t;

SELECT crm_proportion_test(5, 4, 1, 2);
SELECT crm_moments_agg('NaN');
DROP TABLE customer;
