-- All of the workspace crm, one row per object: columns, comments, definitions.
SELECT c.relkind::text, c.relname::text,
       (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull,
                                    attcollation::regcollation,
                                    (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
                                     WHERE adrelid = c.oid AND adnum = attnum),
                                    col_description(c.oid, attnum)), E'\n    ' ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
       concat_ws(' | ', obj_description(c.oid, 'pg_class'), c.reloptions::text, c.relrowsecurity, c.relowner::regrole,
                 CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) WHEN 'i' THEN pg_get_indexdef(c.oid) END)
FROM pg_class AS c WHERE c.relnamespace = 'crm'::regnamespace AND c.relname <> 'mine'
UNION ALL
SELECT 'constraint', concat_ws(' ', conrelid::regclass, conname), pg_get_constraintdef(oid), NULL
FROM pg_constraint WHERE connamespace = 'crm'::regnamespace
UNION ALL
SELECT 'trigger', concat_ws(' ', tgrelid::regclass, tgname), pg_get_triggerdef(oid), obj_description(oid, 'pg_trigger')
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'policy', concat_ws(' ', polrelid::regclass, polname), pg_get_expr(polqual, polrelid),
       pg_get_expr(polwithcheck, polrelid)
FROM pg_policy
UNION ALL
SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid),
       concat_ws(' | ', obj_description(oid, 'pg_proc'), proacl::text)
FROM pg_proc WHERE pronamespace = 'crm'::regnamespace
ORDER BY 1, 2;
