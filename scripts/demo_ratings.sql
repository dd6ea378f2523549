-- What the customers of demo_orders.sql expected of the shop and what they got,
-- 1 to 10, the same on every run. Not everyone answers, and not everything.

INSERT INTO crm.rating (customer_id, touchpoint_id, level, score, rated_at)
SELECT 'C' || to_char(n, 'FM00000'), touchpoint, level, score, timestamptz '2024-12-31 12:00+00'
FROM generate_series(1, 10000, 17) AS n,
     (VALUES ('website', 8, 0), ('checkout', 8, 1), ('payment', 9, 0), ('delivery', 7, -2),
             ('packaging', 6, 2), ('product', 8, 0), ('support', 7, -1), ('returns', 6, -3))
         AS t (touchpoint, usual, better),
     LATERAL (SELECT (hashint4extended(n, length(touchpoint) + 100 * usual) & 1048575)::integer AS h) AS hash,
     LATERAL (SELECT least(10, usual - 1 + (h / 1024) % 4) AS expected) AS answer,
     LATERAL (VALUES ('expected', CASE WHEN h % 11 > 0 THEN expected END),
                     ('actual', CASE WHEN h % 7 > 0
                                     THEN least(10, greatest(1, expected + better + (h / 128) % 5 - 2)) END))
         AS rated (level, score)
WHERE score IS NOT NULL;
