-- Recommendation, satisfaction and effort by month of the answer.

CREATE OR REPLACE VIEW recommend_answer AS
SELECT month_number,
       'rating' AS kind,
       customer_id,
       score,
       crm_as_of() AS as_of
FROM (
    SELECT DISTINCT ON (customer_id, month_number, anonymous_number)
           customer_id, score, month_number, anonymous_number
    FROM (
        SELECT customer_id, score, rated_on, rated_at,
               width_bucket(rated_on, (SELECT month_bounds FROM programme_span)) AS month_number,
               CASE WHEN customer_id IS NULL THEN row_number() OVER () END AS anonymous_number
        FROM rating
        WHERE level = 'recommend' AND score IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AND rated_on <= (SELECT crm_as_of())
    ) AS answered
    ORDER BY customer_id, month_number, anonymous_number, rated_on DESC, rated_at DESC NULLS LAST, score
) AS last_answer
UNION ALL
SELECT month_number, kind, customer_id, score, as_of
FROM survey_score
WHERE survey_kind = 'nps' AND month_number IS NOT NULL;
COMMENT ON VIEW recommend_answer IS
'One row per answer to "would you recommend us?": the last of a customer.
Of ratings the last in a month, of surveys the last in a wave.
On another scale than 0..10 nobody is a promoter: such are
left out, see data_quality.';

-- The mean of several questions may lie between two whole scores: below 7 is a
-- detractor, from 9 on a promoter.
CREATE OR REPLACE VIEW nps_monthly AS
SELECT month.month_on,
       kind.kind,
       CASE WHEN shown.is_shown THEN coalesce(crm_nps_count(counted.tally), 0) END AS answer_count,
       CASE WHEN shown.is_parted THEN coalesce(crm_nps_promoters(counted.tally), 0) END AS promoter_count,
       CASE WHEN shown.is_parted THEN coalesce(crm_nps_passives(counted.tally), 0) END AS passive_count,
       CASE WHEN shown.is_parted THEN coalesce(crm_nps_detractors(counted.tally), 0) END AS detractor_count,
       CASE WHEN shown.is_shown THEN crm_nps(counted.tally) END AS nps,
       CASE WHEN shown.is_parted THEN limits.low END AS nps_low,
       CASE WHEN shown.is_parted THEN limits.high END AS nps_high,
       month.is_complete,
       month.as_of
FROM programme_month AS month
CROSS JOIN (SELECT DISTINCT kind FROM recommend_answer) AS kind
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN (
    SELECT month_number, kind, crm_nps_agg(CASE WHEN score >= 9 THEN 10 WHEN score >= 7 THEN 8 ELSE 0 END) AS tally
    FROM recommend_answer
    GROUP BY month_number, kind
) AS counted ON counted.month_number = month.month_number AND counted.kind = kind.kind
LEFT JOIN LATERAL crm_nps_interval(counted.tally) AS limits ON true
CROSS JOIN LATERAL (
    SELECT crm_is_shown(setting.min_cell, crm_nps_count(counted.tally)) AS is_shown,
           crm_is_shown(setting.min_cell, crm_nps_promoters(counted.tally), crm_nps_passives(counted.tally),
                        crm_nps_detractors(counted.tally)) AS is_parted
) AS shown;
COMMENT ON VIEW nps_monthly IS
'One row per month of answers and kind: promoters, passives, detractors and the score.
kind is rating for ratings of level recommend, otherwise that of the survey. Below 7 is a detractor, from 9 on a
promoter. Months without an answer have a row, with 0. Hidden as setting.min_cell says.';

CREATE OR REPLACE VIEW csat_monthly AS
SELECT month.month_on,
       counted.kind,
       counted.scale_low,
       counted.scale_high,
       crm_csat_count(counted.tally) AS answer_count,
       crm_csat(counted.tally) AS satisfied_share,
       limits.low AS satisfied_low,
       limits.high AS satisfied_high,
       CASE WHEN counted.scale_low < counted.scale_high THEN crm_csat_mean(counted.tally)
            ELSE counted.scale_low + counted.scale_high - crm_csat_mean(counted.tally) END AS mean_score,
       month.is_complete,
       month.as_of
FROM (
    SELECT month_number, kind, scale_low, scale_high,
           crm_csat_agg(CASE WHEN scale_low < scale_high THEN score ELSE scale_low + scale_high - score END,
                        greatest(scale_low, scale_high) - CASE WHEN abs(scale_high - scale_low) > 1 THEN 1 ELSE 0 END,
                        least(scale_low, scale_high), greatest(scale_low, scale_high)) AS tally
    FROM survey_score
    WHERE survey_kind = 'csat' AND month_number IS NOT NULL
    GROUP BY month_number, kind, scale_low, scale_high
) AS counted
JOIN programme_month AS month USING (month_number)
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN LATERAL crm_csat_interval(counted.tally) AS limits ON true
WHERE crm_is_shown(setting.min_cell, crm_csat_count(counted.tally));
COMMENT ON VIEW csat_monthly IS
'One row per month of answers, kind of survey and scale: the share in its top two boxes.
On a scale that has two, such as 0..1 for a thumb up or down, in the better one. With its 95 % interval (Wilson).
Months of fewer answers than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW ces_monthly AS
SELECT month.month_on,
       counted.kind,
       counted.scale_low,
       counted.scale_high,
       crm_ces_count(counted.tally) AS answer_count,
       crm_ces(counted.tally) AS easy_share,
       limits.low AS easy_low,
       limits.high AS easy_high,
       crm_ces_mean(counted.tally) AS mean_score,
       month.is_complete,
       month.as_of
FROM (
    SELECT month_number, kind, scale_low, scale_high,
           crm_ces_agg(score, scale_low, scale_high,
                       CASE WHEN scale_high > scale_low THEN ceil(scale_low + (scale_high - scale_low) * 2 / 3)
                            ELSE floor(scale_low + (scale_high - scale_low) * 2 / 3) END) AS tally
    FROM survey_score
    WHERE survey_kind = 'ces' AND month_number IS NOT NULL
    GROUP BY month_number, kind, scale_low, scale_high
) AS counted
JOIN programme_month AS month USING (month_number)
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN LATERAL crm_ces_interval(counted.tally) AS limits ON true
WHERE crm_is_shown(setting.min_cell, crm_ces_count(counted.tally));
COMMENT ON VIEW ces_monthly IS
'One row per month of answers, kind of survey and scale: the share who found it easy.
scale_low is the hardest end, scale_high the easiest; easy is from two thirds of the way on: 5 of 1..7. With its 95 %
interval. Months of fewer answers than setting.min_cell are hidden.';

-- Months and ratings of a customer in one order, latest first: the rating that
-- comes next is then the least so far, and no month meets all ratings.
CREATE OR REPLACE VIEW review_rate AS
SELECT counted.month_on,
       counted.buyer_count,
       CASE WHEN shown.is_shown THEN counted.rater_count END AS rater_count,
       CASE WHEN shown.is_shown THEN counted.rater_count / counted.buyer_count::double precision END AS rated_share,
       counted.is_complete,
       counted.as_of
FROM (
    SELECT month.month_on,
           month.is_complete AND month.month_end_on + setting.survey_days <= crm_over_on(:'time_zone') AS is_complete,
           month.as_of,
           count(*) AS buyer_count,
           count(*) FILTER (WHERE ordered.next_rated_on <= month.month_end_on + setting.survey_days) AS rater_count
    FROM (
        SELECT month_on, min(rated_on) OVER (PARTITION BY customer_id ORDER BY at DESC) AS next_rated_on
        FROM (
            SELECT customer_id, month_on AS at, month_on, NULL::date AS rated_on FROM customer_month WHERE is_active
            UNION ALL
            SELECT customer_id, rated_on, NULL, rated_on FROM rating
            WHERE customer_id IS NOT NULL AND score IS NOT NULL AND rated_on <= (SELECT crm_as_of())
        ) AS point
    ) AS ordered
    JOIN calendar_month AS month USING (month_on)
    CROSS JOIN (SELECT survey_days FROM setting LIMIT 1) AS setting
    GROUP BY month.month_on, 2, month.as_of
) AS counted
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT crm_is_shown(setting.min_cell, counted.rater_count, counted.buyer_count - counted.rater_count) AS is_shown
) AS shown
WHERE crm_is_shown(setting.min_cell, counted.buyer_count);
COMMENT ON VIEW review_rate IS
'One row per month with buyers: how many of them rated something, in that month or setting.survey_days after it.
is_complete: those days are over. Hidden as setting.min_cell says.';
