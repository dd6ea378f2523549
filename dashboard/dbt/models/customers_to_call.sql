select customer_id, segment, stage, clv, recency_days, as_of
from {{ source('crm', 'customer_360') }}
where stage = 'declining'
order by clv desc nulls last
limit 100
