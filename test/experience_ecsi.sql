-- A real survey: 250 mobile phone customers, European Customer Satisfaction
-- Index, 24 items from 1 to 10. The numbers wanted are numpy's and scipy's.
\ir lib/needs_data.sql
\if :has_data
\set csv :data/ecsi_mobile.csv
BEGIN;
SELECT plan(18);

CREATE TEMP TABLE ecsi (
    respondent_id integer, cuex1 integer, cuex2 integer, cuex3 integer, cusa1 integer, cusa2 integer, cusa3 integer,
    cusco integer, cusl1 integer, cusl2 integer, cusl3 integer, imag1 integer, imag2 integer, imag3 integer,
        imag4 integer,
    imag5 integer, perq1 integer, perq2 integer, perq3 integer, perq4 integer, perq5 integer, perq6 integer,
        perq7 integer,
    perv1 integer, perv2 integer
);
COPY ecsi FROM :'csv' (FORMAT csv, HEADER true);

CREATE FUNCTION pg_temp.near(got double precision, want double precision, name text)
RETURNS text LANGUAGE sql AS $$
    SELECT ok(coalesce(abs(got - want) <= 1e-9, false), name || coalesce(': ' || got || ', want ' || want, ': NULL'))
$$;

-- Expected against perceived quality: overall, range of services, reliability.
CREATE TEMP TABLE quality AS
SELECT item, crm_experience_agg(expected, actual) AS e
FROM ecsi, LATERAL (VALUES (1, cuex1, perq1), (2, cuex2, perq5), (3, cuex3, perq6)) AS v (item, expected, actual)
GROUP BY item;
SELECT is(string_agg(crm_gap_count(e) || ' ' || crm_group_outcome(e) || ' ' || crm_group_outcome(e, 0), ', '
    ORDER BY item),
          '250 satisfied positive, 250 satisfied positive, 250 satisfied positive', 'outcomes') FROM quality;
SELECT unnest(ARRAY[pg_temp.near(crm_gap_mean(e), w.gap, 'gap ' || item), pg_temp.near(c.low, w.low, 'low ' || item),
    pg_temp.near(c.high, w.high, 'high ' || item)])
FROM quality JOIN (VALUES (1, 0.364, 0.147833115213, 0.580166884787), (2, 0.340, 0.095912187119, 0.584087812881),
                          (3, 0.352, 0.072346375562, 0.631653624438)) AS w (item, gap, low, high) USING (item),
     crm_gap_interval(e) AS c
ORDER BY item;
SELECT is(ARRAY[crm_outcome_share(e, 'negative'), crm_outcome_share(e, 'satisfied'), crm_outcome_share(e, 'positive')],
          ARRAY[60 / 250.0, 82 / 250.0, 108 / 250.0]::float8[], 'shares of outcomes') FROM quality WHERE item = 1;
SELECT unnest(ARRAY[pg_temp.near(low, -0.340653917080, 'Welch low'),
    pg_temp.near(p_value, 0.946717014648, 'Welch p value')])
FROM crm_gap_test((SELECT e FROM quality WHERE item = 1), (SELECT e FROM quality WHERE item = 3));

-- ACSI: (x1 + x2 + x3 - 3) / 27 is the plain index of the three items.
SELECT pg_temp.near(crm_index_value(crm_index_agg(score, 1, 1, 10)), 71.970370370370, 'the ACSI-style index')
FROM ecsi, LATERAL (VALUES (cusa1), (cusa2), (cusa3)) AS v (score);

SELECT pg_temp.near(crm_csat(c), 0.704, 'satisfied at 8 or more')
FROM (SELECT crm_csat_agg(cusa1, 8, 1, 10) AS c FROM ecsi) AS t;
SELECT is((SELECT string_agg(outcome || ' ' || round(crm_nps(n)::numeric, 4), ', ' ORDER BY outcome)
           FROM (SELECT crm_experience_outcome(cuex1, perq1) AS outcome, crm_nps_agg(cusl3) AS n FROM ecsi
               GROUP BY 1) AS t),
          'negative -1.6667, positive 22.2222, satisfied 14.6341', 'who got more than expected recommends');

-- Drivers of loyalty.
CREATE TEMP TABLE loyalty AS
SELECT crm_driver_fit((cusl1 + cusl2 + cusl3) / 3.0,
                      ARRAY[(imag1 + imag2 + imag3 + imag4 + imag5) / 5.0, (cuex1 + cuex2 + cuex3) / 3.0,
                            (perq1 + perq2 + perq3 + perq4 + perq5 + perq6 + perq7) / 7.0, (perv1 + perv2) / 2.0,
                            (cusa1 + cusa2 + cusa3) / 3.0, cusco]) AS fit
FROM ecsi;
SELECT pg_temp.near(crm_r_squared(fit), 0.377146547591, 'R squared') FROM loyalty;
SELECT is(count(*), 6::bigint, 'six drivers as numpy has them')
FROM loyalty, crm_drivers(fit) AS d
JOIN (VALUES (1, 0.486387049800, 0.197994316724, 0.071020945338, 0.069994484302), (2, 0.341459183403, 0.065079954080,
    0.030848986701, 0.027059179235),
             (3, 0.444058704375, -0.204388937654, 0.039103583832, 0.046033101270), (4, 0.481965025617, 0.220548471679,
                 0.088409750426, 0.082071513784),
             (5, 0.558144957032, 0.370476938223, 0.106416148481, 0.115823811054), (6, 0.369742941215, 0.098194519092,
                 0.041347132813, 0.036164457946))
     AS w (driver, correlation, beta, relative_weight, shapley) USING (driver)
WHERE greatest(abs(d.correlation - w.correlation), abs(d.beta - w.beta), abs(d.relative_weight - w.relative_weight),
    abs(d.shapley - w.shapley)) < 1e-9;

SELECT * FROM finish();
ROLLBACK;
\endif
