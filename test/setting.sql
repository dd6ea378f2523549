-- The setting crm_ext.as_of: a day as ISO 8601 writes it, and nothing else.
BEGIN;
SELECT plan(29);

SELECT is(crm_as_of(), current_date, 'today, unless it says otherwise');

SELECT throws_ok(format('SET crm_ext.as_of = %L', day), '22023', NULL, format('not a day: "%s"', day))
FROM unnest(ARRAY[
    ' 2024-01-02', '2024-01-02 ', '+024-01-02', '-024-01-02', '2024-1-2', '2024-01-2', '2024-+1-02', '2024- 1-02',
    '24-01-02', '02024-01-02', '2024/01/02', '20240102', '2024-01-02x', '2024-01-02 BC', '2024-00-10', '2024-13-10',
    '2024-01-00', '2024-01-32', '2023-02-29', '0000-01-01', 'infinity', 'today', '２024-01-02', E'2024-01-02\n'])
     AS day;
SET LOCAL crm_ext.as_of = '2024-02-29';
SELECT is(crm_as_of(), '2024-02-29', 'a day');
SET LOCAL crm_ext.as_of = '0001-01-01';
SELECT is(crm_as_of(), '0001-01-01', 'the first of them');
SET LOCAL crm_ext.as_of = '9999-12-31';
SELECT is(crm_as_of(), '9999-12-31', 'the last of them');
SET LOCAL datestyle = 'SQL, DMY';
SET LOCAL crm_ext.as_of = '2024-03-04';
SELECT is(crm_as_of(), make_date(2024, 3, 4), 'whatever DateStyle says');

SELECT * FROM finish();
ROLLBACK;
