-- What is wrong with ratings.
-- source, check, severity, what it means, how many (NULL: rows), an example, of which rows
('rating', 'missing_customer', 'info',
 'Ratings without a customer: benchmarks, or anonymous; those of a day count as one; example: the touchpoint.',
 NULL, 'min(touchpoint_id)', $$FROM rating WHERE customer_id IS NULL$$),
('rating', 'missing_date', 'warning',
 'Ratings without a date: they count on every day of as_of; example: the customer, as below.',
 NULL, 'min(customer_id::text)', $$FROM rating WHERE rated_on IS NULL$$),
('rating', 'missing_touchpoint', 'warning',
 'Ratings without a touchpoint, other than recommend: views leave them out; example: the customer.',
 NULL, 'min(customer_id::text)', $$FROM rating WHERE touchpoint_id IS NULL AND level IS DISTINCT FROM 'recommend'$$),
('rating', 'unknown_level', 'error', 'Ratings of a level that no view reads; example: the level.',
 NULL, 'min(level)',
 $$FROM rating
 WHERE coalesce(level, '') NOT IN ('expected', 'actual', 'industry', 'enterprise', 'satisfied',
                                   'ideal', 'recommend')$$),
('rating', 'missing_score', 'info', 'Ratings without a score: unanswered.',
 NULL, 'min(customer_id::text)', $$FROM rating WHERE score IS NULL$$),
('rating', 'score_off_scale', 'error',
 'Scores off setting.scale_low..scale_high, for recommend other than whole 0..10: views leave them out.',
 NULL, 'min(customer_id::text)',
 $$FROM rating CROSS JOIN setting
 WHERE CASE level WHEN 'recommend' THEN score NOT IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                  ELSE score NOT BETWEEN scale_low AND scale_high END$$),
('rating', 'invalid_weight', 'error', 'Weights that are negative or not finite: views leave the ratings out.',
 NULL, 'min(customer_id::text)',
 $$FROM rating
 WHERE NOT (weight >= 0 AND weight < 'Infinity')$$),
('rating', 'zero_weight', 'info', 'Ratings of weight 0: views leave them out.',
 NULL, 'min(customer_id::text)', $$FROM rating WHERE weight = 0$$),
('rating', 'unknown_touchpoint', 'warning',
 'Ratings of touchpoints that are not in touchpoint, unless that is empty; example: the touchpoint.',
 NULL, 'min(touchpoint_id)',
 $$FROM rating
 WHERE touchpoint_id IS NOT NULL AND EXISTS (SELECT FROM touchpoint)
   AND NOT EXISTS (SELECT FROM touchpoint WHERE touchpoint.touchpoint_id = rating.touchpoint_id)$$),

('touchpoint', 'duplicate_touchpoint', 'error',
 'Further rows with a key that another row has: views take what the first of them says.',
 'coalesce(sum(n - 1), 0)', 'min(touchpoint_id)',
 $$FROM (
     SELECT touchpoint_id, count(*) AS n FROM touchpoint
     WHERE touchpoint_id IS NOT NULL GROUP BY touchpoint_id HAVING count(*) > 1
 ) AS duplicate$$),

('module', 'duplicate_module', 'error',
 'Further rows with a key that another row has: views take what the first of them says.',
 'coalesce(sum(n - 1), 0)', 'min(module_id)',
 $$FROM (
     SELECT module_id, count(*) AS n FROM module WHERE module_id IS NOT NULL GROUP BY module_id HAVING count(*) > 1
 ) AS duplicate$$),

-- Of ten answers on 0..10 one is above 7 nearly always.
('rating', 'recommend_scale', 'warning',
 'Answers to recommend where ten or more are all of 7 or less: another scale than 0..10? All count as no promoter.',
 'CASE WHEN count(*) >= 10 AND max(score) <= 7 THEN count(*) ELSE 0 END',
 'CASE WHEN count(*) >= 10 AND max(score) <= 7 THEN min(customer_id::text) END',
 $$FROM rating WHERE level = 'recommend' AND score IS NOT NULL$$),
