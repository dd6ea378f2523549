-- Profiles: identity, targets, needs, wallets, products, actions.
BEGIN;
SELECT plan(49);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT crm_create_workspace('club', '{}', subjects => '{profile}');

-- Empty
SELECT is((SELECT count(*) FROM club.identity_duplicate) + (SELECT count(*) FROM club.customer_profile)
          + (SELECT count(*) FROM club.next_action) + (SELECT count(*) FROM club.prospect_to_buyer)
          + (SELECT count(*) FROM club.repeat_rate) + (SELECT count(*) FROM club.cross_sell), 0::bigint, 'empty');
SELECT is((SELECT count(*) FROM club.age_mix WHERE customer_count = 0), 8::bigint, 'empty: the bands are there');
SELECT is((SELECT count(*) FROM club.completeness_monthly) + (SELECT count(*) FROM club.segment_economics)
          + (SELECT count(*) FROM club.target_penetration), 0::bigint, 'empty: nothing to share');

INSERT INTO club.customer (customer_id, customer_name, email, phone, region, registered_at, birth_on, gender,
    acquired_through) VALUES
    ('a', 'Ann', ' Ann@Example.com', '030 901820', 'north', '2024-01-05', '2006-06-30', 'f', 'friend'),
    ('b', 'Bob', 'ann@example.com ', '+49 30 901820', 'north', '2024-01-20', '2006-07-01', NULL, 'web'),
    ('c', NULL, 'not an address', NULL, NULL, '2024-02-10', '2030-01-01', NULL, NULL),
    ('d', 'Dan', NULL, '', 'south', '2024-07-05', '1950-01-01', 'm', 'web');
INSERT INTO club.identity VALUES ('c', 'loyalty card', ' 77 '), ('a', 'Loyalty Card', '77');
INSERT INTO club.purchase (customer_id, purchased_at, product_id, amount, cost_amount) VALUES
    ('a', '2024-02-01', 'p1', 100, 60), ('a', '2024-03-01', 'p2', 150, 90), ('a', '2024-03-01', 'case', 10, 2),
        ('b', '2024-04-01', 'p1', 100, 60), ('b', '2024-04-01', 'case', 10, 2), ('z', '2024-04-02', 'case', 10, 2);
INSERT INTO club.product VALUES ('p1', 'Phone 1', 'phone', NULL), ('p2', 'Phone 2', 'phone', 'p1'),
    ('case', 'Case', 'accessory', NULL);
INSERT INTO club.interaction (customer_id, interacted_at, purpose) VALUES ('a', '2024-01-10', 'repair'),
    ('a', '2024-01-11', 'advice'), ('a', '2024-01-12', 'repair'), ('b', '2024-01-10', 'advice'),
    ('b', '2024-01-11', 'repair'), ('b', '2024-08-01', 'repair');
INSERT INTO club.cost (occurred_at, amount, customer_id) VALUES ('2024-02-01', 5, 'a'), ('2024-02-01', 1, 'c'),
    ('2024-02-01', 7, NULL);

-- Identity
SELECT results_eq('SELECT kind, normal_value, customer_id, first_customer_id, customer_count
    FROM club.identity_duplicate ORDER BY 1, 3',
    $$VALUES ('email', 'ann@example.com', 'a', 'a', 2::bigint), ('email', 'ann@example.com', 'b', 'a', 2),
        ('loyalty card', '77', 'a', 'a', 2), ('loyalty card', '77', 'c', 'a', 2)$$, 'keys in their normal form link');
UPDATE club.setting SET phone_country = 'DE';
SELECT is((SELECT count(*) FROM club.identity_duplicate WHERE kind = 'phone'), 2::bigint,
    'with a country a national number is one');
SELECT results_eq($$SELECT check_name, problem_count FROM club.data_quality WHERE source = 'customer'
    AND check_name IN ('invalid_email', 'invalid_birth', 'shared_identity') ORDER BY 1$$,
    $$VALUES ('invalid_birth', 1::bigint), ('invalid_email', 1), ('shared_identity', 3)$$, 'what is none is reported');

-- Ages
SELECT results_eq('SELECT age_band, customer_count FROM club.age_mix WHERE customer_count > 0 ORDER BY age_band_order',
    $$VALUES ('under 18', 1::bigint), ('18-24', 1), ('unknown', 2)$$,
    'a birthday is the day; who comes later is not there');
SELECT is((SELECT age_years FROM club.customer_360 WHERE customer_id = 'a'), 18, 'customer_360 has the age');
UPDATE club.setting SET age_cuts = '{60}';
SELECT results_eq('SELECT age_band FROM club.age_mix ORDER BY age_band_order', $$VALUES ('under 60'), ('60 and over'),
    ('unknown')$$, 'other bands');

-- Targets
SELECT lives_ok($$SELECT crm_set_target('club', 'north', 'region = ''north'' -- all of them')$$, 'a target');
SELECT crm_set_target('club', 'rich', 'amount > 200');
SELECT crm_set_target('club', 'nobody', 'false');
SELECT results_eq('SELECT target_name, customer_id FROM club.target_member ORDER BY 1, 2', $$VALUES ('north', 'a'),
    ('north', 'b'), ('rich', 'a')$$, 'who is in it');
SELECT results_eq('SELECT target_name, customer_count, buyer_lift, round(amount_lift::numeric, 6)
    FROM club.target_penetration ORDER BY 1',
    $$VALUES ('nobody', 0::bigint, NULL::double precision, NULL::numeric),
        ('north', 2, 4 / 3::double precision, 1.947368), ('rich', 1, 4 / 3::double precision, 2.736842)$$,
        'how large it is, and whether it buys more');
SELECT crm_set_target('club', 'rich', 'amount > 100');
SELECT is((SELECT count(*) FROM club.target_member WHERE target_name = 'rich'), 2::bigint,
    'a target set again is replaced');
SELECT crm_set_target('club', 'rich', NULL);
SELECT is((SELECT string_agg(target_name, ', ' ORDER BY target_name) FROM club.target), 'nobody, north',
    'and NULL removes it');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'amount')$$, '42804', NULL, 'a condition is true or false');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'wealth > 1')$$, '42703', NULL, 'over columns that there are');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'count(*) > 1')$$, '42803', NULL, 'without aggregates');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'true) UNION SELECT (true')$$, '42601', NULL, 'and of one piece');
SELECT throws_ok($$SELECT crm_set_target('club', ' ', 'true')$$, '22023', NULL, 'a target has a name');
SELECT throws_ok($$SELECT crm_set_target('nowhere', 'x', 'true')$$, '3F000', NULL, 'in a workspace');
SELECT crm_create_workspace('bare', '{}');
SELECT throws_ok($$SELECT crm_set_target('bare', 'x', 'true')$$, '42P01', NULL, 'that has the subject');
SELECT is((SELECT count(*) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'condition'
           WHERE c.relnamespace = 'club'::regnamespace AND c.relkind = 'r'), 0::bigint,
               'no condition stands in a table');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'club'::regnamespace
    AND relname IN ('target', 'target_member')
             AND (reloptions @> '{security_invoker=true}' OR current_setting('server_version_num')::integer < 150000)),
                 2::bigint, 'the views of targets run with the reader''s rights');
CREATE ROLE crm_stranger;
GRANT USAGE, CREATE ON SCHEMA public TO crm_stranger;
SET LOCAL ROLE crm_stranger;
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'true')$$, '42501', NULL, 'only the owner sets a target');
CREATE FUNCTION public.is_liked(key text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'run'; END$$;
RESET ROLE;
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'public.is_liked(customer_id)')$$, '42501', NULL,
    'a superuser not with functions of others');
SELECT lives_ok($$SELECT crm_upgrade_workspace('club')$$, 'an upgrade');
SELECT is((SELECT count(*) FROM club.target), 2::bigint, 'keeps targets');

-- Needs, prospects, economics
SELECT results_eq('SELECT customer_id, need, need_count FROM club.customer_need ORDER BY 1',
    $$VALUES ('a', 'repair', 2::bigint), ('b', 'repair', 1)$$,
    'a need is what they come with most, of equals the latest');
SELECT results_eq('SELECT cohort_on, prospect_count, buyer_count, median_days FROM club.prospect_to_buyer ORDER BY 1',
    $$VALUES ('2024-01-01'::date, 2::bigint, 2::bigint, 27::double precision), ('2024-02-01', 1, 0, NULL)$$,
        'from the first sign to the first purchase');
SELECT results_eq($$SELECT dimension_value, customer_count, amount, margin_amount, cost_to_serve, profit_amount
    FROM club.segment_economics WHERE dimension = 'region' ORDER BY 1$$,
    $$VALUES ('north', 2::bigint, 370.00, 156::numeric, 5::numeric, 151::numeric), (NULL, 2, 10.00, 8, 1, 7)$$,
        'what groups bring and cost');
SELECT results_eq('SELECT cohort_on, buyer_count, repeat_count FROM club.repeat_rate ORDER BY 1',
    $$VALUES ('2024-02-01'::date, 1::bigint, 1::bigint), ('2024-04-01', 2, 0)$$, 'two things on a day are no return');
SAVEPOINT earlier;
SET LOCAL crm_ext.as_of = '2024-04-29';
SELECT results_eq('SELECT cohort_on, is_complete FROM club.repeat_rate ORDER BY 1',
    $$VALUES ('2024-02-01'::date, true), ('2024-04-01', false)$$, 'nor is a month over before its last day');
SET LOCAL crm_ext.as_of = '2024-01-31';
SELECT results_eq('SELECT DISTINCT cohort_on, is_complete FROM club.prospect_to_buyer',
    $$VALUES ('2024-01-01'::date, true)$$, 'on which it is');
ROLLBACK TO earlier;

-- Products and wallets
SELECT results_eq('SELECT successor_id, sum(owner_count), sum(upgrade_count) FROM club.upgrade_uptake GROUP BY 1',
    $$VALUES ('p2', 2::numeric, 1::numeric)$$, 'who went on to the new one');
SELECT results_eq($$SELECT owner_a_count, owner_b_count, both_count, later_count, round(lift::numeric, 6)
    FROM club.cross_sell WHERE line_a = 'phone'$$, 'VALUES (2::bigint, 3::bigint, 2::bigint, 1::bigint, 1.000000)',
    'who has the one and buys the other');
INSERT INTO club.wallet (customer_id, brand, is_own, category, amount, rank, stated_at) VALUES
    ('a', 'us', true, 'two', NULL, 1, '2024-01-01'), ('a', 'x', false, 'two', NULL, 2, '2024-01-01'),
    ('a', 'us', true, 'three', 120, 1, '2024-01-01'), ('a', 'x', false, 'three', 150, 2, '2024-01-01'),
        ('a', 'y', false, 'three', 30, 3, '2024-01-01'),
    ('a', 'us', true, 'tie', NULL, 1, '2024-01-01'), ('a', 'x', false, 'tie', NULL, 1, '2024-01-01'),
        ('a', 'y', false, 'tie', NULL, 2, '2024-01-01'),
    ('b', 'us', true, 'old', 5, NULL, '2023-01-01'), ('b', 'x', false, 'old', 5, NULL, '2024-01-01'),
        ('b', 'x', false, 'old', 99, NULL, '2024-12-01');
SELECT results_eq($$SELECT category, brand, round(allocation_share::numeric, 10) FROM club.wallet_brand
    WHERE customer_id = 'a' ORDER BY 1, 2$$,
    $$VALUES ('three', 'us', 0.5000000000), ('three', 'x', 0.3333333333), ('three', 'y', 0.1666666667),
        ('tie', 'us', 0.4166666667), ('tie', 'x', 0.4166666667), ('tie', 'y', 0.1666666667),
             ('two', 'us', 0.6666666667), ('two', 'x', 0.3333333333)$$,
             'wallets from ranks; equal ones share their places');
SELECT results_eq($$SELECT own_amount, category_amount, own_share FROM club.wallet_share WHERE category = 'three'$$,
    'VALUES (120.00, 300.00, 0.4::double precision)', 'share of the wallet');
SELECT is((SELECT own_share FROM club.wallet_share WHERE category = 'old'), 0::double precision,
    'what was said last counts');

-- Records over time
UPDATE club.customer SET email = 'c@example.com' WHERE customer_id = 'c';
UPDATE club.customer_change SET changed_at = '2024-05-10' WHERE customer_id = 'c';
UPDATE club.customer SET gender = NULL WHERE customer_id = 'a';
UPDATE club.customer_change SET changed_at = '2024-04-10' WHERE customer_id = 'a';
UPDATE club.customer SET gender = 'f' WHERE customer_id = 'a';
UPDATE club.customer_change SET changed_at = '2024-06-10' WHERE customer_id = 'a' AND new_value = 'f';
SELECT results_eq($$SELECT month_on, customer_count, filled_count FROM club.completeness_monthly
    WHERE field_name = 'gender' ORDER BY 1$$,
    $$VALUES ('2024-01-01'::date, 2::bigint, 1::bigint), ('2024-02-01', 3, 1), ('2024-03-01', 3, 1),
        ('2024-04-01', 3, 0), ('2024-05-01', 3, 0), ('2024-06-01', 3, 1)$$, 'records as they were');

-- What to do
SET LOCAL crm_ext.as_of = '2024-06-01';
SELECT crm_refit('club') > 0 AS is_fitted;
SET LOCAL crm_ext.as_of = '2024-06-30';
INSERT INTO club.playbook VALUES ('class', 'A', 'call', 3), ('stage', 'new', 'welcome', NULL),
    ('stage', 'dormant', 'never', 1);
SELECT is((SELECT count(*) FROM club.next_action WHERE since_on IS NOT NULL), 0::bigint,
    'without a snapshot there is no day');
SELECT crm_snapshot('club', '2024-06-01') > 0 AS is_taken;
SELECT is((SELECT count(*) FROM club.next_action WHERE dimension = 'class' AND due_on = '2024-06-04' AND is_overdue),
          (SELECT count(*) FROM club.customer_360 WHERE class = 'A'), 'since the snapshot that found them there');
SELECT is((SELECT problem_count FROM club.data_quality WHERE source = 'playbook'), 1::bigint,
    'actions for what there is not are reported');
SELECT ok(crm_export_customer('club', 'a') ?& '{identity,wallet,customer_change,customer_tag,cost}',
    'export knows the sources');
SELECT crm_erase_customer('club', 'a');
SELECT is((SELECT count(*) FROM club.customer_change WHERE customer_id = 'a') + (SELECT count(*) FROM club.wallet
    WHERE customer_id = 'a'), 0::bigint, 'and erasure');
-- Keys of another type: targets stay
CREATE TABLE narrow (id integer, at date);
CREATE TABLE wide (id bigint, at date);
INSERT INTO narrow VALUES (1, '2024-01-01'), (2, '2024-01-02');
INSERT INTO wide VALUES (1, '2024-01-01'), (2, '2024-01-02'), (3, '2024-01-03');
SELECT crm_create_workspace('keyed', '{"purchase": {"from": "narrow", "customer_id": "id", "purchased_at": "at"}}',
    subjects => '{profile}');
SELECT crm_set_target('keyed', 'late', 'customer_id > 1');
SELECT lives_ok($$SELECT crm_change_sources('keyed',
    '{"purchase": {"from": "wide", "customer_id": "id", "purchased_at": "at"}}')$$, 'keys change');
SELECT results_eq('SELECT target_name, customer_id FROM keyed.target_member ORDER BY 2', $$VALUES ('late', 2::bigint),
    ('late', 3)$$, 'and targets follow');
SELECT is((SELECT customer_count FROM keyed.target_penetration), 2::bigint, 'with what reads them');

-- Where all have registered by as_of, nobody has to be looked for in what they did.
CREATE FUNCTION pg_temp.run_plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ' || query;
END $$;
SET LOCAL crm_ext.as_of = '2100-01-01';
CREATE TEMPORARY TABLE identity_plan AS SELECT line FROM pg_temp.run_plan('TABLE club.customer_identity') AS line;
SELECT isnt_empty('SELECT FROM club.customer_identity', 'there are keys');
SELECT is_empty($$SELECT line FROM identity_plan WHERE line ~ 'on customer_activity' AND line !~ 'never executed'$$,
    'no purchase is read for the keys of those who registered');

SELECT * FROM finish();
ROLLBACK;
