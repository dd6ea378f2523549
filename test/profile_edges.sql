-- Targets that look further than a row, a playbook for who came back, countries that are none.
BEGIN;
SELECT plan(39);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT crm_create_workspace('club', '{}', subjects => '{profile}');
INSERT INTO club.customer (customer_id, region) VALUES ('a', 'north'), ('b', 'south');
INSERT INTO club.purchase (customer_id, purchased_at, amount) VALUES ('a', '2024-01-05', 10), ('b', '2024-06-05', 20);

SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'EXISTS (SELECT FROM pg_authid)')$$, '0A000', NULL,
    'no subquery');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'customer_id IN (SELECT customer_id FROM target_member)')$$,
    '0A000', NULL, 'nor one of targets themselves');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'generate_series(1, 2) = 1')$$, '0A000', NULL,
    'one answer a row');
SELECT throws_ok(format('SELECT crm_set_target(''club'', ''x'', %L)', condition), '42P17',
    format('target "x": %s is another whenever it is asked', condition), 'the same to whoever asks: ' || condition)
FROM unnest('{random() < 0.5,last_purchase_on < clock_timestamp()}'::text[]) AS condition;
SELECT throws_ok($$SELECT crm_set_target('club', 'x', '1 / 0 = 1')$$, '22012',
    'target "x": 1 / 0 = 1 fails for a customer: division by zero', 'and not wrong whoever the customer is');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'true; DROP VIEW club.target')$$, '42601', NULL, 'one condition');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'region = ''north'' /*')$$, '42601', NULL, 'that ends');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'region = ''a'') OR (region = ''b''')$$, '42601',
    'target "x": syntax error at or near "OR"', 'also between two parentheses');
SELECT throws_ok($$SELECT crm_set_target('club', 'x', 'ctid IS NOT NULL')$$, '42703', NULL, 'of columns');
SELECT lives_ok($$SELECT crm_set_target('club', 'it''s "x" $1 %s \',
    'customer_360.region = ''north'' OR region LIKE ''%s\\''')$$, 'any name, and columns of customer_360');
SELECT lives_ok($$SELECT crm_set_target('club', 'long',
    'region IN (' || (SELECT string_agg(quote_literal('r' || n), ',')
    FROM generate_series(1, 2000) AS n) || ', ''south'')')$$, 'any length');
SELECT lives_ok($$SELECT crm_set_target('club', 'late', 'last_purchase_on > crm_as_of() - 30')$$,
    'and the day it is looked from');
SELECT throws_ok($$SELECT crm_set_target('club', 'late', 'amount / (purchase_count - 1) > 5')$$, '22012',
    'target "late": amount / (purchase_count - 1) > 5 fails for a customer: division by zero', 'none that fails');
SELECT results_eq('SELECT target_name, customer_id FROM club.target_member ORDER BY target_name COLLATE "C"',
    $$VALUES ('it''s "x" $1 %s \', 'a'), ('late', 'b'), ('long', 'b')$$, 'are in it who are meant');
SELECT is((SELECT count(*) FROM regexp_matches(pg_get_viewdef('club.target_member'), 'club\.customer_360\M', 'g')),
    1::bigint, 'however many targets, customers are read once');
SELECT is((SELECT count(*) FROM pg_class WHERE relname IN ('customer_360', 'crm_probe')
    AND relnamespace = pg_my_temp_schema()), 0::bigint, 'nothing stays behind');
SELECT throws_ok($$UPDATE club.setting SET phone_country = 'de'$$, '22023', NULL,
    'a country that is none is refused, not met in every view');

UPDATE club.setting SET age_cuts = '{60,18,18}';
SELECT is((SELECT string_agg(age_band, ', ' ORDER BY age_band_order) FROM club.age_mix),
    'under 18, 18-59, 60 and over, unknown', 'bands in any order');
SELECT throws_ok($$UPDATE club.setting SET age_cuts = '{18,NULL}'$$, '23514', NULL, 'but of numbers');
SELECT throws_ok($$UPDATE club.setting SET age_cuts = '{}'$$, '23514', NULL, 'and at least one');

INSERT INTO club.identity (customer_id, kind, value) VALUES ('a', ' E-Mail', 'x'), ('a', 'Email ', 'ANN@example.com'),
    ('b', 'email', 'ann@example.com');
SELECT results_eq('SELECT kind, customer_id FROM club.identity_duplicate ORDER BY 2', $$VALUES ('email', 'a'),
    ('email', 'b')$$, 'the kind of a key in any case, with blanks');

INSERT INTO club.wallet (customer_id, brand, is_own, category, amount) VALUES ('a', 'us', true, '', 30),
    ('a', 'them', false, NULL, 70), ('b', 'us', true, NULL, 100);
SELECT results_eq('SELECT category, customer_count, own_share FROM club.wallet_share',
    $$VALUES (NULL::text, 2::bigint, 0.65::double precision)$$, 'an empty category is none');

-- There, away, and there again since the last snapshot
INSERT INTO club.playbook VALUES ('class', 'A', 'call', 3);
SELECT crm_refit('club'), crm_snapshot('club', '2024-06-01');
DELETE FROM club.customer_move;
INSERT INTO club.customer_move (moved_on, customer_id, kind, old_value, new_value) VALUES
    ('2024-06-10', 'a', 'class', 'A', 'B'), ('2024-06-05', 'b', 'class', 'B', 'A'),
        ('2024-06-10', 'b', 'class', 'A', 'B'), ('2024-06-20', 'b', 'class', 'B', 'A');
UPDATE club.customer_snapshot SET class = 'A';
SELECT ok((SELECT bool_and(class = 'A') FROM club.customer_360 WHERE customer_id = 'b'), 'who is there');
SELECT is_empty($$SELECT * FROM club.next_action WHERE customer_id = 'b' AND since_on IS DISTINCT FROM '2024-06-20'
    OR customer_id = 'a' AND since_on IS NOT NULL$$,
    'since the last move, and since no known day where that led elsewhere');

-- Items of a purchase are owned, whether or not they count as one; refunds are not
INSERT INTO club.product (product_id, line, successor_of)
    VALUES ('phone', 'phones', NULL), ('phone 2', 'phones', 'phone'), ('case', 'cases', NULL), ('lamp', 'lamps', NULL);
INSERT INTO club.purchase (customer_id, purchased_at, product_id, amount, events) VALUES
    ('a', '2024-06-10', 'phone', 100, 1), ('a', '2024-06-10', 'case', 5, 0), ('a', '2024-06-12', 'case', 9, 1),
    ('a', '2024-06-12', 'phone 2', 90, 0), ('a', '2024-06-12', 'lamp', -9, NULL);
SELECT results_eq('SELECT line_a, line_b, both_count, later_count FROM club.cross_sell ORDER BY 1',
    $$VALUES ('cases', 'phones', 1::bigint, 0::bigint), ('phones', 'cases', 1, 0)$$, 'who has the one has the other');
SELECT results_eq('SELECT successor_id, owner_count, upgrade_count FROM club.upgrade_uptake',
    $$VALUES ('phone 2', 1::bigint, 1::bigint)$$, 'and follows it');

-- Who is not born yet has no age, and a blank is no region
UPDATE club.customer SET birth_on = CASE customer_id WHEN 'a' THEN date '2024-07-01' ELSE '2004-06-30' END,
    region = CASE customer_id WHEN 'a' THEN ' ' END;
SELECT results_eq('SELECT customer_id, age_years FROM club.customer_360 ORDER BY 1', $$VALUES ('a', NULL), ('b', 20)$$,
    'an age is not below 0');
SELECT results_eq($$SELECT dimension_value, customer_count FROM club.segment_economics WHERE dimension = 'region'$$,
    'VALUES (NULL::text, 2::bigint)', 'one group of those without');

-- Amounts are added up exactly: ten customers of 0.004; one who gave back more than 4 counts as 0 in shares
SELECT crm_create_workspace('fine', '{}', subjects => '{profile}');
INSERT INTO fine.purchase (customer_id, purchased_at, amount) SELECT 'c' || n, '2024-05-05', 0.004
FROM generate_series(1, 10) AS n;
INSERT INTO fine.customer_tag (customer_id, tag) SELECT customer_id, 'small' FROM fine.purchase;
INSERT INTO fine.purchase (customer_id, purchased_at, amount) VALUES ('back', '2024-05-05', 1),
    ('back', '2024-05-06', -5);
SELECT crm_set_target('fine', 'small', 'customer_id <> ''back'''), crm_set_target('fine', 'all', 'true');
SELECT results_eq('SELECT tag, amount FROM fine.customer_tag_summary', $$VALUES ('small', 0.04)$$, 'by tag');
SELECT results_eq('SELECT class, amount FROM fine.need_value_matrix ORDER BY amount',
                  $$VALUES ('N', -4.00), (NULL, 0.04)$$, 'by need; class N needs no fit');
SELECT results_eq('SELECT target_name, amount, amount_share FROM fine.target_penetration ORDER BY 1',
                  $$VALUES ('all', -3.96, 1::double precision), ('small', 0.04, 1)$$, 'by target, with shares in 0..1');
SELECT is((SELECT round(amount_lift::numeric, 9) FROM fine.target_penetration WHERE target_name = 'small'), 1.1,
          'and a lift of them');
-- A first sign after as_of is none yet
INSERT INTO fine.interaction (customer_id, interacted_at) VALUES ('c1', '2024-07-05'), ('c2', '2024-05-01');
SELECT results_eq($$SELECT customer_id, engaged_on FROM fine.prospect_start WHERE customer_id IN ('c1', 'c2')
                    ORDER BY 1$$,
    $$VALUES ('c1', NULL::date), ('c2', '2024-05-01')$$, 'customers who were heard of later');
-- A share of what rounds to nothing
INSERT INTO fine.purchase (customer_id, purchased_at, amount) VALUES ('old', '2020-05-05', 0.004);
INSERT INTO fine.cost (occurred_at, amount, customer_id) VALUES ('2024-05-05', 0.01, 'old');
SELECT results_eq($$SELECT cost_share FROM fine.cost_to_serve WHERE tenure_band = '3-5 years'$$,
    $$SELECT cost_share FROM fine.segment_economics WHERE dimension_value = '3-5 years' AND cost_share = 2.5$$,
    'is of the exact amount');
-- Two needs of one day
INSERT INTO fine.interaction (customer_id, interacted_at, purpose) VALUES ('d', '2024-06-02 09:00', 'advice'),
    ('d', '2024-06-02 10:00', 'repair');
SELECT is((SELECT need FROM fine.customer_need WHERE customer_id = 'd'), 'repair', 'the latest is the later');
-- Needs: the most frequent goes before the latest, of equals the latest, of one instant the first by name; blank ones
-- and those to come are none. Costs: of all customers of a band, those without any too, by as_of, and of somebody.
SELECT crm_create_workspace('plain', '{}', subjects => '{profile}');
INSERT INTO plain.interaction (customer_id, interacted_at, purpose) VALUES
    ('n1', '2024-05-01', 'repair'), ('n1', '2024-05-02', 'repair'), ('n1', '2024-05-03', 'advice'),
    ('n2', '2024-05-01', 'advice'), ('n2', '2024-05-02', 'repair'),
    ('n3', '2024-05-01', 'repair'), ('n3', '2024-05-01', 'advice'),
    ('n4', '2024-05-01', 'repair'), ('n4', '2024-05-02', ' '), ('n4', '2024-05-03', ' '), ('n4', '2024-05-04', NULL),
    ('n4', '2024-07-01', 'advice'), ('n4', '2024-07-02', 'advice'), (NULL, '2024-05-01', 'repair'),
    ('n5', '2024-05-01', 'repair'), ('n5', '2024-05-02', 'advice'), ('n5', '2024-05-03', 'advice'),
    ('n5', '2024-05-04', 'repair');
SELECT results_eq('SELECT customer_id, need, need_count FROM plain.customer_need ORDER BY 1',
    $$VALUES ('n1', 'repair', 2::bigint), ('n2', 'repair', 1), ('n3', 'advice', 1), ('n4', 'repair', 1),
        ('n5', 'repair', 2)$$,
    'a need by its definition');
INSERT INTO plain.customer (customer_id, registered_at) VALUES ('p', '2024-02-01');
INSERT INTO plain.purchase (customer_id, purchased_at, amount, events) VALUES ('a', '2024-01-10', 30, 1),
    ('a', '2024-02-10', 10, 1), ('b', '2021-01-10', 50, 2), ('c', '2021-03-10', 10, 1);
INSERT INTO plain.cost (occurred_at, amount, customer_id) VALUES ('2024-05-01', 7, 'a'), ('2024-05-02', 3, 'a'),
    ('2024-07-01', 100, 'a'), ('2024-05-01', 6, 'b'), ('2024-05-01', 8, 'p'), ('2024-05-01', 1000, NULL);
SELECT results_eq('SELECT tenure_band, customer_count, order_count, cost_to_serve, cost_per_customer, cost_per_order,
        cost_share
    FROM plain.cost_to_serve WHERE tenure_band IS NOT NULL ORDER BY tenure_band_order',
    $$VALUES ('under 1 year', 1::bigint, 2::bigint, 10::numeric, 10::double precision, 5::double precision,
              0.25::double precision), ('3-5 years', 2, 3, 6, 3, 2, 0.1)$$, 'a cost to serve by its definition');
SELECT results_eq($$SELECT cost_to_serve, cost_per_order, cost_share FROM plain.cost_to_serve
    WHERE tenure_band IS NULL$$, 'VALUES (8::numeric, NULL::double precision, NULL::double precision)',
    'who never bought costs as well');
SELECT * FROM finish();
ROLLBACK;
