-- Each customer's scores, class, stage and grade.

CREATE OR REPLACE VIEW customer_rfm AS
SELECT customer_id, last_purchase_on, recency_days, purchase_count, amount, r_score, f_score, m_score,
       segment, segment_order, fitted_on, as_of
FROM customer_basis;
COMMENT ON VIEW customer_rfm IS
'One row per customer with a purchase or refund by as_of: recency, frequency, amount.
With their scores, 5 best, against the breaks of the latest fit, and the segment that setting.segment_map gives.';

-- Equal amounts share a rank and a cumulative share: the frame is RANGE.
CREATE OR REPLACE VIEW customer_abc AS
SELECT customer_id,
       amount,
       rank() OVER by_amount AS amount_rank,
       (greatest(exact_amount, 0) / nullif(sum(greatest(exact_amount, 0)) OVER (), 0))::double precision
           AS amount_share,
       (sum(greatest(exact_amount, 0)) OVER by_amount
        / nullif(sum(greatest(exact_amount, 0)) OVER (), 0))::double precision AS cumulative_share,
       class,
       class_order,
       fitted_on,
       as_of
FROM customer_basis
WINDOW by_amount AS (ORDER BY exact_amount DESC);
COMMENT ON VIEW customer_abc IS
'One row per customer with a purchase or refund by as_of: rank, share, ABC class.
Shares are of the sum of positive amounts. The class is by the limits of the latest fit, so it stays where it is
between two fits while the shares move.';

CREATE OR REPLACE VIEW customer_lifecycle AS
SELECT customer_id, stage, stage_order, stage_reason, first_purchase_on, last_purchase_on, active_days, recency_days,
       tenure_days, mean_gap_days, expected_gap_days, overdue_ratio, window_count, previous_window_count,
       window_count / nullif(previous_window_count, 0)::double precision AS trend_ratio,
       fitted_on, as_of
FROM customer_basis;
COMMENT ON VIEW customer_lifecycle IS
'One row per customer with a purchase or refund by as_of: the stage, and why.
With the facts that crm_lifecycle_stage uses. The windows are setting.window_days long, the last one ends at
as_of.';
