-- What views claim in total is what the ledgers hold, to the last unit.
select view_name, column_name, difference
from {{ source('crm', 'reconciliation') }}
where difference <> 0
