-- Twelve customers, of whom some are alike.
CREATE TABLE customer (name text, silent_days integer, orders integer, amount numeric);
INSERT INTO customer VALUES
    ('ann', 3, 12, 940.10), ('bob', 10, 1, 25), ('cat', 14, 4, 310), ('dan', 35, 4, 55.5),
    ('eve', 60, 2, 80), ('fay', 61, 2, 79.99), ('gus', 90, 9, 720), ('hal', 120, 1, 12),
    ('ida', 120, 1, 12), ('joe', 200, 1, 30), ('kim', 300, 5, 260), ('leo', 365, 1, 0);

-- Fit once ...
SELECT crm_breaks_fit(silent_days) AS r, crm_breaks_fit(orders) AS f, crm_breaks_fit(amount) AS m
FROM customer;

-- ... score anywhere.
WITH fit AS (
    SELECT crm_breaks_fit(silent_days) AS r, crm_breaks_fit(orders) AS f, crm_breaks_fit(amount) AS m
    FROM customer
), scored AS (
    SELECT name, crm_score(silent_days, fit.r, true) AS r, crm_score(orders, fit.f) AS f,
           crm_score(amount, fit.m) AS m
    FROM customer, fit
)
SELECT *, crm_rfm_segment(r, f, m) AS segment, crm_rfm_segment(r, f, m, crm_segment_map('rfm_r')) AS as_r_has_it
FROM scored ORDER BY name;

-- Deciles, breaks of one's own, and one bin.
SELECT crm_breaks_fit(silent_days, 10) AS deciles, crm_breaks_fit(silent_days, 1) AS one_bin FROM customer;
SELECT silent_days, crm_score(silent_days, '{30,90,180}') AS score,
       crm_score(silent_days, '{30,90,180}', true) AS reversed
FROM customer ORDER BY silent_days;
SELECT crm_score(7, '{}'), crm_score(7, '{7}'), crm_score(7, '{7}', true), crm_score('Infinity', '{7}'),
       crm_score(NULL, '{7}');

-- What a score means, and how many have it; some scores nobody can have.
SELECT s.* FROM (SELECT crm_distribution_agg(silent_days) AS d FROM customer) AS x,
                crm_breaks_describe(crm_breaks_fit(d), d, reverse => true) AS s ORDER BY score;
SELECT s.* FROM (SELECT crm_distribution_agg(orders) AS d FROM customer) AS x,
                crm_breaks_describe(crm_breaks_fit(d, 8), d) AS s ORDER BY score;
SELECT * FROM crm_breaks_describe('{30,90}');
SELECT * FROM crm_breaks_describe('{}');
SELECT * FROM crm_breaks_describe('{30,90}', '{}');
SELECT * FROM crm_breaks_describe(NULL);
SELECT bool_and(counted = customers) AS as_scored
FROM (SELECT crm_breaks_fit(amount, 4) AS breaks, crm_distribution_agg(amount) AS d FROM customer) AS x,
     crm_breaks_describe(breaks, d) AS s,
     LATERAL (SELECT count(*) AS counted FROM customer WHERE crm_score(amount, breaks) = s.score) AS y;

-- percentile_cont agrees, but for the last bit: it multiplies 0.2 by n - 1.
SELECT max(abs(ours - theirs)) < 1e-12 AS same
FROM (SELECT crm_breaks_fit(amount) AS a,
             percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY amount) AS b
      FROM customer) AS x, unnest(a, b) AS u(ours, theirs);

-- Few values, no values, NULLs.
SELECT crm_breaks_fit(v) FROM (VALUES (1.0), (NULL)) AS t(v);
SELECT crm_breaks_fit(v) FROM (VALUES (NULL::float8)) AS t(v);
SELECT crm_breaks_fit(v) FROM (VALUES (1), (2)) AS t(v);

-- All values collected once and asked twice; parts put together.
SELECT crm_breaks_fit(d, 2) AS median, crm_breaks_fit(d, 4) AS quartiles, crm_value_count(d) AS n, d
FROM (SELECT crm_distribution_agg(orders) AS d FROM customer) AS x;
SELECT crm_breaks_fit(crm_rollup(d)) = (SELECT crm_breaks_fit(amount) FROM customer) AS same
FROM (SELECT crm_distribution_agg(amount) AS d FROM customer GROUP BY orders) AS x;
SELECT crm_distribution_agg(v) FROM (VALUES ('-0'::float8), (0), (1e-310), (-1.7976931348623157e308), (0.1)) AS t(v);

-- The built-in maps: every cell has a segment.
SELECT crm_segment_map();
SELECT segment, count(*) AS cells, min(matches) AS rules_at_least, max(matches) AS rules_at_most
FROM crm_segment_map_audit(crm_segment_map()) GROUP BY segment ORDER BY segment;
SELECT segment, count(*) AS cells, min(matches) AS rules_at_least, max(matches) AS rules_at_most
FROM crm_segment_map_audit(crm_segment_map('rfm_r')) GROUP BY segment ORDER BY segment;

-- A map of one's own; it tells what it leaves out and what it never reaches.
SELECT name, crm_rfm_segment(r, f, m, '5 4-5 * gold; 4-5 * * silver; 5 5 5 platinum') AS segment
FROM (VALUES ('a', 5, 5, 5), ('b', 4, 1, 1), ('c', 1, 1, 1)) AS t(name, r, f, m);
SELECT crm_rfm_segment(1, 1, 1, '# everybody' || chr(10) || 'else   all of them  ');

-- What is refused, and how.
SELECT crm_breaks_fit('NaN'::float8);
SELECT crm_breaks_fit('-Infinity'::float8);
SELECT crm_breaks_fit(1.0, 0);
SELECT crm_breaks_fit(1.0, NULL);
SELECT crm_breaks_fit(v, v::int) FROM (VALUES (1.0), (2.0)) AS t(v);
SELECT crm_score('NaN', '{1,2}');
SELECT crm_score(1, '{2,1}');
SELECT crm_score(1, '{1,NULL}');
SELECT * FROM crm_breaks_describe('{2,1}');
SELECT * FROM crm_breaks_describe('{1,Infinity}');
SELECT crm_segment_map('gird');
SELECT crm_rfm_segment(6, 1, 1);
SELECT crm_rfm_segment(1, 1, 1, '5 5 5 gold; 6 * * silver');
SELECT crm_rfm_segment(1, 1, 1, '');
SELECT '{1*0}'::crm_distribution;
SELECT '{1,NaN}'::crm_distribution;

DROP TABLE customer;
