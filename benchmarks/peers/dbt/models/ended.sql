select
    area_code,
    date_trunc('month', ended)::date as month_start,
    count(*) as ended,
    count(*) filter (where ended - started + 1 > 729) as ended_two_years
from {{ ref('plans') }}
where ended is not null
group by all
