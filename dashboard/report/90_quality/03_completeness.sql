-- needs: data_completeness
-- empty: The source of customers has no rows: there is nobody whose name or address could be missing.
WITH field AS MATERIALIZED (
    SELECT column_name, column_order, customer_count, filled_count, filled_share FROM data_completeness
), told AS (
    SELECT count(*) AS column_count, count(*) FILTER (WHERE filled_share = 1) AS full_count
    FROM field
    HAVING max(customer_count) > 0
)
SELECT json_build_object(
    'title', format('%s of %s things are known of every customer', told.full_count, told.column_count),
    'subtitle', format('Customers of whom a column of customer_360 is filled; %s', crm_as_of()),
    'sentence', 'What is empty for most cannot be asked of all.',
    'columns', json '[["column_name", "Column"], ["filled_count", "Customers", "#"], ["filled_share", "of all", "%"]]',
    'rows', (SELECT json_agg(field ORDER BY column_order) FROM field))
FROM told;
