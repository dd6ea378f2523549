-- Every view that counts customers hides small groups, or stands here with its reason; one
-- whose comment says "Counts no customers" or "Counts everybody" need not. Where it asks of one count alone whether
-- it is shown, and of no others from which it could be told, it stands here as well, or its
-- comment says "Groups overlap".
BEGIN;
SELECT plan(17);
SET LOCAL client_min_messages = warning;

SELECT crm_create_workspace('all_of_it', subjects => (SELECT array_agg(subject) FROM crm_subjects()));

-- What counts or sums up customers: columns of these names
CREATE TEMPORARY VIEW counting AS
SELECT DISTINCT c.oid, c.relname::text AS relation
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'all_of_it'::regnamespace AND c.relkind = 'v'
  AND a.attname ~ '_count$|_share$|_total$|^cohort_size$|^total_|^amount$|_amount$|^mean_|^median_'
  AND NOT EXISTS (SELECT FROM pg_attribute AS key WHERE key.attrelid = c.oid AND key.attname = 'customer_id');

CREATE TEMPORARY TABLE unguarded (relation text PRIMARY KEY, reason text NOT NULL);
INSERT INTO unguarded VALUES
    ('ledger_total', 'of everybody'),
    ('reconciliation', 'of what is shown, and of everybody'),
    ('reconciliation_found', 'of views that hide them'),
    ('reconciliation_quality', 'of reconciliation_due, which asks for min_cell'),
    ('data_quality', 'of rows that are wrong, for who corrects them'),
    ('data_completeness', 'of everybody'),
    ('gap_priority', 'of touchpoint_gap, which hides them'),
    ('touchpoint_weight', 'weights that were given'),
    ('community_size', 'of everybody, and posts'),
    ('community_health', 'of everybody'),
    ('peer_help', 'questions'), ('peer_help_monthly', 'questions'), ('official_reply', 'questions'),
    ('term_shift', 'uses of a word'), ('term_period', 'uses of a word'),
    ('release_cadence', 'releases'), ('plan_adherence', 'releases'),
    ('event_tally', 'what event_attendance is made of'),
    ('event_effect_by_kind', 'of event_effect, which hides them'),
    ('case_flow', 'cases of everybody, by month'), ('off_hours_share', 'of everybody, by month'),
    ('time_in_state', 'states of all cases'), ('channel_shift', 'of channel_mix, which hides them'),
    ('staff_contact', 'of a member of staff'), ('staff_day', 'of a member of staff'),
        ('staff_start', 'of a member of staff'),
    ('responder', 'of a member of staff'), ('responder_concentration', 'staff'), ('staff_flow', 'staff'),
    ('staff_participation', 'staff'), ('staffing_ratio', 'staff'),
    ('attribution', 'by attribution_cell, which says what is hidden'),
        ('attribution_campaign', 'by attribution_cell, which says what is hidden'),
    ('attribution_markov', 'by attribution_cell, which says what is hidden'),
    ('attribution_origin', 'what attribution is made of'), ('campaign_arm', 'what campaign_lift is made of'),
    ('campaign_hour', 'touches, of accounts that are no customers too'), ('cascade', 'touches'),
    ('mention_known', 'a row of a source'), ('mention_period', 'mentions'), ('mention_surge', 'mentions'),
        ('share_of_voice', 'mentions'),
    ('net_sentiment', 'mentions'), ('net_sentiment_monthly', 'mentions'),
    ('deflection', 'questions, of nobody known'), ('deflection_monthly', 'questions, of nobody known'),
    ('growth_flow', 'of growth_accounting, which hides them'),
    ('p_alive_matrix', 'of clv_matrix, which hides them'),
        ('expected_purchases_matrix', 'of clv_matrix, which hides them'),
    ('plan_known', 'plans'), ('plan_deed', 'a row of a source'),
    ('plan_variance', 'of plan_actual, which hides them'), ('plan_variance_total', 'of plan_actual, which hides them'),
    ('metric_day', 'of everybody, by day: what forecasts are made of'),
        ('plan_sale_month', 'of everybody, by month: what reports are made of'),
    ('forecast_result', 'of everybody, over a period that was forecast'),
        ('forecast_accuracy', 'of everybody, over a year'),
    ('forecast_progress', 'of everybody, over a period with a target'),
    ('staff_execution', 'of goals, and of budgets of departments'),
    ('report_change', 'of report_figure, which hides them'),
    ('report_sales', 'of report_figure, which hides them'), ('report_customer', 'of report_figure, which hides them'),
    ('report_service', 'of report_figure, which hides them'), ('report_finance', 'of report_figure, which hides them'),
    ('cost_to_serve', 'of segment_economics, which hides them'),
    ('experience_angle', 'weights that were given'), ('experience_cell', 'weights that were given'),
    ('experience_coverage', 'cells'), ('experience_index_monthly', 'of experience_cell_monthly, which hides them'),
    ('touchpoint_detail', 'of touchpoint_gap, which hides them'),
        ('experience_review', 'of touchpoint_gap, which hides them'),
    ('closed_loop', 'actions, and of touchpoint_gap, which hides them'),
    ('purchase', 'a row of a source'),
    ('scoring_basis', 'of everybody, and settings');
INSERT INTO unguarded
SELECT relname, 'rows that are wrong' FROM pg_class WHERE relnamespace = 'all_of_it'::regnamespace
    AND relname LIKE 'data\_quality\_%';

SELECT cmp_ok((SELECT count(*) FROM counting), '>=', 20::bigint, 'views that count or sum up customers');
SELECT is_empty($$SELECT relation FROM counting
                  WHERE pg_get_viewdef(oid) !~ '\mcrm_is_shown\M' AND relation !~ '^reconciliation_'
                    AND relation NOT IN (SELECT u.relation FROM unguarded AS u)
                    AND coalesce(obj_description(oid, 'pg_class'), '') !~ '\mCounts (no customers|everybody)\M'$$,
                'hide small groups, or have a reason not to');
SELECT is_empty($$SELECT relation FROM counting
                  WHERE relation ~ '^reconciliation_' AND relation NOT IN (SELECT u.relation FROM unguarded AS u)
                      AND pg_get_viewdef(oid) !~ 'min_cell'$$,
                'reconciliations of groups ask for min_cell');
SELECT is_empty($$SELECT relation FROM unguarded WHERE to_regclass('all_of_it.' || relation) IS NULL
                  UNION ALL
                  SELECT relation FROM counting JOIN unguarded USING (relation)
                  WHERE pg_get_viewdef(oid) ~ '\mcrm_is_shown\M'$$,
                'and no reason is left without a view');
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'all_of_it'::regnamespace AND relkind = 'v'
                    AND pg_get_viewdef(oid) ~ 'min_cell\)? - 1|[<>]=? *\(?(setting\.)?min_cell'$$, 'by one construct');

-- Calls with one count: a group that is hidden alone is what is left of the total of all groups.
CREATE FUNCTION pg_temp.shows_by_one(definition text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    rest text;
    letter text;
    depth integer;
    comma_count integer;
BEGIN
    FOREACH rest IN ARRAY (string_to_array(definition, 'crm_is_shown('))[2:] LOOP
        depth := 0;
        comma_count := 0;
        FOREACH letter IN ARRAY string_to_array(rest, NULL) LOOP
            depth := depth + CASE letter WHEN '(' THEN 1 WHEN ')' THEN -1 ELSE 0 END;
            EXIT WHEN depth < 0;
            comma_count := comma_count + (letter = ',' AND depth = 0)::integer;
        END LOOP;
        IF comma_count = 1 THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
CREATE TEMPORARY TABLE by_one AS
SELECT relname::text AS relation, obj_description(oid, 'pg_class') AS comment
FROM pg_class
WHERE relnamespace = 'all_of_it'::regnamespace AND relkind = 'v' AND pg_get_viewdef(oid) ~ 'crm_is_shown'
  AND pg_temp.shows_by_one(pg_get_viewdef(oid));
CREATE TEMPORARY TABLE untold (relations text[] NOT NULL, reason text NOT NULL);
INSERT INTO untold VALUES
    ('{attribution_cell,campaign_reach,campaign_roi,contact_effectiveness,cross_department_contact,department_latency,
       event_attendance,experience_cell_monthly,experience_index,feedback_by_release,feedback_loop,gap_monthly,
       goal_attainment,idea_funnel,idea_monthly,plan_actual,purchase_gap,response_time,response_time_by,service_hours,
       sla_attainment,sla_attainment_by,tag_summary,tag_trend,topic_surge,touchpoint_effort,touchpoint_gap,
       upgrade_uptake,wallet_share}',
     'a customer is in several groups'),
    ('{ces_monthly,channel_mix,churn_rate,clv_tracking,concentration_monthly,csat_monthly,customer_initiated_share,
       device_mix,growth_accounting,metric_month,nps_monthly,purpose_mix,repeat_repair,report_figure,report_product,
       revenue_retention_yearly,review_rate,sales_channel_monthly,sales_result,service_process,stickiness,
       survey_response,visit_mix}',
     'a customer is in several months'),
    ('{active_day_distribution,clv_frequency_check,clv_model_check,concentration,contributor_share,event_summary,
       pareto_curve}',
     'of everybody, whose parts are asked for with the others'),
    ('{care_effect,channel_breadth,recommend_by_outcome,site_coverage,stage_gap}', 'no view tells the total'),
    ('{onboarding,prospect_to_buyer,repeat_rate,retention_cohort,retention_cohort_quarterly,retention_cohort_weekly,
       revenue_retention}',
     'cohorts: of one that is hidden alone the size can be told, and nothing else'),
    ('{completeness}', 'of one that is hidden alone the size can be told by segment_summary, and nothing else'),
    ('{completeness_monthly}', 'of everybody registered by a day');
CREATE TEMPORARY VIEW untold_view AS SELECT unnest(relations) AS relation FROM untold;
SELECT is_empty($$SELECT relation FROM by_one
                  WHERE relation NOT IN (SELECT u.relation FROM untold_view AS u)
                    AND coalesce(comment, '') !~ '\mGroups overlap\M'$$,
                'ask also for the groups by which a hidden one could be told, or have a reason not to');
SELECT is_empty('SELECT relation FROM untold_view EXCEPT SELECT relation FROM by_one',
                'and no reason is left without a view');
SELECT results_eq($$SELECT pg_temp.shows_by_one(d) FROM unnest(ARRAY['crm_is_shown(a, b)', 'crm_is_shown(a, b, c)',
                        'crm_is_shown(( SELECT a, x FROM s), f(b, c))', 'crm_is_shown(a, b, c) AND crm_is_shown(d, e)'])
                        WITH ORDINALITY AS u (d, n) ORDER BY n$$,
                  ARRAY[true, false, true, true], 'which is read from each call');

SELECT results_eq($$SELECT crm_is_shown(5, n) FROM unnest('{0,1,4,5,6,NULL}'::bigint[]) WITH ORDINALITY AS u (n, i)
    ORDER BY i$$,
                  ARRAY[true, false, false, true, true, true], 'from 1 to min_cell - 1 is hidden');
SELECT ok(crm_is_shown(1, 1, 2, 3) AND crm_is_shown(NULL, 1) AND NOT crm_is_shown(3, 9, 9, 2),
    'any of them hides; 1 and NULL hide nothing');

-- Summaries hide few customers
CREATE TABLE few_sales (who text, at date, amount numeric);
INSERT INTO few_sales SELECT 'c' || n, date '2024-01-01' + n * n % 360, n
FROM generate_series(1, 40) AS n, generate_series(1, 1 + n % 4);
SELECT crm_create_workspace('few',
    '{"purchase": {"from": "few_sales", "customer_id": "who", "purchased_at": "at", "amount": "amount"}}');
CREATE TEMPORARY TABLE shown AS SELECT * FROM few.segment_summary;
SELECT isnt_empty('SELECT FROM shown WHERE customer_count < 6', 'with min_cell 1 small segments are shown');
UPDATE few.setting SET min_cell = 6;
SELECT set_eq('SELECT segment FROM few.segment_summary', 'SELECT segment FROM shown WHERE customer_count >= 6',
    'with min_cell 6 they are not');
-- Every view that counts customers
CREATE FUNCTION pg_temp.least_shown() RETURNS TABLE (relation text, lowest bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOR relation IN SELECT table_name FROM information_schema.columns
    WHERE table_schema = 'few' AND column_name = 'customer_count'
                    AND table_name NOT IN ('fit', 'data_completeness') ORDER BY 1 LOOP
        EXECUTE format('SELECT min(customer_count) FROM few.%I WHERE customer_count > 0', relation) INTO lowest;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT is_empty('SELECT * FROM pg_temp.least_shown() WHERE lowest < 6', 'and so in every summary');
SELECT cmp_ok((SELECT count(lowest) FROM pg_temp.least_shown()), '>=', 4::bigint, 'of which there are some');
-- Shares tell the total: what it has more than the groups that are shown is nobody, or enough.
CREATE FUNCTION pg_temp.rests() RETURNS TABLE (relation text, min_cell integer, rest numeric) LANGUAGE plpgsql AS $$
BEGIN
    FOREACH min_cell IN ARRAY '{2,3,4,5,7,9,12}'::integer[] LOOP
        EXECUTE format('UPDATE few.setting SET min_cell = %s', min_cell);
        -- The counts of a curve go on.
        FOR relation IN SELECT table_name FROM information_schema.columns
        WHERE table_schema = 'few' AND table_name <> 'pareto_curve'
              AND column_name IN ('customer_count', 'customer_share')
        GROUP BY table_name HAVING count(*) = 2 ORDER BY 1 LOOP
            RETURN QUERY EXECUTE format(
                'SELECT %L::text, %s,
                        (round(max(customer_count / nullif(customer_share, 0))) - sum(customer_count))::numeric
                 FROM few.%I AS t GROUP BY to_jsonb(t) ->> ''month_on''', relation, min_cell, relation);
        END LOOP;
    END LOOP;
END $$;
CREATE TEMPORARY TABLE rest AS SELECT * FROM pg_temp.rests();
SELECT is_empty('SELECT * FROM rest WHERE rest BETWEEN 1 AND min_cell - 1', 'no rest is of few customers');
SELECT cmp_ok((SELECT count(DISTINCT relation) FROM rest WHERE rest >= min_cell), '>=', 3::bigint,
    'and some are of enough');
UPDATE few.setting SET min_cell = 1000;
SELECT is_empty('SELECT FROM few.segment_summary UNION ALL SELECT FROM few.lifecycle_summary UNION ALL SELECT
    FROM few.rfm_heatmap WHERE customer_count > 0',
                'min_cell beyond all hides all');

SELECT * FROM finish();
ROLLBACK;
