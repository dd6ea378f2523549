-- The charts for Superset, over a workspace with something of every subject: each
-- of their measures is MAX, so one row of the view must make one mark, where there
-- are several snapshots, kinds and touchpoints of one name as well.
BEGIN;
SELECT plan(4);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
\ir lib/subjects.sql
SELECT crm_snapshot('crm', '2024-06-30'), crm_snapshot('crm', '2024-11-30') \g /dev/null
INSERT INTO crm.touchpoint (touchpoint_id, touchpoint_name, module_id) VALUES ('second shop', 'Shop', 'use');
INSERT INTO crm.rating (customer_id, touchpoint_id, angle, level, score, rated_at)
SELECT 'c' || n, 'second shop', 'tone', level, 3 + n % 5, timestamptz '2024-03-01' + n * interval '1 day'
FROM generate_series(1, 60) AS n, unnest('{expected,actual}'::text[]) AS level;

\set workspace crm
\ir ../dashboard/superset/charts.sql

-- What a chart groups by, as expressions over its view; a chart over time takes
-- months together, or what time_grain_sqla says.
CREATE TEMPORARY TABLE grouped AS
SELECT chart.n, chart.name, chart.view_name, chart.params ->> 'where' AS condition,
       string_agg(coalesce(calculated.expression,
                           CASE WHEN part.name IN ('month_on', 'week_on')
                                THEN format('date_trunc(%L, %I)',
                                            CASE chart.params ->> 'time_grain_sqla' WHEN 'P1W' THEN 'week'
                                                                                     ELSE 'month' END,
                                            part.name)
                                ELSE quote_ident(part.name) END), ', ' ORDER BY part.nth) AS expressions
FROM chart
CROSS JOIN LATERAL (
    SELECT 0 AS nth, params ->> 'x_axis' AS name
    UNION ALL
    SELECT nth, name
    FROM jsonb_array_elements_text(CASE jsonb_typeof(params -> 'groupby')
                                   WHEN 'array' THEN params -> 'groupby'
                                   WHEN 'string' THEN jsonb_build_array(params -> 'groupby')
                                   ELSE '[]' END) WITH ORDINALITY AS listed (name, nth)
) AS part
LEFT JOIN calculated ON calculated.view_name = chart.view_name AND calculated.column_name = part.name
WHERE chart.viz_type <> 'table'
GROUP BY chart.n, chart.name, chart.view_name, chart.params;

-- marks(CHART): how many marks it has, and of how many rows.
CREATE FUNCTION pg_temp.marks(wanted grouped, OUT mark_count bigint, OUT row_count bigint) LANGUAGE plpgsql AS $$
DECLARE
    source text := format('(SELECT * FROM crm.%I WHERE %s) AS source', wanted.view_name,
                          coalesce((SELECT condition FROM cut WHERE cut.view_name = wanted.view_name), 'true'));
BEGIN
    EXECUTE format('SELECT count(*), sum(n) FROM (SELECT count(*) AS n FROM %s WHERE %s GROUP BY %s) AS mark',
                   source, coalesce(wanted.condition, 'true'), wanted.expressions)
    INTO mark_count, row_count;
END $$;
CREATE TEMPORARY TABLE seen AS SELECT grouped.name, marks.* FROM grouped, pg_temp.marks(grouped) AS marks;

SELECT is(count(*), (SELECT count(*) FROM chart WHERE viz_type <> 'table'), 'every chart groups by something')
FROM grouped;
SELECT is_empty('SELECT name FROM seen WHERE mark_count = 0', 'and shows something');
SELECT is_empty('SELECT name, mark_count, row_count FROM seen WHERE mark_count <> row_count',
                'one row makes one mark in every chart');
SELECT ok((SELECT count(DISTINCT snapshot_on) FROM crm.segment_transition) > 2
          AND (SELECT count(DISTINCT conversion_kind) FROM crm.attribution) > 1
          AND (SELECT count(DISTINCT kind) FROM crm.nps_monthly) > 1
          AND (SELECT count(DISTINCT touchpoint_name) < count(*) FROM crm.touchpoint_gap),
          'where there are snapshots, kinds and touchpoints of one name to mix');
ROLLBACK;
