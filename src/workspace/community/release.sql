-- Releases: how regular, how punctual, and what they bring.

CREATE OR REPLACE VIEW release_cadence AS
SELECT cadence.product_id,
       cadence.series,
       cadence.release_count,
       cadence.gap_count,
       cadence.mean_gap_days,
       cadence.sd_gap_days,
       cadence.median_gap_days,
       cadence.on_time_count / nullif(cadence.gap_count, 0)::double precision AS on_time_share,
       cadence.in_band_count / nullif(cadence.gap_count, 0)::double precision AS in_band_share,
       cadence.first_released_on,
       cadence.last_released_on,
       crm_as_of() AS as_of
FROM (
    SELECT gap.product_id,
           gap.series,
           count(*) AS release_count,
           count(gap.gap_days) AS gap_count,
           avg(gap.gap_days)::double precision AS mean_gap_days,
           stddev_samp(gap.gap_days)::double precision AS sd_gap_days,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY gap.gap_days) AS median_gap_days,
           count(*) FILTER (WHERE gap.gap_days <= setting.release_interval_days + setting.release_tolerance_days)
               AS on_time_count,
           count(*) FILTER (WHERE abs(gap.gap_days - setting.release_interval_days) <= setting.release_tolerance_days)
               AS in_band_count,
           min(gap.released_on) AS first_released_on,
           max(gap.released_on) AS last_released_on
    FROM (
        SELECT product_id, series, released_on,
               released_on - lag(released_on) OVER (PARTITION BY product_id, series ORDER BY released_on, release_id)
                   AS gap_days
        FROM release_known
        WHERE kind = 'final' AND isfinite(released_on)
    ) AS gap
    CROSS JOIN (SELECT release_interval_days, release_tolerance_days FROM setting LIMIT 1) AS setting
    GROUP BY gap.product_id, gap.series
) AS cadence;
COMMENT ON VIEW release_cadence IS
'One row per product and series: how regular its final releases are.
On time: at most setting.release_interval_days and setting.release_tolerance_days after the one before; in band: within
that tolerance to both sides. sd_gap_days is the sample standard deviation; NULL below two gaps.';

CREATE OR REPLACE VIEW plan_adherence AS
SELECT slip.kind,
       count(*) AS release_count,
       avg((slip.slip_days <= 0)::integer)::double precision AS on_or_before_share,
       avg((slip.slip_days <= setting.tolerance_days)::integer)::double precision AS within_tolerance_share,
       avg(slip.slip_days)::double precision AS mean_slip_days,
       stddev_samp(slip.slip_days)::double precision AS sd_slip_days,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY slip.slip_days) AS median_slip_days,
       min(slip.slip_days) AS min_slip_days,
       max(slip.slip_days) AS max_slip_days,
       crm_as_of() AS as_of
FROM (
    SELECT grouped.kind, known.released_on - known.planned_on AS slip_days
    FROM release_known AS known
    CROSS JOIN LATERAL (VALUES (known.kind), ('all')) AS grouped (kind)
    WHERE isfinite(known.released_on) AND isfinite(known.planned_on)
) AS slip
CROSS JOIN (SELECT release_tolerance_days AS tolerance_days FROM setting LIMIT 1) AS setting
GROUP BY slip.kind;
COMMENT ON VIEW plan_adherence IS
'One row per kind of release, and one for all: how late against the first plan.
Days after the day first planned, negative before it. Releases without a plan, and those to come, are left out.';

CREATE OR REPLACE VIEW feedback_by_release AS
SELECT idea.release_id,
       known.released_on,
       idea.kind,
       count(*) AS idea_count,
       count(idea.shipped_on) AS shipped_count,
       count(*) FILTER (WHERE idea.submitted_on > known.released_on) AS after_release_count,
       crm_as_of() AS as_of
FROM idea_status AS idea
LEFT JOIN (
    SELECT release_id, min(released_on) AS released_on
    FROM (
        SELECT release_id, released_on FROM release_known
        UNION ALL
        SELECT series, released_on FROM release_known WHERE kind = 'final' AND series IS DISTINCT FROM release_id
    ) AS target
    GROUP BY release_id
) AS known ON known.release_id = idea.release_id
GROUP BY idea.release_id, known.released_on, idea.kind
HAVING crm_is_shown((SELECT min_cell FROM setting), count(DISTINCT idea.customer_id));
COMMENT ON VIEW feedback_by_release IS
'One row per release and kind of idea: how many are meant for it, and came.
NULL is the release of ideas that name none. Rows of fewer authors than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW feedback_loop AS
SELECT loop.kind,
       loop.idea_count,
       loop.shipped_count,
       loop.median_days,
       loop.p90_days,
       crm_survival_quantile(loop.wait, 0.5) AS median_all_days,
       all_days.low AS median_all_low,
       all_days.high AS median_all_high,
       crm_as_of() AS as_of
FROM (
    SELECT idea.kind,
           count(DISTINCT idea.customer_id) AS author_count,
           count(*) AS idea_count,
           count(idea.shipped_on) AS shipped_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY idea.days)
               FILTER (WHERE idea.shipped_on IS NOT NULL AND idea.days >= 0) AS median_days,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY idea.days)
               FILTER (WHERE idea.shipped_on IS NOT NULL AND idea.days >= 0) AS p90_days,
           crm_survival_agg(idea.days, idea.shipped_on IS NOT NULL) FILTER (WHERE idea.days >= 0) AS wait
    FROM (
        SELECT kind, customer_id, shipped_on,
               (nullif(coalesce(shipped_on, as_of), '-infinity')
                - nullif(submitted_on, '-infinity'))::double precision AS days
        FROM idea_status
    ) AS idea
    GROUP BY idea.kind
) AS loop
LEFT JOIN LATERAL crm_survival_interval(loop.wait, 0.5) AS all_days ON true
WHERE crm_is_shown((SELECT min_cell FROM setting), loop.author_count);
COMMENT ON VIEW feedback_loop IS
'One row per kind of idea: from the report to the release that answers it.
median_days is of those shipped, median_all_days of all (Kaplan-Meier, with its 95 % interval); NULL where it is not
reached. Releases older than the idea are left out of both. Kinds of fewer authors than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW program_activity AS
SELECT activity.program,
       activity.member_count,
       activity.active_count,
       activity.active_count / nullif(activity.member_count, 0)::double precision AS active_share,
       activity.report_count,
       activity.report_count / nullif(activity.member_count, 0)::double precision AS reports_per_member,
       activity.shipped_count,
       crm_as_of() AS as_of
FROM (
    SELECT taking.program,
           count(DISTINCT taking.customer_id) AS member_count,
           count(DISTINCT idea.customer_id) AS active_count,
           count(DISTINCT idea.idea_id) AS report_count,
           count(DISTINCT idea.idea_id) FILTER (WHERE idea.shipped_on IS NOT NULL) AS shipped_count
    FROM program_member AS taking
    LEFT JOIN idea_status AS idea
        ON idea.customer_id = taking.customer_id
       AND (taking.joined_on IS NULL OR idea.submitted_on >= taking.joined_on)
       AND (taking.left_on IS NULL OR idea.submitted_on < taking.left_on)
    WHERE taking.joined_on IS NULL OR taking.joined_on <= (SELECT crm_as_of())
    GROUP BY taking.program
) AS activity
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, activity.member_count, activity.active_count,
                   activity.member_count - activity.active_count);
COMMENT ON VIEW program_activity IS
'One row per programme, such as a beta test: do its members report?
Members up to as_of, those who left included; reports are the ideas and defects that they submitted as members.
Programmes of fewer members than setting.min_cell are hidden, and of fewer who report, or do not.';

CREATE OR REPLACE VIEW program_by_release AS
SELECT activity.program,
       activity.release_id,
       activity.released_on,
       activity.member_count,
       activity.active_count,
       activity.active_count / nullif(activity.member_count, 0)::double precision AS active_share,
       activity.report_count,
       crm_as_of() AS as_of
FROM (
    SELECT taking.program,
           known.release_id,
           known.released_on,
           count(DISTINCT taking.customer_id) AS member_count,
           count(DISTINCT idea.customer_id) AS active_count,
           count(DISTINCT idea.idea_id) AS report_count
    FROM (
        SELECT release_id, released_on, product_id,
               -- Of several of one day each lasts until the next day with one.
               coalesce(min(released_on) OVER (PARTITION BY product_id ORDER BY released_on
                                               GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING), as_of + 1) AS next_on
        FROM release_known
        WHERE released_on IS NOT NULL
    ) AS known
    JOIN program_member AS taking
        ON (taking.joined_on IS NULL OR taking.joined_on < known.next_on)
       AND (taking.left_on IS NULL OR taking.left_on > known.released_on)
    LEFT JOIN idea_status AS idea
        ON idea.customer_id = taking.customer_id AND idea.submitted_on >= known.released_on
       AND idea.submitted_on < known.next_on AND (idea.product_id IS NULL OR known.product_id IS NULL
                                                  OR idea.product_id = known.product_id)
       AND (taking.joined_on IS NULL OR idea.submitted_on >= taking.joined_on)
       AND (taking.left_on IS NULL OR idea.submitted_on < taking.left_on)
    GROUP BY taking.program, known.release_id, known.released_on
) AS activity
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, activity.member_count, activity.active_count,
                   activity.member_count - activity.active_count);
COMMENT ON VIEW program_by_release IS
'One row per programme and release: who reported between it and the next.
Reports are what members submitted as members, as in program_activity, of the product of the release or of none.
Releases with fewer members than setting.min_cell are hidden, and with fewer who reported, or did not.';
