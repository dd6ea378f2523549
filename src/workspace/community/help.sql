-- Who helps: answers by peers and by staff, with the unanswered counted as waiting.

-- Hours until something happened, or for how long it has not.
CREATE OR REPLACE VIEW question_wait AS
SELECT question.post_id,
       crm_month(question.posted_on) AS month_on,
       question.board,
       question.staff_id IS NOT NULL AS is_staff,
       wait.kind,
       (extract(epoch FROM coalesce(wait.ended_at, today.ended_at) - question.posted_at) / 3600)::double precision
           AS wait_hours,
       wait.ended_at IS NOT NULL AS is_ended,
       question.as_of
FROM community_question AS question
CROSS JOIN community_now AS today
CROSS JOIN LATERAL (
    VALUES ('answer', question.first_answer_at), ('peer answer', question.first_peer_answer_at),
           ('official answer', question.first_official_answer_at), ('accepted answer', question.accepted_answer_at)
) AS wait (kind, ended_at)
WHERE coalesce(wait.ended_at, today.ended_at) >= question.posted_at;
COMMENT ON VIEW question_wait IS
'One row per question and kind of answer: how long it waited, or waits still.
Answers dated before their question are left out, see data_quality, and a question that has no others of a kind has no
row of that kind.';

CREATE OR REPLACE VIEW peer_help AS
SELECT total.question_count,
       total.answered_count,
       total.answered_count / nullif(total.question_count, 0)::double precision AS answered_share,
       total.peer_answered_count,
       total.peer_answered_count / nullif(total.question_count, 0)::double precision AS peer_answered_share,
       total.solved_count,
       total.solved_count / nullif(total.question_count, 0)::double precision AS solved_share,
       solved.low AS solved_low,
       solved.high AS solved_high,
       total.solved_count / nullif(total.answered_count, 0)::double precision AS solved_answered_share,
       total.self_accepted_count,
       total.self_answer_count,
       total.median_answered_hours,
       total.p90_answered_hours,
       crm_survival_quantile(total.peer_wait, 0.5) AS median_peer_answer_hours,
       peer.low AS median_peer_answer_low,
       peer.high AS median_peer_answer_high,
       crm_survival_quantile(total.accepted_wait, 0.5) AS median_accepted_answer_hours,
       accepted.low AS median_accepted_answer_low,
       accepted.high AS median_accepted_answer_high,
       crm_as_of() AS as_of
FROM (
    SELECT count(*) AS question_count,
           count(*) FILTER (WHERE answer_count > 0) AS answered_count,
           count(*) FILTER (WHERE peer_answer_count > 0) AS peer_answered_count,
           count(*) FILTER (WHERE is_solved) AS solved_count,
           count(*) FILTER (WHERE is_self_accepted) AS self_accepted_count,
           coalesce(sum(answer_count - peer_answer_count - official_answer_count), 0)::bigint AS self_answer_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY peer_hours)
               FILTER (WHERE first_peer_answer_at IS NOT NULL AND peer_hours >= 0) AS median_answered_hours,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY peer_hours)
               FILTER (WHERE first_peer_answer_at IS NOT NULL AND peer_hours >= 0) AS p90_answered_hours,
           crm_survival_agg(peer_hours, first_peer_answer_at IS NOT NULL) FILTER (WHERE peer_hours >= 0) AS peer_wait,
           crm_survival_agg(accepted_hours, accepted_answer_at IS NOT NULL) FILTER (WHERE accepted_hours >= 0)
               AS accepted_wait
    FROM (
        SELECT question.*,
               (extract(epoch FROM coalesce(question.first_peer_answer_at, today.ended_at) - question.posted_at) / 3600)
                   ::double precision AS peer_hours,
               (extract(epoch FROM coalesce(question.accepted_answer_at, today.ended_at) - question.posted_at) / 3600)
                   ::double precision AS accepted_hours
        FROM community_question AS question
        CROSS JOIN community_now AS today
    ) AS waited
) AS total
LEFT JOIN LATERAL crm_proportion_interval(total.solved_count, total.question_count) AS solved ON true
LEFT JOIN LATERAL crm_survival_interval(total.peer_wait, 0.5) AS peer ON true
LEFT JOIN LATERAL crm_survival_interval(total.accepted_wait, 0.5) AS accepted ON true;
COMMENT ON VIEW peer_help IS
'One row: of all questions, how many were answered, by peers, and solved.
The median of those answered is shown beside that of all questions (Kaplan-Meier), which counts the unanswered as
waiting, with its 95 % interval; NULL where it is not reached. An answer by the asker is not a peer''s, but
accepting it counts as solved, see self_accepted_count.';

CREATE OR REPLACE VIEW peer_help_monthly AS
SELECT month.month_on,
       coalesce(question.question_count, 0) AS question_count,
       coalesce(question.answered_count, 0) AS answered_count,
       question.answered_count / nullif(question.question_count, 0)::double precision AS answered_share,
       coalesce(question.peer_answered_count, 0) AS peer_answered_count,
       question.peer_answered_count / nullif(question.question_count, 0)::double precision AS peer_answered_share,
       coalesce(question.solved_count, 0) AS solved_count,
       question.solved_count / nullif(question.question_count, 0)::double precision AS solved_share,
       question.median_peer_answer_hours,
       month.is_complete,
       month.as_of,
       coalesce(question.answer_count, 0) AS answer_count
FROM community_month AS month
LEFT JOIN (
    SELECT crm_month(question.posted_on) AS month_on,
           count(*) AS question_count,
           count(*) FILTER (WHERE answer_count > 0) AS answered_count,
           count(*) FILTER (WHERE peer_answer_count > 0) AS peer_answered_count,
           count(*) FILTER (WHERE is_solved) AS solved_count,
           sum(answer_count)::bigint AS answer_count,
           crm_survival_quantile(
               crm_survival_agg(
                   (extract(epoch FROM coalesce(question.first_peer_answer_at, today.ended_at) - question.posted_at)
                    / 3600)::double precision, question.first_peer_answer_at IS NOT NULL)
               FILTER (WHERE coalesce(question.first_peer_answer_at, today.ended_at) >= question.posted_at), 0.5)
               AS median_peer_answer_hours
    FROM community_question AS question
    CROSS JOIN community_now AS today
    GROUP BY 1
) AS question ON question.month_on = month.month_on;
COMMENT ON VIEW peer_help_monthly IS
'One row per month of questions: answered, by peers, solved, however later.
Every answer up to as_of counts for the month of its question, so young months may still rise.
median_peer_answer_hours is of all questions (Kaplan-Meier); NULL where it is not reached.';

CREATE OR REPLACE VIEW official_reply AS
SELECT total.question_count,
       total.official_count,
       total.official_count / nullif(total.question_count, 0)::double precision AS official_share,
       total.first_official_count,
       total.median_replied_hours,
       crm_survival_quantile(total.official_wait, 0.5) AS median_official_hours,
       official.low AS median_official_low,
       official.high AS median_official_high,
       crm_as_of() AS as_of
FROM (
    SELECT count(*) AS question_count,
           count(*) FILTER (WHERE official_answer_count > 0) AS official_count,
           count(*) FILTER (WHERE first_official_answer_at = first_answer_at) AS first_official_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY official_hours)
               FILTER (WHERE first_official_answer_at IS NOT NULL AND official_hours >= 0) AS median_replied_hours,
           crm_survival_agg(official_hours, first_official_answer_at IS NOT NULL) FILTER (WHERE official_hours >= 0)
               AS official_wait
    FROM (
        SELECT question.official_answer_count,
               question.first_answer_at,
               question.first_official_answer_at,
               (extract(epoch FROM coalesce(question.first_official_answer_at, today.ended_at) - question.posted_at)
                / 3600)::double precision AS official_hours
        FROM community_question AS question
        CROSS JOIN community_now AS today
        WHERE question.staff_id IS NULL
    ) AS waited
) AS total
LEFT JOIN LATERAL crm_survival_interval(total.official_wait, 0.5) AS official ON true;
COMMENT ON VIEW official_reply IS
'One row: of the questions of customers, how many staff answered, how fast.
median_replied_hours is of those that staff answered, median_official_hours of all (Kaplan-Meier, with its 95 %
interval); NULL where it is not reached.';

CREATE OR REPLACE VIEW community_health AS
SELECT month.month_on,
       month.factor,
       month.factor_order,
       month.measure,
       month.factor_value,
       (CASE WHEN month.standing IS NOT NULL AND month.is_complete THEN
            CASE WHEN month.factor = 'responsiveness'
                 THEN cume_dist() OVER (PARTITION BY month.factor, month.standing IS NULL, month.is_complete
                                        ORDER BY month.standing DESC)
                 ELSE cume_dist() OVER (PARTITION BY month.factor, month.standing IS NULL, month.is_complete
                                        ORDER BY month.standing) END
        END) AS history_share,
       month.is_complete,
       month.as_of
FROM (
    SELECT m.month_on, factor.factor, factor.factor_order, factor.measure, factor.factor_value, m.is_complete, m.as_of,
           -- Where half of the questions had no answer of a peer so far, no month is worse.
           CASE WHEN factor.factor = 'responsiveness' AND help.question_count > 0
                THEN coalesce(factor.factor_value, 'Infinity') ELSE factor.factor_value END AS standing
    FROM community_month AS m
    LEFT JOIN (
        SELECT crm_month(daily.posted_on) AS month_on,
               sum(daily.post_count) AS post_count,
               sum(daily.view_count) AS view_count,
               count(*) AS day_count
        FROM (
            SELECT posted_on, count(*) AS post_count, sum(view_count) AS view_count FROM post_known GROUP BY posted_on
        ) AS daily
        GROUP BY 1
    ) AS posted USING (month_on)
    LEFT JOIN (
        SELECT crm_local_month(first_post_at, :'time_zone') AS month_on, count(*) AS member_count
        FROM community_member
        WHERE first_post_at IS NOT NULL
        GROUP BY 1
    ) AS joined USING (month_on)
    LEFT JOIN peer_help_monthly AS help USING (month_on)
    CROSS JOIN (SELECT EXISTS (SELECT FROM post_known WHERE view_count IS NOT NULL) AS has_views) AS source
    CROSS JOIN LATERAL (
        VALUES ('members', 1, 'authors who posted for the first time',
                coalesce(joined.member_count, 0)::double precision),
               ('content', 2, 'posts', coalesce(posted.post_count, 0)::double precision),
               ('traffic', 3, 'views of what was posted in the month',
                CASE WHEN source.has_views THEN coalesce(posted.view_count, 0)::double precision END),
               ('responsiveness', 4, 'median hours to the first answer of a peer, all questions',
                help.median_peer_answer_hours),
               ('interaction', 5, 'answers a question',
                help.answer_count / nullif(help.question_count, 0)::double precision),
               ('liveliness', 6, 'share of days with a post',
                coalesce(posted.day_count, 0)
                / (least(crm_month_end(m.month_on), m.as_of) + 1 - m.month_on)::double precision)
    ) AS factor (factor, factor_order, measure, factor_value)
) AS month;
COMMENT ON VIEW community_health IS
'One row per month and factor of health: its value, and where that stands.
Six factors: members, content, traffic, responsiveness, interaction, liveliness; measure says what each counts. What is
counted is 0 where there is nothing; traffic is NULL where no post says how often it was read, responsiveness and
interaction in a month without questions, responsiveness also where the median is not reached: of that month
history_share says that none is worse.
history_share is the share of complete months up to as_of that were as good or worse (few hours are good). There is no
score of all six: none would mean anything.';
