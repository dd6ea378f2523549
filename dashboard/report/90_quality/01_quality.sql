-- needs: data_quality
WITH problem AS MATERIALIZED (
    SELECT source, severity, meaning, problem_count, check_name FROM data_quality
), told AS (
    SELECT count(*) FILTER (WHERE problem_count > 0 AND severity <> 'info') AS bad_count, count(*) AS check_count
    FROM problem
)
SELECT json_build_object(
    'title', CASE told.bad_count WHEN 0 THEN 'Nothing is wrong with the rows'
                  WHEN 1 THEN 'One check of the rows found something'
                  ELSE format('%s checks of the rows found something', told.bad_count) END,
    'subtitle', format('Checks of the sources with rows concerned; %s checks in all; %s', told.check_count,
                       crm_as_of()),
    'sentence', 'What is marked info is as it should be and good to know.',
    'columns', json '[["source", "Source"], ["meaning", "What was found"], ["severity", "Severity"],
                      ["problem_count", "Rows", "#"]]',
    'rows', coalesce((SELECT json_agg(problem ORDER BY severity = 'info', problem_count DESC, source, check_name)
                      FROM problem WHERE problem_count > 0), '[]'))
FROM told;
