-- Motor Trend's 32 cars of 1974, as R has them: what goes with miles per gallon?
CREATE TABLE mtcars (mpg float8, disp float8, hp float8, wt float8, drat float8);
INSERT INTO mtcars VALUES
    (21, 160, 110, 2.62, 3.9), (21, 160, 110, 2.875, 3.9), (22.8, 108, 93, 2.32, 3.85), (21.4, 258, 110, 3.215, 3.08),
    (18.7, 360, 175, 3.44, 3.15), (18.1, 225, 105, 3.46, 2.76), (14.3, 360, 245, 3.57, 3.21),
    (24.4, 146.7, 62, 3.19, 3.69), (22.8, 140.8, 95, 3.15, 3.92), (19.2, 167.6, 123, 3.44, 3.92),
    (17.8, 167.6, 123, 3.44, 3.92), (16.4, 275.8, 180, 4.07, 3.07), (17.3, 275.8, 180, 3.73, 3.07),
    (15.2, 275.8, 180, 3.78, 3.07), (10.4, 472, 205, 5.25, 2.93), (10.4, 460, 215, 5.424, 3),
    (14.7, 440, 230, 5.345, 3.23), (32.4, 78.7, 66, 2.2, 4.08), (30.4, 75.7, 52, 1.615, 4.93),
    (33.9, 71.1, 65, 1.835, 4.22), (21.5, 120.1, 97, 2.465, 3.7), (15.5, 318, 150, 3.52, 2.76),
    (15.2, 304, 150, 3.435, 3.15), (13.3, 350, 245, 3.84, 3.73), (19.2, 400, 175, 3.845, 3.08),
    (27.3, 79, 66, 1.935, 4.08), (26, 120.3, 91, 2.14, 4.43), (30.4, 95.1, 113, 1.513, 3.77),
    (15.8, 351, 264, 3.17, 4.22), (19.7, 145, 175, 2.77, 3.62), (15, 301, 335, 3.57, 3.54),
    (21.4, 121, 109, 2.78, 4.11);

SELECT name, round(correlation::numeric, 6) AS correlation, round(beta::numeric, 6) AS beta,
       round(relative_weight::numeric, 6) AS relative_weight, round(shapley::numeric, 6) AS shapley
FROM (SELECT crm_driver_fit(mpg, ARRAY[disp, hp, wt, drat]) AS fit FROM mtcars) AS f,
     crm_drivers(fit) AS d,
     LATERAL (SELECT ('{disp,hp,wt,drat}'::text[])[d.driver]) AS n (name)
ORDER BY driver;

-- Both divide up R squared, and rank disp and hp differently.
SELECT round(crm_r_squared(fit)::numeric, 6) AS r_squared, round(johnson::numeric, 6) AS johnson,
       round(shapley::numeric, 6) AS shapley, crm_driver_count(fit) AS rows_used
FROM (SELECT crm_driver_fit(mpg, ARRAY[disp, hp, wt, drat]) AS fit FROM mtcars) AS f,
     LATERAL (SELECT sum(d.relative_weight) AS johnson, sum(d.shapley) AS shapley FROM crm_drivers(fit) AS d) AS s;

-- PostgreSQL's own regression agrees where there is one driver.
SELECT round((crm_r_squared(crm_driver_fit(mpg, ARRAY[wt])) - regr_r2(mpg, wt))::numeric, 12) AS difference FROM mtcars;

-- Rows with a NULL are left out, and counted.
SELECT crm_driver_count(fit) AS used, crm_driver_skipped(fit) AS skipped,
       round(crm_r_squared(fit)::numeric, 6) AS r_squared
FROM (SELECT crm_driver_fit(mpg, d) AS fit
      FROM (SELECT mpg, ARRAY[disp, hp, wt, drat] AS d FROM mtcars
            UNION ALL VALUES (NULL, '{1,2,3,4}'::float8[]), (20, NULL), (20, '{1,NULL,3,4}')) AS t) AS f;

-- Parts put together: the first part has no array yet.
SELECT crm_driver_count(fit) AS used, crm_driver_skipped(fit) AS skipped,
       round(crm_r_squared(fit)::numeric, 6) AS r_squared
FROM (SELECT crm_rollup(f ORDER BY part) AS fit
      FROM (SELECT 0 AS part, crm_driver_fit(1, NULL) AS f
            UNION ALL
            SELECT hp::integer % 3 + 1, crm_driver_fit(mpg, ARRAY[disp, hp, wt, drat])
            FROM mtcars GROUP BY 1) AS p) AS t;

-- Dependent drivers, a constant one, too few rows: a notice, and NULLs.
SELECT driver, round(correlation::numeric, 6) AS correlation, beta, relative_weight, shapley
FROM (SELECT crm_driver_fit(mpg, ARRAY[disp, 2 * disp + 1]) AS fit FROM mtcars) AS f, crm_drivers(fit);
SELECT * FROM crm_drivers((SELECT crm_driver_fit(mpg, ARRAY[7]) FROM mtcars));
SELECT * FROM crm_drivers((SELECT crm_driver_fit(7, ARRAY[mpg]) FROM mtcars));
SELECT crm_r_squared(crm_driver_fit(mpg, ARRAY[disp, hp, wt, drat])) FROM (SELECT * FROM mtcars LIMIT 4) AS t;

-- Few rows are told.
SELECT round(crm_r_squared(crm_driver_fit(mpg, ARRAY[disp, hp]))::numeric, 2) IS NOT NULL AS known
FROM (SELECT * FROM mtcars LIMIT 10) AS t;

-- Nothing gives nothing.
SELECT crm_driver_fit(mpg, ARRAY[disp]) FROM mtcars WHERE false;
SELECT * FROM crm_drivers(NULL);
SELECT f, crm_r_squared(f), (SELECT count(*) FROM crm_drivers(f)) FROM (SELECT crm_driver_fit(1, NULL) AS f) AS t;

-- What is refused, and how.
SELECT crm_driver_fit(mpg, CASE WHEN mpg > 20 THEN ARRAY[disp] ELSE ARRAY[disp, hp] END) FROM mtcars;
SELECT crm_driver_fit(mpg, ARRAY['NaN'::float8]) FROM mtcars;
SELECT crm_driver_fit('Infinity', ARRAY[disp]) FROM mtcars;
SELECT crm_driver_fit(1, '{}');
SELECT crm_driver_fit(1, '{{1,2},{3,4}}');
SELECT crm_driver_fit(1, array_fill(1.0::float8, ARRAY[65]));
SELECT crm_driver_fit(1, '{1e200}');
SELECT '{"version":1,"width":1,"count":1,"skipped":0,"sum":[1,0],"product":[1,0]}'::crm_driver_model;

DROP TABLE mtcars;
