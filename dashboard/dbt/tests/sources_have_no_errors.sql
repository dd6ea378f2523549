-- Rows that make figures wrong.
select source, check_name, problem_count
from {{ source('crm', 'data_quality') }}
where severity = 'error' and problem_count > 0
