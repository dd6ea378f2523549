-- What there is in the workspace, from the comments on it.

CREATE OR REPLACE VIEW catalog AS
SELECT
    c.relname::text AS relation_name,
    CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
         ELSE 'table' END AS relation_kind,
    a.attname::text AS column_name,
    coalesce(a.attnum, 0)::integer AS position,
    format_type(a.atttypid, a.atttypmod) AS data_type,
    CASE WHEN a.attnum IS NULL THEN obj_description(c.oid, 'pg_class')
         ELSE col_description(c.oid, a.attnum) END AS comment,
    crm_as_of() AS as_of,
    made.subject
FROM pg_catalog.pg_class AS c
CROSS JOIN LATERAL (
    SELECT NULL::name, NULL::smallint, NULL::oid, NULL::integer
    UNION ALL
    SELECT attname, attnum, atttypid, atttypmod
    FROM pg_catalog.pg_attribute
    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
) AS a (attname, attnum, atttypid, atttypmod)
LEFT JOIN crm_relation_subjects() AS made ON made.relation_name::name = c.relname
WHERE c.relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = 'setting'::regclass)
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f');
COMMENT ON VIEW catalog IS
'One row per table or view of the workspace, and one per column of it.
The row of the relation itself has position 0, and NULL for column_name and data_type. subject is the subject of the
workspace that it is of, see crm_subjects; NULL for what others made here.';
