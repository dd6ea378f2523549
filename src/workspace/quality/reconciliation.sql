-- What the views of customers, segments, lifetime values and months add up to,
-- against the ledgers, in two halves. What is found reads each of these views
-- once, all of its totals together. What is due reads none of them: the groups
-- are made here once more, of exact amounts, and tell what rounding takes away
-- from each. All that is due comes of one pass over customer_basis and one over
-- the ledgers. Other subjects have a view like reconciliation_quality, with the
-- same columns, for views of theirs.

-- view_name is the same for all rows of a part, so that who asks for some views
-- reads no other; what is due is made as a whole all the same. What a view has
-- beside its amounts, exact, is read with them.
CREATE OR REPLACE VIEW reconciliation_found AS
SELECT found.view_name, found.column_name, found.view_total, found.left_out_total, crm_as_of() AS as_of
FROM (
    SELECT 'purchase' AS view_name,
           unnest('{amount,events}'::text[]) AS column_name,
           unnest(ARRAY[sum(amount), sum(events)]) AS view_total,
           unnest(ARRAY[coalesce(sum(round(amount, 4) - amount) FILTER (WHERE scale(amount) > 4 AND NOT is_outside), 0)
                        - coalesce(sum(amount) FILTER (WHERE is_outside), 0),
                        -coalesce(sum(events) FILTER (WHERE is_outside), 0)]) AS left_out_total
    FROM (
        SELECT amount, CASE WHEN amount < 0 THEN least(events, 0) ELSE coalesce(events, 0) END AS events,
               (customer_id IS NOT NULL AND purchased_on <= (SELECT crm_as_of())) IS NOT TRUE AS is_outside
        FROM purchase
    ) AS sold
    UNION ALL
    SELECT 'customer_basis', unnest('{amount,purchase_count}'::text[]),
           unnest(ARRAY[sum(amount), sum(purchase_count)]), unnest(ARRAY[sum(exact_amount) - sum(amount), 0])
    FROM customer_basis
    UNION ALL
    SELECT 'customer_360', unnest('{amount,purchase_count,active_days,is_prospect}'::text[]),
           unnest(ARRAY[sum(amount), sum(purchase_count), sum(active_days), count(*) FILTER (WHERE NOT is_prospect)]), 0
    FROM customer_360
    UNION ALL
    SELECT 'customer_month', unnest('{amount,purchase_count}'::text[]),
           unnest(ARRAY[sum(amount), sum(purchase_count)]), unnest(ARRAY[sum(exact_amount) - sum(amount), 0])
    FROM customer_month
    UNION ALL
    SELECT 'customer_rfm', 'amount', sum(amount), 0 FROM customer_rfm
    UNION ALL
    SELECT 'customer_abc', 'amount', sum(amount), 0 FROM customer_abc
    UNION ALL
    SELECT 'customer_grade', 'amount', sum(amount), 0 FROM customer_grade
    UNION ALL
    SELECT 'customer_clv', 'clv', sum(clv), 0 FROM customer_clv
    UNION ALL
    SELECT 'segment_summary', unnest('{customer_count,amount,total_clv}'::text[]),
           unnest(ARRAY[sum(customer_count), sum(amount), sum(total_clv)]), 0
    FROM segment_summary
    UNION ALL
    SELECT 'lifecycle_summary', unnest('{customer_count,amount,total_clv}'::text[]),
           unnest(ARRAY[sum(customer_count), sum(amount), sum(total_clv)]), 0
    FROM lifecycle_summary
    UNION ALL
    SELECT 'rfm_heatmap', unnest('{customer_count,amount}'::text[]),
           unnest(ARRAY[sum(customer_count), sum(amount)]), 0
    FROM rfm_heatmap
    UNION ALL
    SELECT 'rfm_thresholds', 'customer_count', sum(customer_count), 0 FROM rfm_thresholds
    UNION ALL
    SELECT 'goal_attainment', 'goal_id', count(*), 0 FROM goal_attainment
    UNION ALL
    SELECT 'pareto_curve', 'customer_count', max(customer_count), 0 FROM pareto_curve
    UNION ALL
    SELECT 'abc_summary', unnest('{customer_count,amount}'::text[]), unnest(ARRAY[sum(customer_count), sum(amount)]), 0
    FROM abc_summary
    UNION ALL
    SELECT 'segment_typical', 'customer_count', sum(customer_count), 0 FROM segment_typical
    UNION ALL
    SELECT 'concentration', unnest('{customer_count,amount}'::text[]),
           unnest(ARRAY[sum(customer_count), sum(amount)]), 0
    FROM concentration
    UNION ALL
    SELECT 'concentration_monthly', unnest('{customer_count,amount}'::text[]),
           unnest(ARRAY[sum(customer_count), sum(amount)]), 0
    FROM concentration_monthly
    UNION ALL
    SELECT 'clv_by_segment', unnest('{customer_count,total_clv}'::text[]),
           unnest(ARRAY[sum(customer_count), sum(total_clv)]), 0
    FROM clv_by_segment
    UNION ALL
    SELECT 'clv_matrix', 'customer_count', sum(customer_count), 0 FROM clv_matrix
    UNION ALL
    SELECT 'clv_model_check', 'customer_count', sum(customer_count), 0 FROM clv_model_check
    UNION ALL
    SELECT 'clv_frequency_check', 'customer_count', sum(customer_count), 0 FROM clv_frequency_check
    UNION ALL
    SELECT 'clv_holdout', 'customer_count', sum(customer_count), 0 FROM clv_holdout
    UNION ALL
    SELECT 'segment_history', unnest('{customer_count,amount}'::text[]),
           unnest(ARRAY[sum(customer_count), sum(amount)]), 0
    FROM segment_history
    WHERE month_on = (SELECT max(month_on) FROM calendar_month)
    UNION ALL
    SELECT 'stage_history', unnest('{customer_count,amount}'::text[]),
           unnest(ARRAY[sum(customer_count), sum(amount)]), 0
    FROM stage_history
    WHERE month_on = (SELECT max(month_on) FROM calendar_month)
    UNION ALL
    SELECT 'segment_transition', 'customer_count', sum(customer_count), 0 FROM segment_transition
    UNION ALL
    SELECT 'stage_transition', 'customer_count', sum(customer_count), 0 FROM stage_transition
    UNION ALL
    SELECT 'growth_accounting',
           unnest('{amount,new_amount,returning_amount,resurrecting_amount,refund_only_amount,active_count,new_count,
                    returning_count,resurrecting_count,dormant_count,refund_only_count}'::text[]),
           unnest(ARRAY[sum(amount), sum(new_amount), sum(returning_amount), sum(resurrecting_amount),
                        sum(refund_only_amount), sum(active_count), sum(new_count), sum(returning_count),
                        sum(resurrecting_count), sum(dormant_count), sum(refund_only_count)]), 0
    FROM growth_accounting
    UNION ALL
    SELECT 'purchase_gap', 'gap_count', sum(gap_count), 0 FROM purchase_gap
    UNION ALL
    SELECT 'retention_cohort', unnest('{cohort_size,retained_count}'::text[]),
           unnest(ARRAY[sum(cohort_size) FILTER (WHERE period_number = 0), sum(retained_count)]), 0
    FROM retention_cohort
    UNION ALL
    SELECT 'revenue_retention', unnest('{amount,customer_count}'::text[]),
           unnest(ARRAY[sum(amount), sum(customer_count)]), 0
    FROM revenue_retention
    UNION ALL
    SELECT 'retention_cohort_weekly', unnest('{cohort_size,retained_count,amount}'::text[]),
           unnest(ARRAY[sum(cohort_size) FILTER (WHERE period_number = 0), sum(retained_count), sum(amount)]), 0
    FROM retention_cohort_weekly
    UNION ALL
    SELECT 'retention_cohort_quarterly', unnest('{cohort_size,retained_count,amount}'::text[]),
           unnest(ARRAY[sum(cohort_size) FILTER (WHERE period_number = 0), sum(retained_count), sum(amount)]), 0
    FROM retention_cohort_quarterly
) AS found;
COMMENT ON VIEW reconciliation_found IS
'One row per view of customers, segments, values or months and a column that claims a total: what it adds up to.
Half of reconciliation. view_total is NULL where the view has no rows.';
COMMENT ON COLUMN reconciliation_found.left_out_total IS
'What the view itself says that it leaves out: by rounding, where it has exact amounts too, and of no customer or day.';

CREATE OR REPLACE VIEW reconciliation_due AS
WITH ledger AS MATERIALIZED (
    SELECT * FROM ledger_total
), span AS MATERIALIZED (
    SELECT month_bounds, week_bounds, quarter_bounds FROM calendar_span
), cell AS MATERIALIZED (
    SELECT segment, stage, class, r_score, f_score, m_score, count(*) AS customer_count,
           count(*) FILTER (WHERE active_days > 0) AS buyer_count, sum(exact_amount) AS exact_amount,
           sum(amount) AS amount, sum(exact_clv) AS exact_clv, sum(clv) AS clv,
           bool_or(active_days > 0 AND exact_amount > 0) AS has_spender
    FROM customer_basis
    GROUP BY segment, stage, class, r_score, f_score, m_score
), basis AS MATERIALIZED (
    SELECT coalesce(sum(exact_amount) - sum(amount), 0) AS rounding,
           coalesce(sum(exact_clv), 0) AS exact_clv,
           coalesce(sum(exact_clv) - sum(clv), 0) AS clv_rounding,
           coalesce(sum(customer_count * num_nulls(r_score, f_score, m_score)), 0)
           - 3 * coalesce(sum(customer_count - buyer_count), 0) AS unscored_buyer_count,
           coalesce(bool_or(has_spender), false) AS has_spender
    FROM cell
), rest AS MATERIALIZED (
    SELECT coalesce(sum(rounding) FILTER (WHERE dimension = 7), 0) AS by_segment,
           coalesce(sum(clv_rounding) FILTER (WHERE dimension = 7), 0) AS clv_by_segment,
           coalesce(sum(rounding) FILTER (WHERE dimension = 11), 0) AS by_stage,
           coalesce(sum(clv_rounding) FILTER (WHERE dimension = 11), 0) AS clv_by_stage,
           coalesce(sum(rounding) FILTER (WHERE dimension = 14), 0) AS by_class,
           coalesce(sum(CASE WHEN is_scored THEN rounding ELSE exact_amount END) FILTER (WHERE dimension = 13), 0)
               AS by_score,
           coalesce(sum(customer_count) FILTER (WHERE dimension = 13 AND NOT is_scored), 0) AS unscored_count
    FROM (
        SELECT grouping(segment, stage, r_score, class) AS dimension,
               r_score IS NOT NULL AND f_score IS NOT NULL AS is_scored,
               sum(customer_count) AS customer_count,
               sum(exact_amount) AS exact_amount,
               sum(exact_amount) - sum(exact_amount):::amount AS rounding,
               coalesce(sum(exact_clv), 0) - coalesce(sum(exact_clv), 0):::amount AS clv_rounding
        FROM cell
        GROUP BY GROUPING SETS ((segment), (stage), (r_score, f_score), (class))
    ) AS grouped
), fitted AS MATERIALIZED (
    SELECT fitted_on,
           fitted_on IS NOT NULL AS is_fitted,
           CASE WHEN clv_model IS NOT NULL THEN fitted_on END AS model_on,
           (SELECT test.fitted_on FROM clv_test_basis AS test) AS test_on,
           (SELECT test.is_tested FROM clv_test_basis AS test) AS is_tested
    FROM scoring_basis
), everybody AS MATERIALIZED (
    SELECT crm_retention_agg(purchases, (SELECT month_bounds FROM span)) AS by_month,
           crm_retention_agg(purchases, (SELECT week_bounds FROM span)) AS by_week,
           crm_retention_agg(purchases, (SELECT quarter_bounds FROM span)) AS by_quarter,
           crm_period_amounts(purchases, (SELECT month_bounds FROM span)) AS amounts,
           count(*) FILTER (WHERE crm_active_days(purchases, (SELECT model_on FROM fitted)) > 0) AS model_count,
           count(*) FILTER (WHERE crm_active_days(purchases, (SELECT test_on FROM fitted)) > 0) AS test_count
    FROM customer_activity
), state AS MATERIALIZED (
    SELECT coalesce(sum(new_count), 0) AS new_count,
           coalesce(sum(returning_count), 0) AS returning_count,
           coalesce(sum(resurrecting_count), 0) AS resurrecting_count,
           coalesce((array_agg(active_count ORDER BY period_start DESC))[1], 0) AS last_count,
           coalesce(sum(new_amount:::amount), 0) AS shown_new_amount,
           coalesce(sum(returning_amount:::amount), 0) AS shown_returning_amount,
           coalesce(sum(resurrecting_amount:::amount), 0) AS shown_resurrecting_amount,
           coalesce(sum(refund_only_amount:::amount), 0) AS shown_refund_only_amount,
           coalesce(sum(new_amount + returning_amount + resurrecting_amount + refund_only_amount), 0) AS amount
    FROM everybody
    CROSS JOIN LATERAL crm_growth(by_month)
), snapshot AS MATERIALIZED (
    SELECT count(*) AS customer_count,
           count(*) FILTER (WHERE day.previous_snapshot_on IS NULL) AS first_count
    FROM customer_snapshot AS kept
    JOIN snapshot_day AS day ON day.snapshot_on = kept.as_of
), period AS MATERIALIZED (
    -- Amounts by month as the cohorts have them; customers as their amounts are counted.
    SELECT (SELECT coalesce(sum(exact_amount - exact_amount:::amount), 0)
            FROM (SELECT sum(amount) AS exact_amount FROM everybody, crm_cohorts(by_month)
                  GROUP BY period_start) AS by_month) AS by_month,
           (SELECT coalesce(sum(amount - amount:::amount), 0) FROM everybody, crm_cohorts(by_month)) AS by_cohort,
           (SELECT coalesce(sum(amount - amount:::amount), 0) FROM everybody, crm_cohorts(by_week)) AS by_week,
           (SELECT coalesce(sum(amount - amount:::amount), 0) FROM everybody, crm_cohorts(by_quarter)) AS by_quarter,
           (SELECT coalesce(sum(crm_value_count(month.amounts)), 0)
            FROM everybody, unnest(everybody.amounts) AS month (amounts)) AS active_count,
           (SELECT coalesce(sum(present_count), 0) FROM everybody, crm_cohorts(by_month)) AS present_count,
           (SELECT coalesce(sum(active_count), 0) FROM everybody, crm_cohorts(by_month)
            WHERE (period_number >= 0) IS NOT TRUE) AS early_active_count,
           (SELECT coalesce(sum(active_count), 0) FROM everybody, crm_growth(by_week)) AS week_active_count,
           (SELECT coalesce(sum(active_count), 0) FROM everybody, crm_growth(by_quarter)) AS quarter_active_count
), early AS MATERIALIZED (
    SELECT coalesce(sum(crm_amount(purchases, (SELECT month_bounds[1] - 1 FROM span))), 0) AS exact_amount,
           coalesce(sum(crm_event_count(purchases, (SELECT month_bounds[1] - 1 FROM span))), 0) AS purchase_count,
           count(*) FILTER (WHERE crm_active_days(purchases,
               (SELECT month_bounds[1] - 1 FROM span)) > 0) AS buyer_count,
           count(*) FILTER (WHERE crm_active_days(purchases,
               (SELECT week_bounds[1] - 1 FROM span)) > 0) AS week_buyer_count,
           count(*) FILTER (WHERE crm_active_days(purchases,
               (SELECT quarter_bounds[1] - 1 FROM span)) > 0) AS quarter_buyer_count,
           coalesce(sum(crm_amount(purchases, (SELECT week_bounds[1] - 1 FROM span))), 0) AS exact_week_amount,
           coalesce(sum(crm_amount(purchases, (SELECT quarter_bounds[1] - 1 FROM span))), 0) AS exact_quarter_amount
    FROM customer_activity
    WHERE crm_first_entry_day(purchases) < (SELECT greatest(month_bounds[1], week_bounds[1], quarter_bounds[1])
                                            FROM span)
)
SELECT claim.view_name,
       claim.column_name,
       CASE WHEN NOT claim.is_of_groups OR setting.min_cell = 1 THEN claim.ledger_total END AS ledger_total,
       CASE WHEN NOT claim.is_of_groups OR setting.min_cell = 1 THEN claim.left_out_total END AS left_out_total,
       claim.left_out_reason,
       -- Where nobody spent anything there is no curve, and nothing else that it could claim.
       CASE WHEN claim.view_name = 'pareto_curve' AND NOT basis.has_spender THEN claim.ledger_total ELSE 0 END
           AS empty_total,
       crm_as_of() AS as_of
FROM ledger
CROSS JOIN basis
CROSS JOIN rest
CROSS JOIN period
CROSS JOIN early
CROSS JOIN fitted
CROSS JOIN everybody
CROSS JOIN state
CROSS JOIN snapshot
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    VALUES
        ('purchase', 'amount', ledger.exact_amount, 0::numeric,
         'Less rows without a customer or a date, and after as_of: they are in no ledger. Rounding to 0.0001.', false),
        ('purchase', 'events', ledger.purchase_count, 0,
         'Less rows without a customer or a date, and after as_of. Refunds count as none.', false),
        ('customer_basis', 'amount', ledger.exact_amount, 0, 'Rounding of each row.', false),
        ('customer_basis', 'purchase_count', ledger.purchase_count, 0, NULL, false),
        ('customer_360', 'amount', ledger.exact_amount, basis.rounding, 'Rounding of each row.', false),
        ('customer_360', 'purchase_count', ledger.purchase_count, 0, NULL, false),
        ('customer_360', 'active_days', ledger.active_days, 0, NULL, false),
        ('customer_360', 'is_prospect', ledger.customer_count, 0, NULL, false),
        ('customer_month', 'amount', ledger.exact_amount, early.exact_amount,
         'Rounding of each row, and what is more than 1,200 months ago.', false),
        ('customer_month', 'purchase_count', ledger.purchase_count, early.purchase_count,
         'What is more than 1,200 months ago.', false),
        ('customer_rfm', 'amount', ledger.exact_amount, basis.rounding, 'Rounding of each row.', false),
        ('customer_abc', 'amount', ledger.exact_amount, basis.rounding, 'Rounding of each row.', false),
        ('customer_grade', 'amount', ledger.exact_amount, basis.rounding, 'Rounding of each row.', false),
        ('customer_clv', 'clv', basis.exact_clv, basis.clv_rounding, 'Rounding of each row.', false),
        ('segment_summary', 'customer_count', ledger.customer_count, 0, NULL, true),
        ('segment_summary', 'amount', ledger.exact_amount, rest.by_segment, 'Rounding of each row.', true),
        ('segment_summary', 'total_clv', basis.exact_clv, rest.clv_by_segment, 'Rounding of each row.', true),
        ('lifecycle_summary', 'customer_count', ledger.customer_count, 0, NULL, true),
        ('lifecycle_summary', 'amount', ledger.exact_amount, rest.by_stage, 'Rounding of each row.', true),
        ('lifecycle_summary', 'total_clv', basis.exact_clv, rest.clv_by_stage, 'Rounding of each row.', true),
        ('rfm_heatmap', 'customer_count', ledger.customer_count, rest.unscored_count,
         'Customers without scores: who had refunds only, and all where there is no fit.', true),
        ('rfm_heatmap', 'amount', ledger.exact_amount, rest.by_score,
         'Customers without scores, and rounding of each row.', true),
        ('rfm_thresholds', 'customer_count', 3 * ledger.buyer_count, basis.unscored_buyer_count,
         'In three dimensions; without a fit nobody has a score.', true),
        ('pareto_curve', 'customer_count', ledger.buyer_count, 0,
         'Who had refunds only; there is no curve where nobody spent anything.', true),
        ('abc_summary', 'customer_count', ledger.customer_count, 0, NULL, true),
        ('abc_summary', 'amount', ledger.exact_amount, rest.by_class, 'Rounding of each row.', true),
        ('segment_typical', 'customer_count', ledger.customer_count, 0, NULL, true),
        ('concentration', 'customer_count', ledger.buyer_count, 0, 'Who had refunds only.', true),
        ('concentration', 'amount', ledger.exact_amount,
         CASE WHEN ledger.buyer_count > 0 THEN ledger.exact_amount - ledger.exact_amount:::amount
              ELSE ledger.exact_amount END,
         'Rounding; all while nobody has bought.', true),
        ('concentration_monthly', 'amount', ledger.exact_amount, period.by_month + early.exact_amount,
         'Rounding of each row, and what is more than 1,200 months ago.', true),
        ('concentration_monthly', 'customer_count', period.active_count, 0, 'Counts a customer in each month.', true),
        ('clv_by_segment', 'customer_count', ledger.customer_count, 0, NULL, true),
        ('clv_by_segment', 'total_clv', basis.exact_clv, rest.clv_by_segment, 'Rounding of each row.', true),
        ('clv_matrix', 'customer_count', ledger.buyer_count,
         CASE WHEN fitted.model_on IS NULL THEN ledger.buyer_count ELSE 0 END,
         'Who had refunds only; all without a model.', true),
        ('clv_model_check', 'customer_count', everybody.model_count, 0,
         'Who bought first after the fit, or had refunds only; all without a model.', true),
        ('clv_frequency_check', 'customer_count', everybody.test_count, 0,
         'Who bought first after the fit that is checked, or had refunds only; all without a model.', true),
        ('clv_holdout', 'customer_count', everybody.test_count,
         CASE WHEN fitted.is_tested THEN 0 ELSE everybody.test_count END,
         'Who bought first after the fit that is checked; all where it is too young to be tested.', true),
        ('segment_history', 'customer_count', ledger.customer_count,
         CASE WHEN fitted.is_fitted THEN 0 ELSE ledger.customer_count END,
         'Of the latest month; all without a fit.', true),
        ('segment_history', 'amount', ledger.exact_amount,
         CASE WHEN fitted.is_fitted THEN rest.by_segment ELSE ledger.exact_amount END,
         'Of the latest month: rounding of each row; all without a fit.', true),
        ('stage_history', 'customer_count', ledger.customer_count,
         CASE WHEN fitted.is_fitted THEN 0 ELSE ledger.customer_count END,
         'Of the latest month; all without a fit.', true),
        ('stage_history', 'amount', ledger.exact_amount,
         CASE WHEN fitted.is_fitted THEN rest.by_stage ELSE ledger.exact_amount END,
         'Of the latest month: rounding of each row; all without a fit.', true),
        ('segment_transition', 'customer_count', snapshot.customer_count, snapshot.first_count,
         'Those of the first snapshot.', true),
        ('stage_transition', 'customer_count', snapshot.customer_count, snapshot.first_count,
         'Those of the first snapshot.', true),
        ('growth_accounting', 'amount', ledger.exact_amount, period.by_month + early.exact_amount,
         'Rounding of each row, and what is more than 1,200 months ago.', true),
        ('growth_accounting', 'new_count', ledger.buyer_count, early.buyer_count,
         'Who bought first more than 1,200 months ago.', true),
        ('growth_accounting', 'active_count', period.active_count, 0, 'Counts a customer in each month.', true),
        ('growth_accounting', 'returning_count', period.active_count, state.new_count + state.resurrecting_count,
         'The new and the resurrecting; counts a customer in each month.', true),
        ('growth_accounting', 'resurrecting_count', period.active_count, state.new_count + state.returning_count,
         'The new and the returning; counts a customer in each month.', true),
        ('growth_accounting', 'dormant_count', period.active_count - state.last_count, state.returning_count,
         'The returning; of all months but the last.', true),
        ('growth_accounting', 'refund_only_count', period.present_count, period.active_count,
         'Who bought in the month; counts a customer in each month.', true),
        ('growth_accounting', 'new_amount', ledger.exact_amount,
         early.exact_amount + state.amount - state.shown_new_amount,
         'The other states, rounding of each row, and what is more than 1,200 months ago.', true),
        ('growth_accounting', 'returning_amount', ledger.exact_amount,
         early.exact_amount + state.amount - state.shown_returning_amount,
         'The other states, rounding of each row, and what is more than 1,200 months ago.', true),
        ('growth_accounting', 'resurrecting_amount', ledger.exact_amount,
         early.exact_amount + state.amount - state.shown_resurrecting_amount,
         'The other states, rounding of each row, and what is more than 1,200 months ago.', true),
        ('growth_accounting', 'refund_only_amount', ledger.exact_amount,
         early.exact_amount + state.amount - state.shown_refund_only_amount,
         'The other states, rounding of each row, and what is more than 1,200 months ago.', true),
        ('goal_attainment', 'goal_id', (SELECT count(*) FROM goal), 0, 'Counts goals.', true),
        ('purchase_gap', 'gap_count', ledger.active_days, ledger.buyer_count, 'The first purchase day of each.', true),
        ('retention_cohort', 'cohort_size', ledger.buyer_count, early.buyer_count,
         'Month 0 of each cohort; who bought first more than 1,200 months ago.', true),
        ('retention_cohort', 'retained_count', period.active_count, period.early_active_count,
         'Counts a customer in each month; who bought first more than 1,200 months ago.', true),
        ('revenue_retention', 'amount', ledger.exact_amount, period.by_cohort + early.exact_amount,
         'Rounding of each row, and what is more than 1,200 months ago.', true),
        ('revenue_retention', 'customer_count', period.active_count, 0, 'Counts a customer in each month.', true),
        ('retention_cohort_weekly', 'cohort_size', ledger.buyer_count, early.week_buyer_count,
         'Week 0 of each cohort; who bought first more than 1,200 weeks ago.', true),
        ('retention_cohort_weekly', 'retained_count', period.week_active_count, 0,
         'Counts a customer in each week.', true),
        ('retention_cohort_weekly', 'amount', ledger.exact_amount, period.by_week + early.exact_week_amount,
         'Rounding of each row, and what is more than 1,200 weeks ago.', true),
        ('retention_cohort_quarterly', 'cohort_size', ledger.buyer_count, early.quarter_buyer_count,
         'Quarter 0 of each cohort; who bought first more than 1,200 quarters ago.', true),
        ('retention_cohort_quarterly', 'retained_count', period.quarter_active_count, 0,
         'Counts a customer in each quarter.', true),
        ('retention_cohort_quarterly', 'amount', ledger.exact_amount, period.by_quarter + early.exact_quarter_amount,
         'Rounding of each row, and what is more than 1,200 quarters ago.', true)
) AS claim (view_name, column_name, ledger_total, left_out_total, left_out_reason, is_of_groups);
COMMENT ON VIEW reconciliation_due IS
'One row per view of customers, segments, values or months and a column that claims a total: what it has to add up to.
Half of reconciliation: reads the ledgers, and none of these views but customer_basis.';
COMMENT ON COLUMN reconciliation_due.left_out_total IS
'What the view leaves out, found without it, but for what reconciliation_found says; NULL while groups may be hidden.';
COMMENT ON COLUMN reconciliation_due.empty_total IS 'What the view claims where it has no rows.';

CREATE OR REPLACE VIEW reconciliation_quality AS
SELECT view_name,
       column_name,
       due.ledger_total,
       total.view_total,
       total.left_out_total,
       due.left_out_reason,
       due.ledger_total - total.view_total - total.left_out_total AS difference,
       crm_as_of() AS as_of
FROM reconciliation_due AS due
LEFT JOIN reconciliation_found AS found USING (view_name, column_name)
CROSS JOIN LATERAL (
    SELECT CASE WHEN due.ledger_total IS NOT NULL THEN coalesce(found.view_total, due.empty_total) END AS view_total,
           due.left_out_total + coalesce(found.left_out_total, 0) AS left_out_total
) AS total;
COMMENT ON VIEW reconciliation_quality IS
'One row per view of customers, segments, values or months and a column that claims a total: see reconciliation.';
