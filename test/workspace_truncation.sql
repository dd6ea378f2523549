-- What came after a day is not seen from it: every view reads the same whether
-- the rows from after as_of are there or not, and so do what crm_refit,
-- crm_snapshot, crm_alert and crm_note_overdue write. Views and sources are
-- found by the catalogue.
BEGIN;
SELECT plan(5);
\ir lib/subjects.sql
SET LOCAL jit = off;
SET LOCAL timezone = 'UTC';
\set day '2024-10-16'

-- What is there by then and changes later, and what is to come without a trace of it
UPDATE crm.survey SET answered_at = '2024-11-02' WHERE survey_id LIKE '%3' AND sent_at < '2024-10-17';
UPDATE crm.staff SET employed_to = CASE staff_id WHEN 's3' THEN '2024-10-16' ELSE '2024-10-17' END::date
WHERE staff_id IN ('s3', 's4');
INSERT INTO crm.staff (staff_id, department, employed_from)
VALUES ('s9', 'desk', '2024-10-16'), ('s10', 'desk', '2024-10-17'), ('s11', 'shop', '2024-10-20');
INSERT INTO crm.site VALUES ('e1', 'east', '2024-10-17', NULL), ('w1', 'west', '2024-05-01', '2024-10-17');
INSERT INTO crm.campaign VALUES ('advent', 'Advent', '2024-10-17', '2024-12-24', 500),
    ('idle', 'Idle', '2024-10-16 23:59:59+00', NULL, 500);
UPDATE crm.action SET done_on = '2024-10-17' WHERE done_on IS NULL;
INSERT INTO crm.mention (mention_id, mentioned_at, brand, is_own, channel)
SELECT 's' || n, timestamptz '2024-08-06 10:00+00' + least(n, 10) * interval '7 days', 'another', false, 'forum'
FROM generate_series(0, 40) AS n;

-- The day on which a row of a source begins: of its days the first, but for these.
CREATE TEMPORARY TABLE begun AS
SELECT DISTINCT ON (source) source, CASE WHEN type = 'date' THEN format('%I::timestamp AT TIME ZONE ''UTC''', field)
                                         ELSE quote_ident(field) END AS at, field
FROM crm_source_fields()
WHERE type IN ('day', 'time', 'date') AND source NOT IN ('plan_line', 'release', 'event')
ORDER BY source, position;
UPDATE begun SET at = 'least(sent_at, answered_at)' WHERE source = 'survey';
-- What of later days is told by a column that was NULL before, and not planned.
CREATE TEMPORARY TABLE ended AS
SELECT source, field, CASE WHEN type = 'date' THEN format('%I::timestamp AT TIME ZONE ''UTC''', field)
                           ELSE quote_ident(field) END AS at
FROM crm_source_fields() LEFT JOIN begun USING (source, field)
WHERE type IN ('day', 'time', 'date') AND (begun.source IS NULL OR source = 'survey')
  AND (source, field) NOT IN (('customer', 'birth_on'), ('campaign', 'ends_at'), ('event', 'starts_at'),
                              ('action', 'due_on'), ('release', 'planned_on'), ('forecast', 'period_start'),
                              ('forecast', 'period_end'), ('plan_line', 'period_start'), ('plan_line', 'period_end'));

-- All that views and notes say, but for what is said of all rows, whatever the day.
CREATE TEMPORARY VIEW asked AS
SELECT relname FROM pg_class
WHERE relnamespace = 'crm'::regnamespace AND relkind = 'v' AND relname !~ '^data_quality' AND relname NOT IN
    ('catalog', 'data_completeness', 'person', 'customer_detail', 'customer_360_profile', 'staff_known',
     'reconciliation', 'reconciliation_found', 'reconciliation_quality');
CREATE TEMPORARY TABLE said (is_cut boolean, relation text, row text);
CREATE FUNCTION pg_temp.read_all(is_cut boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    relation text;
BEGIN
    PERFORM crm_refit('crm', '2024-10-14'), crm_snapshot('crm', '2024-10-16'), crm_alert('crm'),
            crm_note_overdue('crm', 86400);
    FOR relation IN SELECT relname FROM asked LOOP
        EXECUTE format('INSERT INTO said SELECT %L, %L, t::text FROM crm.%I AS t', is_cut, relation, relation);
    END LOOP;
    INSERT INTO said
    SELECT is_cut, 'alert', (to_jsonb(t) - '{alert_id,alerted_at}'::text[])::text FROM crm.alert AS t;
    INSERT INTO said SELECT is_cut, 'overdue_case', (to_jsonb(t) - 'noted_at')::text FROM crm.overdue_case AS t;
    DELETE FROM crm.alert;
    DELETE FROM crm.overdue_case;
    DELETE FROM crm.fit WHERE as_of > '2024-09-30';
    DELETE FROM crm.customer_snapshot WHERE as_of > '2024-09-30';
    DELETE FROM crm.customer_move WHERE moved_on > '2024-09-30';
END $$;

SET LOCAL crm_ext.as_of = :'day';
SELECT pg_temp.read_all(false);

-- Staff and campaigns of whom something is told by then, and customers known by then, have their rows.
CREATE TEMPORARY TABLE known AS SELECT customer_id FROM crm.known_customer;
CREATE FUNCTION pg_temp.cut() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    cut record;
    cut_count bigint := 0;
    n bigint;
BEGIN
    FOR cut IN SELECT format('DELETE FROM crm.%I WHERE %s >= ''2024-10-17 00:00+00''', source, at)
                      || CASE source WHEN 'customer' THEN ' AND customer_id NOT IN (SELECT * FROM known)'
                                     WHEN 'campaign' THEN ' AND campaign_id NOT IN (SELECT campaign_id FROM crm.touch)'
                                     ELSE '' END AS statement
               FROM begun
               UNION ALL
               SELECT format('UPDATE crm.%I SET %I = NULL WHERE %s >= ''2024-10-17 00:00+00''', source, field, at)
                      FROM ended WHERE (source, field) <> ('service_case', 'merged_at')
    LOOP
        EXECUTE cut.statement;
        GET DIAGNOSTICS n = ROW_COUNT;
        cut_count := cut_count + n;
    END LOOP;
    UPDATE crm.service_case SET merged_into = NULL, merged_at = NULL WHERE merged_at >= '2024-10-17 00:00+00';
    DELETE FROM crm.survey_answer WHERE survey_id NOT IN (SELECT survey_id FROM crm.survey
                                                          WHERE answered_at IS NOT NULL);
    RETURN cut_count;
END $$;
SELECT cmp_ok(pg_temp.cut(), '>', 2000::bigint, 'there are rows from after the day');
DELETE FROM crm.customer_change;
SELECT pg_temp.read_all(true);

CREATE TEMPORARY VIEW uncut_said AS SELECT relation, row FROM said WHERE NOT is_cut;
CREATE TEMPORARY VIEW cut_said AS SELECT relation, row FROM said WHERE is_cut;
SELECT is_empty('(TABLE uncut_said EXCEPT ALL TABLE cut_said) ORDER BY 1, 2 LIMIT 10',
                'no view says anything that it would not say without them');
SELECT is_empty('(TABLE cut_said EXCEPT ALL TABLE uncut_said) ORDER BY 1, 2 LIMIT 10', 'nor keeps anything back');
SELECT set_eq('SELECT relname FROM asked EXCEPT SELECT relation FROM uncut_said',
              -- It has rows where setting.min_cell hides some.
              $$VALUES ('attribution_cell'::name)$$, 'of views that have rows');
SELECT is_empty($$SELECT unnest('{alert,overdue_case}'::text[]) EXCEPT SELECT relation FROM uncut_said$$,
                'and of notes that are there');

SELECT * FROM finish();
ROLLBACK;
