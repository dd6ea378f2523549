-- Views of profile over wallets and tags of which every figure can be counted by hand.
BEGIN;
SELECT plan(6);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-30';

SELECT crm_create_workspace('club', '{}', 'UTC', subjects => '{profile}');
INSERT INTO club.wallet (customer_id, brand, is_own, category, amount, rank, stated_at) VALUES
    -- Of what ann stated before, and will state, nothing counts
    ('ann', 'old', NULL, 'coffee', 100, 1, '2023-01-01'), ('ann', 'us', true, 'coffee', 30, 1, '2024-01-01'),
    ('ann', 'them', false, 'coffee', 70, 2, '2024-01-01'), ('ann', 'us', true, 'coffee', 999, 1, '2024-07-01'),
    -- Two brands on one place, one of them without an amount
    ('bob', 'them', NULL, 'coffee', 50, 1, NULL), ('bob', 'other', NULL, 'coffee', NULL, 1, NULL),
    ('bob', 'us', NULL, 'coffee', 50, 3, NULL), ('cat', 'them', NULL, 'coffee', 100, NULL, '2024-06-30'),
    ('dan', 'us', true, '', 10, NULL, '2024-06-01'), ('eve', 'us', true, NULL, 30, NULL, '2024-06-01');
-- By ranks ann gives 2/3 and 1/3, bob 5/12 to each of the first and 1/6 to the third
SELECT results_eq('SELECT category, brand, is_own, customer_count, base_count, round(customer_share::numeric, 6),
    amount, round(amount_share::numeric, 6), round(allocation_share::numeric, 6) FROM club.competitor_share
    ORDER BY category COLLATE "C", brand COLLATE "C"',
    $$VALUES ('coffee', 'other', false, 1::bigint, 3::bigint, 0.333333, NULL::numeric(18, 2), NULL::numeric,
            round(5 / 24.0, 6)),
        ('coffee', 'them', false, 3, 3, 1, 170.00, 0.85, 0.375),
        ('coffee', 'us', true, 2, 3, 0.666667, 30.00, 0.15, round(5 / 12.0, 6)),
        (NULL, 'us', true, 2, 2, 1, 40.00, 1, NULL)$$,
    'competitor_share: of who was asked, of what is spent, and by ranks of who ranked');
SAVEPOINT few;
UPDATE club.setting SET min_cell = 2;
SELECT results_eq('SELECT category, brand FROM club.competitor_share ORDER BY 1',
    $$VALUES ('coffee', 'them'), (NULL, 'us')$$, 'neither a brand that one names, nor one that one does not');
ROLLBACK TO few;

-- zed has not bought, and cat is tagged later
INSERT INTO club.customer (customer_id) VALUES ('zed');
INSERT INTO club.customer_tag (customer_id, tag, tagged_at) VALUES ('ann', 'vip', '2024-01-01'),
    ('ann', 'vip', '2024-02-01'), ('bob', 'vip', '2024-06-30'), ('gus', 'vip', NULL), ('zed', 'vip', NULL),
    ('cat', 'vip', '2024-07-01'), ('eve', 'new', NULL), ('eve', ' ', NULL);
INSERT INTO club.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2024-06-20', 30),
    ('ann', '2024-06-21', -5), ('ann', '2024-07-01', 999), ('bob', '2024-05-20', 100), ('eve', '2024-04-20', 7),
    ('fay', '2024-03-20', 8), ('gus', '2024-02-20', 5);
INSERT INTO club.rating (customer_id, touchpoint_id, angle, level, score, rated_at)
SELECT customer_id, 'till', 'function', level.name, level.score, '2024-06-01'
FROM (VALUES ('ann', 5, 7), ('bob', 5, 4)) AS r (customer_id, expected, actual)
CROSS JOIN LATERAL (VALUES ('expected', expected), ('actual', actual)) AS level (name, score);
SELECT results_eq('SELECT tag, customer_count, buyer_count, amount, mean_gap, rated_count, top_segment
    FROM club.customer_tag_summary ORDER BY tag COLLATE "C"',
    $$VALUES ('new', 1::bigint, 1::bigint, 7.00::numeric(18, 2), NULL::double precision, 0::bigint, NULL::text),
        ('vip', 4, 3, 130.00, 0.5, 2, NULL)$$, 'customer_tag_summary: each once, with refunds, and no segment yet');
UPDATE club.setting SET segment_map = E'5 * * fresh\n* * * other';
SELECT crm_refit('club');
SELECT results_eq('SELECT tag, top_segment FROM club.customer_tag_summary ORDER BY tag COLLATE "C"',
    $$VALUES ('new', 'other'), ('vip', 'other')$$, 'ann alone is of the newest fifth');
UPDATE club.setting SET min_cell = 2;
SELECT is_empty('SELECT tag FROM club.customer_tag_summary',
    'customer_tag_summary: nor does it tell of one who has not bought');

-- Revenue less what the goods cost, and what the customer costs beside
SELECT crm_create_workspace('books', '{}', 'UTC', subjects => '{profile}');
INSERT INTO books.purchase (customer_id, purchased_at, amount, cost_amount) VALUES ('ann', '2024-06-01', 10, 4),
    ('ann', '2024-06-02', 0, NULL), ('ann', '2024-07-01', 99, 9), ('bob', '2024-06-01', 10, 4),
    ('bob', '2024-06-02', 10, NULL);
INSERT INTO books.cost (occurred_at, customer_id, amount) VALUES ('2024-06-30', 'ann', 3), ('2024-06-01', 'ann', -1),
    ('2024-06-01', 'cat', 7), ('2024-07-01', 'bob', 5), ('2024-06-01', NULL, 50);
SELECT results_eq('SELECT customer_id, amount, margin_amount, cost_to_serve FROM books.customer_economics
    ORDER BY customer_id',
    $$VALUES ('ann', 10::numeric, 6::numeric, 2::numeric), ('bob', 20, NULL, 0), ('cat', 0, 0, 7)$$,
    'customer_economics: no margin where the cost of something sold is not known');
SELECT * FROM finish();
ROLLBACK;
