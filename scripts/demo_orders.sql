-- Ten thousand customers' orders over three years, the same on every run: all
-- chance comes from a hash of the customer and the order. Not real, but with
-- what real orders have: customers who come once and customers who come weekly,
-- who stay or leave, a Christmas season, quiet Sundays, refunds, second orders
-- on the same day, and a time of day.

-- Uniform in (0, 1): the upper 52 bits of a hash.
CREATE FUNCTION pg_temp.uniform(key bigint, salt bigint) RETURNS double precision
LANGUAGE SQL IMMUTABLE PARALLEL SAFE
RETURN ((hashint8extended(key, salt) >> 12 & (1::bigint << 52) - 1) + 0.5::double precision)
       / (1::bigint << 52);

-- Standard normal (Box and Muller 1958).
CREATE FUNCTION pg_temp.normal(key bigint, salt bigint) RETURNS double precision
LANGUAGE SQL IMMUTABLE PARALLEL SAFE
RETURN sqrt(-2 * ln(pg_temp.uniform(key, salt))) * cos(2 * pi() * pg_temp.uniform(key, salt + 1));

-- Who they are. After every order a customer leaves with the same chance; until
-- then orders come at a steady rate. Chance and rate differ between customers.
CREATE TEMPORARY TABLE shopper AS
SELECT n,
       date '2022-01-01' + (1090 * pg_temp.uniform(n, 1) ^ 0.7)::integer AS joined_on,
       50 * exp(0.9 * pg_temp.normal(n, 2)) AS gap_days,
       40 * exp(0.6 * pg_temp.normal(n, 4)) AS basket,
       least(150, ceil(ln(pg_temp.uniform(n, 6))
                       / ln(0.97 - 0.6 * pg_temp.uniform(n, 7) ^ 2))) AS order_limit
FROM generate_series(1, 10000) AS n;

-- When they order. key tells the orders apart.
CREATE TEMPORARY TABLE visit AS
SELECT n, key, basket,
       joined_on + coalesce(sum(gap_days * -ln(pg_temp.uniform(key, 11)))
                            OVER (PARTITION BY n ORDER BY key
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                            0)::integer AS day
FROM shopper, generate_series(n * 1000, n * 1000 + order_limit::integer - 1) AS key;

-- Out of season, and on Sundays, some orders do not happen; the first one does.
DELETE FROM visit
WHERE day > date '2024-12-31'
   OR key % 1000 > 0
      AND pg_temp.uniform(key, 21) > 0.55
          + CASE WHEN extract(month FROM day) IN (11, 12) THEN 0.45
                 WHEN extract(month FROM day) IN (5, 6) THEN 0.15 ELSE 0 END
          - CASE WHEN extract(isodow FROM day) = 7 THEN 0.25 ELSE 0 END;

-- At lunch or in the evening.
CREATE TEMPORARY TABLE purchase AS
SELECT n, key,
       day + make_interval(secs => 60 * round(60 * least(23.9, greatest(0,
           CASE WHEN pg_temp.uniform(key, 31) < 0.4 THEN 12.5 ELSE 19.5 END
           + 1.8 * pg_temp.normal(key, 32))))) AS ordered_at,
       round((basket * exp(0.5 * pg_temp.normal(key, 34)))::numeric, 2) AS amount
FROM visit;

CREATE TABLE orders AS
SELECT row_number() OVER (ORDER BY ordered_at, key, amount) AS order_id,
       'C' || to_char(n, 'FM00000') AS customer_id, ordered_at, amount
FROM (
    SELECT * FROM purchase
    UNION ALL
    -- One in twenty-five forgot something and orders again within minutes.
    SELECT n, key, ordered_at + interval '1 minute' * ceil(40 * pg_temp.uniform(key, 41)),
           round(amount * 0.3, 2)
    FROM purchase WHERE pg_temp.uniform(key, 42) < 0.04
    UNION ALL
    -- One in sixteen sends something back, often everything.
    SELECT n, key, ordered_at + interval '1 day' * ceil(3 + 18 * pg_temp.uniform(key, 51)),
           -round(amount * CASE WHEN pg_temp.uniform(key, 52) < 0.6 THEN 1
                                ELSE pg_temp.uniform(key, 53)::numeric END, 2)
    FROM purchase WHERE pg_temp.uniform(key, 54) < 0.06
) AS event
WHERE ordered_at < date '2025-01-01';
