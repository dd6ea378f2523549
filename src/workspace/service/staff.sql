-- Who is in contact with customers. A contact is an interaction of a member of
-- staff, in whichever direction; the roster is that of the day.

-- Of several rows of one member of staff, the employment that began last by as_of:
-- for name and department. Who was employed on a day is asked of all rows.
CREATE OR REPLACE VIEW staff_known AS
SELECT DISTINCT ON (staff_id)
    staff_id, staff_name, department, employed_from, employed_to, mentor_id, crm_as_of() AS as_of
FROM staff
WHERE staff_id IS NOT NULL
ORDER BY staff_id, coalesce(employed_from > crm_as_of(), false), employed_from DESC NULLS LAST, employed_to DESC,
         department, staff_name, mentor_id;
COMMENT ON VIEW staff_known IS
'One row per member of staff: what the source says of them.
Where it has several rows, see data_quality, the one whose employment began last by as_of.';

-- Of a source without statistics the planner takes one row in two hundred to be of an actor, but every second one to
-- meet a coalesce(): it hashes then what it would else join in a nested loop.
CREATE OR REPLACE VIEW staff_day AS
SELECT
    staff_id, interacted_on AS contact_on, count(*) AS contact_count,
    count(*) FILTER (WHERE direction = 'out' AND is_public IS NOT FALSE) AS reply_count,
    sum(crm_decimal(minutes))::double precision AS minutes,
    crm_as_of() AS as_of
FROM interaction_known
WHERE staff_id <> '' AND coalesce(actor = 'staff', true)
GROUP BY staff_id, interacted_on;
COMMENT ON VIEW staff_day IS
'One row per member of staff and day with contacts: how many, and minutes.';

CREATE OR REPLACE VIEW staff_contact AS
WITH known_day AS MATERIALIZED (
    SELECT staff_id, greatest(contact_on, (SELECT crm_oldest_month(crm_as_of()))) AS contact_on,
           sum(contact_count)::bigint AS contact_count, sum(reply_count)::bigint AS reply_count,
           sum(crm_decimal(minutes))::double precision AS minutes
    FROM staff_day
    GROUP BY 1, 2
)
SELECT
    day.staff_id, known.staff_name, CASE WHEN day.is_employed THEN day.department ELSE known.department END
        AS department,
    day.contact_on, coalesce(had.contact_count, 0) AS contact_count, coalesce(had.reply_count, 0) AS reply_count,
    had.minutes, basis.daily_contact_target AS target_count,
    coalesce(had.contact_count, 0) / basis.daily_contact_target AS attainment_share,
    crm_as_of() AS as_of
FROM (
    -- In the department of that day, as the roster has them: one join with all of it, as in staff_place.
    SELECT DISTINCT ON (met.staff_id, since.contact_on)
        met.staff_id, since.contact_on, s.staff_id IS NOT NULL AS is_employed, s.department
    FROM (
        SELECT staff_id, min(contact_on) AS first_on, max(contact_on) AS last_on FROM known_day GROUP BY staff_id
    ) AS met
    CROSS JOIN LATERAL (
        SELECT at::date AS contact_on
        FROM generate_series(met.first_on::timestamp, met.last_on::timestamp, interval '1 day') AS at
    ) AS since
    LEFT JOIN staff AS s
        ON s.staff_id = met.staff_id AND coalesce(s.employed_from <= since.contact_on, true)
       AND coalesce(s.employed_to >= since.contact_on, true)
    ORDER BY met.staff_id, since.contact_on, s.employed_from DESC NULLS LAST, s.employed_to DESC, s.department
) AS day
LEFT JOIN known_day AS had ON had.staff_id = day.staff_id AND had.contact_on = day.contact_on
LEFT JOIN staff_known AS known ON known.staff_id = day.staff_id
CROSS JOIN service_basis AS basis
WHERE day.is_employed OR had.staff_id IS NOT NULL OR known.staff_id IS NULL;
COMMENT ON VIEW staff_contact IS
'One row per member of staff and day, from the first contact to the last: contacts and minutes.
Contacts from before crm_oldest_month are of its first day. Days without one have 0, but for those on which the member
was not employed. The department is that of the day, or the latest where the roster has none then. attainment_share is
against setting.daily_contact_target, NULL without.';

-- In the department of that day, as the roster has them: of several employments of
-- one day the one that began last, as in staff_contact.
CREATE OR REPLACE VIEW staff_place AS
SELECT DISTINCT ON (met.staff_id, met.contact_on)
    met.staff_id, met.contact_on, known.staff_id IS NOT NULL AS is_known, s.staff_id IS NOT NULL AS is_employed,
    CASE WHEN s.staff_id IS NULL THEN known.department ELSE s.department END AS department,
    crm_as_of() AS as_of
FROM staff_day AS met
LEFT JOIN staff_known AS known USING (staff_id)
LEFT JOIN staff AS s
    ON s.staff_id = met.staff_id AND coalesce(s.employed_from <= met.contact_on, true)
   AND coalesce(s.employed_to >= met.contact_on, true)
ORDER BY met.staff_id, met.contact_on, s.employed_from DESC NULLS LAST, s.employed_to DESC, s.department;
COMMENT ON VIEW staff_place IS
'One row per member of staff and day with contacts: in which department.
That of the roster on the day, or the latest where it has none then.';

CREATE OR REPLACE VIEW staff_participation AS
WITH day AS MATERIALIZED (
    SELECT staff_id, contact_on, is_employed, department FROM staff_place
), span AS (
    SELECT min(contact_on) AS first_on, least(max(contact_on), crm_as_of()) AS last_on
    FROM day
    WHERE contact_on >= (SELECT crm_oldest_month(crm_as_of()))
), period AS (
    SELECT
        kind.period, at::date AS period_on,
        (at + ('1 ' || kind.period)::interval)::date AS next_on
    FROM span
    CROSS JOIN (VALUES ('day'), ('week'), ('month')) AS kind (period)
    CROSS JOIN LATERAL generate_series(date_trunc(kind.period, span.first_on::timestamp), span.last_on::timestamp,
                                       ('1 ' || kind.period)::interval) AS at
), active AS (
    SELECT
        met.period, met.period_on, met.department, grouping(met.department) = 1 AS is_total,
        count(DISTINCT met.staff_id) AS active_count,
        count(DISTINCT met.staff_id) FILTER (WHERE met.is_employed) AS active_roster_count
    FROM (
        SELECT
            kind.period, date_trunc(kind.period, day.contact_on::timestamp)::date AS period_on, day.staff_id,
            day.department, bool_or(day.is_employed) AS is_employed
        FROM day
        CROSS JOIN (VALUES ('day'), ('week'), ('month')) AS kind (period)
        GROUP BY 1, 2, 3, 4
    ) AS met
    GROUP BY GROUPING SETS ((met.period, met.period_on), (met.period, met.period_on, met.department))
), roster AS (
    SELECT
        period.period, period.period_on, staff.department, grouping(staff.department) = 1 AS is_total,
        count(DISTINCT staff.staff_id) AS roster_count
    FROM period
    LEFT JOIN staff ON (staff.employed_from IS NULL
                        OR staff.employed_from < period.next_on AND staff.employed_from <= crm_as_of())
                   AND (staff.employed_to IS NULL OR staff.employed_to >= period.period_on)
    GROUP BY GROUPING SETS ((period.period, period.period_on), (period.period, period.period_on, staff.department))
)
SELECT
    period.period, period.period_on, roster.department, roster.is_total, roster.roster_count,
    coalesce(active.active_count, 0) AS active_count,
    coalesce(active.active_roster_count, 0)::double precision / nullif(roster.roster_count, 0) AS participation_share,
    period.next_on - 1 <= crm_over_on(:'time_zone') AS is_complete,
    crm_as_of() AS as_of
FROM period
JOIN roster USING (period, period_on)
LEFT JOIN active ON active.period = period.period AND active.period_on = period.period_on
                AND active.is_total = roster.is_total AND active.department IS NOT DISTINCT FROM roster.department
WHERE roster.is_total OR roster.roster_count > 0;
COMMENT ON VIEW staff_participation IS
'One row per day, week or month, and a department or all: the share of staff in contact with customers.
period is day, week (from Monday) or month. From the first contact to the last, from crm_oldest_month at the
earliest; periods without one have 0.
The roster is of who was employed in the period; active_count also has those who are in no roster,
participation_share has not. A department with nobody employed in the period has no row.';

CREATE OR REPLACE VIEW staffing_ratio AS
SELECT
    s.department, grouping(s.department) = 1 AS is_total, count(*) AS staff_count,
    count(*)::double precision / nullif(max(s.all_count), 0) AS staff_share,
    count(met.staff_id) AS contact_staff_count,
    count(met.staff_id)::double precision / count(*) AS contact_staff_share,
    crm_as_of() AS as_of
FROM (
    -- Of several employments of that day the one that began last, as in staff_contact.
    SELECT staff_id, department, count(*) OVER () AS all_count
    FROM (
        SELECT DISTINCT ON (staff_id) staff_id, department
        FROM staff
        WHERE staff_id IS NOT NULL AND (employed_from IS NULL OR employed_from <= crm_as_of())
          AND (employed_to IS NULL OR employed_to >= crm_as_of())
        ORDER BY staff_id, employed_from DESC NULLS LAST, employed_to DESC, department
    ) AS employed
) AS s
LEFT JOIN (
    SELECT DISTINCT staff_id
    FROM staff_day
    WHERE contact_on > crm_as_of() - (SELECT window_days FROM setting)
) AS met USING (staff_id)
GROUP BY GROUPING SETS ((), (s.department))
HAVING count(*) > 0;
COMMENT ON VIEW staffing_ratio IS
'One row per department, and one for all: how many staff, and how many of them talk to customers.
Of who is employed on as_of. contact_staff: with a contact in the last setting.window_days days.';

CREATE OR REPLACE VIEW staff_flow AS
SELECT
    month.month_on, s.department,
    count(*) FILTER (WHERE s.employed_to IS NULL OR s.employed_to >= month.end_on) AS staff_count,
    count(*) FILTER (WHERE s.employed_from >= month.month_on) AS joined_count,
    count(*) FILTER (WHERE s.employed_to <= month.end_on) AS left_count,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY month.end_on - nullif(s.employed_from, '-infinity'))
        FILTER (WHERE s.employed_to IS NULL OR s.employed_to >= month.end_on) AS p50_tenure_days,
    month.is_complete,
    crm_as_of() AS as_of
FROM (
    SELECT at::date AS month_on, least(crm_month_end(at::date), crm_as_of()) AS end_on,
           crm_month_end(at::date) <= crm_over_on(:'time_zone') AS is_complete
    FROM (
        SELECT min(crm_month(greatest(employed_from, (SELECT crm_oldest_month(crm_as_of()))))) AS first_on
        FROM staff
        WHERE isfinite(employed_from) AND employed_from <= crm_as_of()
    ) AS span
    CROSS JOIN LATERAL generate_series(span.first_on::timestamp, crm_as_of()::timestamp, interval '1 month') AS at
) AS month
JOIN (
    -- Employments of one department that overlap, or follow on each other, are one.
    SELECT staff_id, department, nullif(min(from_on), '-infinity') AS employed_from,
           nullif(max(to_on), 'infinity') AS employed_to
    FROM (
        SELECT staff_id, department, from_on, to_on, count(*) FILTER (WHERE is_start) OVER w AS employment_no
        FROM (
            SELECT staff_id, department, from_on, to_on,
                   (from_on <= max(to_on) OVER (PARTITION BY staff_id, department ORDER BY from_on, to_on
                                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1) IS NOT TRUE
                       AS is_start
            FROM (
                SELECT DISTINCT staff_id, department, coalesce(employed_from, '-infinity') AS from_on,
                       coalesce(employed_to, 'infinity') AS to_on
                FROM staff
                WHERE staff_id IS NOT NULL
            ) AS row
        ) AS told
        WINDOW w AS (PARTITION BY staff_id, department ORDER BY from_on, to_on)
    ) AS numbered
    GROUP BY staff_id, department, employment_no
) AS s ON (s.employed_from IS NULL OR s.employed_from <= month.end_on)
      AND (s.employed_to IS NULL OR s.employed_to >= month.month_on)
GROUP BY month.month_on, month.end_on, month.is_complete, s.department;
COMMENT ON VIEW staff_flow IS
'One row per month and department: staff at its end, who came, who left, how long they are there.
From the first day of employment that is known, from crm_oldest_month at the earliest; a month in progress ends with
as_of. Who left had the last day of employment in the month, and is counted among the staff of that day. A month in
which a department had nobody has no row.';

CREATE OR REPLACE VIEW staff_start AS
SELECT
    s.staff_id, s.department, s.employed_from, s.mentor_id, nullif(s.mentor_id, '') IS NOT NULL AS has_mentor,
    coalesce(sum(d.contact_count), 0)::bigint AS contact_count, coalesce(sum(d.reply_count), 0)::bigint AS reply_count,
    count(d.contact_on) AS active_days,
    s.employed_from + 27 <= crm_over_on(:'time_zone') AS is_complete,
    crm_as_of() AS as_of
FROM (
    SELECT DISTINCT ON (staff_id) staff_id, department, employed_from, mentor_id
    FROM staff
    WHERE staff_id IS NOT NULL
    ORDER BY staff_id, employed_from NULLS FIRST, employed_to, department, mentor_id
) AS s
LEFT JOIN staff_day AS d ON d.staff_id = s.staff_id AND d.contact_on BETWEEN s.employed_from AND s.employed_from + 27
WHERE s.employed_from <= crm_as_of()
GROUP BY s.staff_id, s.department, s.employed_from, s.mentor_id;
COMMENT ON VIEW staff_start IS
'One row per member of staff: the contacts of the first four weeks, with a mentor or without.
Of several employments the first; who is in the roster since an unknown day has no row.
is_complete: the four weeks are over. Group by has_mentor to compare.';

CREATE OR REPLACE VIEW responder AS
SELECT
    did.staff_id, s.staff_name, s.department, did.contact_count, did.reply_count, did.case_count,
    did.first_reply_count, did.p50_first_reply_seconds,
    did.reply_count / nullif(sum(did.reply_count) OVER (), 0)::double precision AS reply_share,
    rank() OVER (ORDER BY did.reply_count DESC) AS reply_rank,
    did.contact_count / nullif(sum(did.contact_count) OVER (), 0)::double precision AS contact_share,
    crm_as_of() AS as_of
FROM (
    SELECT
        staff_id, sum(contact_count)::bigint AS contact_count, sum(reply_count)::bigint AS reply_count,
        sum(case_count)::bigint AS case_count, sum(first_reply_count)::bigint AS first_reply_count,
        max(p50_first_reply_seconds) AS p50_first_reply_seconds
    FROM (
        SELECT staff_id, contact_count, reply_count, 0 AS case_count, 0 AS first_reply_count,
               NULL::double precision AS p50_first_reply_seconds
        FROM staff_day
        UNION ALL
        SELECT staff_id, 0, 0, count(case_id), 0, NULL
        FROM (
            SELECT DISTINCT staff_id, coalesce(main_case_id, case_id) AS case_id
            FROM case_state_known LEFT JOIN case_merge USING (case_id)
            WHERE staff_id <> ''
        ) AS had
        GROUP BY staff_id
        UNION ALL
        SELECT first.staff_id, 0, 0, 0, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY first.reply_seconds)
        FROM (
            -- Of two replies of one instant the first by staff_id, as in reply_turn.
            SELECT DISTINCT ON (r.case_id) r.case_id, i.staff_id, r.reply_seconds
            FROM interaction_known AS i
            LEFT JOIN case_merge AS m USING (case_id)
            JOIN case_reply AS r ON r.case_id = coalesce(m.main_case_id, i.case_id) AND r.replied_at >= i.interacted_at
            WHERE i.direction = 'out' AND (i.actor IS NULL OR i.actor = 'staff') AND i.is_public IS NOT FALSE
            ORDER BY r.case_id, i.interacted_at, i.staff_id COLLATE "C"
        ) AS first
        WHERE first.staff_id <> ''
        GROUP BY first.staff_id
    ) AS part
    GROUP BY staff_id
) AS did
LEFT JOIN staff_known AS s USING (staff_id);
COMMENT ON VIEW responder IS
'One row per member of staff: contacts, public replies, cases had, first replies.
A first reply is credited to who gave it, whoever has the case.';

CREATE OR REPLACE VIEW responder_concentration AS
SELECT
    measure, count(*) AS staff_count, sum(amount)::bigint AS total_count,
    crm_gini(amount) AS gini, crm_gini(amount) * count(*) / nullif(count(*) - 1, 0) AS sample_gini,
    max(amount)::double precision / nullif(sum(amount), 0) AS top_share,
    ceil(0.01 * count(*)) AS top1_count,
    sum(amount) FILTER (WHERE falling <= ceil(0.01 * n))::double precision / nullif(sum(amount), 0) AS top1pct_share,
    sum(amount) FILTER (WHERE falling <= ceil(0.1 * n))::double precision / nullif(sum(amount), 0) AS top10pct_share,
    coalesce(sum(amount) FILTER (WHERE falling > ceil(0.01 * n) AND falling <= ceil(0.1 * n)), 0)::double precision
        / nullif(sum(amount), 0) AS next9pct_share,
    coalesce(sum(amount) FILTER (WHERE falling > ceil(0.1 * n)), 0)::double precision / nullif(sum(amount), 0)
        AS rest90pct_share,
    crm_as_of() AS as_of
FROM (
    SELECT
        measure, amount, row_number() OVER (PARTITION BY measure ORDER BY amount DESC, staff_id) AS falling,
        count(*) OVER (PARTITION BY measure) AS n
    FROM (
        SELECT staff_id, sum(contact_count)::bigint AS contact_count, sum(reply_count)::bigint AS reply_count,
               0::bigint AS case_count
        FROM staff_day
        GROUP BY staff_id
        UNION ALL
        SELECT staff_id, 0, 0, count(case_id)
        FROM (
            SELECT DISTINCT staff_id, coalesce(main_case_id, case_id) AS case_id
            FROM case_state_known LEFT JOIN case_merge USING (case_id)
            WHERE staff_id <> ''
        ) AS had
        GROUP BY staff_id
    ) AS did
    CROSS JOIN LATERAL (VALUES ('contact', contact_count), ('reply', reply_count),
                               ('case', case_count)) AS m (measure, amount)
    WHERE amount > 0
) AS ranked
GROUP BY measure;
COMMENT ON VIEW responder_concentration IS
'One row per measure, contact, reply or case: how the work is shared out among staff.
Of who has any. gini is 0 where all have the same, sample_gini that times n / (n - 1).
The top 1 % and 10 % of staff are rounded up, so of a few the two may be the same person.';
