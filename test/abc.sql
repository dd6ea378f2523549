-- ABC and concentration: check values on real orders, plans, error codes.
BEGIN;
SELECT plan(35);

SELECT throws_ok($$SELECT crm_abc_fit('NaN'::float8)$$, '22023');
SELECT throws_ok($$SELECT crm_gini('-Infinity'::float8)$$, '22023');
SELECT throws_ok($$SELECT crm_abc_fit(1.0, '{0}')$$, '22023');
SELECT throws_ok($$SELECT crm_abc_fit(1.0, '{0.8,0.8}')$$, '22023');
SELECT throws_ok($$SELECT crm_abc_fit(1.0, '{0.8,NaN}')$$, '22023');
SELECT throws_ok($$SELECT crm_abc_fit(1.0, '{{0.8},{0.9}}')$$, '2202E');
SELECT throws_ok($$SELECT crm_abc_fit(1.0, ARRAY[0.8, NULL])$$, '22004');
SELECT throws_ok($$SELECT crm_abc_fit('{1}'::crm_distribution, '{1}')$$, '22023');
SELECT throws_ok($$SELECT crm_abc_class('NaN', '{1}')$$, '22023');
SELECT throws_ok($$SELECT crm_abc_class(1, '{1,2}')$$, '22023');
SELECT throws_ok($$SELECT crm_abc_class(1, array_fill(1.0, '{14}'))$$, '22023');
SELECT throws_ok($$SELECT crm_top_share(1.0, -0.1)$$, '22023');
SELECT throws_ok($$SELECT crm_pareto_width(1.0, 1.1)$$, '22023');
SELECT throws_ok($$SELECT crm_pareto_width('{1}'::crm_distribution, 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_lorenz(1.0, 0)$$, '22023');
SELECT throws_ok($$SELECT crm_top_share(1.0, NULL)$$, '22004');
SELECT throws_ok($$SELECT crm_gini(v) FROM (VALUES (1.5e308), (1e308)) AS x(v)$$, '22003');

SELECT is((SELECT array_agg(crm_abc_class(v, limits) ORDER BY v DESC)
           FROM (SELECT crm_abc_fit(v, '{.1,.15,.2,.25,.3,.35,.4,.5,.6,.7,.8,.9}') AS limits
                 FROM generate_series(1.0, 40) AS v) AS fit, generate_series(1.0, 40) AS v
           WHERE v IN (40, 38, 20, 1)), '{A,A,K,M}', 'twelve cuts make classes A to M');

-- Ties, zeros and refunds, in any plan and any order.
CREATE TABLE value_of AS
SELECT i, round(exp(8 * (hashint8extended(i, 5) & 65535) / 65536.0)::numeric - 20, 1) AS v
FROM generate_series(1::bigint, 200000) AS i;

CREATE FUNCTION pg_temp.question(source text) RETURNS text LANGUAGE sql AS $$
    SELECT format($q$
        SELECT row(crm_abc_fit(v), crm_abc_fit(v, '{0.5,0.6,0.9}'), crm_abc_fit(v, NULL), crm_gini(v)
            FILTER (WHERE v > 0),
                   crm_top_share(v, 0.2), crm_pareto_width(v, 0.8), crm_lorenz(v, 20) FILTER (WHERE v >= 0))
        FROM %s AS source$q$, source)
$$;
CREATE FUNCTION pg_temp.asked_of(source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE pg_temp.question(source) INTO answer;
    RETURN answer;
END $$;

SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE expected AS SELECT pg_temp.asked_of('value_of') AS answer;
SELECT is(pg_temp.asked_of('(SELECT v FROM value_of ORDER BY v)'), answer, 'sorted rows change nothing') FROM expected;
SELECT is(pg_temp.asked_of('(SELECT v FROM value_of ORDER BY hashint8(i))'), answer, 'nor do shuffled ones')
FROM expected;
SELECT is(pg_temp.asked_of('(SELECT v::float8 FROM value_of)'), answer, 'nor does the type of number') FROM expected;
\ir lib/workers.sql
SELECT is(pg_temp.by_workers(pg_temp.question('value_of')), answer, 'workers change nothing') FROM expected;

-- The rule of the classes, by a window that keeps ties together.
CREATE FUNCTION pg_temp.classes_of(source regclass)
RETURNS TABLE (class text, customers bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT CASE WHEN v < 0 THEN 'N' WHEN v = 0 THEN 'Z' WHEN above < 0.80 * total THEN 'A'
                    WHEN above < 0.95 * total THEN 'B' ELSE 'C' END AS class, count(*)
        FROM (SELECT v, sum(greatest(v, 0)) OVER (ORDER BY v DESC) - sum(greatest(v, 0)) OVER (PARTITION BY v) AS above,
                     sum(greatest(v, 0)) OVER () AS total FROM %s) AS x
        GROUP BY 1 ORDER BY 1$q$, source);
END $$;
SELECT results_eq(
    $$SELECT crm_abc_class(v, limits), count(*)
      FROM value_of, (SELECT crm_abc_fit(v) AS limits FROM value_of) AS fit GROUP BY 1 ORDER BY 1$$,
    $$SELECT * FROM pg_temp.classes_of('value_of')$$, 'classes are those of a window with peers');

-- Populations so small that cuts fall between two customers, in cents, against
-- decimal numbers. Every third is one of equal customers.
CREATE TABLE small AS
SELECT g, n, (CASE WHEN g % 3 = 0 THEN 1 + (hashint4(g) & 255) ELSE 1 + (hashint8extended(n, g) & 15) END)
             * (CASE WHEN g % 2 = 0 THEN 0.01 ELSE 0.1 END) AS v
FROM generate_series(1, 3000) AS g, generate_series(1, 1 + g % 11) AS n;
SELECT results_eq(
    $$SELECT g, v, crm_abc_class(v, limits) FROM small
    JOIN (SELECT g, crm_abc_fit(v) AS limits FROM small GROUP BY g) AS fit
             USING (g) GROUP BY 1, 2, 3 ORDER BY 1, 2$$,
    $$SELECT DISTINCT g, v, CASE WHEN above < 0.80 * total THEN 'A' WHEN above < 0.95 * total THEN 'B' ELSE 'C' END
      FROM (SELECT g, v, sum(v) OVER (PARTITION BY g ORDER BY v DESC) - sum(v) OVER (PARTITION BY g, v) AS above,
                   sum(v) OVER (PARTITION BY g) AS total FROM small) AS x ORDER BY 1, 2$$, 'classes in cents');
SELECT results_eq(
    $$SELECT g, crm_pareto_width(v, 0.8) FROM small GROUP BY g ORDER BY g$$,
    $$SELECT g, min(k::float8 / customers) FROM (
          SELECT g, row_number() OVER top AS k, sum(v) OVER top AS held, sum(v) OVER of_all AS total,
                 count(*) OVER of_all AS customers
          FROM small WINDOW top AS (PARTITION BY g ORDER BY v DESC, n), of_all AS (PARTITION BY g)) AS x
      WHERE held >= 0.8 * total GROUP BY g ORDER BY g$$, 'Pareto width in cents');
SELECT is_empty(
    $$SELECT g, min(v), limits FROM small
    JOIN (SELECT g, crm_abc_fit(v, NULL) AS limits FROM small GROUP BY g) AS fit USING (g)
      GROUP BY g, limits HAVING NOT bool_or(limits[1] = v) OR max(v) < limits[1] OR limits[1] < limits[2]
                                OR limits[2] < limits[3] OR limits[3] <> min(v)$$,
                                'computed limits are values, and descend');

-- The limits that the data decide, by distances on the same curve.
CREATE FUNCTION pg_temp.computed_of(source regclass) RETURNS double precision[] LANGUAGE plpgsql AS $$
DECLARE
    answer double precision[];
BEGIN
    EXECUTE format($q$
        WITH curve AS (
            SELECT DISTINCT v, count(*) OVER up / count(*) OVER ()::float8 AS x,
            sum(v) OVER up / sum(v) OVER ()::float8 AS y,
                   v >= avg(v) OVER () AS even
            FROM %s WHERE v > 0 WINDOW up AS (ORDER BY v DESC)
        ), point AS (
            SELECT (SELECT x FROM curve ORDER BY x ^ 2 + (1 - y) ^ 2, x LIMIT 1) AS pareto,
                   (SELECT max(x) FROM curve WHERE even) AS even
        )
        SELECT ARRAY[(SELECT v FROM curve WHERE x = least(pareto, point.even)),
                     (SELECT v FROM curve ORDER BY (x - greatest(pareto, point.even)) ^ 2 + (1 - y) ^ 2, x LIMIT 1),
                     (SELECT min(v) FROM curve)] FROM point$q$, source) INTO answer;
    RETURN answer;
END $$;
SELECT is(crm_abc_fit(v, NULL), pg_temp.computed_of('value_of'), 'computed limits are those of the curve')
FROM value_of;

\ir lib/data.sql
\if :has_data
\set csv :data/rfm_orders.csv
CREATE TEMP TABLE rfm_orders (customer text, ordered_on date, amount numeric);
COPY rfm_orders FROM :'csv' (FORMAT csv, HEADER true);
\set csv :data/cdnow.csv
CREATE TEMP TABLE cdnow (customer integer, ordered_on date, cds integer, amount numeric);
COPY cdnow FROM :'csv' (FORMAT csv, HEADER true);
CREATE TABLE of_rfm_orders AS
SELECT crm_amount(crm_activity_agg(ordered_on, amount), '2006-12-31') AS v FROM rfm_orders GROUP BY customer;
CREATE TABLE of_cdnow AS
SELECT crm_amount(crm_activity_agg(ordered_on, amount), '1998-06-30') AS v FROM cdnow GROUP BY customer;

SELECT results_eq($$SELECT crm_abc_class(v, limits), count(*)
      FROM of_rfm_orders, (SELECT crm_abc_fit(v) AS limits FROM of_rfm_orders) AS fit GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('A', 607::bigint), ('B', 228), ('C', 160)$$, 'classes of the sample orders of the R package rfm');
SELECT is(round(crm_gini(v)::numeric, 10), 0.2896032955, 'their Gini') FROM of_rfm_orders;
SELECT is(round(crm_top_share(v, 0.2)::numeric, 10), 0.3562321451, 'their top fifth') FROM of_rfm_orders;
SELECT is(crm_abc_fit(v, NULL), pg_temp.computed_of('of_rfm_orders'), 'their computed limits') FROM of_rfm_orders;
SELECT results_eq($$SELECT crm_abc_class(v, limits), count(*)
      FROM of_cdnow, (SELECT crm_abc_fit(v) AS limits FROM of_cdnow) AS fit GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('A', 7695::bigint), ('B', 8067), ('C', 7740), ('Z', 68)$$, 'classes of the CDNOW cohort');
SELECT is(round(crm_gini(v)::numeric, 10), 0.6345711846, 'its Gini') FROM of_cdnow;
SELECT is(round(crm_top_share(v, 0.2)::numeric, 10), 0.6777738297, 'its top fifth') FROM of_cdnow;
SELECT is(crm_abc_fit(v, NULL), pg_temp.computed_of('of_cdnow'), 'its computed limits') FROM of_cdnow;
\else
SELECT skip('../shared is absent', 8);
\endif

SELECT * FROM finish();
ROLLBACK;
