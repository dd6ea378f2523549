-- needs: rfm_heatmap rfm_thresholds
-- empty: Nobody has scores yet: they need purchases and a fit, see crm_refit.
WITH cell AS MATERIALIZED (
    SELECT r_score, f_score, customer_count,
           customer_count / nullif(sum(customer_count) OVER (), 0)::double precision AS customer_share,
           amount, mean_amount
    FROM rfm_heatmap
), richest AS (
    SELECT * FROM cell WHERE customer_count > 0
    ORDER BY customer_count >= 30 DESC, mean_amount DESC NULLS LAST LIMIT 1
), unused AS (
    SELECT array_agg(score ORDER BY score) AS scores, count(*)::integer AS score_count
    FROM rfm_thresholds
    WHERE dimension = 'frequency' AND customer_count = 0
)
SELECT json_build_object(
    'title', CASE WHEN richest.customer_count >= 30
                  THEN format('The best cell: %s customers, %s each',
                              to_char(richest.customer_count, 'FM999,999,999,990'),
                              to_char(richest.mean_amount, 'FM999,999,999,999,999,990'))
                  ELSE 'No cell has 30 customers yet' END,
    'subtitle', format('Recency and frequency scores, 5 best; in each cell its share of customers in %%,'
                       ' coloured by mean revenue; up to %s; n = %s (customers)', crm_as_of(),
                       to_char((SELECT sum(customer_count) FROM cell), 'FM999,999,999,990')),
    'sentence', 'Who bought lately stands right, who bought often stands above; the stronger the colour,'
                || ' the more each has brought. Cells below 30 customers are not coloured.'
                || CASE unused.score_count WHEN 0 THEN ''
                        WHEN 1 THEN format(' Frequency %s is empty', unused.scores[1])
                        ELSE format(' Frequencies %s and %s are empty',
                                    array_to_string(unused.scores[:unused.score_count - 1], ', '),
                                    unused.scores[unused.score_count]) END
                || CASE unused.score_count WHEN 0 THEN ''
                        ELSE ': so many have the same number of purchases that one score takes them all.' END,
    'columns', json '[["r_score", "Recency score", "#"], ["f_score", "Frequency score", "#"],
                      ["customer_count", "Customers", "#"],
                      ["customer_share", "of all", "%"], ["mean_amount", "Mean revenue", "#"]]',
    'rows', (SELECT json_agg(cell ORDER BY f_score DESC, r_score) FROM cell))
FROM richest CROSS JOIN unused;
