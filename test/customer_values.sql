-- Views of customers, classes, segments and months over purchases of which every figure can be counted by hand.
BEGIN;
SELECT plan(11);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-30';

SELECT crm_create_workspace('shop', '{}', 'UTC');
-- Of 100 in all 80 are of a and b, 15 of c and d, 5 of e and f; z paid nothing, and n took back what nobody sold.
INSERT INTO shop.purchase (customer_id, purchased_at, amount) VALUES ('a', '2024-04-01', 10), ('a', '2024-05-01', 20),
    ('a', '2024-05-31', 20), ('a', '2024-06-30 23:59Z', 10), ('a', '2024-07-01', 999), ('b', '2024-06-10', 5),
    ('b', '2024-06-20 08:00Z', 5), ('b', '2024-06-20 09:00Z', 10), ('c', '2024-05-11', 5), ('c', '2024-06-10', 5),
    ('d', '2024-05-31', 5), ('e', '2024-05-21', 3), ('f', '2024-05-11', 2), ('z', '2024-05-01', 0),
    ('n', '2024-06-01', -4), ('later', '2024-07-01', 5);
SELECT results_eq('SELECT class, class_order, customer_count, customer_share, amount, amount_share
    FROM shop.abc_summary ORDER BY class_order',
    $$VALUES ('Z', 14, 1::bigint, 0.125::double precision, 0.00::numeric(18, 2), 0::double precision),
        ('N', 15, 1, 0.125, -4, 0), (NULL, NULL, 6, 0.75, 100, 1)$$, 'abc_summary: two classes need no fit');
UPDATE shop.setting SET segment_map = '* * * all';
SELECT crm_refit('shop');
SELECT results_eq('SELECT class, class_order, customer_count, customer_share, amount, amount_share
    FROM shop.abc_summary ORDER BY class_order',
    $$VALUES ('A', 1, 2::bigint, 0.25::double precision, 80.00::numeric(18, 2), 0.8::double precision),
        ('B', 2, 2, 0.25, 15, 0.15), ('C', 3, 2, 0.25, 5, 0.05), ('Z', 14, 1, 0.125, 0, 0),
        ('N', 15, 1, 0.125, -4, 0)$$, 'abc_summary: 80, 15 and 5 of 100, and shares of what was brought');
-- Seven customers: a quartile lies between the second and the third, and between the fifth and the sixth.
SELECT results_eq('SELECT segment, segment_order, customer_count, recency_q1_days, median_recency_days,
    recency_q3_days, purchase_count_q1, median_purchase_count, purchase_count_q3, amount_q1, median_amount, amount_q3
    FROM shop.segment_typical ORDER BY segment_order',
    $$VALUES ('all', 1, 7::bigint, 15::double precision, 30::double precision, 45::double precision,
            1::double precision, 1::double precision, 2.5::double precision, 2.50::numeric(18, 2), 5.00::numeric(18, 2),
            15.00::numeric(18, 2)),
        (NULL, NULL, 1, NULL, NULL, NULL, 0, 0, 0, -4, -4, -4)$$, 'segment_typical: quartiles, and of a refund alone');
SAVEPOINT few;
UPDATE shop.setting SET min_cell = 2;
-- Z and N are of one customer each, two together
SELECT results_eq('SELECT class FROM shop.abc_summary ORDER BY class_order', $$VALUES ('A'), ('B'), ('C')$$,
    'abc_summary: no class of one');
-- All without the one of no segment would tell of that one
SELECT is_empty('SELECT segment FROM shop.segment_typical', 'segment_typical: nor what tells of one');
ROLLBACK TO few;

-- Who has not bought is a prospect, by whatever source; who comes after as_of is not known.
INSERT INTO shop.customer (customer_id, customer_name, region, potential, registered_at) VALUES
    ('a', 'Ann', 'north', 0.2, '2024-01-01'), ('p', 'Pam', 'south', 0.7, '2024-06-30'),
    ('q', 'Quin', 'south', 0.7, '2024-07-10');
INSERT INTO shop.rating (customer_id, touchpoint_id, level, score, rated_at) VALUES
    ('a', 'till', 'expected', 5, '2024-06-01'), ('a', 'till', 'actual', 7, '2024-06-01'),
    ('a', NULL, 'recommend', 9, '2024-06-01'), ('p', NULL, 'recommend', 8, '2024-05-01'),
    ('p', NULL, 'recommend', 3, '2024-06-01'), ('p', NULL, 'recommend', 10, '2024-07-01'),
    ('r', 'till', 'expected', 5, '2024-06-01'), ('r', 'till', 'actual', 5, '2024-06-01');
INSERT INTO shop.interaction (customer_id, channel, interacted_at) VALUES ('a', 'mail', '2024-06-01'),
    ('a', 'mail', '2024-06-01'), ('a', 'phone', '2024-06-01'), ('s', 'phone', '2024-07-05');
SELECT results_eq('SELECT customer_id, customer_name, region, potential, is_prospect, first_purchase_on,
    last_purchase_on, purchase_count, active_days, amount, recency_days, tenure_days, mean_gap_days, tenure_band
    FROM shop.customer_overview WHERE customer_id NOT IN (''d'', ''e'', ''f'', ''z'') ORDER BY customer_id',
    $$VALUES ('a', 'Ann', 'north', 0.2::double precision, false, date '2024-04-01', date '2024-06-30', 4::bigint, 4,
            60.00::numeric(18, 2), 0, 90, 30::double precision, 'under 1 year'),
        ('b', NULL, NULL, NULL, false, '2024-06-10', '2024-06-20', 3, 2, 20, 10, 20, 10, 'under 1 year'),
        ('c', NULL, NULL, NULL, false, '2024-05-11', '2024-06-10', 2, 2, 10, 20, 50, 30, 'under 1 year'),
        ('n', NULL, NULL, NULL, false, NULL, NULL, 0, 0, -4, NULL, NULL, NULL, NULL),
        ('p', 'Pam', 'south', 0.7, true, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL),
        ('r', NULL, NULL, NULL, true, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL)$$,
    'customer_overview: what they bought');
SELECT results_eq('SELECT customer_id, segment, class, stage, experience_gap, outcome, nps_group, preferred_channel,
    fitted_on FROM shop.customer_overview WHERE customer_id IN (''a'', ''n'', ''p'', ''r'') ORDER BY customer_id',
    $$VALUES ('a', 'all', 'A', 'growing', 2::double precision, 'positive', 'promoter', 'mail', date '2024-06-30'),
        ('n', NULL, 'N', NULL, NULL, NULL, NULL, NULL, '2024-06-30'),
        ('p', NULL, NULL, NULL, NULL, NULL, 'detractor', NULL, NULL),
        ('r', NULL, NULL, NULL, 0, 'satisfied', NULL, NULL, NULL)$$, 'customer_overview: how they are scored and rate');
SELECT is((SELECT count(*) FROM shop.customer_overview), 10::bigint, 'customer_overview: eight, and two prospects');

-- What comes again a year later. In January e took back all, and f a year later brought nothing but a refund.
SET LOCAL crm_ext.as_of = '2024-03-15';
SELECT crm_create_workspace('years', '{}', 'UTC');
INSERT INTO years.purchase (customer_id, purchased_at, amount) VALUES ('a', '2023-01-10', 100), ('a', '2023-02-10', 50),
    ('a', '2024-01-10', 60), ('a', '2024-02-11', 80), ('b', '2023-01-20', 40), ('b', '2024-01-05', 70),
    ('c', '2023-02-05', 30), ('c', '2023-03-20', 10), ('c', '2024-03-01', 12), ('d', '2024-02-20', 500),
    ('e', '2023-01-25', 20), ('e', '2023-01-28', -20), ('f', '2023-01-25', 30), ('f', '2024-01-15', -5),
    ('g', '2024-03-16', 9);
SELECT results_eq('SELECT month_on, base_month_on, customer_count, base_amount, gross_amount, net_amount,
    round(gross_share::numeric, 6), round(net_share::numeric, 6), is_complete FROM years.revenue_retention_yearly
    ORDER BY month_on',
    $$VALUES (date '2024-01-01', date '2023-01-01', 3::bigint, 170.00::numeric(18, 2), 100.00::numeric(18, 2),
            125.00::numeric(18, 2), round(100 / 170.0, 6), round(125 / 170.0, 6), true),
        ('2024-02-01', '2023-02-01', 2, 80, 50, 80, 0.625, 1, true),
        ('2024-03-01', '2023-03-01', 1, 10, 10, 12, 1, 1.2, false)$$,
    'revenue_retention_yearly: at most as much as then, and all of it');
SELECT results_eq('SELECT month_on, array_agg(state ORDER BY state_order),
    array_agg(customer_count ORDER BY state_order), sum(signed_count) FILTER (WHERE state <> ''returning''),
    bool_and(is_complete) FROM years.growth_flow GROUP BY month_on HAVING sum(customer_count) > 0 ORDER BY month_on',
    $$SELECT month_on, '{new,resurrecting,returning,dormant}'::text[], counts, change, month_on < '2024-03-01'
      FROM (VALUES (date '2023-01-01', '{4,0,0,0}'::bigint[], 4::numeric), ('2023-02-01', '{1,0,1,3}', -2),
                   ('2023-03-01', '{0,0,1,1}', -1), ('2023-04-01', '{0,0,0,1}', -1), ('2024-01-01', '{0,2,0,0}', 2),
                   ('2024-02-01', '{1,0,1,1}', 0), ('2024-03-01', '{0,1,0,2}', -1)) AS m (month_on, counts, change)$$,
    'growth_flow: the lost below zero, and a refund alone is of no state');
UPDATE years.setting SET min_cell = 2;
SELECT results_eq('SELECT month_on, state, customer_count, signed_count FROM years.growth_flow
    WHERE month_on IN (''2023-02-01'', ''2024-01-01'') ORDER BY month_on, state_order',
    $$VALUES (date '2023-02-01', 'new', NULL::bigint, NULL::bigint), ('2023-02-01', 'resurrecting', NULL, NULL),
        ('2023-02-01', 'returning', NULL, NULL), ('2023-02-01', 'dormant', NULL, NULL), ('2024-01-01', 'new', 0, 0),
        ('2024-01-01', 'resurrecting', 2, 2), ('2024-01-01', 'returning', 0, 0), ('2024-01-01', 'dormant', 0, 0)$$,
    'growth_flow: four where no state is of one');
SELECT * FROM finish();
ROLLBACK;
