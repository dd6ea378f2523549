-- The weighted index: hierarchy, merging, plans, error codes.
BEGIN;
SELECT plan(25);

-- 8 modules, 41 touchpoints, 4 angles: 164 cells, of which some are absent.
CREATE TABLE cell AS
SELECT touchpoint, 1 + (touchpoint - 1) * 8 / 41 AS module, angle,
       CASE WHEN (touchpoint * 7 + angle) % 11 > 0 THEN 1 + 9 * ((touchpoint * 31 + angle * 17) % 101) / 100.0::float8
       END AS score,
       1 + (touchpoint * angle) % 5 / 3.0::float8 AS weight
FROM generate_series(1, 41) AS touchpoint, generate_series(1, 4) AS angle;

SELECT is((SELECT ARRAY[count(*), count(DISTINCT module), count(DISTINCT touchpoint), count(DISTINCT angle)] FROM cell),
          '{164,8,41,4}'::bigint[], '8 x 41 x 4');
CREATE TEMP TABLE want AS
SELECT module, touchpoint, angle, 100 * sum(weight * (score - 1) / 9) / sum(weight)
    FILTER (WHERE score IS NOT NULL) AS value,
       sum(weight) FILTER (WHERE score IS NOT NULL) / sum(weight) AS coverage
FROM cell GROUP BY GROUPING SETS ((module, touchpoint), (module), (angle), ());
SELECT is((SELECT count(*) FROM want WHERE value IS NOT NULL AND coverage < 1),
    (SELECT count(*) FROM want WHERE coverage < 1),
          'there are absent cells at every level');
SELECT is(count(*), 0::bigint, 'every level is the plain weighted mean, with its coverage')
FROM (SELECT module, touchpoint, angle, crm_index_agg(score, weight, 1, 10) AS i
      FROM cell GROUP BY GROUPING SETS ((module, touchpoint), (module), (angle), ())) AS t
JOIN want AS w ON (w.module, w.touchpoint, w.angle) IS NOT DISTINCT FROM (t.module, t.touchpoint, t.angle)
WHERE NOT (abs(crm_index_value(i) - value) < 1e-9 AND abs(crm_index_coverage(i) - coverage) < 1e-12);

CREATE TEMP TABLE company AS SELECT crm_index_agg(score, weight, 1, 10) AS i FROM cell;
SELECT is(round(crm_index_value(crm_index_agg(crm_index_value(m), crm_index_weight(m), 0, 100))::numeric, 10),
          (SELECT round(crm_index_value(i)::numeric, 10) FROM company), 'from modules to the company by GROUP BY again')
FROM (SELECT module, crm_index_agg(score, weight, 1, 10) AS m FROM cell GROUP BY module) AS t;
SELECT is(to_char(crm_index_value(crm_rollup(m)), '999.999999999999'),
    (SELECT to_char(crm_index_value(i), '999.999999999999') FROM company),
          'or by rolling up')
FROM (SELECT crm_index_agg(score, weight, 1, 10) AS m FROM cell GROUP BY touchpoint) AS t;
SELECT is(crm_index_count(i), (SELECT count(score) FROM cell), 'cells present are counted') FROM company;
\ir lib/workers.sql
SELECT is(pg_temp.by_workers($$SELECT to_char(crm_index_value(crm_index_agg(score, weight, 1, 10)),
    '999.999999999999') FROM cell$$), to_char(crm_index_value(i), '999.999999999999'), 'in parallel') FROM company;
SELECT is(i::text::crm_index::text, i::text, 'text reads back') FROM company;

-- An index of indices has the value, and has lost the absent cells; rolled up they are there.
SELECT is(ARRAY[crm_index_absent_weight(i), crm_index_weight(i), crm_index_absent_count(i), crm_index_count(i)],
    '{8,2,1,1}'::float8[],
          'the absent weight is told') FROM (SELECT crm_index_agg(s, w, 0, 10) AS i
          FROM (VALUES (5, 2), (NULL, 8)) AS v (s, w)) AS t;
SELECT is(ARRAY[crm_index_coverage(crm_rollup(i)),
    crm_index_coverage(crm_index_agg(crm_index_value(i), crm_index_weight(i), 0, 100))],
          '{0.2,1}'::float8[], 'and kept by crm_rollup alone')
FROM (SELECT crm_index_agg(s, w, 0, 10) AS i FROM (VALUES (5, 2), (NULL, 8)) AS v (s, w)) AS t;
SELECT is(ARRAY[crm_index_coverage(i, NULL), crm_index_coverage(NULL, 3)], '{NULL,NULL}'::float8[],
    'a full weight of NULL is not known')
FROM company;
SELECT throws_ok($$SELECT crm_index_agg(1, 1, '-1e308', '1e308')$$, '22003');
SELECT throws_ok($$SELECT crm_index_agg(NULL, 1, '-1e308', '1e308')$$, '22003');
SELECT throws_ok($$SELECT crm_index_agg(1, '1e-310', 0, 10)$$, '22003');
SELECT throws_ok($$SELECT '{"version":1,"present":0,"absent":0,"weight":[1,0],"absent_weight":[0,0],
    "sum":[0.5,0]}'::crm_index$$, '22P02');

-- Stored, with a header of one byte.
CREATE TABLE kept AS SELECT touchpoint, crm_index_agg(score, weight, 1, 10) AS i FROM cell GROUP BY touchpoint;
SELECT is(to_char(crm_index_value(crm_rollup(i)), '999.999999999999'),
    (SELECT to_char(crm_index_value(i), '999.999999999999') FROM company),
          'rolled up from a table') FROM kept;

SELECT throws_ok($$SELECT crm_index_agg(0.9, 1, 1, 10)$$, '22023');
SELECT throws_ok($$SELECT crm_index_agg('NaN', 1, 1, 10)$$, '22023');
SELECT throws_ok($$SELECT crm_index_agg(1, 'Infinity', 1, 10)$$, '22023');
SELECT throws_ok($$SELECT crm_index_agg(NULL, -1, 1, 10)$$, '22023');
SELECT throws_ok($$SELECT crm_index_agg(1, 1, 1, 1)$$, '22023');
SELECT throws_ok($$SELECT crm_index_agg(1, 1, 1, NULL)$$, '22004');
SELECT throws_ok($$SELECT crm_index_coverage(crm_index_agg(1, 1, 1, 10), 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_index_coverage(crm_index_agg(1, 1, 1, 10), -1)$$, '22023');
SELECT throws_ok($$SELECT crm_ipa_quadrant('Infinity', 1, 1, 1)$$, '22023');

SELECT * FROM finish();
ROLLBACK;
