-- Kaplan-Meier: exact decisions, merging, plans, error codes.
BEGIN;
SELECT plan(42);

SELECT is(crm_survival_quantile(crm_survival_agg(i, true), 0.5), 12::double precision,
    'the median of 24 is the twelfth')
FROM generate_series(1, 24) AS i;
SELECT is((SELECT count(*)
           FROM generate_series(1, 120) AS n, generate_series(1, 19) AS q,
                LATERAL (SELECT crm_survival_agg(i, true) AS s FROM generate_series(1, n) AS i) AS s
           WHERE crm_survival_quantile(s, q / 20.0) <> ceil(n * q / 20.0)),
          0::bigint, 'observed, a quantile is the rank that the share says');
SELECT is((SELECT ARRAY[crm_survival_quantile(s, 0.5)::text, low::text, high::text]
           FROM (SELECT '{1,2,3+,4,5+}'::crm_survival AS s) AS s, crm_survival_interval(s, 0.5)), ARRAY['4', '1', NULL],
               'five items');
SELECT is((SELECT ROW(crm_survival_quantile(s, 0.5), low, high)::text
           FROM (SELECT '{1+,2+,3+}'::crm_survival AS s) AS s, crm_survival_interval(s, 0.5)), '(,,)',
               'all censored: NULL');
SELECT is((crm_survival_interval('{1,2}', 0.5)).high, 2::double precision,
    'once all is over the upper limit is finite');

-- Remissions of Freireich et al. (1963), as in survival::survdiff and lifelines
SELECT is(ARRAY[round(chi_squared::numeric, 6), round(p_value::numeric, 9)], ARRAY[16.792941, 0.000041688], 'log-rank')
FROM crm_survival_test('{6*3,6+,7,9+,10,10+,11+,13,16,17+,19+,20+,22,23,25+,32+*2,34+,35+}',
                       '{1*2,2*2,3,4*2,5*2,8*4,11*2,12*2,15,17,22,23}');
SELECT is(round(crm_survival_mean('{6*3,6+,7,9+,10,10+,11+,13,16,17+,19+,20+,22,23,25+,32+*2,34+,35+}', 30)::numeric,
    6), 21.046499,
          'restricted mean');
SELECT is(crm_survival_mean('{1,2,3+}', 3), (1 + 2.0 / 3 + 1.0 / 3)::double precision, 'a mean to the last duration');
SELECT is(crm_survival_mean('{1,2,3+}', 3.1), NULL::double precision, 'and none beyond, where that is censored');
SELECT is(crm_survival_mean('{1,2,3}', 'infinity'), 2::double precision, 'all over: any horizon');
SELECT is(crm_survival_share('{1,2,3+,4,5+}', 2), 0.6::double precision, 'share that lasts longer');
SELECT is(crm_survival_share('{1,2,3+,4,5+}', 0.5), 1::double precision, 'before the first');
SELECT is(crm_survival_share('{1,2,3+,4,5+}', 'infinity'), 0.3::double precision, 'and behind the last');
SELECT is(crm_survival_test('{1+,2+}', '{3+}')::text, NULL, 'no test without events');
SELECT is(crm_survival_test('{1,2}', '{}')::text, NULL, 'nor without a group');

SELECT throws_ok('SELECT crm_survival_agg(-1, true)', '22023', 'duration cannot be -1');
SELECT throws_ok($$SELECT crm_survival_agg('NaN', true)$$, '22023', 'duration cannot be NaN');
SELECT throws_ok($$SELECT crm_survival_agg('infinity', true)$$, '22023');
SELECT throws_ok($$SELECT crm_survival_quantile('{1}', 1.5)$$, '22023', 'quantile cannot be 1.5');
SELECT throws_ok(format($$SELECT crm_survival_percentile('{1}', %L)$$, share), '22023', message)
FROM (VALUES ('-0.1', 'quantile cannot be -0.1'), ('NaN', 'quantile cannot be NaN')) AS v (share, message);
SELECT throws_ok($$SELECT crm_survival_interval('{1}', 0.5, 1)$$, '22023');
SELECT throws_ok($$SELECT crm_survival_interval('{1}', 0.5, 0.9, 'linear')$$, '22023', 'unrecognized method: "linear"');
SELECT throws_ok($$SELECT crm_survival_mean('{1}', -1)$$, '22023', 'horizon cannot be -1');
SELECT throws_ok($$SELECT '{1,-2}'::crm_survival$$, '22P02');
SELECT is(crm_survival_agg(d, o)::text, '{1,2+}', 'NULLs are skipped')
FROM (VALUES (1, true), (2, false), (NULL, true), (3, NULL)) AS v (d, o);
SELECT is(crm_survival_agg(1, NULL)::text, NULL, 'nothing but NULLs');
SELECT is(crm_survival_agg(d, true)::text, '{0*2,5e-324,1.7976931348623157e+308}',
    'from zero, either zero, to the largest')
FROM unnest(ARRAY[0, '-0', 5e-324, 1.7976931348623157e308]::double precision[]) AS d;

-- One state, however it came about
CREATE TABLE spell AS
SELECT i, CASE WHEN i % 3 = 0 THEN abs(hashint4(i)) * 0.001 ELSE i % 1000 END AS d, hashint4(-i) % 4 <> 0 AS o
FROM generate_series(1, 60000) AS i;
CREATE TEMP TABLE whole AS SELECT crm_survival_agg(d, o) AS s FROM spell;
SELECT ok(crm_survival_agg(d, o ORDER BY hashint4(i))::text = (SELECT s::text FROM whole), 'in any order') FROM spell;
SELECT ok(crm_rollup(s)::text = (SELECT s::text FROM whole), 'rolled up from ' || n || ' parts')
FROM (VALUES (2), (7), (50000)) AS p (n), LATERAL (SELECT crm_survival_agg(d, o) AS s FROM spell GROUP BY i % n) AS t
GROUP BY n;
SELECT ok(s::text::crm_survival::text = s::text, 'text goes round') FROM whole;
SELECT is((SELECT count(*) FROM crm_survival_curve(s)), (SELECT count(DISTINCT d) FROM spell),
    'a row for each duration') FROM whole;
SELECT ok(bool_and(s::text = again::text), 'a running state is not changed by being read')
FROM (SELECT i, crm_survival_agg(d, o) OVER (ORDER BY i) AS s,
             (SELECT crm_survival_agg(b.d, b.o) FROM spell AS b WHERE b.i <= a.i) AS again
      FROM spell AS a WHERE i <= 40) AS w;

-- Of the observed, what percentile_cont has, to the last bit
SELECT is((SELECT count(*)
           FROM (SELECT crm_survival_percentile(crm_survival_agg(d, o), share) AS ours,
                        percentile_cont(share) WITHIN GROUP (ORDER BY d) FILTER (WHERE o) AS theirs
                 FROM spell, unnest(ARRAY[0, 0.001, 0.1, 1 / 3.0, 0.5, 0.7, 0.9, 0.99, 1]) AS share
                 WHERE i <= 12000 GROUP BY share, i % 500, i % 7) AS p
           WHERE float8send(ours) IS DISTINCT FROM float8send(theirs)),
          0::bigint, 'percentiles are those of percentile_cont');
SELECT is(crm_survival_percentile(s, 0.5), NULL::double precision, 'and NULL of ' || s::text)
FROM (VALUES ('{}'::crm_survival), ('{1+,2+*3}')) AS v (s);

-- So many that their number is no double any more.
SELECT throws_ok(format('SELECT crm_rollup(s) FROM (VALUES (%L::crm_survival), (%L)) AS v (s)', a, b),
                 '22003', 'crm_survival cannot hold more than 9007199254740992 items', a || ' and ' || b)
FROM (VALUES ('{1*9007199254740992}', '{1}'), ('{1+}', '{2*9007199254740992}')) AS v (a, b);
SELECT is(crm_rollup(s)::text, '{1*4503599627370496,2+*4503599627370496}', 'and as many as there may be')
FROM (VALUES ('{1*4503599627370496}'::crm_survival), ('{2+*4503599627370496}')) AS v (s);

\ir lib/workers.sql
ALTER TABLE spell SET (parallel_workers = 2);
SELECT ok(pg_temp.by_workers('SELECT crm_survival_agg(d, o) FROM spell') = s::text, 'by parallel workers') FROM whole;
SELECT * FROM finish();
ROLLBACK;
