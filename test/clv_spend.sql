-- clv_spend_check: customers counted by hand, beside a model whose shares have a closed form. A customer of BG/NBD who
-- surely leaves after a repeat purchase has one at most; its amount, of p = 1, is Lomax distributed: beyond z with the
-- probability (gamma / (gamma + z)) ^ q.
BEGIN;
SELECT plan(6);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-12-31';
SELECT crm_create_workspace('shop', '{}');
INSERT INTO shop.purchase (customer_id, purchased_at, amount) VALUES
    -- The mean of two days, 15; of one day of two purchases, and the end of a band, 100
    ('ann', '2024-01-01', 500), ('ann', '2024-02-01', 10), ('ann', '2024-03-01', 20),
    ('bob', '2024-01-10', 500), ('bob', '2024-02-10', 30), ('bob', '2024-02-10', 70),
    ('cyd', '2024-02-01', 500), ('cyd', '2024-03-01', 100),
    -- Without a mean above 0, without a repeat purchase by the fit, and after as_of
    ('dan', '2024-01-01', 500), ('dan', '2024-03-01', -10), ('eve', '2024-01-01', 500), ('eve', '2024-11-01', 40),
    ('fay', '2024-01-01', 500), ('fay', '2025-01-01', 40), ('ann', '2025-01-02', 9000);
SELECT crm_refit('shop', day) FROM unnest('{2024-01-31,2024-07-01,2024-12-31}'::date[]) AS day \g /dev/null
UPDATE shop.fit SET clv_model = '{"model": "bg/nbd", "unit_days": 1,
    "purchase": {"parameters": {"r": 100, "alpha": 1000, "a": 1e6, "b": 1e-3}}}';
SELECT is_empty('SELECT * FROM shop.clv_spend_check', 'without a model of amounts there is nothing to check');
UPDATE shop.fit SET clv_model = '{"model": "bg/nbd", "unit_days": 1,
    "purchase": {"parameters": {"r": 100, "alpha": 1000, "a": 1e6, "b": 1e-3}},
    "spend": {"parameters": {"p": 1, "q": 2, "gamma": 50}}}';
CREATE TEMPORARY TABLE have AS
SELECT *, round(8 * log(amount_above))::integer AS bin FROM shop.clv_spend_check;

SELECT set_eq('SELECT bin, customer_count, round(customer_share::numeric, 9) FROM have WHERE customer_count > 0',
    'VALUES (9, 1::bigint, round(1 / 3., 9)), (16, 2, round(2 / 3., 9))', 'customers by the mean of their repeat days');
SELECT set_eq('SELECT fitted_on, as_of, max(abs(amount_above / 10 ^ (bin / 8.0) - 1)
                                            + abs(amount_up_to / 10 ^ ((bin + 1) / 8.0) - 1)) < 1e-12
               FROM have GROUP BY 1, 2',
    $$VALUES (date '2024-07-01', date '2024-12-31', true)$$, 'as of the latest fit since which a window has gone by');
-- Of 20,000 drawn, within four standard errors; where cents make no difference.
SELECT ok(max(abs(expected_share - share) - 4 * sqrt(share * (1 - share) / 20000)) < 0 AND count(*) > 16,
          'what the model expects')
FROM have, LATERAL (SELECT (50 / (50 + amount_above)) ^ 2 - (50 / (50 + amount_up_to)) ^ 2 AS share) AS lomax
WHERE bin >= 0;
SELECT ok(abs(sum(expected_share) - 1) < 1e-12, 'of all') FROM have;
-- The one of a band is hidden, and the two of the next, from whom the one would follow.
UPDATE shop.setting SET min_cell = 2;
SELECT set_eq('SELECT amount_above < 20 AS is_first, customer_share FROM shop.clv_spend_check
               WHERE customer_count IS NULL',
    'VALUES (true, NULL::double precision), (false, NULL)', 'few customers are hidden');
SELECT * FROM finish();
ROLLBACK;
