-- What a handful of rows shows: no usual gap, pairs of no weight, amounts finer than a ledger.
BEGIN;
SELECT plan(31);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;

-- One customer came once, long before the first fit, which so knows no usual gap.
CREATE TABLE sale (who integer, at date, amount numeric(12, 6));
INSERT INTO sale VALUES (1, '2024-01-05', 10.000049), (1, '2024-07-10', 5), (2, '2024-07-12', 7),
    (2, '2024-09-01', 1.00005), (3, '2024-02-01', -2);
CREATE TABLE answer (who integer, at date, spot text, level text, score double precision, weight double precision);
INSERT INTO answer VALUES (1, '2024-02-01', 'shop', 'expected', 5, 0), (1, '2024-02-01', 'shop', 'actual', 5, 0),
    (2, '2024-02-01', 'shop', 'expected', 5, 1), (2, '2024-02-01', 'shop', 'actual', 7, 1);
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT crm_create_workspace('few', '{
    "purchase": {"from": "sale", "customer_id": "who", "purchased_at": "at", "amount": "amount"},
    "rating": {"from": "answer", "customer_id": "who", "rated_at": "at", "touchpoint_id": "spot", "level": "level",
               "score": "score", "weight": "weight"}}');
SELECT results_eq('SELECT stage, customer_count, amount FROM few.lifecycle_summary',
                  'VALUES (NULL, 2::bigint, 8.0000)', 'nobody has a stage');
SELECT results_eq($$SELECT stage, stage_order, customer_count, customer_share, amount, amount_share
                    FROM few.stage_history WHERE month_on = '2024-06-01' AND customer_count > 0$$,
                  $$VALUES (NULL, NULL::integer, 2::bigint, 1::double precision, 8.0000, 1::double precision)$$,
                  'in the history, they have a row without a stage');
SELECT results_eq($$SELECT segment, customer_count, amount FROM few.segment_history
                    WHERE month_on = '2024-06-01' AND customer_count > 0 ORDER BY segment_order$$,
                  'SELECT segment, customer_count, amount FROM few.segment_summary ORDER BY segment_order',
                  'who had refunds only has one without a segment');
SELECT is_empty('SELECT FROM few.stage_history WHERE stage IS NULL AND customer_count = 0', 'but not without anybody');
SET LOCAL crm_ext.as_of = '2024-10-31';
SELECT is_empty('SELECT month_on FROM few.stage_history GROUP BY 1 HAVING abs(sum(customer_share) - 1) > 1e-12
    OR abs(sum(amount_share) - 1) > 1e-12', 'shares are of all who had bought');
SELECT results_eq($$SELECT month_on, sum(amount),
                           (SELECT exact_amount FROM few.ledger_total WHERE h.month_end_on = as_of)
                    FROM few.stage_history AS h WHERE month_on >= '2024-09-01'
                    GROUP BY month_on, month_end_on ORDER BY 1$$,
                  $$SELECT month_on, sum(amount), CASE WHEN month_end_on = '2024-10-31' THEN 21.0001 END
                    FROM few.segment_history WHERE month_on >= '2024-09-01'
                    GROUP BY month_on, month_end_on ORDER BY 1$$,
                  'and the last month has what the ledgers have');
SELECT results_eq($$SELECT month_on, sum(customer_count) FROM few.stage_history
                    WHERE month_on IN ('2024-06-01', '2024-10-01') GROUP BY 1 ORDER BY 1$$,
                  $$VALUES (date '2024-06-01', 2::numeric), ('2024-10-01', 3)$$, 'who are all there');
SELECT crm_refit('few');
SELECT results_eq($$SELECT stage FROM few.stage_history
                    WHERE month_on = '2024-10-01' AND customer_count > 0 ORDER BY 1$$,
                  $$SELECT stage FROM few.lifecycle_summary ORDER BY 1$$,
                  'and stand where the summary has them');

-- Every view that claims a total is held against the ledgers.
CREATE FUNCTION pg_temp.unreconciled() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT view_name || '.' || column_name FROM few.reconciliation WHERE difference IS DISTINCT FROM 0;
$$;
SELECT is_empty('SELECT pg_temp.unreconciled()', 'totals reconcile');
SELECT results_eq($$SELECT view_name, ledger_total, view_total, left_out_total FROM few.reconciliation
                    WHERE column_name = 'amount'
                      AND view_name IN ('purchase', 'abc_summary', 'concentration') ORDER BY 1$$,
                  $$VALUES ('abc_summary', 21.0001, 21.0001, 0.0000), ('concentration', 21.0001, 21.0001, 0.0000),
                  ('purchase', 21.0001, 21.000099, 0.000001)$$,
                  'the refund of who never bought is in each; what is finer than a ledger is left out');
SELECT results_eq($$SELECT ledger_total, view_total, left_out_total FROM few.reconciliation
                    WHERE column_name = 'pair_count'$$,
                  'VALUES (1::numeric, 1::numeric, 0::numeric)', 'a pair of weight 0 counts nowhere');
DELETE FROM few.fit;
SELECT is_empty('SELECT pg_temp.unreconciled()', 'without a fit, too');
SELECT is_empty('SELECT FROM few.stage_history UNION ALL SELECT FROM few.segment_history',
                'where there is no history');
SELECT results_eq('SELECT customer_id, class, segment FROM few.customer_360 ORDER BY 1',
                  $$VALUES (1, NULL, NULL), (2, NULL, NULL), (3, 'N', NULL)$$,
                  'who had refunds only has a class all the same');
-- As earlier releases stored it
INSERT INTO few.fit (as_of, customer_count) VALUES ('2024-01-01', 0);
SELECT crm_snapshot('few');
SELECT results_eq('SELECT customer_id, class IS NOT NULL, r_score IS NOT NULL FROM few.customer_snapshot ORDER BY 1',
                  'VALUES (1, true, true), (2, true, true), (3, true, false)',
                  'a fit of nobody is no fit: a snapshot makes one');

-- Shares where some have given back more than they bought: amounts 10, 20, -40
SELECT crm_create_workspace('net', '{}', subjects => '{profile,plan}');
UPDATE net.setting SET segment_map = E'1-5 1-5 1 back\n1-5 1-5 2-3 some\n1-5 1-5 4-5 more';
INSERT INTO net.purchase (customer_id, purchased_at, amount, sales_channel, cost_amount) VALUES
    ('a', '2024-05-05', 10, 'web', 1), ('b', '2024-05-06', 20, 'web', 1), ('c', '2024-05-07', 10, 'shop', 1),
    ('c', '2024-05-08', -50, 'shop', 1);
INSERT INTO net.cost (occurred_at, amount, customer_id) VALUES ('2024-05-09', 3, 'c');
INSERT INTO net.plan_line (kind, period_start, amount) VALUES ('sales', '2024-05-01', -5);
SELECT crm_refit('net');
SELECT results_eq('SELECT segment, amount, amount_share FROM net.segment_summary ORDER BY amount',
                  $$VALUES ('back', -40.00, 0::double precision), ('some', 10.00, 10 / 30.0),
                           ('more', 20.00, 20 / 30.0)$$, 'what is below 0 counts as 0');
SELECT is_empty($$SELECT view FROM (
        SELECT 'segment_history' AS view, amount_share FROM net.segment_history WHERE month_on = '2024-10-01'
        UNION ALL SELECT 'stage_history', amount_share FROM net.stage_history WHERE month_on = '2024-10-01'
        UNION ALL SELECT 'segment_summary', amount_share FROM net.segment_summary
        UNION ALL SELECT 'lifecycle_summary', amount_share FROM net.lifecycle_summary
        UNION ALL SELECT 'abc_summary', amount_share FROM net.abc_summary
        UNION ALL SELECT 'customer_abc', amount_share FROM net.customer_abc
        UNION ALL SELECT 'sales_channel_monthly', amount_share FROM net.sales_channel_monthly
        WHERE month_on = '2024-05-01') AS part
    GROUP BY view
    HAVING bool_or(amount_share NOT BETWEEN 0 AND 1) OR (abs(sum(amount_share) - 1) < 1e-12) IS NOT TRUE
        -- All three are in the same stage.
        AND view NOT IN ('lifecycle_summary', 'stage_history')$$, 'in every view');
SELECT is_empty('SELECT FROM net.lifecycle_summary WHERE amount_share IS NOT NULL',
                'there is no share of less than nothing');
SELECT results_eq($$SELECT (SELECT cost_share FROM net.cost_to_serve),
                           (SELECT attained_share FROM net.sales_result WHERE month_on = '2024-05-01'),
                           (SELECT value FROM net.report_figure
                            WHERE measure = 'margin_share' AND month_on = '2024-05-01')$$,
                  'VALUES (NULL::double precision, NULL::double precision, NULL::double precision)',
                  'nor of a base below 0');
SELECT crm_create_workspace('returned', '{}');
INSERT INTO returned.purchase (customer_id, purchased_at, amount) VALUES
    ('a', '2024-08-05', 5), ('a', '2024-08-06', -20), ('a', '2024-09-05', -20);
SELECT results_eq('SELECT month_on, amount, first_amount_share, net_retention_share FROM returned.revenue_retention
                   ORDER BY 1',
                  $$VALUES (date '2024-08-01', -15.00, NULL::double precision, NULL::double precision),
                           ('2024-09-01', -20.00, NULL, NULL), ('2024-10-01', 0.00, NULL, NULL)$$,
                  'and no retention');
SELECT crm_create_workspace('gone', '{}');
INSERT INTO gone.purchase (customer_id, purchased_at, amount) VALUES ('a', '2024-08-05', -5);
SELECT results_eq('SELECT class, customer_count, amount, amount_share FROM gone.abc_summary',
                  $$VALUES ('N', 1::bigint, -5.00, NULL::double precision)$$, 'of refunds only there are no shares');
\set picture `cat dashboard/report/10_who/01_segments.sql`
SET LOCAL search_path = gone, public;
CREATE TEMPORARY TABLE drawn ON COMMIT DROP AS :picture;
SELECT is((SELECT json_build_object ->> 'title' FROM drawn), 'No revenue: net of refunds it is -5.00',
          'and no picture that claims one');
RESET search_path;

-- The matrix: who came once is as old as silent.
CREATE TABLE shop (who integer, at date, amount numeric);
INSERT INTO shop SELECT n, date '2024-01-01' + n % 60 + k * (10 + n % 9), n
FROM generate_series(1, 200) AS n, generate_series(0, n % 7) AS k;
SELECT crm_create_workspace('shop',
    '{"purchase": {"from": "shop", "customer_id": "who", "purchased_at": "at", "amount": "amount"}}');
SELECT is_empty('SELECT FROM shop.p_alive_matrix WHERE purchase_days = 1 AND tenure_days <> silent_days',
                'of one purchase day');
SELECT is_empty($$SELECT FROM shop.clv_matrix AS m, shop.scoring_basis AS b
                  WHERE CASE WHEN m.p_alive IS NOT NULL
                        THEN abs(m.p_alive - crm_p_alive_summary(b.clv_model, m.purchase_days - 1,
                                                                 (m.tenure_days - m.silent_days) / 7.0,
                                                                 m.tenure_days / 7.0)) > 1e-12
                        END$$,
                'P(alive) is that of the history in the row');
SELECT is((SELECT count(DISTINCT tenure_days) FROM shop.expected_purchases_matrix WHERE purchase_days > 1), 1::bigint,
    'the others are all as old');
SELECT is((SELECT max(tenure_days) FROM shop.clv_matrix WHERE purchase_days > 1),
    (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY crm_age(purchases, crm_as_of())) FROM shop.customer_activity),
    'as the middle customer, who is not alone in it');

-- Nothing after as_of counts, in the period before that of a goal neither.
INSERT INTO few.goal (family, metric, period_start, period_end, target)
VALUES ('behaviour', 'retention_share', '2024-08-01', '2024-08-31', 0.5);
SET LOCAL crm_ext.as_of = '2024-07-11';
SELECT results_eq('SELECT actual_value, is_met FROM few.goal_attainment',
                  'VALUES (NULL::double precision, NULL::boolean)',
                  'a period that has not begun says nothing yet');
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT results_eq('SELECT actual_value, is_met FROM few.goal_attainment',
                  'VALUES (NULL::double precision, NULL::boolean)', 'and before it nobody is known to be');
SET LOCAL crm_ext.as_of = '2024-10-31';

-- Figures to be drawn are on one scale, with the lost below zero.
SELECT is_empty('SELECT FROM shop.pareto_curve
                 WHERE customer_share <> customer_count
                                         / (SELECT customer_count::double precision FROM shop.concentration)
                     OR customer_share < customer_pct / 100.0', 'the curve has both shares');
SELECT is_empty('SELECT FROM shop.growth_accounting WHERE signed_dormant_count IS DISTINCT FROM -dormant_count',
                'who did not come again is below zero');

-- A net amount below 0 counts as 0, of a month as of all: of two customers one has everything.
INSERT INTO sale VALUES (1, '2024-10-02', 4), (2, '2024-10-02', 1), (2, '2024-10-03', -20);
SELECT results_eq($$SELECT whole.gini, whole.negative_count, monthly.gini
                    FROM few.concentration AS whole
                    JOIN few.concentration_monthly AS monthly ON monthly.month_on = '2024-10-01'$$,
                  'VALUES (0.5::double precision, 1::bigint, 0.5::double precision)', 'one rule for Gini coefficients');

SELECT * FROM finish();
ROLLBACK;
