-- What is wrong with angles, surveys and actions.
-- source, check, severity, what it means, how many (NULL: rows), an example, of which rows
('rating', 'missing_angle', 'warning',
 'Ratings without an angle, where some are listed: no view of experience has them; example: the touchpoint.',
 NULL, 'min(touchpoint_id)',
 $$FROM rating WHERE angle IS NULL AND level <> 'recommend' AND EXISTS (SELECT FROM angle)$$),
('rating', 'unknown_angle', 'warning',
 'Ratings from an angle that is not listed, where others are: no view of experience has them; example: the angle.',
 NULL, 'min(rated.angle)',
 $$FROM rating AS rated
 WHERE rated.angle IS NOT NULL AND rated.level <> 'recommend' AND EXISTS (SELECT FROM angle)
   AND NOT EXISTS (SELECT FROM angle WHERE angle.angle_id = rated.angle)$$),

('touchpoint', 'unknown_parent', 'warning',
 'Touchpoints that are a detail of one that is not there, or of themselves.',
 NULL, 'min(touchpoint_id)',
 $$FROM touchpoint AS detail
 WHERE parent_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM touchpoint
                   WHERE touchpoint.touchpoint_id = detail.parent_id
                     AND detail.parent_id IS DISTINCT FROM detail.touchpoint_id)$$),
('touchpoint', 'unknown_stage', 'warning', 'Touchpoints for a stage that does not exist; example: the touchpoint.',
 NULL, 'min(touchpoint_id)',
 $$FROM touchpoint WHERE stage NOT IN ('new', 'growing', 'mature', 'declining', 'departed')$$),

('angle', 'duplicate_angle', 'error',
 'Further rows with a key that another row has: views take what the first of them says.',
 'coalesce(sum(n - 1), 0)', 'min(angle_id)',
 $$FROM (
     SELECT angle_id, count(*) AS n FROM angle WHERE angle_id IS NOT NULL GROUP BY angle_id HAVING count(*) > 1
 ) AS duplicate$$),

('survey', 'duplicate_survey', 'error',
 'Further rows with a key that another row has: each counts as a survey, and has the answers of all.',
 'coalesce(sum(n - 1), 0)', 'min(survey_id)',
 $$FROM (
     SELECT survey_id, count(*) AS n FROM survey
     WHERE survey_id IS NOT NULL GROUP BY survey_id HAVING count(*) > 1
 ) AS duplicate$$),
('survey', 'unknown_kind', 'info',
 'Surveys of a kind that survey_kind does not know: they are neither nps, csat nor ces; example: the kind.',
 NULL, 'min(kind)',
 $$FROM survey WHERE lower(coalesce(kind, '') COLLATE "C") NOT IN (SELECT survey_kind.kind FROM survey_kind)$$),
('survey', 'answered_before_sent', 'error', 'Surveys answered before they were sent: no waiting time has them.',
 NULL, 'min(survey_id)', $$FROM survey WHERE answered_at < sent_at$$),
('survey', 'invalid_scale', 'error',
 'Surveys whose scale has no width, and of recommendation on another than 0..10: views of scores leave them out.',
 NULL, 'min(survey_id)',
 $$FROM survey_known
 WHERE scale_low = scale_high OR survey_kind = 'nps' AND (scale_low, scale_high) <> (0, 10)$$),

('survey_answer', 'unknown_survey', 'warning',
 'Answers to a survey that is not there: no view has them; example: the survey.',
 NULL, 'min(survey_id)',
 $$FROM survey_answer AS given
 WHERE NOT EXISTS (SELECT FROM survey WHERE survey.survey_id = given.survey_id)$$),
('survey_answer', 'unknown_code', 'warning',
 'Answers with a code that answer_code does not know: they go by their words; example: the code.',
 NULL, 'min(code)',
 $$FROM survey_answer
 WHERE code IS NOT NULL AND lower(btrim(code) COLLATE "C") NOT IN (SELECT answer_code.code FROM answer_code)$$),
('survey_answer', 'code_with_score', 'warning',
 'Answers that are dk, na or refused but have a score: the score does not count; example: the survey.',
 NULL, 'min(given.survey_id)',
 $$FROM survey_answer AS given
 JOIN answer_code AS said ON said.code = lower(btrim(given.code) COLLATE "C")
 WHERE said.meaning <> 'answer' AND given.score IS NOT NULL$$),
('survey_answer', 'score_off_scale', 'error',
 'Scores off the scale of the survey: they do not count; example: the survey.',
 NULL, 'min(given.survey_id)',
 $$FROM survey_answer AS given
 JOIN survey_known AS asked USING (survey_id)
 WHERE given.score NOT BETWEEN least(asked.scale_low, asked.scale_high)
     AND greatest(asked.scale_low, asked.scale_high)$$),
('survey_answer', 'missing_customer', 'info',
 'Answers without a customer whose survey has one: crm_export_customer and crm_erase_customer do not see them.',
 NULL, 'min(given.survey_id)',
 $$FROM survey_answer AS given
 JOIN survey ON survey.survey_id = given.survey_id AND survey.customer_id IS NOT NULL
 WHERE given.customer_id IS NULL$$),

('action', 'unknown_touchpoint', 'warning',
 'Actions for a touchpoint that is neither listed nor rated; example: the touchpoint.',
 NULL, 'min(touchpoint_id)',
 $$FROM action
 WHERE touchpoint_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM touchpoint_weight AS place WHERE place.touchpoint_id = action.touchpoint_id)$$),
('action', 'done_before_found', 'error', 'Actions done before they were found.',
 NULL, 'min(action_id)', $$FROM action WHERE done_on < found_on$$),
