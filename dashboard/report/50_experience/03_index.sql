-- needs: experience_index
-- empty: No touchpoint is rated yet.
-- By module; where touchpoints have none, by touchpoint.
WITH node AS MATERIALIZED (
    SELECT level_name, level_order, coalesce(node_name, node_id) AS node, index_value, coverage_share
    FROM experience_index
), bar AS MATERIALIZED (
    SELECT node, index_value, coverage_share
    FROM node
    WHERE index_value IS NOT NULL
      AND level_name = CASE WHEN EXISTS (SELECT FROM node WHERE level_name = 'module') THEN 'module'
                            ELSE 'touchpoint' END
), whole AS (
    SELECT index_value, coverage_share FROM node WHERE level_name = 'company' AND index_value IS NOT NULL
)
SELECT json_build_object(
    'title', format('The experience index is %s of 100', to_char(whole.index_value, 'FM990')),
    'subtitle', format('Index, 0 to 100, of actual ratings; the rule is the whole; %s; %s %%'
                       ' of what should be rated was', crm_as_of(),
                       to_char(100 * whole.coverage_share, 'FM990')),
    'sentence', 'Bars left of the rule pull the whole down. What was never rated is left out,'
                || ' and lowers the coverage only.',
    'columns', json '[["node", "Of"], ["index_value", "Index", "0.0"], ["coverage_share", "Rated", "%"]]',
    'extra', json_build_object('whole', json_build_array(whole)),
    'rows', (SELECT json_agg(bar ORDER BY index_value DESC, node) FROM bar))
FROM whole;
