-- Addresses and numbers in one form: applied twice, in an index, error codes.
BEGIN;
SELECT plan(7);

SELECT throws_ok($$SELECT crm_normal_phone('+4930901820', 'Germany')$$, '22023');
SELECT throws_ok($$SELECT crm_normal_phone('+4930901820', '')$$, '22023');
SELECT throws_ok($$SELECT crm_normal_phone('+4930901820', '049')$$, '22023');

CREATE TABLE contact AS
SELECT n, CASE n % 4 WHEN 0 THEN ' Ann' || n / 4 || '@Example.COM' WHEN 1 THEN 'ann' || n / 4 || '@example.com.'
                     WHEN 2 THEN E'ANN' || n / 4 || E'@EXAMPLE.com\t' ELSE 'ann' || n / 4 || ' at example.com' END AS email,
       CASE n % 3 WHEN 0 THEN '030 ' || 100000 + n / 3 WHEN 1 THEN '+49 (0)30-' || 100000 + n / 3 ELSE '0049 30/' || 100000 + n / 3 END AS phone
FROM generate_series(0, 11999) AS n;
CREATE INDEX ON contact (crm_normal_email(email), crm_normal_phone(phone, 'DE'));
SELECT is(count(DISTINCT crm_normal_email(email)), 3000::bigint, 'three spellings of an address are one, the fourth is none') FROM contact;
SELECT is(count(DISTINCT crm_normal_phone(phone, 'DE')), 4000::bigint, 'three spellings of a number are one') FROM contact;
SELECT is_empty($$SELECT email, phone FROM contact
                  WHERE crm_normal_email(crm_normal_email(email)) IS DISTINCT FROM crm_normal_email(email)
                     OR crm_normal_phone(crm_normal_phone(phone, 'DE')) IS DISTINCT FROM crm_normal_phone(phone, 'DE')$$, 'applied twice they stay');
SELECT is(crm_normal_email(repeat('a', 100000) || '@b.de'), NULL, 'a long text is no address');

SELECT * FROM finish();
ROLLBACK;
