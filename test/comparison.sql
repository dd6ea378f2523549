-- Shares and means compared: published values, merging, error codes.
BEGIN;
SELECT plan(22);

SELECT is(round(p_value::numeric, 3), 0.035, '0 of 20 against 4 of 20') FROM crm_proportion_test(0, 20, 4, 20);
SELECT is(ARRAY[round(low::numeric, 4), round(high::numeric, 4)], ARRAY[0.0524, 0.3339], 'Newcombe''s example')
FROM crm_proportion_test(56, 70, 48, 80);
SELECT is(crm_proportion_test(0, 0, 4, 20)::text, NULL, 'an empty group has no share');
SELECT is(crm_proportion_test(0, 20, 0, 0)::text, NULL, 'either');
SELECT is((crm_proportion_test(0, 20, 0, 30)).p_value, NULL::double precision, 'no test where nobody has it');
SELECT throws_ok('SELECT crm_proportion_test(5, 4, 1, 2)', '22023', 'a count of 5 is not possible in a group of 4');
SELECT throws_ok('SELECT crm_proportion_test(-1, 4, 1, 2)', '22023', 'a count of -1 is not possible in a group of 4');
SELECT throws_ok('SELECT crm_proportion_test(1, 4, 1, 2, 1)', '22023');

SELECT is(ARRAY[round(difference::numeric, 10), round(low::numeric, 10), round(high::numeric, 10),
    round(p_value::numeric, 10)],
          ARRAY[-3.1333333333, -8.0481508962, 1.7814842295, 0.1826840275], 'Welch''s test, as scipy has it')
FROM (SELECT crm_moments_agg(v) AS a FROM unnest(ARRAY[1.5, 2, 3.25, 4, 9]) AS v) AS a,
     (SELECT crm_moments_agg(v) AS b FROM unnest(ARRAY[2, 2.5, 8, 7, 11, 12]) AS v) AS b, crm_mean_difference(a, b);
SELECT is(crm_mean_difference(a, b)::text, NULL, 'NULL of one number')
FROM (SELECT crm_moments_agg(1) AS a, (SELECT crm_moments_agg(i) FROM generate_series(1, 5) AS i) AS b) AS s;
SELECT is(crm_mean_difference(a, a)::text, NULL, 'and where nothing varies')
FROM (SELECT crm_moments_agg(3) AS a FROM generate_series(1, 5)) AS s;
SELECT ok(abs(crm_moments_mean(m) - a) < 1e-9 AND abs(crm_moments_stddev(m) - s) < 1e-9 AND crm_moments_count(m) = 1000,
          'mean and standard deviation')
FROM (SELECT crm_moments_agg(sqrt(i)) AS m, avg(sqrt(i)) AS a, stddev(sqrt(i)) AS s
    FROM generate_series(1, 1000) AS i) AS t;
SELECT ok(abs(low + high - 2 * crm_moments_mean(m)) < 1e-12
    AND abs((high - low) / 2 - 2.2621571627982 * crm_moments_stddev(m) / sqrt(10)) < 1e-9,
          'Student''s interval')
FROM (SELECT crm_moments_agg(i) AS m FROM generate_series(1, 10) AS i) AS t, crm_moments_interval(m);
SELECT is((SELECT crm_rollup(m)::text FROM (SELECT crm_moments_agg(i) AS m FROM generate_series(1, 1000) AS i
    GROUP BY i % 7) AS p),
          (SELECT crm_moments_agg(i)::text FROM generate_series(1, 1000) AS i), 'rolled up');
SELECT ok(m::text::crm_moments::text = m::text, 'text goes round')
FROM (SELECT crm_moments_agg(i / 7.0) AS m FROM generate_series(1, 9) AS i) AS t;
SELECT throws_ok($$SELECT crm_moments_agg('NaN')$$, '22023');
SELECT is(crm_moments_agg(NULL)::text, NULL, 'no numbers');
SELECT is(crm_moments_agg(x ORDER BY n)::text, crm_moments_agg(x ORDER BY n DESC)::text, 'both zeros in either order')
FROM (VALUES (1, 0::double precision), (2, '-0')) AS v (n, x);
SELECT is(crm_rollup(m ORDER BY n)::text, crm_rollup(m ORDER BY n DESC)::text, 'and those of summaries')
FROM (SELECT crm_moments_agg(0)::text AS plain) AS t
CROSS JOIN LATERAL (VALUES (1, plain::crm_moments), (2, replace(plain, ':0', ':-0')::crm_moments)) AS v (n, m);

\ir lib/data.sql
\if :has_data
\set email :data/email_test.csv
CREATE TEMP TABLE email (
    customer_id integer, recency_months integer, history_amount numeric, mens boolean, womens boolean, area text,
    newbie boolean, channel text, arm text, visited integer, converted integer, spend_amount numeric);
COPY email FROM :'email' (FORMAT csv, HEADER true);
CREATE TEMP TABLE arm AS
SELECT arm, count(*) AS n, sum(visited) AS visited, sum(converted) AS converted, crm_moments_agg(spend_amount) AS spend
FROM email GROUP BY arm;
SELECT is(ARRAY[round(difference::numeric, 11), round(low::numeric, 11), round(high::numeric, 11)],
          ARRAY[0.07658956365, 0.06995330808, 0.08322674127], 'visits of a mailing''s holdout')
FROM arm AS t, arm AS c, crm_proportion_test(t.visited, t.n, c.visited, c.n) WHERE t.arm ~* '^mens' AND c.arm ~* '^no';
SELECT is(ARRAY[round(difference::numeric, 11), round(low::numeric, 12), round(high::numeric, 12)],
          ARRAY[0.00680500652, 0.005014344671, 0.008640723397], 'purchases')
FROM arm AS t, arm AS c, crm_proportion_test(t.converted, t.n, c.converted, c.n)
WHERE t.arm ~* '^mens' AND c.arm ~* '^no';
SELECT is(ARRAY[round(difference::numeric, 10), round(low::numeric, 10), round(high::numeric, 9)],
          ARRAY[0.7698271559, 0.4851397326, 1.054514579], 'and spend')
FROM arm AS t, arm AS c, crm_mean_difference(t.spend, c.spend) WHERE t.arm ~* '^mens' AND c.arm ~* '^no';
\else
SELECT skip('../shared/data is absent', 3);
\endif
SELECT * FROM finish();
ROLLBACK;
