-- Ratings to measure with: :ratings rows, the same on every machine, of 41
-- touchpoints from 4 angles: 164 cells. Scores run from 1 to 10.
\if :{?ratings} \else \set ratings 10000000 \endif

DROP TABLE IF EXISTS rating;
CREATE UNLOGGED TABLE rating AS
SELECT (1 + (h & 65535) % 41)::integer AS touchpoint,
       (1 + (h >> 16 & 65535) % 4)::integer AS angle,
       (1 + (h >> 32 & 65535) % 10)::double precision AS expected,
       (1 + (h >> 48 & 65535) % 10)::double precision AS actual
FROM generate_series(1::bigint, :ratings) AS i,
     LATERAL (SELECT hashint8extended(i, 1) AS h) AS hash;
VACUUM (ANALYZE) rating;
