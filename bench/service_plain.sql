-- A part of what response_time says, in plain SQL over the tables of
-- bench/service.sql, for what that costs by itself: without working time,
-- limits of medians, merged cases, words of the customer's own, or cases that
-- wait still.
CREATE SCHEMA IF NOT EXISTS bench_plain;

CREATE OR REPLACE VIEW bench_plain.first_reply AS
SELECT
    channel, date_trunc('month', asked_at) AS month_at, count(*) AS case_count,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY (extract(epoch FROM replied_at - asked_at))::double precision)
        AS p50_seconds
FROM bench.service_case
JOIN (
    SELECT
        case_id, min(interacted_at) FILTER (WHERE direction = 'in') AS asked_at,
        min(interacted_at) FILTER (WHERE direction = 'out' AND actor IS DISTINCT FROM 'machine') AS replied_at
    FROM bench.interaction
    GROUP BY case_id
) AS said USING (case_id)
GROUP BY channel, month_at;

CREATE OR REPLACE VIEW bench_plain.next_reply AS
SELECT date_trunc('month', interacted_at) AS month_at, count(*) AS question_count,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY (extract(epoch FROM next_at - interacted_at))::double precision)
           AS p50_seconds
FROM (
    SELECT case_id, direction, interacted_at, lag(direction) OVER w AS previous, lead(interacted_at) OVER w AS next_at
    FROM bench.interaction
    WHERE actor IS DISTINCT FROM 'machine'
    WINDOW w AS (PARTITION BY case_id ORDER BY interacted_at)
) AS said
WHERE direction = 'in' AND previous = 'out'
GROUP BY month_at;

CREATE OR REPLACE VIEW bench_plain.resolution AS
SELECT channel, date_trunc('month', opened_at) AS month_at, count(*) AS case_count,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY (extract(epoch FROM resolved_at - opened_at))::double precision)
           AS p50_seconds
FROM bench.service_case
JOIN (
    SELECT case_id, min(changed_at) FILTER (WHERE status IN ('solved', 'closed')) AS resolved_at
    FROM bench.case_state
    GROUP BY case_id
) AS state USING (case_id)
GROUP BY channel, month_at;

CREATE OR REPLACE VIEW bench_plain.state AS
SELECT status, count(*) AS state_count, sum(next_at - changed_at) AS stayed
FROM (
    SELECT status, changed_at, lead(changed_at) OVER (PARTITION BY case_id ORDER BY changed_at, event_no) AS next_at
    FROM bench.case_state
) AS followed
GROUP BY status;
