-- Addresses and numbers in one form: applied twice, in an index, error codes.
BEGIN;
SELECT plan(34);

SELECT throws_ok($$SELECT crm_normal_phone('+4930901820', 'Germany')$$, '22023');
SELECT throws_ok($$SELECT crm_normal_phone('+4930901820', '')$$, '22023');
SELECT throws_ok($$SELECT crm_normal_phone('+4930901820', '049')$$, '22023');

CREATE TABLE contact AS
SELECT n, CASE n % 4 WHEN 0 THEN ' Ann' || n / 4 || '@Example.COM' WHEN 1 THEN 'ann' || n / 4 || '@example.com.'
                     WHEN 2 THEN E'ANN' || n / 4 || E'@EXAMPLE.com\t'
                     ELSE 'ann' || n / 4 || ' at example.com' END AS email,
       CASE n % 3 WHEN 0 THEN '030 ' || 100000 + n / 3 WHEN 1 THEN '+49 (0)30-' || 100000 + n / 3
                  ELSE '0049 30/' || 100000 + n / 3 END AS phone
FROM generate_series(0, 11999) AS n;
CREATE INDEX ON contact (crm_normal_email(email), crm_normal_phone(phone, 'DE'));
SELECT is(count(DISTINCT crm_normal_email(email)), 3000::bigint,
    'three spellings of an address are one, the fourth is none') FROM contact;
SELECT is(count(DISTINCT crm_normal_phone(phone, 'DE')), 4000::bigint, 'three spellings of a number are one')
FROM contact;
SELECT is_empty($$SELECT email, phone FROM contact
                  WHERE crm_normal_email(crm_normal_email(email)) IS DISTINCT FROM crm_normal_email(email)
                     OR crm_normal_phone(crm_normal_phone(phone, 'DE')) IS DISTINCT
                     FROM crm_normal_phone(phone, 'DE')$$, 'applied twice they stay');
SELECT is(crm_normal_email(repeat('a', 100000) || '@b.de'), NULL, 'a long text is no address');

-- Repeated values, against DISTINCT
CREATE TABLE told AS
SELECT n, CASE WHEN n % 97 = 0 THEN NULL WHEN n % 11 = 0 THEN n / 22 ELSE hashint8extended(n, 1) END AS v
FROM generate_series(1::bigint, 20000) AS n;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(crm_repeat_count(v), count(v) - count(DISTINCT v), 'values that have come before') FROM told;
SELECT is((SELECT crm_repeat_count(v) FROM (SELECT v FROM told ORDER BY hashint8(n)) AS x), crm_repeat_count(v),
    'in any order') FROM told;
SELECT is(crm_repeat_count(v), 0::bigint, 'none of a key') FROM (SELECT n - 10000 AS v FROM told) AS x;
SELECT is(crm_repeat_count(NULL), 0::bigint, 'of NULL none');
SELECT is((SELECT crm_repeat_count(v) FROM told WHERE false), NULL::bigint, 'of no rows NULL');
SELECT is(crm_repeat_count(v), 2::bigint, 'of extremes')
FROM unnest('{-9223372036854775808,9223372036854775807,-9223372036854775808,9223372036854775807,0}'::bigint[]) AS v;
SELECT crm_repeat_count(v) AS alone FROM told \gset
\ir lib/workers.sql
SELECT is(pg_temp.by_workers('SELECT crm_repeat_count(v) FROM told'), :'alone', 'by workers');
SELECT throws_ok($$SELECT crm_repeat_count_final('\x00')$$, '0A000');
SELECT is((SELECT crm_repeat_count(v) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM told
    WHERE n <= 700 ORDER BY n DESC LIMIT 1),
          crm_repeat_count(v), 'in a window') FROM told WHERE n <= 700;
SELECT is(count(*), count(*) FILTER (WHERE k = d), 'in groups')
FROM (SELECT crm_repeat_count(v) AS k, count(v) - count(DISTINCT v) AS d FROM told GROUP BY n % 7) AS x;
-- What an aggregate of one's own shows of a state is values, and zeroes where more would go.
CREATE AGGREGATE bare_state(bigint) (SFUNC = crm_repeat_count_trans, STYPE = bytea);
SELECT is(count(*) FILTER (WHERE substring(state FROM 21) <> decode(repeat('00', 504), 'hex')), 0::bigint,
          'room to spare')
FROM (SELECT bare_state(length(repeat('secret', CASE n % 2 WHEN 0 THEN 600 ELSE 1 END))) AS state
      FROM generate_series(1, 100) AS n GROUP BY n) AS x;

-- Filters of days: nobody is missed, few are let pass who are not among them.
CREATE TABLE seen AS
SELECT n, 'k' || n / 3 AS key, date '2000-01-01' + n % 5000 AS day FROM generate_series(1, 30000) AS n;
CREATE TABLE seen_filter AS SELECT crm_day_filter(n, day) AS f FROM seen;
SELECT is(count(*), 0::bigint, 'a filter misses none of its own, of keys as numbers, texts and uuids')
FROM seen, (SELECT crm_day_filter(n, day) AS of_number, crm_day_filter(key, day) AS of_text,
                   crm_day_filter(md5(key)::uuid, day) AS of_uuid FROM seen) AS f
WHERE NOT (crm_day_filter_has(of_number, n, day) AND crm_day_filter_has(of_text, key, day)
           AND crm_day_filter_has(of_uuid, md5(key)::uuid, day));
SELECT ok(count(*) FILTER (WHERE crm_day_filter_has(f, n, day + 1)) < 600, 'of other days it lets few pass')
FROM seen, seen_filter;
SELECT ok(count(*) FILTER (WHERE crm_day_filter_has(f, n + 30000, day)) < 600, 'and of other keys')
FROM seen, seen_filter;
SELECT is(crm_day_filter(n, day ORDER BY n DESC), crm_day_filter(n, day ORDER BY day), 'in any order') FROM seen;
SELECT is(length(crm_day_filter(n, day)), 8 * (30000 / 4 + 1), 'two bytes a pair') FROM seen;
SELECT is(pg_temp.by_workers('SELECT crm_day_filter(key, day) FROM seen'), crm_day_filter(key, day)::text,
    'by workers, as alone') FROM seen;
SELECT is(crm_day_filter(n, day), NULL, 'of no rows NULL') FROM seen WHERE false;
SELECT ok(NOT crm_day_filter_has(crm_day_filter(NULL::integer, NULL), 1, '2000-01-01'), 'one of NULL has nothing');
SELECT ok(crm_day_filter_has('', 1, '2000-01-01') AND crm_day_filter_has('\x01', 1, '2000-01-01'),
          'without a word it lets all pass');
SELECT is(crm_day_filter_has(f, k, d), NULL, 'NULL for NULL')
FROM (VALUES (NULL, 1, date '2000-01-01'), ('\x00'::bytea, NULL, '2000-01-01'), ('\x00', 1, NULL)) AS x (f, k, d);
SELECT ok(bool_and(crm_day_filter_has(f, 1, d)), 'the ends of the calendar')
FROM (SELECT crm_day_filter(1, d) AS f FROM unnest('{-infinity,4713-01-01 BC,infinity}'::date[]) AS d) AS f,
     unnest('{-infinity,4713-01-01 BC,infinity}'::date[]) AS d;
-- A key of a type without a hash is told by the day.
SELECT is(array_agg(crm_day_filter_has(f, k, d) ORDER BY d), '{f,t}', 'keys that cannot be hashed')
FROM (SELECT crm_day_filter('(0,0),(1,1)'::box, '2000-01-02') AS f) AS f,
     (VALUES ('(0,0),(2,2)'::box, date '2000-01-01'), ('(0,0),(2,2)', '2000-01-02')) AS x (k, d);
CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT ok(crm_day_filter_has(f, 'ANN'::text COLLATE folded, '2000-01-01'), 'equal by their collation')
FROM (SELECT crm_day_filter('ann'::text COLLATE folded, '2000-01-01') AS f) AS f;
SELECT throws_ok($$SELECT crm_day_filter_final('\x00')$$, '0A000');
SELECT * FROM finish();
ROLLBACK;
