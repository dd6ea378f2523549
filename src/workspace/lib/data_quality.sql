-- Whether ledgers can be behind what the sources say.

CREATE OR REPLACE VIEW data_quality_lib AS
SELECT
    source, check_name, severity, meaning,
    problem_count, example_key,
    crm_as_of() AS as_of
FROM (
    SELECT
        'ledger' AS source, 'full_refresh_due' AS check_name, 'error' AS severity,
        'Changes that no trigger may follow, as of a table with a new owner: ledgers are wrong until crm_refresh.'
            AS meaning,
        least(count(*), 1) AS problem_count, NULL::text AS example_key
    FROM change_queue WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'ledger', checked.check_name, checked.severity, checked.meaning, checked.problem_count, checked.example_key
    FROM (
        SELECT count(*) FILTER (WHERE is_partition) AS new_count,
               min(relation::text) FILTER (WHERE is_partition) AS new_key,
               count(*) FILTER (WHERE NOT is_partition) AS lost_count,
               min(relation::text) FILTER (WHERE NOT is_partition) AS lost_key
        FROM crm_unfollowed((
            SELECT nspname::text
            FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = relnamespace
            WHERE c.oid = 'setting'::regclass
        ))
    ) AS unfollowed
    CROSS JOIN (
        SELECT count(*) AS unread_count, min(format('%s in %s', unread.name, unread.source)) AS unread_key
        FROM definition
        CROSS JOIN LATERAL crm_unread((
            SELECT nspname::text
            FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = relnamespace
            WHERE c.oid = 'setting'::regclass
        ), definition.sources::jsonb) AS unread
    ) AS unread
    CROSS JOIN LATERAL (
        VALUES
            ('unfollowed_partition', 'warning',
             'Partitions without triggers, as new ones: statements on them by name are missed until '
             'crm_upgrade_workspace.',
             new_count, new_key),
            ('missing_trigger', 'error',
             'Tables on which a trigger is disabled or gone: changes are missed until crm_upgrade_workspace. '
             'Who enables it instead has to run crm_refresh with everything => true.',
             lost_count, lost_key),
            ('unread_column', 'error',
             'Columns and tables that sources name but do not read, as those that took the name of others: views '
             'and ledgers are wrong until crm_upgrade_workspace.',
             unread_count, unread_key)
    ) AS checked (check_name, severity, meaning, problem_count, example_key)
) AS checked;
COMMENT ON VIEW data_quality_lib IS
'One row per check of the ledgers of the workspace: see data_quality.';
