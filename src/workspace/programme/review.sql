-- What is good, what to improve, to raise and to simplify; and what was done.

CREATE OR REPLACE VIEW touchpoint_effort AS
SELECT touchpoint_id,
       answer_count,
       ease_share,
       crm_as_of() AS as_of
FROM (
    SELECT scored.touchpoint_id, count(*) AS answer_count,
           avg(((scored.score - scored.scale_low) / (scored.scale_high - scored.scale_low))::numeric)::double precision
               AS ease_share,
           setting.min_cell
    FROM survey_score AS scored
    CROSS JOIN (SELECT min_cell, rating_days FROM setting LIMIT 1) AS setting
    WHERE scored.survey_kind = 'ces' AND scored.touchpoint_id IS NOT NULL AND scored.scale_high <> scored.scale_low
      AND ((scored.answered_at AT TIME ZONE :'time_zone')::date > scored.as_of - setting.rating_days) IS NOT FALSE
    GROUP BY scored.touchpoint_id, setting.min_cell
) AS counted
WHERE crm_is_shown(min_cell, answer_count);
COMMENT ON VIEW touchpoint_effort IS
'One row per touchpoint with surveys of effort: how easy it is, 0 hardest to 1 easiest.
Answers of setting.rating_days. Touchpoints of fewer answers than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW experience_review AS
SELECT priority.touchpoint_id,
       priority.touchpoint_name,
       priority.module_id,
       priority.module_name,
       verdict.verdict,
       array_position('{improve,simplify,raise,good}', verdict.verdict) AS verdict_order,
       priority.actual_mean,
       gap.gap,
       gap.outcome,
       priority.stated_quadrant,
       effort.ease_share,
       priority.priority_rank,
       priority.as_of
FROM gap_priority AS priority
JOIN touchpoint_gap AS gap USING (touchpoint_id)
LEFT JOIN touchpoint_effort AS effort USING (touchpoint_id)
CROSS JOIN (SELECT ease_cut FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT CASE WHEN effort.ease_share < setting.ease_cut THEN 'simplify'
                WHEN priority.stated_quadrant = 'concentrate here' THEN 'improve'
                WHEN priority.stated_quadrant = 'low priority' THEN 'raise'
                WHEN priority.stated_quadrant = 'possible overkill' THEN 'simplify'
                WHEN priority.stated_quadrant = 'keep up' THEN 'good' END AS verdict
) AS verdict;
COMMENT ON VIEW experience_review IS
'One row per rated touchpoint: good, improve, raise or simplify.
By importance and performance (gap_priority.stated_quadrant): keep up is good, concentrate here improve, low priority
raise, possible overkill simplify; and whichever it is, simplify where ease_share is below setting.ease_cut. Touchpoints
of fewer customers than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW action_status AS
SELECT known.action_id,
       known.touchpoint_id,
       known.finding,
       known.owner,
       known.found_on,
       known.due_on,
       known.done_on,
       CASE WHEN known.done_on IS NOT NULL THEN CASE WHEN known.done_on > known.due_on THEN 'done late' ELSE 'done' END
            WHEN known.due_on < known.as_of THEN 'overdue' ELSE 'open' END AS status,
       nullif(coalesce(known.done_on, known.as_of), '-infinity') - nullif(known.found_on, '-infinity') AS open_days,
       known.as_of
FROM (
    SELECT action_id, touchpoint_id, finding, owner, found_on, due_on,
           CASE WHEN done_on <= (SELECT crm_as_of()) THEN done_on END AS done_on, crm_as_of() AS as_of
    FROM action
    WHERE (found_on <= (SELECT crm_as_of())) IS NOT FALSE
) AS known;
COMMENT ON VIEW action_status IS
'One row per action found by as_of: open, overdue, done or done late.';

CREATE OR REPLACE VIEW closed_loop AS
SELECT touchpoint_id,
       coalesce(gap.touchpoint_name, touchpoint_id) AS touchpoint_name,
       gap.gap,
       gap.outcome,
       coalesce(counted.action_count, 0) AS action_count,
       coalesce(counted.open_count, 0) AS open_count,
       coalesce(counted.overdue_count, 0) AS overdue_count,
       coalesce(counted.done_count, 0) AS done_count,
       counted.in_time_count / nullif(counted.due_count, 0)::double precision AS in_time_share,
       gap.outcome = 'negative' AND coalesce(counted.open_count, 0) = 0 AS is_unanswered,
       crm_as_of() AS as_of
FROM (SELECT * FROM touchpoint_gap) AS gap
FULL JOIN (
    SELECT touchpoint_id,
           count(*) AS action_count,
           count(*) FILTER (WHERE status IN ('open', 'overdue')) AS open_count,
           count(*) FILTER (WHERE status = 'overdue') AS overdue_count,
           count(*) FILTER (WHERE status IN ('done', 'done late')) AS done_count,
           count(*) FILTER (WHERE status = 'done' AND due_on IS NOT NULL) AS in_time_count,
           count(*) FILTER (WHERE status <> 'open' AND due_on IS NOT NULL) AS due_count
    FROM action_status
    WHERE touchpoint_id IS NOT NULL
    GROUP BY touchpoint_id
) AS counted USING (touchpoint_id)
WHERE counted.action_count > 0 OR gap.outcome = 'negative';
COMMENT ON VIEW closed_loop IS
'One row per touchpoint with an action, or rated negative: what is done about it.
in_time_share is of the actions with a day by which to be done that were done, or whose day has passed. is_unanswered:
rated negative, and no action is open.';

CREATE OR REPLACE VIEW action_effect AS
SELECT compared.action_id,
       compared.touchpoint_id,
       compared.owner,
       compared.done_on,
       coalesce(crm_gap_count(compared.before_e), 0) AS before_count,
       crm_gap_mean(compared.before_e) AS before_gap,
       coalesce(crm_gap_count(compared.after_e), 0) AS after_count,
       crm_gap_mean(compared.after_e) AS after_gap,
       test.difference AS gap_change,
       test.low AS gap_change_low,
       test.high AS gap_change_high,
       test.p_value,
       compared.done_on + compared.action_days <= crm_over_on(:'time_zone') AS is_complete,
       compared.as_of
FROM (
    SELECT done.action_id, done.touchpoint_id, done.owner, done.done_on, done.as_of, setting.action_days,
        setting.min_cell,
           crm_experience_agg(pair.expected, pair.actual, pair.weight) FILTER (WHERE pair.rated_on <= done.done_on)
               AS before_e,
           crm_experience_agg(pair.expected, pair.actual, pair.weight) FILTER (WHERE pair.rated_on > done.done_on)
               AS after_e,
           count(DISTINCT pair.customer_id) FILTER (WHERE pair.rated_on <= done.done_on) AS before_customer_count,
           count(DISTINCT pair.customer_id) FILTER (WHERE pair.rated_on > done.done_on) AS after_customer_count
    FROM action_status AS done
    CROSS JOIN (SELECT action_days, min_cell FROM setting LIMIT 1) AS setting
    LEFT JOIN (
        SELECT touchpoint_id, customer_id, rated_on, expected, actual, weight FROM rating_pair_ever
            WHERE gap IS NOT NULL
    ) AS pair ON pair.touchpoint_id = done.touchpoint_id
             AND pair.rated_on > done.done_on - setting.action_days
                 AND pair.rated_on <= done.done_on + setting.action_days
    WHERE done.done_on IS NOT NULL AND done.touchpoint_id IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7
) AS compared
LEFT JOIN LATERAL crm_gap_test(compared.after_e, compared.before_e) AS test ON true
WHERE crm_is_shown(compared.min_cell, compared.before_customer_count, compared.after_customer_count);
COMMENT ON VIEW action_effect IS
'One row per action done by as_of: the gap of its touchpoint before and after.
Over setting.action_days days up to done_on and as many after; is_complete once those have passed. An association, not
an effect. Actions with fewer customers than setting.min_cell on a side are hidden.';

CREATE OR REPLACE VIEW maturity_status AS
SELECT practice,
       level,
       array_position('{none,project,programme,strategy}', level) AS level_order,
       declared_on,
       crm_as_of() AS as_of
FROM maturity
WHERE declared_on <= (SELECT crm_as_of());
COMMENT ON VIEW maturity_status IS
'One row per practice: how far the company says it is. Declared, not measured.';
