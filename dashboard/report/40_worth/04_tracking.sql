-- needs: clv_tracking
-- empty: There is no model of lifetime value to be checked.
WITH week AS MATERIALIZED (
    SELECT week_on, actual_count, expected_count, actual_cumulative_count, expected_cumulative_count, is_holdout,
           fitted_on, clv_model_name
    FROM clv_tracking
), told AS (
    -- Where nobody came there is nothing that the model could be off by.
    SELECT bool_or(is_holdout) AS is_tested,
           to_char(100 * (sum(expected_count) FILTER (WHERE is_holdout)
                          / nullif(sum(actual_count) FILTER (WHERE is_holdout), 0) - 1), 'SGFM999,999,990.0') AS off,
           to_char(100 * (sum(expected_count) / nullif(sum(actual_count), 0) - 1), 'SGFM999,999,990.0')
               AS off_in_sample,
           to_char(sum(expected_count) FILTER (WHERE is_holdout), 'FM999,999,999,990.0') AS expected_in_holdout,
           min(fitted_on) AS fitted_on, min(clv_model_name) AS clv_model_name
    FROM week
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', CASE WHEN told.off IS NOT NULL
                  THEN format('Week by week since its fit the model is %s %% off', told.off)
                  WHEN told.is_tested
                  THEN format('Since the fit nobody came again, the model expects %s', told.expected_in_holdout)
                  WHEN told.off_in_sample IS NOT NULL
                  THEN format('In sample the model is %s %% off', told.off_in_sample)
                  ELSE 'Nobody has come again yet' END,
    'subtitle', format('Repeat purchase days of all customers by week and added up: actual (solid),'
                       ' expected by %s (dashed); fitted on %s; up to %s; n = %s (repeat purchase days)',
                       told.clv_model_name, told.fitted_on, crm_as_of(),
                       to_char(coalesce((SELECT sum(actual_count) FROM week), 0), 'FM999,999,999,990')),
    'sentence', 'The model knows of each customer only when they came first, also of those who came since. '
                || CASE WHEN told.is_tested
                        THEN 'Right of the rule it has seen nothing:'
                             || ' there the dashed line is a forecast put to the test.'
                        ELSE 'The fit is too young to be tested on what followed it: this is in sample.' END,
    'columns', json '[["week_on", "Week of"], ["actual_count", "Actual", "#"], ["expected_count", "Expected", "0.0"],
                      ["actual_cumulative_count", "Actual, added up", "#"],
                      ["expected_cumulative_count", "Expected, added up", "0.0"]]',
    'extra', json_build_object('fit', CASE WHEN told.is_tested
                                           THEN json_build_array(json_build_object('fitted_on', told.fitted_on))
                                           ELSE json '[]' END),
    'rows', (SELECT json_agg(week ORDER BY week_on) FROM week))
FROM told;
