-- Everything that Superset is to import, as files: a row a file, its path and
-- what is in it, as JSON, which is YAML too. Names become keys, so that
-- the same workspace gives the same files, and a second import replaces the first.
CREATE FUNCTION pg_temp.key(name text) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5('crm_ext ' || name)::uuid;

CREATE FUNCTION pg_temp.format_of(column_name text, data_type text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN column_name LIKE '%\_share' OR column_name = 'p_alive' THEN '.1%'
            WHEN data_type LIKE 'numeric(%' THEN ',.2f'
            WHEN data_type IN ('integer', 'bigint') THEN ',d'
            ELSE ',.3~f' END;

CREATE TEMPORARY TABLE view_column AS
SELECT c.relname AS view_name, a.attname AS column_name, a.attnum AS n,
       format_type(a.atttypid, a.atttypmod) AS data_type, NULL::text AS expression,
       col_description(c.oid, a.attnum) AS about
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = quote_ident(:'workspace')::regnamespace AND c.relname IN (SELECT view_name FROM chart)
UNION ALL
SELECT view_name, column_name, 1000, CASE WHEN column_name LIKE '%\_count' THEN 'bigint' ELSE 'text' END,
       expression, about
FROM calculated WHERE view_name IN (SELECT view_name FROM chart);

-- A number is a measure; one row makes a mark, so that nothing is added up.
CREATE TEMPORARY TABLE measure AS
SELECT *, pg_temp.format_of(column_name, data_type) AS d3format FROM view_column
WHERE data_type ~ '^(integer|bigint|double precision|numeric)'
  AND column_name !~ '(_id|_order|_score|weekday|hour|period_number)$';

CREATE TEMPORARY TABLE dataset AS
SELECT view_name, jsonb_build_object(
    'table_name', view_name, 'schema', :'workspace', 'version', '1.0.0',
    'sql', (SELECT format('SELECT * FROM %I.%I WHERE %s', :'workspace', view_name, condition)
            FROM cut WHERE cut.view_name = v.view_name),
    'uuid', pg_temp.key('dataset ' || view_name), 'database_uuid', pg_temp.key('database'),
    'description', obj_description(format('%I.%I', :'workspace', view_name)::regclass, 'pg_class'),
    -- The day that a picture over time filters by; as_of is none.
    'main_dttm_col', min(column_name ORDER BY n) FILTER (WHERE column_name IN ('month_on', 'week_on', 'cohort_on')),
    'filter_select_enabled', true, 'offset', 0, 'extra', NULL, 'params', NULL,
    'columns', jsonb_agg(jsonb_build_object(
        'column_name', column_name, 'expression', expression, 'description', about,
        'verbose_name', replace(column_name, '_', ' '),
        'type', CASE WHEN column_name LIKE '%\_id' THEN 'TEXT' ELSE upper(data_type) END, 'is_active', true,
        'is_dttm', (data_type = 'date' OR data_type LIKE 'timestamp%') AND column_name <> 'as_of',
        'filterable', column_name <> 'as_of', 'groupby', column_name <> 'as_of') ORDER BY n, column_name),
    'metrics', (SELECT jsonb_agg(jsonb_build_object(
                           'metric_name', m.column_name, 'verbose_name', replace(m.column_name, '_', ' '),
                           'metric_type', NULL,
                           'expression', format('MAX(%s)', coalesce(m.expression, quote_ident(m.column_name))),
                           'description', m.about, 'd3format', m.d3format)
                       ORDER BY m.n, m.column_name)
                FROM measure AS m WHERE m.view_name = v.view_name)) AS content
FROM view_column AS v GROUP BY view_name;

CREATE TEMPORARY TABLE slice AS
SELECT n, section, name, pg_temp.key('chart ' || name) AS uuid, jsonb_build_object(
    'slice_name', name, 'viz_type', viz_type, 'version', '1.0.0', 'uuid', pg_temp.key('chart ' || name),
    'dataset_uuid', pg_temp.key('dataset ' || view_name),
    'description', split_part(obj_description(format('%I.%I', :'workspace', view_name)::regclass, 'pg_class'),
                              E'\n', 1),
    'cache_timeout', NULL, 'query_context', NULL,
    'params', jsonb_build_object('viz_type', viz_type, 'row_limit', 10000, 'time_range', 'No filter',
                                 'color_scheme', 'supersetColors')
              || CASE viz_type
                 WHEN 'heatmap_v2' THEN '{"show_values": true, "normalize_across": "heatmap",
                                          "linear_color_scheme": "schemeBlues", "legend_type": "continuous",
                                          "sort_x_axis": "alpha_asc", "sort_y_axis": "alpha_desc",
                                          "xscale_interval": -1, "yscale_interval": -1,
                                          "left_margin": 100, "bottom_margin": "auto"}'::jsonb
                 WHEN 'table' THEN '{}'::jsonb
                 ELSE '{"time_grain_sqla": "P1M", "show_legend": true, "show_value": false, "rich_tooltip": true,
                        "x_axis_sort_asc": true, "truncate_metric": true}'::jsonb END
              || (params - 'where')
              || jsonb_build_object('adhoc_filters',
                     CASE WHEN params ? 'where'
                          THEN jsonb_build_array(jsonb_build_object('clause', 'WHERE', 'expressionType', 'SQL',
                                                                    'sqlExpression', params -> 'where'))
                          ELSE '[]'::jsonb END)) AS content
FROM chart;

-- A heading for each section, below it two charts a row.
CREATE TEMPORARY TABLE place AS
SELECT *, row_number() OVER (PARTITION BY section ORDER BY n) - 1 AS nth,
       min(n) OVER (PARTITION BY section) AS section_n
FROM slice;

CREATE TEMPORARY TABLE part AS
SELECT 'HEADER-' || section_n AS id, ARRAY['GRID_ID'] AS parents, section_n * 100 AS n,
       jsonb_build_object('type', 'HEADER', 'children', '[]'::jsonb, 'meta', jsonb_build_object(
           'text', section, 'headerSize', 'MEDIUM_HEADER', 'background', 'BACKGROUND_TRANSPARENT')) AS content
FROM place WHERE nth = 0
UNION ALL
SELECT format('ROW-%s-%s', section_n, nth / 2), ARRAY['GRID_ID'], section_n * 100 + 1 + nth / 2,
       jsonb_build_object('type', 'ROW', 'meta', '{"background": "BACKGROUND_TRANSPARENT"}'::jsonb,
                          'children', jsonb_agg('CHART-' || n ORDER BY n))
FROM place GROUP BY section_n, nth / 2
UNION ALL
SELECT 'CHART-' || n, ARRAY['GRID_ID', format('ROW-%s-%s', section_n, nth / 2)], NULL,
       jsonb_build_object('type', 'CHART', 'children', '[]'::jsonb, 'meta', jsonb_build_object(
           'chartId', n, 'uuid', uuid, 'sliceName', name, 'width', 6, 'height', 50))
FROM place;

COPY (
    SELECT jsonb_build_object('path', path, 'content', jsonb_pretty(content)) FROM (
        VALUES ('metadata.yaml',
                '{"version": "1.0.0", "type": "Dashboard", "timestamp": "2024-01-01T00:00:00+00:00"}'::jsonb)
        UNION ALL
        SELECT 'databases/crm.yaml', jsonb_build_object(
            'database_name', 'crm', 'sqlalchemy_uri', :'uri', 'uuid', pg_temp.key('database'), 'version', '1.0.0',
            'expose_in_sqllab', true, 'allow_run_async', false, 'allow_ctas', false, 'allow_cvas', false,
            'allow_dml', false, 'extra', '{"allows_virtual_table_explore": true}'::jsonb)
        UNION ALL SELECT format('datasets/crm/%s.yaml', view_name), content FROM dataset
        UNION ALL SELECT format('charts/%s.yaml', regexp_replace(lower(name), '[^a-z]+', '_', 'g')), content FROM slice
        UNION ALL
        SELECT 'dashboards/customers.yaml', jsonb_build_object(
            'dashboard_title', 'Customers', 'slug', 'customers', 'published', true, 'css', '',
            'uuid', pg_temp.key('dashboard'), 'version', '1.0.0',
            'description', 'Over the views of a workspace of crm_ext',
            'metadata', '{"color_scheme": "supersetColors", "cross_filters_enabled": false}'::jsonb,
            'position', '{"DASHBOARD_VERSION_KEY": "v2"}'::jsonb
                || jsonb_build_object(
                    'ROOT_ID', '{"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]}'::jsonb,
                    'HEADER_ID', '{"type": "HEADER", "id": "HEADER_ID", "meta": {"text": "Customers"}}'::jsonb,
                    'GRID_ID', jsonb_build_object(
                        'type', 'GRID', 'id', 'GRID_ID', 'parents', '["ROOT_ID"]'::jsonb,
                        'children', (SELECT jsonb_agg(id ORDER BY n) FROM part WHERE n IS NOT NULL)))
                || (SELECT jsonb_object_agg(id, content || jsonb_build_object(
                               'id', id, 'parents', array_prepend('ROOT_ID', parents)))
                    FROM part))
    ) AS file (path, content) ORDER BY path
) TO STDOUT;
