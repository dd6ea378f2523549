-- needs: lifecycle_summary concentration
-- empty: Nobody has bought yet.
WITH total AS (
    SELECT coalesce((SELECT amount FROM concentration), sum(summary.amount)) AS amount FROM lifecycle_summary AS summary
), bar AS MATERIALIZED (
    SELECT coalesce(named.stage, 'no stage') AS stage, named.stage_order, summary.customer_count,
           summary.customer_share,
           summary.amount,
           -- Of all net revenue, so that what is below zero has a share below zero.
           CASE WHEN total.amount > 0 THEN (summary.amount / total.amount)::double precision END AS amount_share
    FROM (
        SELECT stage, stage_order
        FROM unnest('{new,growing,mature,declining,departed}'::text[]) WITH ORDINALITY AS listed (stage, stage_order)
        UNION ALL SELECT NULL, NULL
    ) AS named
    CROSS JOIN total
    LEFT JOIN lifecycle_summary AS summary ON summary.stage IS NOT DISTINCT FROM named.stage
    WHERE named.stage IS NOT NULL OR summary.customer_count > 0
), told AS (
    SELECT sum(customer_share) FILTER (WHERE stage IN ('new', 'growing', 'mature')) AS active_share,
           sum(customer_share) FILTER (WHERE stage = 'departed') AS departed_share,
           sum(customer_count) AS customer_count,
           bool_or(stage_order IS NOT NULL AND customer_count > 0) AS has_stage
    FROM bar
)
SELECT json_build_object(
    'title', CASE WHEN has_stage
                  THEN format('%s %% are active, %s %% have departed',
                              to_char(100 * coalesce(active_share, 0), 'FM990.0'),
                              to_char(100 * coalesce(departed_share, 0), 'FM990.0'))
                  ELSE 'Nobody has a stage yet' END,
    'subtitle', format('Share of customers and of net revenue by stage, up to %s; n = %s (customers)', crm_as_of(),
                       to_char(customer_count, 'FM999,999,999,990')),
    'sentence', 'Departed is who has been silent for several times the own usual gap: two customers with the same last'
                || ' purchase may stand in different stages.'
                || CASE WHEN EXISTS (SELECT FROM bar WHERE amount_share < 0)
                        THEN ' Left of zero refunds exceed purchases, so the others bring more than all.'
                        ELSE '' END,
    'columns', json '[["stage", "Stage"], ["customer_count", "Customers", "#"], ["customer_share", "of all", "%"],
                      ["amount", "Revenue", "#"], ["amount_share", "of all", "%"]]',
    'rows', (SELECT json_agg(bar ORDER BY stage_order) FROM bar))
FROM told
WHERE told.customer_count > 0;
