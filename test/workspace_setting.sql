-- doc/workspace.md has a line for each setting: its name, its default, and what its comment says.
-- Run from the top of the repository by scripts/test.sh.
\set written `sed -n '/^| setting | default /,/^$/p' doc/workspace.md | tail -n +3 | grep .`
BEGIN;
SELECT plan(2);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SELECT crm_create_workspace('every', subjects => ARRAY(SELECT subject FROM crm_subjects()));
CREATE TEMPORARY TABLE line AS
SELECT a.attnum, format('| `%s` | %s | %s |', a.attname,
                        CASE a.attname WHEN 'segment_map' THEN 'that of `crm_segment_map()`'
                                       ELSE coalesce(to_jsonb(setting) ->> a.attname, 'none') END,
                        col_description(a.attrelid, a.attnum)) AS line
FROM every.setting
JOIN pg_attribute AS a ON a.attrelid = 'every.setting'::regclass AND a.attnum > 0 AND NOT a.attisdropped
                      AND a.attname <> 'is_only';
SELECT results_eq('SELECT line COLLATE "default" FROM line ORDER BY attnum',
    format('SELECT unnest(%L::text[])', string_to_array(:'written', E'\n')), 'doc/workspace.md has every setting');
SELECT is((SELECT segment_map FROM every.setting), crm_segment_map(), 'and segments are by the map that it names');
SELECT * FROM finish();
ROLLBACK;
