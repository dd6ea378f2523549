-- What is wrong with goals.
-- source, check, severity, what it means, how many (NULL: rows), an example, of which rows
('goal', 'unknown_segment', 'error', 'Goals for a segment that setting.segment_map does not name: nobody is in it.',
 NULL, 'min(goal_id)::text',
 $$FROM goal
 WHERE segment IS NOT NULL AND NOT EXISTS (SELECT FROM segment WHERE segment.segment = goal.segment)$$),
