-- Orders to measure with: :orders rows, :customers customers, in order of
-- time over three years, the same on every machine. Some customers order far
-- more than others, amounts spread like a log-normal, 3% are refunds.
\if :{?orders} \else \set orders 10000000 \endif
\if :{?customers} \else \set customers 1000000 \endif

DROP TABLE IF EXISTS orders;
CREATE UNLOGGED TABLE orders AS
SELECT i AS order_id,
       (1 + floor(:customers * pow(u.a, 1.5)))::integer AS customer_id,
       date '2021-01-01' + (1096 * (i - 1) / :orders)::integer AS ordered_on,
       (CASE WHEN u.d < 0.03 THEN -1 ELSE 1 END * exp(2 + u.b + u.c + u.d))::numeric(12,2) AS amount
FROM generate_series(1::bigint, :orders) AS i,
     LATERAL (SELECT hashint8extended(i, 1) AS h1, hashint8extended(i, 2) AS h2) AS h,
     LATERAL (SELECT (h1 & 4294967295) / 4294967296.0::float8 AS a, ((h1 >> 32) & 65535) / 65536.0::float8 AS b,
                     (h2 & 65535) / 65536.0::float8 AS c, ((h2 >> 16) & 65535) / 65536.0::float8 AS d) AS u;
VACUUM (ANALYZE) orders;
