select 'cp_plans_started_with_transfers' as measure, area_code, month_start as day, started as value
from {{ ref('started') }}
union all
select 'cp_plans_open' as measure, area_code, day, children as value
from {{ ref('open_plans') }}
