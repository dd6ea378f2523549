-- Growth accounting as it is drawn, what a year later is left of revenue, and
-- how long customers take to come again.

CREATE OR REPLACE VIEW growth_flow AS
SELECT growth.month_on,
       flow.state,
       flow.state_order,
       flow.customer_count,
       CASE WHEN flow.state = 'dormant' THEN -flow.customer_count ELSE flow.customer_count END AS signed_count,
       growth.is_complete,
       growth.as_of
FROM growth_accounting AS growth
CROSS JOIN LATERAL (
    VALUES ('new', 1, growth.new_count),
           ('resurrecting', 2, growth.resurrecting_count),
           ('returning', 3, growth.returning_count),
           ('dormant', 4, growth.dormant_count)
) AS flow (state, state_order, customer_count);
COMMENT ON VIEW growth_flow IS
'One row per month and state: growth_accounting, to be stacked, with the lost below zero.
The states are those of growth_accounting: new, resurrecting and returning customers bought in the month, dormant ones
only in the month before. signed_count without returning adds up to the change in active customers. NULL where
growth_accounting hides the figure. month_on is a date to filter by.';
COMMENT ON COLUMN growth_flow.state IS 'new, resurrecting, returning or dormant.';
COMMENT ON COLUMN growth_flow.state_order IS 'Sorts state: 1 is new, 4 dormant.';
COMMENT ON COLUMN growth_flow.customer_count IS 'Customers in the state; NULL where hidden.';
COMMENT ON COLUMN growth_flow.signed_count IS 'customer_count, below zero for dormant.';

CREATE OR REPLACE VIEW revenue_retention_yearly AS
SELECT kept.month_on,
       kept.base_month_on,
       kept.sums[1]::bigint AS customer_count,
       kept.sums[2]:::amount AS base_amount,
       kept.sums[3]:::amount AS gross_amount,
       kept.sums[4]:::amount AS net_amount,
       (kept.sums[3] / nullif(kept.sums[2], 0))::double precision AS gross_share,
       (kept.sums[4] / nullif(kept.sums[2], 0))::double precision AS net_share,
       kept.is_complete,
       kept.as_of
FROM (
    SELECT month.month_on, month.base_month_on, month.is_complete, month.as_of,
           ARRAY[yearly.sums[month.nth][1], yearly.sums[month.nth][2], yearly.sums[month.nth][3],
                 yearly.sums[month.nth][4]] AS sums
    FROM (
        SELECT crm_period_kept(purchases, (SELECT month_bounds FROM calendar_span), 12) AS sums FROM customer_activity
    ) AS yearly
    CROSS JOIN (
        SELECT month_on, is_complete, as_of, lag(month_on, 12) OVER by_month AS base_month_on,
               (row_number() OVER by_month)::integer - 12 AS nth
        FROM calendar_month
        WINDOW by_month AS (ORDER BY month_on)
    ) AS month
    -- Where the year before has no month that began on that day, as after a 29 February, there is no row.
    WHERE month.base_month_on = (month.month_on - interval '1 year')::date AND yearly.sums[month.nth][1] > 0
) AS kept
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, kept.sums[1]::bigint);
COMMENT ON VIEW revenue_retention_yearly IS
'One row per month: of what the same month of the year before brought, how much came again.
Of the customers with an amount above 0 in the month a year before. gross: what each brought again, at most as much as
then; net: with what they brought more. New customers are in neither. Months without such a month before them have no
row; months with fewer than setting.min_cell such customers are hidden. Not protected: what differs from another
as_of. month_on is a date to filter by.';
COMMENT ON COLUMN revenue_retention_yearly.base_month_on IS 'First day of the same month a year before.';
COMMENT ON COLUMN revenue_retention_yearly.customer_count IS
'Customers with an amount above 0 in the month a year before.';
COMMENT ON COLUMN revenue_retention_yearly.base_amount IS 'Net amount of these customers in the month a year before.';
COMMENT ON COLUMN revenue_retention_yearly.gross_amount IS
'Net amount of these customers in the month, of each at least 0 and at most that of the year before.';
COMMENT ON COLUMN revenue_retention_yearly.net_amount IS 'Net amount of these customers in the month.';
COMMENT ON COLUMN revenue_retention_yearly.gross_share IS 'gross_amount / base_amount, 0..1.';
COMMENT ON COLUMN revenue_retention_yearly.net_share IS 'net_amount / base_amount; may exceed 1.';

CREATE OR REPLACE VIEW purchase_gap AS
SELECT counted.gap_days,
       counted.gap_count,
       (sum(counted.gap_count) OVER (ORDER BY counted.gap_days) / sum(counted.gap_count) OVER ())::double precision
           AS cumulative_share,
       crm_as_of() AS as_of
FROM (
    SELECT came.counts[n][1]::integer AS gap_days, came.counts[n][2] AS gap_count
    FROM (SELECT crm_gap_counts(purchases, (SELECT crm_as_of())) AS counts FROM customer_activity) AS came
    CROSS JOIN LATERAL generate_subscripts(came.counts, 1) AS n
) AS counted
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, counted.gap_count);
COMMENT ON VIEW purchase_gap IS
'One row per number of days between two purchase days: how often customers came again after so many.
Of all pairs of consecutive purchase days up to as_of. A customer counts as often as they came again: who came once only
is not in it. Numbers of days that are rarer than setting.min_cell are left out, of the shares too. Not protected: a
count may be of one customer.';
COMMENT ON COLUMN purchase_gap.gap_days IS 'Days from one purchase day to the next.';
COMMENT ON COLUMN purchase_gap.gap_count IS 'How often there were so many days between two purchase days.';
COMMENT ON COLUMN purchase_gap.cumulative_share IS 'Share of all gaps that are as long or shorter, 0..1.';
