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
        count(*) AS problem_count, NULL::text AS example_key
    FROM change_queue WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'ledger', 'unfollowed_partition', 'warning',
        'Partitions newer than the triggers: statements on them by name are missed until crm_upgrade_workspace.',
        count(*), min(partition::text)
    FROM crm_unfollowed((
        SELECT nspname::text FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = relnamespace
        WHERE c.oid = 'setting'::regclass
    )) AS partition
) AS checked;
COMMENT ON VIEW data_quality_lib IS
'One row per check of the ledgers of the workspace: see data_quality.';
