-- Rules of profiles that complete rows in one order never ask about.
BEGIN;
SELECT plan(4);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'UTC';
SELECT crm_create_workspace('w', '{}', 'UTC', subjects => '{profile}');
SET LOCAL search_path = w, public;
SET LOCAL crm_ext.as_of = '2024-03-10';

-- Records as they were: what changed after as_of, in the same month, had not changed.
INSERT INTO customer (customer_id, registered_at) VALUES ('p', '2024-01-10');
UPDATE customer SET email = 'p@example.com';
UPDATE customer SET email = NULL;
UPDATE customer_change SET changed_at = '2024-03-05 12:00' WHERE new_value IS NOT NULL;
UPDATE customer_change SET changed_at = '2024-03-20 12:00' WHERE new_value IS NULL;
CREATE FUNCTION pg_temp.filled(day text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('crm_ext.as_of', day, true);
    RETURN (SELECT filled_count FROM completeness_monthly WHERE field_name = 'email' ORDER BY month_on DESC LIMIT 1);
END $$;
SELECT results_eq($$SELECT day, pg_temp.filled(day)
    FROM unnest('{2024-02-29,2024-03-04,2024-03-05,2024-03-19,2024-03-20,2024-03-31,2024-04-10}'::text[]) AS day$$,
    $$VALUES ('2024-02-29', 0::bigint), ('2024-03-04', 0), ('2024-03-05', 1), ('2024-03-19', 1), ('2024-03-20', 0),
             ('2024-03-31', 0), ('2024-04-10', 0)$$, 'completeness_monthly: as it was on the day');

-- Years are whole years: leap days make none longer.
SET LOCAL crm_ext.as_of = '2024-03-10';
DELETE FROM purchase;
INSERT INTO purchase (customer_id, purchased_at, amount)
SELECT day, day::date, 1
FROM unnest('{2023-03-11,2023-03-10,2021-03-11,2021-03-10,2018-03-11,2018-03-10}'::text[]) AS day;
SELECT results_eq('SELECT customer_id, tenure_band, tenure_band_order FROM customer_360 WHERE purchase_count > 0
        ORDER BY 1',
    $$VALUES ('2018-03-10', 'over 5 years', 4), ('2018-03-11', '3-5 years', 3), ('2021-03-10', '3-5 years', 3),
        ('2021-03-11', '1-2 years', 2), ('2023-03-10', '1-2 years', 2), ('2023-03-11', 'under 1 year', 1)$$,
    'tenure_band');
SET LOCAL crm_ext.as_of = '2024-02-29';
SELECT is((SELECT tenure_band FROM customer_360 WHERE customer_id = '2021-03-10'), '1-2 years', 'on a leap day');
SET LOCAL crm_ext.as_of = '2024-03-10';

-- A statement that cannot be read is none of its day.
INSERT INTO wallet (customer_id, brand, is_own, stated_at, amount) VALUES ('c1', 'Us', true, '2024-01-01', 50),
    ('c1', 'They', false, '2024-01-01', 50), ('c1', 'They', false, '2024-02-01', 'NaN');
SELECT results_eq('SELECT brand, amount, amount_share FROM wallet_brand ORDER BY 1',
    $$VALUES ('They', 50::numeric, 0.5::double precision), ('Us', 50, 0.5)$$, 'wallet_brand');
SELECT * FROM finish();
ROLLBACK;
