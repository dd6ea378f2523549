-- Every view with counts or amounts claims a total in reconciliation, or stands here with its
-- reason: of the subjects that all workspaces have, and of service.
BEGIN;
SELECT plan(6);
SET LOCAL jit = off;
-- The workspace crm, with something of every subject
\ir lib/subjects.sql

-- What adds up rows: columns of these names, where a row is not one customer, case or member of staff.
CREATE TEMPORARY VIEW counting AS
SELECT DISTINCT c.oid, c.relname::text AS relation
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
JOIN crm.catalog ON catalog.relation_name = c.relname AND catalog.position = 0
JOIN crm_subjects() AS known USING (subject)
WHERE c.relnamespace = 'crm'::regnamespace AND c.relkind = 'v'
  AND (known.is_base OR known.subject = 'service')
  AND c.relname !~ '^(reconciliation|data_quality)'
  AND a.attname ~ '_count$|^cohort_size$|^amount$|_amount$' AND a.attname !~ '^(mean|median)_'
  AND NOT EXISTS (SELECT FROM pg_attribute AS key
                  WHERE key.attrelid = c.oid AND key.attname IN ('customer_id', 'case_id', 'staff_id'));
CREATE TEMPORARY TABLE unclaimed (relation text PRIMARY KEY, reason text NOT NULL);
INSERT INTO unclaimed VALUES
    ('ledger_total', 'what the others are held against'),
    ('data_completeness', 'each row is of the whole table'),
    ('churn_rate', 'who was active on a day: no part of anything'),
    ('growth_flow', 'growth_accounting, one state below the other'),
    ('revenue_retention_yearly', 'of customers with an amount above 0 a year before'),
    ('clv_tracking', 'whole weeks only: the part of one at the end is left out'),
    ('clv_spend_check', 'of customers whose mean is above 0'),
    ('p_alive_matrix', 'clv_matrix, which claims one'),
    ('expected_purchases_matrix', 'clv_matrix, which claims one'),
    ('experience_index', 'cells of a tree, each counted at every level'),
    ('channel_shift', 'channel_mix, against the month before'),
    ('channel_breadth', 'each channel in all of its months'),
    ('contact_effectiveness', 'contacts of which it is known whether they were answered'),
    ('cross_department_contact', 'a customer counts in several departments'),
    ('customer_initiated_share', 'conversations, by who began them'),
    ('department_latency', 'handovers to a department'),
    ('onboarding', 'of customers who began in a month'),
    ('repeat_repair', 'repairs alone'),
    ('responder_concentration', 'members of staff'), ('staff_flow', 'members of staff'),
    ('staff_participation', 'members of staff'), ('staffing_ratio', 'members of staff'),
    ('site_coverage', 'a customer may have been at several sites');

SELECT cmp_ok((SELECT count(*) FROM counting), '>=', 40::bigint, 'views that add up rows');
SELECT is_empty('SELECT relation FROM counting
                 EXCEPT SELECT view_name FROM crm.reconciliation EXCEPT SELECT relation FROM unclaimed',
                'claim a total, or have a reason not to');
SELECT is_empty('SELECT relation FROM unclaimed EXCEPT SELECT relation FROM counting
                 UNION ALL SELECT relation FROM unclaimed JOIN crm.reconciliation ON view_name = relation',
                'and no reason is left without a view');
SELECT is_empty('SELECT view_name, column_name FROM crm.reconciliation WHERE difference IS DISTINCT FROM 0',
                'and every total is met');
UPDATE crm.setting SET min_cell = 5;
SELECT set_eq('SELECT DISTINCT view_name FROM crm.reconciliation
               WHERE ledger_total IS NOT NULL OR view_total IS NOT NULL',
              $$SELECT DISTINCT r.view_name FROM crm.reconciliation AS r
                WHERE coalesce(pg_get_viewdef('crm.' || r.view_name), '') !~ 'crm_is_shown'
                  AND r.view_name NOT IN ('attribution', 'attribution_markov', 'plan_variance', 'event_attendance')$$,
              'totals of what hides groups are told of none');

-- Which months a view has, those of setting.month_anchor or of the calendar, its comment says.
UPDATE crm.setting SET min_cell = 1, month_anchor = '2001-01-15';
CREATE FUNCTION pg_temp.has_calendar_months(relation regclass, name text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    answer boolean;
BEGIN
    EXECUTE format('SELECT bool_and(extract(day FROM %I) = 1) FROM %s', name, relation) INTO answer;
    RETURN answer;
END $$;
SELECT is_empty($$SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'crm'::regnamespace AND c.relkind = 'v' AND a.attname IN ('month_on', 'cohort_on')
      AND pg_temp.has_calendar_months(c.oid, attname)
          IS DISTINCT FROM (col_description(c.oid, attnum) LIKE '%calendar month%')$$,
    'views by month say whose months they are');

SELECT * FROM finish();
ROLLBACK;
