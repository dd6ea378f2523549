-- Distributions: counted, merged, and read without unfolding what is counted.
BEGIN;
SELECT plan(12);
SET LOCAL statement_timeout = '5s';

-- A few bytes of text stand for very many values, and cost no more than few.
SELECT is(crm_value_count('{7*130000000}'), 130000000::bigint, 'many equal values are one');
SELECT is(crm_value_count('{7*9007199254740992}'), 9007199254740992, 'as many as can be counted');
SELECT is('{3*2,1,3*5,2}'::crm_distribution::text, '{1,2,3*7}', 'in any order, counted together');
SELECT is(crm_breaks_fit('{1*4000000000,2*4000000000,9}'::crm_distribution, 4), '{1,2,2}', 'quantiles');
SELECT is(crm_gini('{5*1000000000000}'::crm_distribution), 0::float8, 'Gini of equal values');
SELECT is(crm_lorenz('{1*3000000000,3*1000000000}'::crm_distribution, 4),
    '{0.16666666666666666,0.3333333333333333,0.5,1}', 'Lorenz curve');
SELECT is(crm_top_share('{1*3000000000,3*1000000000}'::crm_distribution, 0.25), 0.5::float8, 'top share');
SELECT is((SELECT array_agg(customers) FROM crm_breaks_describe('{2}', '{1*3000000000,2,3*7}')), '{3000000001,7}',
          'customers between breaks');

-- Counted or one by one, together or in parts: the same bytes.
SELECT is((SELECT crm_distribution_send(('{' || string_agg(i || '*200', ',' ORDER BY hashint4(i))
                                         || '}')::crm_distribution)
           FROM generate_series(0, 999) AS i),
          (SELECT crm_distribution_send(crm_distribution_agg(i % 1000)) FROM generate_series(1, 200000) AS i),
          'values come one by one');
SELECT is(crm_distribution_send(crm_distribution_agg(x)), (SELECT crm_distribution_send(crm_rollup(d)) FROM (
    SELECT crm_distribution_agg(sqrt(i::bigint * i % 70001)) AS d FROM generate_series(1, 300000) AS i
    GROUP BY i % 11) AS t),
    'parts of many sizes')
FROM generate_series(1, 300000) AS i, sqrt(i::bigint * i % 70001) AS x;
SELECT is((SELECT crm_rollup(d)::text FROM (VALUES ('{1*4000000000}'::crm_distribution), ('{1,2*3}'),
    ('{0*5}')) AS v (d)),
          '{0*5,1*4000000001,2*3}', 'counts add up');
SELECT throws_ok($$SELECT crm_rollup(d) FROM (VALUES ('{1*9007199254740992}'::crm_distribution), ('{1}')) AS v (d)$$,
                 '54000', NULL, 'more than can be counted');

SELECT * FROM finish();
ROLLBACK;
