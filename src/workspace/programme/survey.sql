-- Surveys: who was asked, who answered, and what is no answer.

CREATE OR REPLACE VIEW survey_known AS
SELECT asked.survey_id,
       lower(asked.kind COLLATE "C") COLLATE "default" AS kind,
       coalesce(known.meaning, 'other') AS survey_kind,
       asked.customer_id,
       asked.sent_at,
       CASE WHEN asked.answered_at < span.ended_at THEN asked.answered_at END AS answered_at,
       coalesce(asked.answered_at < span.ended_at, asked.sent_at IS NULL) AS is_answered,
       asked.wave,
       asked.touchpoint_id,
       coalesce(crm_finite(asked.scale_low), CASE known.meaning WHEN 'nps' THEN 0 WHEN 'csat' THEN 1 WHEN 'ces' THEN 1
                                 ELSE setting.scale_low END) AS scale_low,
       coalesce(crm_finite(asked.scale_high), CASE known.meaning WHEN 'nps' THEN 10 WHEN 'csat' THEN 5 WHEN 'ces' THEN 7
                                  ELSE setting.scale_high END) AS scale_high,
       span.as_of
FROM survey AS asked
LEFT JOIN survey_kind AS known ON known.kind = lower(asked.kind COLLATE "C")
CROSS JOIN (
    SELECT crm_as_of() AS as_of, crm_day_end(crm_as_of(), :'time_zone') AS ended_at LIMIT 1
) AS span
CROSS JOIN (SELECT scale_low, scale_high FROM setting LIMIT 1) AS setting
WHERE asked.survey_id IS NOT NULL AND (least(asked.sent_at, asked.answered_at) < span.ended_at) IS NOT FALSE;
COMMENT ON VIEW survey_known IS
'One row per survey sent or answered by as_of, with its scale.
One with neither date counts as answered, whatever as_of is.';

CREATE OR REPLACE VIEW survey_reply AS
SELECT asked.survey_id,
       asked.customer_id,
       asked.kind,
       asked.survey_kind,
       given.question,
       asked.answered_at,
       given.answer,
       coalesce(said.meaning, spoken.meaning,
                CASE WHEN given.score IS NOT NULL OR given.answer IS NOT NULL THEN 'answer' ELSE 'na' END) AS code,
       CASE WHEN coalesce(said.meaning, spoken.meaning, 'answer') = 'answer'
             AND given.score BETWEEN least(asked.scale_low, asked.scale_high)
                 AND greatest(asked.scale_low, asked.scale_high)
            THEN given.score END AS score,
       asked.scale_low,
       asked.scale_high,
       asked.as_of
FROM survey_answer AS given
JOIN survey_known AS asked ON asked.survey_id = given.survey_id
LEFT JOIN answer_code AS said ON said.code = nullif(lower(btrim(given.code) COLLATE "C"), '')
-- Blank beside a score says nothing.
LEFT JOIN answer_code AS spoken ON spoken.code = lower(btrim(given.answer) COLLATE "C") AND spoken.meaning <> 'answer'
                               AND (spoken.code <> '' OR given.score IS NULL)
WHERE asked.is_answered;
COMMENT ON VIEW survey_reply IS
'One row per answer to a question by as_of: answer, dk, na or refused.
By its code, else by its words, as answer_code says; blank is no code, and no word where there is a score.
A score off the scale, or with a code that is no answer, is NULL:
codes are never scores.';

CREATE OR REPLACE VIEW survey_question AS
SELECT counted.kind,
       counted.question,
       counted.asked_count,
       counted.substantive_count,
       counted.dk_count,
       counted.refused_count,
       counted.na_count,
       counted.dk_count / nullif(counted.asked_count - counted.na_count, 0)::double precision AS dk_share,
       counted.refused_count / nullif(counted.asked_count - counted.na_count, 0)::double precision AS refused_share,
       counted.na_count / nullif(counted.asked_count, 0)::double precision AS na_share,
       counted.score_count,
       counted.mean_score,
       counted.scale_low,
       counted.scale_high,
       crm_as_of() AS as_of
FROM (
    SELECT kind, question, scale_low, scale_high,
           count(*) AS asked_count,
           count(*) FILTER (WHERE code = 'answer') AS substantive_count,
           count(*) FILTER (WHERE code = 'dk') AS dk_count,
           count(*) FILTER (WHERE code = 'refused') AS refused_count,
           count(*) FILTER (WHERE code = 'na') AS na_count,
           count(score) AS score_count,
           avg(score::numeric)::double precision AS mean_score
    FROM survey_reply
    GROUP BY kind, question, scale_low, scale_high
) AS counted
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, counted.asked_count, counted.substantive_count, counted.dk_count,
    counted.refused_count,
                   counted.na_count);
COMMENT ON VIEW survey_question IS
'One row per kind of survey, scale and question: answers, and refusals and the like apart.
dk_share and refused_share are of those who answered in some way, na left out; na_share is of all. mean_score is over
scores alone. Questions where one of these counts is of somebody, but fewer than setting.min_cell, are hidden.';

CREATE OR REPLACE VIEW survey_option AS
SELECT counted.kind,
       counted.question,
       counted.answer,
       counted.code,
       counted.answer_count,
       CASE WHEN counted.code = 'answer' THEN counted.answer_count / counted.substantive_count::double precision END
           AS substantive_share,
       CASE WHEN counted.code = 'answer' THEN limits.low END AS substantive_low,
       CASE WHEN counted.code = 'answer' THEN limits.high END AS substantive_high,
       counted.answer_count / counted.asked_count::double precision AS asked_share,
       crm_as_of() AS as_of
FROM (
    SELECT kind, question, answer, code, count(*) AS answer_count,
           sum(count(*) FILTER (WHERE code = 'answer')) OVER (PARTITION BY kind, question) AS substantive_count,
           sum(count(*)) OVER (PARTITION BY kind, question) AS asked_count,
           coalesce(sum(count(*)) OVER (PARTITION BY kind, question ORDER BY count(*), answer, code
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS smaller_count
    FROM survey_reply
    GROUP BY kind, question, answer, code
) AS counted
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN LATERAL crm_proportion_interval(
    CASE WHEN counted.code = 'answer' THEN counted.answer_count END, counted.substantive_count::bigint)
        AS limits ON true
WHERE crm_is_shown(setting.min_cell, counted.answer_count, counted.smaller_count::bigint);
COMMENT ON VIEW survey_option IS
'One row per kind of survey, question and answer in words: how many said so.
substantive_share is of answers that are ones, with its 95 % interval (Wilson); asked_share of all, which mixes in who
did not know. Answers of fewer than setting.min_cell are hidden, and where those are fewer together, the next larger
too.';

-- An invitation too young to be answered is not unanswered: it is censored.
CREATE OR REPLACE VIEW survey_response AS
SELECT month.month_on,
       grouped.kind,
       grouped.sent_count,
       CASE WHEN shown.is_shown THEN grouped.answered_count END AS answered_count,
       CASE WHEN shown.is_shown THEN grouped.young_count END AS young_count,
       CASE WHEN shown.is_shown
            THEN grouped.old_answered_count / nullif(grouped.old_count, 0)::double precision END
           AS response_share,
       CASE WHEN shown.is_shown THEN 1 - crm_survival_share(grouped.wait, grouped.survey_days * 24) END
           AS response_within_share,
       CASE WHEN shown.is_shown THEN grouped.median_answered_hours END AS median_answered_hours,
       CASE WHEN shown.is_shown THEN crm_survival_quantile(grouped.wait, 0.5) END AS median_hours,
       CASE WHEN crm_is_shown(grouped.min_cell, grouped.over_contact_count,
                              grouped.sent_count - grouped.over_contact_count)
            THEN grouped.over_contact_count END AS over_contact_count,
       month.is_complete AND ((SELECT month_bounds FROM programme_span))[month.month_number + 1] - 1
                             + grouped.survey_days <= crm_over_on(:'time_zone') AS is_complete,
       month.as_of
FROM (
    SELECT width_bucket((sent_at AT TIME ZONE :'time_zone')::date, (SELECT month_bounds FROM programme_span))
        AS month_number,
           kind,
           survey_days,
           min_cell,
           count(*) AS sent_count,
           count(answered_at) AS answered_count,
           count(*) FILTER (WHERE answered_at IS NULL AND sent_at > ended_at - survey_days * interval '24 hours')
               AS young_count,
           count(*) FILTER (WHERE sent_at <= ended_at - survey_days * interval '24 hours') AS old_count,
           count(answered_at) FILTER (WHERE sent_at <= ended_at - survey_days * interval '24 hours')
               AS old_answered_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY (extract(epoch FROM answered_at - sent_at)
               / 3600)::double precision)
               FILTER (WHERE answered_at >= sent_at) AS median_answered_hours,
           crm_survival_agg((extract(epoch FROM coalesce(answered_at, ended_at) - sent_at) / 3600)::double precision,
                            answered_at IS NOT NULL) FILTER (WHERE (answered_at < sent_at) IS NOT TRUE) AS wait,
           count(*) FILTER (WHERE before_at + contact_days * interval '24 hours' > sent_at) AS over_contact_count
    FROM (
        SELECT asked.*, span.ended_at,
               CASE WHEN asked.customer_id IS NOT NULL
                    THEN lag(asked.sent_at) OVER (PARTITION BY asked.customer_id ORDER BY asked.sent_at,
                        asked.survey_id)
                    END AS before_at
        FROM survey_known AS asked
        CROSS JOIN programme_span AS span
        WHERE asked.sent_at < span.ended_at AND isfinite(asked.sent_at)
    ) AS sent
    CROSS JOIN (SELECT survey_days, contact_days, min_cell FROM setting LIMIT 1) AS setting
    GROUP BY 1, 2, 3, 4
) AS grouped
JOIN programme_month AS month USING (month_number)
CROSS JOIN LATERAL (
    SELECT crm_is_shown(grouped.min_cell, grouped.answered_count, grouped.sent_count - grouped.answered_count,
                        grouped.old_answered_count, grouped.old_count - grouped.old_answered_count,
                        grouped.young_count) AS is_shown
) AS shown
WHERE crm_is_shown(grouped.min_cell, grouped.sent_count);
COMMENT ON VIEW survey_response IS
'One row per month of invitations and kind: how many were answered, however later, and how fast.
response_share is of those sent before the last setting.survey_days: of younger ones only the answered would count.
young_count are those younger and not yet answered. response_within_share is the share answered within as many days,
of all (Kaplan-Meier). over_contact_count were sent
within setting.contact_days of the one before to the same customer. is_complete: the month and setting.survey_days are
over. Hidden as setting.min_cell says.';

-- Scores of a survey: the mean of its scored answers, those on its own scale where
-- a key comes with several. The last of a customer and wave counts, of those whose
-- scale can be read; who is unknown is somebody else every time.
CREATE OR REPLACE VIEW survey_score AS
SELECT DISTINCT ON (scored.kind, scored.customer_id, scored.anonymous_key,
                    coalesce(scored.wave_key, scored.month_number::text, ''), scored.place_key)
       scored.survey_id,
       scored.customer_id,
       scored.kind,
       scored.survey_kind,
       scored.touchpoint_id,
       scored.answered_at,
       scored.month_number,
       scored.score,
       scored.scale_low,
       scored.scale_high,
       scored.as_of
FROM (
    SELECT asked.survey_id, asked.customer_id, asked.kind, asked.survey_kind, asked.touchpoint_id, asked.answered_at,
           width_bucket((asked.answered_at AT TIME ZONE :'time_zone')::date, (SELECT month_bounds FROM programme_span))
               AS month_number,
           reply.score, asked.scale_low, asked.scale_high, asked.as_of,
           CASE WHEN asked.customer_id IS NULL THEN asked.survey_id END AS anonymous_key,
           'w' || asked.wave AS wave_key,
           CASE WHEN asked.survey_kind <> 'nps' THEN asked.touchpoint_id END AS place_key
    FROM survey_known AS asked
    JOIN (
        SELECT survey_id, scale_low, scale_high, avg(score::numeric)::double precision AS score
        FROM survey_reply
        WHERE score IS NOT NULL
        GROUP BY survey_id, scale_low, scale_high
    ) AS reply ON reply.survey_id = asked.survey_id AND reply.scale_low = asked.scale_low
              AND reply.scale_high = asked.scale_high
    WHERE asked.scale_low <> asked.scale_high
      AND (asked.survey_kind <> 'nps' OR asked.scale_low = 0 AND asked.scale_high = 10)
) AS scored
ORDER BY scored.kind, scored.customer_id, scored.anonymous_key,
         coalesce(scored.wave_key, scored.month_number::text, ''), scored.place_key, scored.answered_at DESC NULLS LAST,
         scored.survey_id;
COMMENT ON VIEW survey_score IS
'One row per kind of survey, customer and wave: the score of the last one by as_of that has one.
Of satisfaction and effort one per touchpoint that they are about. Without a wave the month of the answer is one. The
mean of the scored answers; anonymous surveys count each. Surveys on a scale without a width are left out, and those
of recommendation on another than 0..10, see data_quality.';

-- Who answered may stand with the answer alone.
CREATE OR REPLACE VIEW customer_elsewhere_programme AS
SELECT customer_id, crm_as_of() AS as_of
FROM survey
WHERE customer_id IS NOT NULL
  AND (least(sent_at, answered_at) < (SELECT crm_day_end(crm_as_of(), :'time_zone'))) IS NOT FALSE
UNION ALL
SELECT given.customer_id, crm_as_of()
FROM survey_answer AS given
LEFT JOIN survey AS asked USING (survey_id)
WHERE given.customer_id IS NOT NULL
  AND (coalesce(asked.answered_at, asked.sent_at) < (SELECT crm_day_end(crm_as_of(), :'time_zone')))
      IS NOT FALSE;
COMMENT ON VIEW customer_elsewhere_programme IS
'One row per survey or answer of a customer by as_of: see customer_elsewhere.
An answer is of the day of its survey; of one that nobody knows it counts whatever as_of is.';
