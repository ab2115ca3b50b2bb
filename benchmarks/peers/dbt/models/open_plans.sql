-- Who came less who left, added up from month to month: as quick as it can be said, and what the warehouse does.
with months as (
    select unnest(generate_series(
        (select min(month_start) from {{ ref('started') }}), date '{{ var("period_end") }}', interval 1 month
    ))::date as month_start
)

select
    councils.area_code,
    last_day(months.month_start) as day,
    sum(coalesce(started.started, 0) - coalesce(ended.ended, 0)) over (
        partition by councils.area_code order by months.month_start
    )::bigint as children
from (select distinct area_code from {{ ref('started') }}) as councils
cross join months
left join {{ ref('started') }} as started using (area_code, month_start)
left join {{ ref('ended') }} as ended using (area_code, month_start)
