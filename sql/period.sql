-- Orders of a small shop, and what became of its customers month by month.
CREATE TABLE shop_order (customer text, ordered_on date, amount numeric);
INSERT INTO shop_order VALUES
    ('ann', '2024-01-05', 20), ('ann', '2024-02-10', 30), ('ann', '2024-03-01', 25), ('ann', '2024-03-20', -5),
    ('bob', '2024-01-20', 80), ('bob', '2024-03-02', 40),
    ('cat', '2024-02-02', -10), ('cat', '2024-03-15', 60),
    ('dan', '2024-01-31', 15), ('dan', '2024-06-03', 15),
    ('eve', '2024-02-14', -30);
CREATE TABLE ledger AS
SELECT customer, crm_activity_agg(ordered_on, amount) AS activity FROM shop_order GROUP BY customer;

-- Bounds: the first day of each period, and the day after the last.
SELECT crm_period_bounds('2024-01-05', '2024-06-10') AS months;
SELECT crm_period_bounds('2024-02-28', '2024-03-12', 'week') AS weeks,
       crm_period_bounds('2024-02-28', '2024-03-12', 'quarter') AS quarters;
SELECT crm_period_bounds('2024-01-05', '2024-03-10', anchor => '2001-01-26') AS from_the_26th;

-- One customer, then all of them.
SELECT period_start, cohort_start, active_days, is_active_before, event_count, amount, refund_amount
FROM ledger, crm_periods(activity, crm_period_bounds('2024-01-05', '2024-06-10')) WHERE customer = 'ann';
CREATE TABLE kept AS
SELECT crm_retention_agg(activity, crm_period_bounds('2024-01-05', '2024-06-10'), 45) AS retention FROM ledger;

-- Growth accounting: months without customers are there, too.
SELECT period_start, active_count AS active, new_count AS new, returning_count AS returning,
       resurrecting_count AS resurrecting, dormant_count AS dormant, refund_only_count AS refunded, amount, history_days
FROM kept, crm_growth(retention);
SELECT period_start, amount, gross_amount, refund_amount, new_amount, returning_amount, resurrecting_amount,
       refund_only_amount, first_amount
FROM kept, crm_growth(retention) WHERE amount <> 0;

-- Cohorts of customers and of money, as a triangle.
SELECT cohort_start, cohort_size, period_number, active_count, active_later_count, amount,
       round(active_count::numeric / cohort_size, 2) AS retained
FROM kept, crm_cohorts(retention) WHERE period_start <= '2024-03-01';
SELECT sum(amount) AS in_cohorts, (SELECT sum(amount) FROM shop_order) AS in_orders FROM kept, crm_cohorts(retention);

-- Churn: who bought in the 45 days before the month, and not in the last 45 of it.
SELECT period_start, start_count, lost_count, won_count, end_count, is_known FROM kept, crm_churn(retention);

-- The same in plain SQL, for one month.
SELECT count(*) AS active, count(*) FILTER (WHERE first >= '2024-03-01') AS new,
       count(*) FILTER (WHERE before) AS returning
FROM (SELECT min(ordered_on) AS first, bool_or(ordered_on BETWEEN '2024-02-01' AND '2024-02-29') AS before
      FROM shop_order WHERE amount >= 0 AND ordered_on < '2024-04-01' GROUP BY customer
      HAVING max(ordered_on) >= '2024-03-01') AS x;

-- How concentrated the money of each month is. In April there is none.
SELECT month, crm_value_count(amounts) AS customers, round(crm_gini(amounts)::numeric, 4) AS gini,
       round(crm_top_share(amounts, 0.2)::numeric, 4) AS top_20_share, round(crm_hhi(amounts)::numeric, 4) AS hhi,
       round(crm_pareto_width(amounts, 0.8)::numeric, 4) AS width_80_share
FROM (SELECT crm_period_amounts(activity, crm_period_bounds('2024-01-05', '2024-06-10')) AS months FROM ledger) AS x,
     unnest(months) WITH ORDINALITY AS y (amounts, month);

-- Summaries of parts are merged, and travel as text.
SELECT crm_rollup(part)::text = (SELECT retention::text FROM kept) AS same
FROM (SELECT crm_retention_agg(activity, crm_period_bounds('2024-01-05', '2024-06-10'), 45) AS part
      FROM ledger GROUP BY customer < 'c') AS x;
SELECT crm_retention_agg(activity, '{2024-01-01,2024-04-01}') AS first_quarter FROM ledger;
SELECT active_count, new_count FROM crm_growth('{"version": 1, "window_days": 0, "first_day": "2024-01-05",
    "bounds": ["2024-01-01", "2024-04-01"], "cohorts": [0, 2, 0], "windows": [], "periods": [[0, 0, 0, 0, 20]],
    "cells": [[1, 0, 2, 2, 2, 2, 20, 0]]}');

-- Everything about a customer at once.
SELECT customer, last_day, days_since_last AS silent, active_days AS days, median_gap_days AS gap,
       event_count AS events, window_event_count AS recent, previous_event_count AS earlier, amount, window_amount
FROM ledger, crm_measures(activity, '2024-06-10', 90) ORDER BY customer;

-- Nobody, and arguments that make no sense.
SELECT crm_retention_agg(activity, '{2024-01-01,2024-02-01}') AS of_nobody FROM ledger WHERE false;
SELECT crm_retention_agg(activity, '{2024-01-01,2024-03-01,2024-02-01}') FROM ledger;
SELECT crm_retention_agg(activity, '{2024-01-01}') FROM ledger;
SELECT crm_period_bounds('2024-01-01', '2024-02-01', 'decade');
SELECT * FROM crm_churn('{"version":1,"window_days":0,"first_day":null,"bounds":["2024-01-01","2024-02-01"],'
                        '"cohorts":[0,0,0],"windows":[],"periods":[[0,0,0,0,0]],"cells":[]}');
SELECT '{"version":1,"window_days":0,"first_day":null,"bounds":["2024-01-01"]}'::crm_retention;
DROP TABLE shop_order, ledger, kept;
