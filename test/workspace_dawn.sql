-- Rows of every source on the first days that there are: their month begins before all days, weeks and
-- windows before them do, and where clocks are ahead of UTC even the first day does. No view fails.
BEGIN;
SELECT plan(6);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL TimeZone = 'UTC';
SET LOCAL crm_ext.as_of = '2024-06-30';
\ir lib/views.sql

SELECT crm_create_workspace('dawn', '{}', 'Europe/Rome', subjects => ARRAY(SELECT subject FROM crm_subjects()));
SELECT format('INSERT INTO dawn.%I (%s) SELECT %s FROM generate_series(0, 8) AS n, timezone(%L, %L::date + n) AS at',
              source, string_agg(quote_ident(field), ', ' ORDER BY field),
              string_agg(CASE WHEN type IN ('day', 'time') THEN 'at'
                              WHEN field = 'period_end' THEN quote_literal('2024-06-30')
                              WHEN type = 'date' THEN 'timezone(''UTC'', at)::date'
                              WHEN type = 'boolean' THEN 'n % 2 = 0'
                              WHEN type = 'key' AND role <> 'primary' THEN '''c'' || n % 3'
                              WHEN field = 'level' THEN $$(ARRAY['expected', 'actual'])[1 + n % 2]$$
                              WHEN field = 'direction' THEN $$(ARRAY['in', 'out'])[1 + n % 2]$$
                              WHEN type = 'key' OR field LIKE '%\_id' THEN format('%L || n', left(field, 1))
                              WHEN type <> 'text' THEN '1'
                              ELSE quote_literal(CASE field WHEN 'kind' THEN 'sales' WHEN 'purpose' THEN 'repair'
                                                            WHEN 'metric' THEN 'cost' WHEN 'response' THEN 'yes'
                                                            ELSE field END) END, ', ' ORDER BY field),
              'UTC', '4714-11-24 BC')
FROM (SELECT DISTINCT ON (source, field) * FROM crm_source_fields()
      WHERE field NOT IN ('parent_id', 'thread_id', 'merged_into') ORDER BY source, field, position) AS f
GROUP BY source
HAVING bool_or(type IN ('day', 'time', 'date'))
\gexec
SELECT format('ANALYZE dawn.%I', relname) FROM pg_class WHERE relnamespace = 'dawn'::regnamespace AND relkind = 'r'
\gexec
SELECT is((SELECT sum(problem_count) > 200 FROM dawn.data_quality WHERE check_name = 'old_date'), true,
    'there are such rows');
SELECT is_empty($$SELECT view, error FROM pg_temp.read_all('dawn') WHERE error IS NOT NULL$$, 'every view can be read');

-- The first day as a date, and as a timestamp without a time zone
CREATE TABLE early (who text, day date, at timestamp);
INSERT INTO early VALUES ('ann', '4714-11-24 BC', '4714-11-24 BC'), ('ann', '2024-01-05', '2024-01-05 10:00');
SELECT crm_create_workspace('by_' || field, replace('{
    "customer": {"from": "early", "customer_id": "who", "registered_at": "FIELD"},
    "purchase": {"from": "early", "customer_id": "who", "purchased_at": "FIELD"},
    "interaction": {"from": "early", "customer_id": "who", "interacted_at": "FIELD"}}', 'FIELD', field)::jsonb,
    'Europe/Rome')
FROM unnest('{day,at}'::text[]) AS field;
SELECT results_eq(format('SELECT purchased_on, purchased_at FROM by_%s.purchase ORDER BY 1', field),
    format($$VALUES ('4714-11-24 BC'::date, NULL::timestamptz), ('2024-01-05', '2024-01-05 %s:00+01')$$, hour),
    format('the first %s has no instant', field))
FROM (VALUES ('day', '00'), ('at', '10')) AS early (field, hour);
SELECT is_empty(format('SELECT view, error FROM pg_temp.read_all(''by_%s'') WHERE error IS NOT NULL', field),
                format('every view can be read of a first %s', field))
FROM unnest('{day,at}'::text[]) AS field;
SELECT * FROM finish();
ROLLBACK;
