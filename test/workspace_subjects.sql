-- All subjects in one workspace: names do not clash, every view reads and is explained.
BEGIN;
SELECT plan(32);
SET LOCAL client_min_messages = warning;
SELECT crm_create_workspace('crm', subjects => ARRAY(SELECT subject FROM crm_subjects()));

\ir lib/views.sql
SELECT is_empty($$SELECT * FROM pg_temp.read_all('crm') WHERE error IS NOT NULL$$,
    'every view of an empty workspace reads');
SELECT is_empty($$SELECT relation_name, column_name FROM crm.catalog WHERE comment IS NULL$$,
    'every relation and column is explained');
SELECT is_empty($$SELECT relation_name FROM crm.catalog WHERE subject IS NULL$$, 'and of a subject');
SELECT is_empty($$SELECT conname FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
                  WHERE c.contype = 'c' AND t.relnamespace = 'crm'::regnamespace AND conname ~ '_check\d*$'
                    AND relname NOT IN ('setting', 'customer_move')
                    AND relname NOT IN (SELECT source FROM crm_source_fields())$$,
                'a rule of a table that people fill has a name that says it');
SELECT is_empty($$SELECT c.relation_name, c.column_name, named[1], named[2]
                  FROM crm.catalog AS c, regexp_matches(c.comment, '\m([a-z_]+)\.([a-z_]+)\M', 'g') AS named
                  WHERE named[1] IN (SELECT relation_name FROM crm.catalog)
                    AND named NOT IN (SELECT ARRAY[relation_name, column_name]::text[] FROM crm.catalog
                                      WHERE column_name IS NOT NULL)$$,
                'columns that a comment names are there');
SELECT is((SELECT string_agg(format('%s: %s', subject, comment), E'\n' ORDER BY subject COLLATE "C")
           FROM crm.catalog WHERE column_name = 'repeat_share'),
          (SELECT string_agg(format('%s: %s', subject, comment), E'\n' ORDER BY subject COLLATE "C")
           FROM crm_dictionary() WHERE name = 'repeat_share'),
          'a name that two subjects have means in each what that one says');
SELECT is_empty($$SELECT relation_name, column_name, data_type FROM crm.catalog
                  WHERE relation_kind = 'view' AND relation_name NOT IN ('scoring_basis', 'calendar_span', 'plan_span',
                      'programme_span', 'report_bound', 'history_basis', 'clv_test_basis',
                      -- what others are made of
                      'service_basis', 'campaign_arm')
                    AND data_type !~ '^(text|integer|smallint|bigint|double precision|numeric.*|date|boolean'
                                     '|timestamp with(out)? time zone|character varying.*)$'$$,
                'views have plain types');
-- Of one customer, case or post a row is no figure of the period; the last weeks of two views are complete ones.
SELECT is_empty($$SELECT relation_name FROM crm.catalog
                  WHERE relation_kind = 'view'
                    AND relation_name NOT IN ('report_case', 'plan_sale_month', 'topic_surge', 'clv_tracking')
                  GROUP BY relation_name
                  HAVING bool_or(column_name IN ('month_on', 'week_on', 'cohort_on'))
                     AND bool_and(column_name IS NULL
                                  OR column_name NOT IN ('is_complete', 'customer_id', 'case_id', 'post_id'))$$,
                'a view by month or week says which are not over');
SELECT is_empty($$SELECT relname FROM pg_class
                  WHERE relnamespace = 'crm'::regnamespace AND relkind = 'v'
                    AND pg_get_viewdef(oid) ~ '<= [^\n]*as_of(\([^)]*\))?( AS [a-z_]+)?\)* AS is_complete'$$,
                'by crm_over_on: today still goes on');
SELECT is_empty($$SELECT relation_name, subject FROM crm.catalog
                  WHERE subject IS NULL OR subject NOT IN (SELECT s.subject FROM crm_subjects() AS s)$$,
                'each is of a subject');
CREATE TABLE crm.mine (x integer);
SELECT results_eq($$SELECT relation_name COLLATE "default", subject FROM crm.catalog
    WHERE position = 0 AND relation_name IN ('mine', 'customer', 'customer_360', 'plan_variance', 'target')
    ORDER BY relation_name COLLATE "C"$$,
    $$VALUES ('customer', 'customer'), ('customer_360', 'customer'), ('mine', NULL), ('plan_variance', 'plan'),
        ('target', 'profile')$$, 'but what others made');
DROP TABLE crm.mine;
-- One name in two subjects: each says what it means there
SELECT results_eq($$SELECT relation_name COLLATE "default", comment COLLATE "default" FROM crm.catalog
    WHERE column_name = 'is_overdue'
    AND relation_name IN ('next_action', 'open_case') ORDER BY relation_name COLLATE "C"$$,
    $$VALUES ('next_action', 'Whether due_on has passed.'), ('open_case', 'Whether due_at is past.')$$,
    'and explained by it');
SELECT results_eq($$SELECT source, check_name FROM crm.data_quality_campaign UNION ALL
                    SELECT source, check_name FROM crm.data_quality_event ORDER BY 1, 2$$,
    $$SELECT source, check_name FROM crm_checks() WHERE subject IN ('campaign', 'event') ORDER BY 1, 2$$,
    'what is declared to be checked is checked');
SELECT is_empty($$SELECT subject, source FROM crm_checks() WHERE to_regclass('crm.' || source) IS NULL
                  UNION SELECT subject, '' FROM crm_subjects() AS s
                  WHERE (to_regclass('crm.data_quality_' || subject) IS NULL) <> (crm_checks_view(subject) IS NULL)
                    AND subject NOT IN ('customer', 'lib', 'quality', 'service')$$,
    'of tables that there are');
SELECT lives_ok($$SELECT crm_upgrade_workspace('crm')$$, 'an upgrade replaces all views in place');
SELECT lives_ok($$SELECT crm_add_subject('crm', 'event')$$, 'adding what is there changes nothing');
INSERT INTO crm.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2024-05-05', 10),
    ('bob', '2024-05-06', -3);
SELECT crm_refit('crm'), crm_snapshot('crm');
SELECT throws_ok('UPDATE crm.setting SET ' || assignment, code, NULL, 'setting: ' || assignment)
FROM (VALUES ('effect_days = 36526', '23514'), ('onboarding_days = 36526', '23514'), ('repeat_days = 36526', '23514'),
             ('accuracy_months = 1201', '23514'), ('survey_days = 36526', '23514'), ('contact_days = 36526', '23514'),
             ('action_days = 36526', '23514'), ('term_days = 36526', '23514'),
             ($$conversation_gap_seconds = 'NaN'$$, '23514'),
             ($$term_pattern = '('$$, '2201B')) AS refused (assignment, code);
UPDATE crm.setting SET effect_days = 36525, onboarding_days = 36525, repeat_days = 36525, accuracy_months = 1200,
                       survey_days = 36525, contact_days = 36525, action_days = 36525, term_days = 36525,
                       conversation_gap_seconds = 'Infinity', term_pattern = '([a-z]+)';
SELECT is_empty($$SELECT * FROM pg_temp.read_all('crm') WHERE error IS NOT NULL$$,
    'with two customers too, and settings at their ends');
SELECT is_empty('SELECT view_name, column_name FROM crm.reconciliation WHERE difference IS DISTINCT FROM 0',
                'and the totals agree');

-- Whoever a source names is a customer: a row of each field with a customer's key, on as_of and a day later.
-- Not customer.referred_by, which is no key of the row.
CREATE TEMPORARY TABLE customer_key AS
SELECT DISTINCT source, field FROM crm_source_fields()
WHERE type = 'key' AND (source, field) <> ('customer', 'referred_by');
DO $$
DECLARE
    named record;
BEGIN
    FOR named IN
        SELECT k.source, k.field, when_known.field AS day_field, when_known.type AS day_type,
               ARRAY(SELECT f.field FROM crm_source_fields() AS f
                     WHERE f.source = k.source AND f.type = 'text' AND f.role <> 'optional') AS texts
        FROM customer_key AS k
        LEFT JOIN LATERAL (SELECT f.field, f.type FROM crm_source_fields() AS f
                           WHERE f.source = k.source AND f.type IN ('day', 'time', 'date')
                           ORDER BY f.position LIMIT 1) AS when_known ON true
    LOOP
        EXECUTE format('INSERT INTO crm.%I (%s) SELECT %s FROM (VALUES (''on'', ''2024-06-30''::date),
                        (''after'', ''2024-07-01'')) AS day (name, day)', named.source,
                       array_to_string(named.field || named.texts || named.day_field, ', '),
                       format('%L || name', named.source || '.' || named.field || ' ')
                       || repeat(', name', cardinality(named.texts))
                       || CASE WHEN named.day_field IS NULL THEN '' ELSE ', day' END);
    END LOOP;
END $$;
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT set_eq($$SELECT customer_id FROM crm.customer_360 WHERE customer_id LIKE '% on'$$,
              $$SELECT source || '.' || field || ' on' FROM customer_key$$,
              'every source with a customer''s key makes its customers known');
SELECT set_eq($$SELECT customer_id FROM crm.customer_360 WHERE customer_id LIKE '% after'$$,
              $$VALUES ('identity.customer_id after')$$,
              'from the day of the row on, where it has one');
SELECT results_eq($$SELECT customer_id, is_prospect FROM crm.customer_360
                    WHERE customer_id = 'service_case.customer_id on'$$,
                  $$VALUES ('service_case.customer_id on', true)$$, 'and asked for alone');
INSERT INTO crm.survey (survey_id, kind, sent_at, answered_at) VALUES
    ('soon', 'nps', '2024-06-01', '2024-07-01'), ('done', 'nps', '2024-06-01', '2024-06-30');
INSERT INTO crm.survey_answer (survey_id, question, customer_id) VALUES
    ('soon', 'q', 'tomorrow'), ('done', 'q', 'today');
SELECT results_eq($$SELECT customer_id FROM crm.customer_360 WHERE customer_id IN ('today', 'tomorrow')$$,
                  ARRAY['today'], 'an answer is of the day of its survey');
SELECT * FROM finish();
ROLLBACK;
