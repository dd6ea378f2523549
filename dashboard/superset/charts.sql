-- The charts of the dashboard: section, name, view, kind of chart, and what is
-- special about it. A calculated column is written as its expression in columns.
-- Charts whose view the workspace lacks are left out.
CREATE TEMPORARY TABLE calculated (view_name text, column_name text, expression text, about text);
INSERT INTO calculated
SELECT view_name, label || '_sorted', format('lpad(%1$s_order::text, 2, ''0'') || '' '' || %1$s', label),
       label || ', with its number before it, so that it sorts'
FROM (VALUES ('segment_summary', 'segment'), ('lifecycle_summary', 'stage'), ('segment_history', 'segment'),
             ('clv_by_segment', 'segment')) AS sorted (view_name, label)
UNION ALL
VALUES ('retention_cohort', 'cohort', 'to_char(cohort_on, ''YYYY-MM'')', 'Month of the first purchase, as text'),
       ('growth_accounting', 'lost_count', '-dormant_count', 'Customers lost, below zero'),
       ('rfm_heatmap', 'frequency', 'f_score::text', 'Frequency score, as text'),
       ('rfm_heatmap', 'recency', 'r_score::text', 'Recency score, as text'),
       ('p_alive_matrix', 'silence', 'lpad(silent_weeks::text, 3, ''0'') || '' weeks''',
        'Time since the last purchase, as text that sorts'),
       ('p_alive_matrix', 'purchases', 'lpad(purchase_days_label, 3, '' '')', 'Purchase days, as text that sorts'),
       ('segment_transition', 'moved_to',
        'coalesce(lpad(to_segment_order::text, 2, ''0'') || '' '' || to_segment, ''left'')', 'The segment after'),
       ('segment_transition', 'moved_from',
        'coalesce(lpad(from_segment_order::text, 2, ''0'') || '' '' || from_segment, ''new'')', 'The segment before'),
       ('service_hours', 'hour_label', 'lpad(hour::text, 2, ''0'') || '':00''', 'Hour of the day, as text that sorts'),
       ('service_hours', 'day_label',
        'weekday || '' '' || (ARRAY[''Mon'',''Tue'',''Wed'',''Thu'',''Fri'',''Sat'',''Sun''])[weekday]',
        'Day of the week, 1 is Monday'),
       ('touchpoint_gap', 'touchpoint',
        'touchpoint_name || coalesce('' ('' || nullif(touchpoint_id, touchpoint_name) || '')'', '''')',
        'The touchpoint, its key beside its name: two may have the same name');

-- What a data set has of a view whose rows are more than one picture can show. A
-- filter of the chart would not do: Superset lets none ask for the latest day.
CREATE TEMPORARY TABLE cut (view_name text, condition text);
INSERT INTO cut VALUES
    ('segment_transition', format('snapshot_on = (SELECT max(snapshot_on) FROM %I.segment_transition)', :'workspace'));

CREATE TEMPORARY TABLE chart (n serial, section text, name text, view_name text, viz_type text, params jsonb);
INSERT INTO chart (section, name, view_name, viz_type, params) VALUES
('Who they are', 'Segments: customers and revenue', 'segment_summary', 'echarts_timeseries_bar',
 '{"x_axis": "segment_sorted", "metrics": ["customer_share", "amount_share"], "orientation": "horizontal",
   "x_axis_sort": "segment_sorted", "x_axis_sort_asc": false, "y_axis_format": ".0%"}'),
('Who they are', 'Recency and frequency', 'rfm_heatmap', 'heatmap_v2',
 '{"x_axis": "recency", "groupby": "frequency", "metric": "customer_count", "sort_y_axis": "alpha_asc"}'),
('Where they stand', 'Segments over time', 'segment_history', 'echarts_timeseries_line',
 '{"x_axis": "month_on", "metrics": ["customer_count"], "groupby": ["segment_sorted"]}'),
('Where they stand', 'Stages', 'lifecycle_summary', 'echarts_timeseries_bar',
 '{"x_axis": "stage_sorted", "metrics": ["customer_share"], "orientation": "horizontal",
   "x_axis_sort": "stage_sorted", "x_axis_sort_asc": false, "y_axis_format": ".0%"}'),
('Where they stand', 'Who moved where', 'segment_transition', 'heatmap_v2',
 '{"x_axis": "moved_to", "groupby": "moved_from", "metric": "customer_count"}'),
('Do they stay', 'Retention by cohort', 'retention_cohort', 'heatmap_v2',
 '{"x_axis": "period_number", "groupby": "cohort", "metric": "retained_share", "y_axis_format": ".0%",
   "where": "period_number BETWEEN 1 AND 12"}'),
('Do they stay', 'Growth: new, returned, lost', 'growth_accounting', 'echarts_timeseries_bar',
 '{"x_axis": "month_on", "metrics": ["new_count", "resurrecting_count", "lost_count"], "stack": "Stack"}'),
('What are they worth', 'Customer lifetime value by segment', 'clv_by_segment', 'echarts_timeseries_bar',
 '{"x_axis": "segment_sorted", "metrics": ["total_clv"], "orientation": "horizontal",
   "x_axis_sort": "segment_sorted", "x_axis_sort_asc": false}'),
('What are they worth', 'Probability of being still a customer', 'p_alive_matrix', 'heatmap_v2',
 '{"x_axis": "purchases", "groupby": "silence", "metric": "p_alive", "y_axis_format": ".0%",
   "sort_y_axis": "alpha_desc"}'),
('What are they worth', 'Does the model track?', 'clv_tracking', 'echarts_timeseries_line',
 '{"x_axis": "week_on", "metrics": ["actual_count", "expected_count"], "time_grain_sqla": "P1W"}'),
('Experience', 'Gaps by touchpoint', 'touchpoint_gap', 'echarts_timeseries_bar',
 '{"x_axis": "touchpoint", "metrics": ["gap"], "orientation": "horizontal",
   "x_axis_sort": "touchpoint", "x_axis_sort_asc": false}'),
('Experience', 'Net promoter score', 'nps_monthly', 'echarts_timeseries_line',
 '{"x_axis": "month_on", "metrics": ["nps", "nps_low", "nps_high"], "groupby": ["kind"]}'),
('Service', 'Cases opened, resolved, left', 'case_flow', 'echarts_timeseries_line',
 '{"x_axis": "month_on", "metrics": ["opened_count", "resolved_count", "backlog_count"]}'),
('Service', 'Cases by hour of the week', 'service_hours', 'heatmap_v2',
 '{"x_axis": "day_label", "groupby": "hour_label", "metric": "case_count", "sort_y_axis": "alpha_desc"}'),
('Campaigns', 'Conversions credited to channels', 'attribution', 'echarts_timeseries_bar',
 '{"x_axis": "channel", "metrics": ["first_count", "last_count", "linear_count"],
   "groupby": ["conversion_kind"], "where": "is_attributed"}'),
('Plan', 'Sales and plan', 'sales_result', 'echarts_timeseries_line',
 '{"x_axis": "month_on", "metrics": ["amount", "plan_amount"]}'),
('Can it be trusted', 'Checks with problems', 'data_quality', 'table',
 '{"all_columns": ["source", "check_name", "severity", "problem_count", "meaning"], "query_mode": "raw",
   "where": "problem_count > 0"}');
DELETE FROM chart WHERE to_regclass(format('%I.%I', :'workspace', view_name)) IS NULL;
