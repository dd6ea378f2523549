-- What is wrong with goals.
--
-- One SELECT a check: an aggregate without GROUP BY has a row even when there
-- is nothing to report. A condition on source or check_name leaves the other
-- checks unread.
CREATE OR REPLACE VIEW data_quality_goal AS
SELECT
    source, check_name, severity, meaning,
    problem_count::bigint AS problem_count, example_key,
    crm_as_of() AS as_of
FROM (
    SELECT
        'goal' AS source, 'unknown_segment' AS check_name, 'error' AS severity,
        'Goals for a segment that setting.segment_map does not name: nobody is in it.' AS meaning,
        count(*) AS problem_count, min(goal_id)::text AS example_key
    FROM goal
    WHERE segment IS NOT NULL AND NOT EXISTS (SELECT FROM segment WHERE segment.segment = goal.segment)
) AS checked;
COMMENT ON VIEW data_quality_goal IS
'One row a check of the sources of the subject goal: see data_quality.';
