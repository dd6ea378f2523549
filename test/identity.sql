-- Addresses and numbers in one form: applied twice, in an index, error codes.
BEGIN;
SELECT plan(17);

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
SELECT is(crm_repeat_count(v), :alone::bigint, 'by workers') FROM told;
SELECT throws_ok($$SELECT crm_repeat_count_final('\x00')$$, '0A000');
SELECT is((SELECT crm_repeat_count(v) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM told
    WHERE n <= 700 ORDER BY n DESC LIMIT 1),
          crm_repeat_count(v), 'in a window') FROM told WHERE n <= 700;
SELECT is(count(*), count(*) FILTER (WHERE k = d), 'in groups')
FROM (SELECT crm_repeat_count(v) AS k, count(v) - count(DISTINCT v) AS d FROM told GROUP BY n % 7) AS x;
SELECT * FROM finish();
ROLLBACK;
