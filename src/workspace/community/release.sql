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
           count(idea.idea_id) AS report_count,
           count(idea.shipped_on) AS shipped_count
    FROM (
        -- Of memberships that overlap each begins where those before end, so that no idea is met twice.
        SELECT program, customer_id, greatest(joined_on, before_on) AS joined_on, left_on
        FROM (
            SELECT program, customer_id, joined_on, left_on,
                   max(left_on) OVER (PARTITION BY program, customer_id ORDER BY joined_on
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_on
            FROM (
                SELECT program, customer_id, coalesce(joined_on, '-infinity') AS joined_on,
                       coalesce(left_on, 'infinity') AS left_on
                FROM program_member
                WHERE joined_on IS NULL OR joined_on <= (SELECT crm_as_of())
            ) AS member
        ) AS followed
        WHERE before_on IS NULL OR greatest(joined_on, before_on) < left_on
    ) AS taking
    LEFT JOIN idea_status AS idea
        ON idea.customer_id = taking.customer_id
       AND idea.submitted_on >= taking.joined_on AND idea.submitted_on < taking.left_on
    GROUP BY taking.program
) AS activity
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, activity.member_count, activity.active_count,
                   activity.member_count - activity.active_count);
COMMENT ON VIEW program_activity IS
'One row per programme, such as a beta test: do its members report?
Members up to as_of, those who left included; reports are the ideas and defects that they submitted as members.
Programmes of fewer members than setting.min_cell are hidden, and of fewer who report, or do not.';

-- A span is the time from a release to the next one of the product, and those of
-- one product are numbered without a gap. So a membership is a run of numbers, and
-- who is there is counted where runs begin and end: members times releases would
-- be many times what comes out.
CREATE OR REPLACE VIEW program_by_release AS
WITH known AS MATERIALIZED (
    -- Several releases of one day have one span.
    SELECT release_id, released_on, product_id, dense_rank() OVER (ORDER BY product_id, released_on) AS span_no
    FROM release_known
    WHERE released_on IS NOT NULL
), product AS MATERIALIZED (
    SELECT product_id, first_no, starts, starts[2:] || crm_as_of() + 1 AS ends
    FROM (
        SELECT product_id, min(span_no) AS first_no, array_agg(DISTINCT released_on ORDER BY released_on) AS starts
        FROM known
        GROUP BY product_id
    ) AS released
), member AS (
    SELECT program, customer_id, coalesce(joined_on, '-infinity') AS joined_on,
           coalesce(left_on, 'infinity') AS left_on
    FROM program_member
), run AS (
    SELECT program, customer_id, product.first_no + width_bucket(joined_on, product.ends) AS from_no,
           product.first_no - 1 + width_bucket(left_on, product.starts) - (left_on = ANY (product.starts))::integer
               AS to_no
    FROM member
    CROSS JOIN product
), edge AS (
    -- Of runs that overlap each begins where those before end, so that each customer counts once.
    SELECT alone.program, alone.customer_id, turn.span_no, turn.change
    FROM (
        SELECT program, customer_id, to_no,
               greatest(from_no, 1 + max(to_no) OVER (PARTITION BY program, customer_id ORDER BY from_no
                                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS from_no
        FROM run
        WHERE from_no <= to_no
    ) AS alone
    CROSS JOIN LATERAL (VALUES (alone.from_no, 1), (alone.to_no + 1, -1)) AS turn (span_no, change)
    WHERE alone.from_no <= alone.to_no
), step AS (
    -- From this span on until the next one where somebody comes or goes
    SELECT program, span_no, lead(span_no) OVER w AS next_no, sum(sum(change)) OVER w > 0 AS is_taken,
           (sum(sum(change) FILTER (WHERE customer_id IS NOT NULL)) OVER w)::bigint AS member_count
    FROM edge
    GROUP BY program, span_no
    WINDOW w AS (PARTITION BY program ORDER BY span_no)
), part AS (
    SELECT step.program, span.span_no, step.member_count, 0::bigint AS active_count, 0::bigint AS report_count
    FROM step
    CROSS JOIN LATERAL generate_series(step.span_no, step.next_no - 1) AS span (span_no)
    WHERE step.is_taken
    UNION ALL
    SELECT taking.program, product.first_no - 1 + width_bucket(idea.submitted_on, product.starts), 0,
           count(DISTINCT idea.customer_id), count(*)
    FROM (
        -- As in program_activity
        SELECT program, customer_id, left_on,
               greatest(joined_on, max(left_on) OVER (PARTITION BY program, customer_id ORDER BY joined_on
                                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS joined_on
        FROM member
    ) AS taking
    JOIN idea_status AS idea
        ON idea.customer_id = taking.customer_id
       AND idea.submitted_on >= taking.joined_on AND idea.submitted_on < taking.left_on
    JOIN product
        ON (idea.product_id IS NULL OR product.product_id IS NULL OR idea.product_id = product.product_id)
       AND idea.submitted_on >= product.starts[1]
    WHERE taking.joined_on < taking.left_on
    GROUP BY 1, 2
)
SELECT activity.program,
       activity.release_id,
       activity.released_on,
       activity.member_count,
       activity.active_count,
       activity.active_count / nullif(activity.member_count, 0)::double precision AS active_share,
       activity.report_count,
       crm_as_of() AS as_of
FROM (
    SELECT counted.program, known.release_id, known.released_on, coalesce(counted.member_count, 0) AS member_count,
           counted.active_count, counted.report_count
    FROM (
        SELECT program, span_no, max(member_count) AS member_count, max(active_count) AS active_count,
               max(report_count) AS report_count
        FROM part
        GROUP BY program, span_no
    ) AS counted
    JOIN known USING (span_no)
) AS activity
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, activity.member_count, activity.active_count,
                   activity.member_count - activity.active_count);
COMMENT ON VIEW program_by_release IS
'One row per programme and release: who reported between it and the next.
Reports are what members submitted as members, as in program_activity, of the product of the release or of none.
Releases with fewer members than setting.min_cell are hidden, and with fewer who reported, or did not.';
