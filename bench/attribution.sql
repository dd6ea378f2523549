-- Paths of one to eleven touches over twelve channels, the same on every run.
CREATE TABLE touch_path AS
SELECT ARRAY(SELECT 'channel ' || chr(97 + least(11, (hashint8extended(n, k) & 255)
                                                     * (hashint8extended(n, k + 50) & 255) / 5000)::integer)
             FROM generate_series(1, 1 + (hashint8extended(n, 0) & 255)
                                         * (hashint8extended(n, 99) & 255) / 6000) AS k) AS path,
       (hashint8extended(n, 7) & 15 = 0)::integer::double precision AS conversions
FROM generate_series(1::bigint, :paths) AS n;
ANALYZE touch_path;

-- Orders with five touches each.
CREATE TABLE touched_order AS
SELECT n AS order_id, timestamptz '2024-01-31 00:00Z' + n % 1000 * interval '1 hour' AS converted_at,
       ARRAY(SELECT timestamptz '2024-01-31 00:00Z'
                    + (n % 1000 - k * (1 + (hashint8extended(n, k) & 127))) * interval '1 hour'
             FROM generate_series(1, 5) AS k) AS touched_at
FROM generate_series(1::bigint, :orders) AS n;
ANALYZE touched_order;
