-- Rules of profiles that complete rows in one order never ask about.
BEGIN;
SELECT plan(15);
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

-- Nor is a brand whose amount nobody knows one of which nothing is bought.
INSERT INTO wallet (customer_id, brand, is_own, category, stated_at, amount, rank) VALUES
    ('a', 'us', true, 'k', '2024-01-01', 120, 2), ('a', 'them', false, 'k', '2024-01-01', NULL, 1),
    ('b', 'us', true, 'k', '2024-01-01', NULL, 2), ('b', 'them', false, 'k', '2024-01-01', 120, 1),
    ('c', 'us', true, 'k', '2024-01-01', 10, NULL), ('c', 'them', false, 'k', '2024-01-01', 'NaN', NULL);
SELECT results_eq($$SELECT customer_id, brand, amount, amount_share, is_amount_known FROM wallet_brand
        WHERE category = 'k' ORDER BY 1, 2$$,
    $$VALUES ('a', 'them', NULL::numeric, NULL::double precision, false), ('a', 'us', 120, NULL, false),
        ('b', 'them', 120, NULL, false), ('b', 'us', NULL, NULL, false),
        ('c', 'them', NULL, NULL, false), ('c', 'us', 10, NULL, false)$$,
    'wallet_brand: no share of what is not known');
SELECT results_eq($$SELECT customer_count, own_amount, category_amount, own_share, mean_own_share FROM wallet_share
        WHERE category = 'k'$$,
    'VALUES (3::bigint, NULL::numeric(18, 2), NULL::numeric(18, 2), NULL::double precision, NULL::double precision)',
    'wallet_share: three were asked, and none said it all');
SELECT results_eq($$SELECT brand, customer_count, base_count, amount, amount_share FROM competitor_share
        WHERE category = 'k' ORDER BY 1$$,
    $$VALUES ('them', 3::bigint, 3::bigint, NULL::numeric(18, 2), NULL::double precision), ('us', 3, 3, NULL, NULL)$$,
    'competitor_share');
INSERT INTO wallet (customer_id, brand, is_own, category, stated_at, amount) VALUES
    ('d', 'us', true, 'k', '2024-01-01', 30), ('d', 'them', false, 'k', '2024-01-01', 90);
SELECT results_eq($$SELECT customer_count, own_amount, category_amount, own_share, mean_own_share FROM wallet_share
        WHERE category = 'k'$$,
    $$VALUES (4::bigint, 30::numeric(18, 2), 120::numeric(18, 2), 0.25::double precision, 0.25::double precision)$$,
    'shares are of who says it all');
SELECT results_eq($$SELECT brand, customer_count, base_count, amount, amount_share FROM competitor_share
        WHERE category = 'k' ORDER BY 1$$,
    $$VALUES ('them', 4::bigint, 4::bigint, 90::numeric(18, 2), 0.75::double precision), ('us', 4, 4, 30, 0.25)$$,
    'as those of each brand are');
UPDATE wallet SET amount = 0 WHERE customer_id = 'a' AND brand = 'them' AND category = 'k';
SELECT is((SELECT amount_share FROM wallet_brand WHERE customer_id = 'a' AND brand = 'us' AND category = 'k'),
    1::double precision, 'an amount of 0 is one');

-- A brand that is stated twice on a day: the later counts, and of equal rows one.
DELETE FROM wallet;
INSERT INTO wallet (customer_id, brand, is_own, category, amount, rank, stated_at) VALUES
    ('b', 'us', true, 'phones', 100, 2, '2024-02-01 09:00'), ('b', 'them', false, 'phones', 300, 1, '2024-02-01 09:00'),
    ('b', 'us', true, 'phones', 150, 1, '2024-02-01 17:00'), ('b', 'us', true, 'phones', 150, 1, '2024-02-01 17:00');
SELECT results_eq('SELECT brand, amount, amount_share FROM wallet_brand ORDER BY 1',
    $$VALUES ('them', 300::numeric, 2 / 3::double precision), ('us', 150, 1 / 3::double precision)$$,
    'wallet_brand: as stated last');
SELECT results_eq($$SELECT problem_count, example_key FROM data_quality WHERE check_name = 'duplicate_brand'$$,
    $$VALUES (1::bigint, 'b')$$, 'data_quality says that it is there twice');

UPDATE wallet SET amount = 'NaN', stated_at = '2024-02-01 17:00' WHERE brand = 'us' AND amount = 100;
SELECT is((SELECT amount FROM wallet_brand WHERE brand = 'us'), 150::numeric, 'what is no number is not given');

-- A day has no zone: in Sao Paulo this day of birth began at one o'clock, and its birthdays do not.
SET LOCAL crm_ext.as_of = '2024-10-21';
INSERT INTO customer (customer_id, birth_on) VALUES ('born', '1990-10-21');
SET LOCAL timezone = 'America/Sao_Paulo';
SELECT is((SELECT age_years FROM customer_detail WHERE customer_id = 'born'), 34,
    'age_years: a birthday is one in any zone of the session');
SET LOCAL timezone = 'UTC';

-- A product follows another, which is there.
DELETE FROM product;
INSERT INTO product (product_id, successor_of) VALUES ('own', 'own'), ('lost', 'gone'), ('found', 'own');
SELECT is((SELECT problem_count FROM data_quality WHERE check_name = 'unknown_predecessor'), 2::bigint,
    'unknown_predecessor: itself, and none');

SELECT * FROM finish();
ROLLBACK;
