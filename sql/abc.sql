-- Ten customers: one large, two that are alike, one who bought nothing and one
-- who got back more than they paid.
CREATE TABLE customer (name text, amount numeric, potential float8);
INSERT INTO customer VALUES
    ('ann', 700, 1), ('bob', 90, 2), ('cat', 80, 9), ('dan', 50, 1), ('eve', 30, 8),
    ('fay', 30, 3), ('gus', 12, 9), ('hal', 8, NULL), ('ida', 0, 7), ('joe', -20, 9);

-- Fit once, classify anywhere; A by value, B by potential, C the rest.
WITH fit AS (SELECT crm_abc_fit(amount) AS limits FROM customer)
SELECT name, amount, crm_abc_class(amount, limits) AS class,
       crm_abc_grade(crm_abc_class(amount, limits), potential, 8) AS grade
FROM customer, fit ORDER BY amount DESC, name;
SELECT crm_abc_fit(amount) AS limits, crm_abc_fit(amount, '{0.7,0.9}') AS at_70_90,
       crm_abc_fit(amount, '{0.8}') AS two_classes, crm_abc_fit(amount, NULL) AS computed
FROM customer;

-- The same as a report has it today, with a window over the whole table.
SELECT string_agg(name || ' ' || class, ', ' ORDER BY amount DESC, name) AS classes
FROM (SELECT name, amount,
             CASE WHEN amount < 0 THEN 'N' WHEN amount = 0 THEN 'Z' WHEN above IS NULL OR above < 0.8 THEN 'A'
                  WHEN above < 0.95 THEN 'B' ELSE 'C' END AS class
      FROM (SELECT name, amount,
                   sum(greatest(amount, 0)) OVER (ORDER BY amount DESC
                                                  RANGE UNBOUNDED PRECEDING EXCLUDE GROUP)
                   / sum(greatest(amount, 0)) OVER () AS above
            FROM customer) AS x) AS y;

-- How concentrated is it?
SELECT round(crm_gini(amount)::numeric, 10) AS gini,
       round(crm_top_share(amount, 0.2)::numeric, 10) AS top_fifth_holds,
       crm_pareto_width(amount, 0.8) AS hold_80_percent, crm_lorenz(amount, 3) AS curve
FROM customer WHERE amount >= 0;
SELECT crm_gini(amount) AS gini, crm_lorenz(amount, 5) AS curve, crm_top_share(amount, 0.2) AS top_fifth_holds
FROM customer;

-- Collected once, asked several things.
SELECT crm_abc_fit(d) AS limits, crm_abc_fit(d, '{0.5}') AS halves, crm_abc_fit(d, NULL) AS computed,
       round(crm_gini(d)::numeric, 10) AS gini, crm_top_share(d, 0.1) AS top_tenth,
       crm_pareto_width(d, 0.8) AS hold_80_percent, crm_lorenz(d, 2) AS halves_hold
FROM (SELECT crm_distribution_agg(amount) AS d FROM customer WHERE amount >= 0) AS x;

-- Aggregates with the same arguments keep one state, those with others one
-- each: so often is the argument evaluated for the same customer.
CREATE SEQUENCE evaluation;
CREATE FUNCTION counted(value numeric) RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM nextval('evaluation');
    RETURN value;
END $$;
SELECT crm_abc_fit(counted(amount)) IS NOT NULL AND crm_gini(counted(amount)) IS NULL
       AND crm_breaks_fit(counted(amount)) IS NOT NULL AS asked
FROM customer WHERE amount IS NOT NULL;
SELECT last_value / (SELECT count(amount) FROM customer) AS states FROM evaluation;
SELECT setval('evaluation', 1, false);
SELECT crm_top_share(counted(amount), 0.2) > crm_pareto_width(counted(amount), 0.2) AS asked,
       crm_breaks_fit(counted(amount), 4) IS NOT NULL AND crm_top_share(counted(amount), 0.3) > 0 AS asked_else
FROM customer WHERE amount IS NOT NULL;
SELECT last_value / (SELECT count(amount) FROM customer) AS states FROM evaluation;
DROP FUNCTION counted(numeric);
DROP SEQUENCE evaluation;

-- All equal, one customer, two customers.
SELECT crm_abc_fit(v) AS limits, crm_abc_fit(v, NULL) AS computed, crm_gini(v) AS gini,
       crm_top_share(v, 0.2) AS top_fifth, crm_pareto_width(v, 0.8) AS width, crm_lorenz(v, 2) AS curve
FROM (SELECT 7.0 AS v FROM generate_series(1, 5)) AS x;
SELECT crm_abc_fit(v) AS limits, crm_abc_fit(v, NULL) AS computed, crm_gini(v) AS gini,
       crm_top_share(v, 0.2) AS top_fifth, crm_pareto_width(v, 0.8) AS width, crm_lorenz(v, 2) AS curve
FROM (VALUES (12.5)) AS x(v);
SELECT crm_abc_fit(v) AS limits, crm_abc_fit(v, NULL) AS computed, crm_gini(v) AS gini,
       crm_top_share(v, 0.5) AS top_half, crm_pareto_width(v, 0.8) AS width, crm_lorenz(v, 2) AS curve
FROM (VALUES (9), (1), (NULL)) AS x(v);

-- Amounts with cents are counted as they are written: 2.40 is 80% of 3.00, and
-- of five who paid 708.97 it takes three to hold 60%.
SELECT crm_abc_fit(v) AS limits, crm_abc_fit(v, NULL) AS computed, crm_pareto_width(v, 0.8) AS width
FROM (VALUES (2.40), (0.60)) AS x(v);
SELECT crm_abc_class(v, crm_abc_fit(v, NULL)) AS computed, crm_pareto_width(v, 0.6) AS width
FROM (VALUES (0.1), (708.97)) AS x(v), generate_series(1, 5) GROUP BY v ORDER BY v;

-- Refunds only, nothing at all: no limits. Who has no value has a class.
SELECT crm_abc_fit(v) AS limits, crm_abc_fit(v, NULL) AS computed, crm_gini(v) AS gini,
       crm_top_share(v, 0.2) AS top_fifth, crm_pareto_width(v, 0.8) AS width, crm_lorenz(v, 2) AS curve
FROM (VALUES (-3), (-4), (0)) AS x(v);
SELECT crm_abc_fit(v) AS limits, crm_gini(v) AS gini, crm_top_share(v, 0.2) AS top_fifth
FROM (VALUES (NULL::numeric)) AS x(v);
SELECT crm_abc_fit('{}'::crm_distribution) AS limits, crm_gini('{}'::crm_distribution) AS gini;
SELECT v, crm_abc_class(v, NULL) AS class, crm_abc_class(v, '{5,1}') AS two_classes
FROM (VALUES (-3), (0), (0.5), (2), (5), (NULL)) AS x(v);

-- Grades: a class or potential that is not known makes nobody A or B.
SELECT class, potential, crm_abc_grade(class, potential, 5) AS grade
FROM (VALUES ('A', NULL), ('B', 6), ('B', 5), ('B', 4), (NULL, 6), (NULL, NULL), ('Z', 'NaN'::float8), ('C', NULL))
     AS x(class, potential);

-- What is refused, and how.
SELECT crm_abc_fit('NaN'::float8);
SELECT crm_gini('Infinity'::float8);
SELECT crm_abc_fit(1.0, '{0.95,0.8}');
SELECT crm_abc_fit(1.0, '{0.5,1}');
SELECT crm_abc_fit(1.0, '{0.5,NULL}');
SELECT crm_abc_fit(1.0, '{.1,.2,.3,.4,.5,.6,.7,.8,.9,.95,.96,.97,.98}');
SELECT crm_abc_fit(v, ARRAY[0.5, share]) FROM (VALUES (1.0, 0.8), (2.0, 0.9)) AS x(v, share);
SELECT crm_abc_class('NaN', '{3,2,1}');
SELECT crm_abc_class(1, '{1,2,3}');
SELECT crm_top_share(1.0, 1.1);
SELECT crm_top_share(1.0, 'NaN');
SELECT crm_pareto_width(1.0, -0.1);
SELECT crm_pareto_width(1.0, NULL);
SELECT crm_lorenz(1.0, 0);
SELECT crm_lorenz(1.0, 1001);
SELECT crm_gini(1e308) FROM generate_series(1, 3);

DROP TABLE customer;
