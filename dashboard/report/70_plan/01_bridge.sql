-- needs: plan_variance_total
-- empty: There is no plan, of which all amounts are known and can be shown, for a period that is over.
-- The last such period, of sales or else of the kind with most planned. Where nothing
-- came, that is what came.
WITH told AS MATERIALIZED (
    SELECT *, coalesce(actual_amount, 0) AS came_amount FROM plan_variance_total
    WHERE is_complete AND variance_share IS NOT NULL AND unknown_line_count = 0
    ORDER BY kind = 'sales' DESC, period_end DESC, plan_amount DESC, kind LIMIT 1
), part AS (
    SELECT step.*
    FROM told
    CROSS JOIN LATERAL (
        VALUES (1, 'Plan', plan_amount, true), (2, 'Volume', volume_variance, false), (3, 'Mix', mix_variance, false),
               (4, 'Price', price_variance, false),
               (5, 'Other', variance - coalesce(volume_variance, 0) - coalesce(mix_variance, 0)
                                     - coalesce(price_variance, 0), false),
               (6, 'Actual', came_amount, true)
    ) AS step (step_order, step, amount, is_total)
    WHERE step.amount IS NOT NULL AND (is_total OR round(step.amount, 2) <> 0)
), bar AS MATERIALIZED (
    SELECT step_order, step, amount::double precision AS amount, is_total,
           (CASE WHEN is_total THEN 0 ELSE sum(amount) FILTER (WHERE step_order < 6)
               OVER (ORDER BY step_order) - amount END)::double precision AS from_amount,
           (CASE WHEN is_total THEN amount ELSE sum(amount) FILTER (WHERE step_order < 6)
               OVER (ORDER BY step_order) END)::double precision AS to_amount
    FROM part
)
SELECT json_build_object(
    'title', initcap(left(told.kind, 1)) || substr(told.kind, 2)
             || CASE WHEN told.variance = 0 THEN ': as planned'
                     ELSE format(': %s %% %s plan', to_char(abs(100 * told.variance_share), 'FM999,999,999,990.0'),
                                 CASE WHEN told.variance < 0 THEN 'below' ELSE 'above' END) END,
    'subtitle', format('From the plan to what came, %s to %s; n = %s (lines of the plan)',
                       told.period_start, told.period_end, told.line_count),
    'sentence', 'Volume is more or fewer sold, mix the dearer or the cheaper of them, price what each was sold at;'
                || ' other is what cannot be told apart, as lines that came without a plan.'
                || CASE WHEN told.is_favourable THEN '' ELSE ' That is not in the company''s favour.' END,
    'columns', json '[["step", "Step"], ["amount", "Amount", "0.00"]]',
    'rows', (SELECT json_agg(bar ORDER BY step_order) FROM bar))
FROM told;
