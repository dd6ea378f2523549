-- What is wrong with the rows of the sources, and how full they are. Each
-- subject has its checks in a view data_quality_SUBJECT; those that follow from
-- the fields of all sources are here.

CREATE OR REPLACE VIEW data_quality_quality AS
SELECT source, check_name, severity, meaning, problem_count::bigint AS problem_count, example_key,
       crm_as_of() AS as_of
FROM (
:field_checks
) AS checked;
COMMENT ON VIEW data_quality_quality IS
'One row per check that follows from the fields of a source: see data_quality.
Keys that are missing, blank or there twice, days that cannot be, numbers that are none, customers who are not known.';

SELECT crm_collect('data_quality');

COMMENT ON VIEW data_quality IS
'One row per check of a source: how many problems, with an example.
All checks are always there, with 0 where all is well.
Severity tells of the kind of problem: error makes figures wrong, warning may, info is a matter of knowing.
An example is the key of a row, or its customer where rows have no key. All rows are checked, those after as_of too.';

SELECT crm_collect('reconciliation');

COMMENT ON VIEW reconciliation IS
'One row per view and a column whose sum claims to be the total of something: does it?
difference is ledger_total - view_total - left_out_total and 0 to the last unit. Of views that hide groups of customers
totals are told only where setting.min_cell is 1: what a view leaves of a total would tell the hidden. Reads nearly
every view of the workspace: a check to be run now and then. With all subjects it takes 800 MB to be planned;
the part of each subject is a view of its own, such as reconciliation_service.';

CREATE OR REPLACE VIEW data_completeness AS
SELECT
    column_name, column_order, customer_count, filled_count,
    filled_count::double precision / nullif(customer_count, 0) AS filled_share,
    crm_as_of() AS as_of
FROM (
    SELECT
        count(*) AS customer_count,
        count(customer_id) AS customer_id,
        count(nullif(trim(customer_name), '')) AS customer_name,
        count(nullif(trim(email), '')) AS email,
        count(nullif(trim(phone), '')) AS phone,
        count(nullif(trim(region), '')) AS region,
        count(nullif(trim(industry), '')) AS industry,
        count(registered_at) AS registered_at,
        count(potential) AS potential
    FROM customer
) AS filled
CROSS JOIN LATERAL (
    VALUES
        ('customer_id', 1, customer_id), ('customer_name', 2, customer_name), ('email', 3, email),
        ('phone', 4, phone), ('region', 5, region), ('industry', 6, industry),
        ('registered_at', 7, registered_at), ('potential', 8, potential)
) AS filled_column (column_name, column_order, filled_count);
COMMENT ON VIEW data_completeness IS
'One row per column of customer: how many customers have it filled.
Blank text is not filled. All rows are counted, as in data_quality, those of customers to come too.';
