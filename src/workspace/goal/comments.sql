-- name, comment. A name is a column's, a column's of one relation, or a relation's
-- (relation.*). What stands here first goes before what comes later, and what a
-- statement has commented before both.

-- relations
('goal.*', 'One row per goal: a metric, a period and a target. Filled by its owner; see goal_attainment.'),

-- Goals
('goal_id', 'Number of the goal.'),
('family', 'What the goal is about: value, behaviour, experience or satisfaction.'),
('metric', 'What is measured: see goal_attainment.'),
('goal.metric',
 'What is measured: see goal_attainment for what each means.
revenue, orders, active_customers, new_customers, retention_share; of ratings mean_gap, satisfied_share, nps.'),
('goal.segment', 'Segment whose customers count; NULL for all.'),
('goal_attainment.segment', 'Segment whose customers count; NULL for all.'),
('period_start', 'First day of the period.'),
('period_end', 'Last day of the period.'),
('target', 'Value to be reached, in the units of the metric: amount, count, share 0..1, points.'),
('actual_value', 'Value of the metric in the period up to as_of; NULL where there is nothing to take a mean of.'),
('attainment_pct',
 '100 times actual_value over target, for direction down target over actual_value; NULL unless target is positive.'),
('is_met',
 'Whether actual_value has reached target, for direction down not gone beyond it; NULL where actual_value is.'),
('goal_attainment.is_complete', 'Whether the period is over by as_of; until then values may still grow.'),
('direction', 'up where more is better, down where less is.'),
('goal.touchpoint_id', 'Touchpoint whose ratings count; NULL for all.'),
('goal_attainment.touchpoint_id', 'Touchpoint whose ratings count; NULL for all.'),
('goal.department', 'Department whose goal it is; NULL for that of all.'),
('goal_attainment.department', 'Department whose goal it is; NULL for that of all.'),
