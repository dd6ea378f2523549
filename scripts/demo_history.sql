-- What the workspace crm would have kept in a year of use: a fit at each month's
-- end, and snapshots a quarter apart, so that there is a past to look at.

-- What a fit warns of stands in the report.
SET client_min_messages = error;

SELECT crm_refit('crm', month.day::date - 1)
FROM generate_series(date_trunc('month', crm_as_of()::timestamp) - interval '11 months',
                     date_trunc('month', crm_as_of()::timestamp), interval '1 month') AS month (day)
WHERE month.day > (SELECT min(ordered_at)::date + 90 FROM orders) \g /dev/null

SELECT crm_snapshot('crm', crm_as_of() - days)
FROM unnest('{91,0}'::integer[]) AS days
WHERE crm_as_of() - days > (SELECT min(ordered_at)::date + 90 FROM orders) \g /dev/null
