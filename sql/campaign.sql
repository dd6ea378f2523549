-- Three customers who saw something before they bought, and one who did not.
CREATE TABLE touch (customer text, channel text, touched_at timestamptz);
INSERT INTO touch VALUES
    ('ann', 'search', '2024-05-01 09:00Z'), ('ann', 'mail', '2024-05-08 09:00Z'),
    ('ann', 'shop', '2024-05-15 09:00Z'),
    ('bob', 'search', '2024-05-10 12:00Z'), ('bob', 'social', '2024-05-10 12:00Z'),
    ('bob', 'mail', '2024-05-20 08:00Z'),
    ('cat', 'direct', '2024-05-14 10:00Z'), ('cat', 'mail', '2024-04-01 10:00Z');
CREATE TABLE sale (customer text, sold_at timestamptz, amount float8);
INSERT INTO sale VALUES
    ('ann', '2024-05-15 09:00Z', 140), ('bob', '2024-05-16 12:00Z', 60),
    ('cat', '2024-05-14 11:00Z', 80), ('dan', '2024-05-02 11:00Z', 20);

-- Every model side by side. Bob's mail came after he had bought; two of his
-- touches came at one instant. Whoever has no touch has no weights.
CREATE VIEW path AS
SELECT s.customer, sold_at, amount, array_agg(channel ORDER BY touched_at, channel) AS channels,
       array_agg(touched_at ORDER BY touched_at, channel) AS touched_at,
       array_agg(channel = 'direct' ORDER BY touched_at, channel) AS is_direct
FROM sale AS s LEFT JOIN touch AS t ON t.customer = s.customer GROUP BY s.customer, sold_at, amount;
SELECT customer, channel, first, last, round(linear::numeric, 10) AS linear,
       round(by_position::numeric, 10) AS position, round(decay::numeric, 10) AS decay
FROM path, unnest(channels, crm_attribution_weights(touched_at, sold_at, 'first'),
                  crm_attribution_weights(touched_at, sold_at, 'last'),
                  crm_attribution_weights(touched_at, sold_at, 'linear'),
                  crm_attribution_weights(touched_at, sold_at, 'position'),
                  crm_attribution_weights(touched_at, sold_at, 'decay'))
           AS t (channel, first, last, linear, by_position, decay)
ORDER BY customer, channel;

-- Within thirty days, and without direct visits: the credits add up to the
-- sales, and what nothing can be credited with has a row.
WITH weighed AS (
    SELECT channels, amount,
           crm_attribution_weights(touched_at, sold_at, 'linear', window_days => 30, excluded => is_direct) AS weights
    FROM path)
SELECT coalesce(channel, 'none') AS channel, round(sum(w)::numeric, 4) AS sales,
       round(sum(w * amount)::numeric, 4) AS amount
FROM (SELECT channel, amount, w FROM weighed, unnest(channels, weights) AS t (channel, w) WHERE w > 0
      UNION ALL
      SELECT NULL, amount, 1 FROM weighed WHERE NOT 0 < ANY (weights)) AS c
GROUP BY channel ORDER BY channel IS NULL, channel;

-- A window is so many times 86,400 seconds, and its edge belongs to it.
SELECT days, crm_attribution_weights('{2024-05-01 09:00Z,2024-05-08 09:00Z}', '2024-05-15 09:00Z', 'first',
                                     window_days => days)
FROM unnest('{0,6.9999,7,13.9999,14,Infinity,NULL}'::float8[]) AS days;
-- Touches that are none; nothing at all; decay of touches long ago; subscripts.
SELECT crm_attribution_weights('{NULL,-infinity,2024-05-01,infinity}', '2024-05-02', 'last') AS one_counts,
       crm_attribution_weights('{2024-05-03}', '2024-05-02', 'decay') AS too_late,
       crm_attribution_weights('{}', '2024-05-02', 'first') AS none,
       crm_attribution_weights('{0100-01-01,0100-01-08}', '2024-05-02', 'decay') AS long_ago,
       crm_attribution_weights('[3:4]={2024-05-01,2024-05-02}', '2024-05-02', 'position') AS subscripts;
SELECT crm_attribution_weights(NULL, '2024-05-02', 'first') IS NULL
       AND crm_attribution_weights('{2024-05-01}', NULL, 'first') IS NULL
       AND crm_attribution_weights('{2024-05-01}', '2024-05-02', NULL) IS NULL
       AND crm_attribution_weights('{2024-05-01}', '2024-05-02', 'first', NULL) IS NULL
       AND crm_attribution_weights('{2024-05-01}', 'infinity', 'first') IS NULL AS all_null;
SELECT crm_attribution_weights('{2024-05-01}', '2024-05-02', 'u-shaped');
SELECT crm_attribution_weights('{2024-05-01}', '2024-05-02', 'decay', -7);
SELECT crm_attribution_weights('{2024-05-01}', '2024-05-02', 'decay', window_days => -7);
SELECT crm_attribution_weights('{2024-05-01}', '2024-05-02', 'decay', excluded => '{t,f}');

-- Paths of many visitors, and what would be lost without each channel.
CREATE TABLE visit (path text[], conversions float8, value float8, nulls float8);
INSERT INTO visit VALUES
    ('{mail}', 3, 90, 1), ('{mail,shop}', 2, 110, 0), ('{shop}', 0, 0, 4), ('{banner,banner}', 0, 0, 2),
    ('{}', 5, 100, 5), (NULL, 1, 30, NULL), ('{mail,NULL}', NULL, NULL, 1);
SELECT round(crm_markov_probability(crm_markov_agg(path, conversions, value, nulls))::numeric, 10) AS probability
FROM visit;
SELECT channel, round(conversions::numeric, 8) AS conversions, round(value::numeric, 8) AS value,
       round(removal_effect::numeric, 10) AS removal_effect
FROM (SELECT crm_markov_agg(path, conversions, value, nulls) AS m FROM visit) AS t, crm_markov_credit(m);

-- Kept by part, rolled up, as text, after a merge with nothing.
CREATE TABLE kept AS
SELECT cardinality(path) AS length, crm_markov_agg(path, conversions, value, nulls) AS m FROM visit GROUP BY 1;
SELECT length, m FROM kept ORDER BY length;
SELECT crm_rollup(m)::text = (SELECT crm_markov_agg(path, conversions, value, nulls)::text FROM visit) AS same
FROM kept;
SELECT crm_markov_agg(path, 1, 1, 0) IS NULL AND crm_rollup(NULL::crm_markov) IS NULL AS nothing
FROM visit WHERE false;
SELECT bool_and(m::text::crm_markov::text = m::text) AS reads_back FROM kept;
-- Names may be anything; the start, conversion and null are no names.
SELECT channel, round(conversions::numeric, 8) AS conversions, round(removal_effect::numeric, 8) AS removal_effect
FROM (SELECT crm_markov_agg(path, 1, 2, 1) AS m
      FROM (VALUES ('{none,(start)}'::text[]), ('{(conversion),""}'), ('{"a \"quoted\" name\\"}'),
                   ('{}')) AS v (path)) AS t,
     crm_markov_credit(m);
-- No conversions, no paths with channels.
SELECT c.* FROM crm_markov_credit((SELECT crm_markov_agg('{a,b}', 0, 0, 1))) AS c;
SELECT c.*, crm_markov_probability(m)
FROM (SELECT crm_markov_agg('{}', 1, 10, 1) AS m) AS t, crm_markov_credit(m) AS c;
SELECT crm_markov_agg('{a}', -1, 0, 0);
SELECT '{"version":1}'::crm_markov;

-- Is a day's number of mentions more than usual? Flag by the p-value.
SELECT x AS mentions, baseline, round(z::numeric, 8) AS z, round(p_value::numeric, 10) AS p_value, method,
       p_value < 0.00135 AS is_surge
FROM (VALUES (9, '{2,2,2,2,2}'::float8[]), (40, '{10,12,11,13,40}'), (40, '{10,12,11,13,NULL}'),
             (3, '{0,0,0,0,0,0,0,0}'), (7.5, '{5.25,6,4.5,5.75}'), (5, '{0.5,0.5,0.5,0.5}'), (5, '{1,2,3}'), (5, '{}'),
             (NULL, '{1,2,3,4}'), (5, NULL)) AS v (x, baseline), crm_surge(x, baseline);
SELECT crm_surge('Infinity', '{1,2,3,4}');

DROP VIEW path;
DROP TABLE touch, sale, visit, kept;
