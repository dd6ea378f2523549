-- Log-odds: tweets to airlines, error codes.
BEGIN;
SELECT plan(9);

SELECT throws_ok($$SELECT crm_log_odds(5, 4, 1, 10, 1, 10)$$, '22023');
SELECT throws_ok($$SELECT crm_log_odds(1, 10, 5, 4, 1, 10)$$, '22023');
SELECT throws_ok($$SELECT crm_log_odds(1, 10, 1, 10, 11, 10)$$, '22023');
SELECT throws_ok($$SELECT crm_log_odds(-1, 10, 1, 10, 1, 10)$$, '22023');
SELECT throws_ok($$SELECT crm_log_odds(1, 'NaN', 1, 10, 1, 10)$$, '22023');
SELECT throws_ok($$SELECT crm_log_odds(1, 'Infinity', 1, 10, 1, 10)$$, '22023');

\ir lib/data.sql
\if :has_data
\set csv :data/airline_tweets.csv
CREATE TEMP TABLE tweet (n integer, airline text, sentiment text, sentiment_confidence double precision,
    negative_reason text,
                         author text, posted_at timestamp, body text);
COPY tweet FROM :'csv' (FORMAT csv, HEADER true);

-- Words are the longest runs of three letters or more in the lower-cased text.
CREATE TEMP TABLE term AS
SELECT word, count(*) FILTER (WHERE sentiment = 'negative') AS a, count(*) FILTER (WHERE sentiment = 'positive') AS b,
    count(*) AS both_and_more
FROM tweet, LATERAL (SELECT m[1] AS word FROM regexp_matches(lower(body), '[a-z]{3,}', 'g') AS m) AS w
GROUP BY word;
SELECT is(row(sum(a), sum(b), sum(both_and_more), count(*))::text, '(137629,26523,198237,13161)', 'words of tweets')
FROM term;
CREATE TEMP TABLE shift AS
SELECT word, a, b, l.*
FROM term, (SELECT sum(a) AS all_a, sum(b) AS all_b, sum(both_and_more) AS alpha FROM term) AS total,
     LATERAL crm_log_odds(a, all_a, b, all_b, both_and_more, alpha) AS l;
SELECT is(string_agg(format('%s %s %s %s %s', word, trim_scale(round(log_odds::numeric, 6)),
                            trim_scale(round(z::numeric, 6)), a, b), ', ' ORDER BY z DESC, word COLLATE "C"),
          'hours 0.26377 5.634126 659 7, not 0.169634 5.532028 1357 78, hold 0.257942 5.342559 614 7, '
          'cancelled 0.18995 5.060612 926 38, delayed 0.228639 4.374164 508 16, been 0.175284 4.263153 775 55',
          'of the angry') FROM (SELECT * FROM shift ORDER BY z DESC, word COLLATE "C" LIMIT 6) AS t;
SELECT is(string_agg(format('%s %s %s %s %s', word, trim_scale(round(log_odds::numeric, 6)),
                            trim_scale(round(z::numeric, 6)), a, b), ', ' ORDER BY z DESC, word COLLATE "C"),
          'love -0.632571 -8.407542 61 143, southwestair -0.213598 -8.710095 1214 576, '
          'jetblue -0.262277 -10.49718 1053 595, great -0.719038 -11.166564 81 236, '
          'thanks -0.597123 -16.525503 315 611, thank -0.839508 -17.132388 81 455',
          'and of the grateful') FROM (SELECT * FROM shift ORDER BY z, word COLLATE "C" LIMIT 6) AS t;
\else
SELECT skip('../shared/data is absent', 3);
\endif

SELECT * FROM finish();
ROLLBACK;
