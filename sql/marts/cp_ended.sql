-- One row per measure of plans that ended × council × month, or quarter where they are broken down by how long they lasted.
-- The day of cessation counts: a plan that starts and ends on one day has lasted one day.
with ended as (
    select
        area_code,
        date_trunc('month', ended)::date as month_start,
        date_trunc('quarter', ended)::date as quarter_start,
        ended - started + 1 > 729 as is_two_years,
        case
            when ended <= started + interval 3 month then '3_months_or_less'
            when ended <= started + interval 6 month then 'over_3_to_6_months'
            when ended < started + interval 12 month then 'over_6_months_to_1_year'
            when ended - started + 1 <= 729 then '1_to_2_years'
            else '2_years_and_over'
        end as duration
    from conformed.cp_plans
    where is_counted and ended is not null
)

select
    'cp_plans_ended' as measure,
    area_code::varchar as area_code,
    'month' as period_type,
    month_start as period_start,
    null::varchar as breakdown_type,
    'all' as breakdown,
    count(*) as sure,
    0 as unsure,
    true as is_told
from ended
group by area_code, month_start
union all
select
    'cp_plans_ended_two_years' as measure,
    area_code::varchar as area_code,
    'month' as period_type,
    month_start as period_start,
    null::varchar as breakdown_type,
    'all' as breakdown,
    count(*) filter (where is_two_years) as sure,
    0 as unsure,
    true as is_told
from ended
group by area_code, month_start
union all
select
    'cp_plans_ended' as measure,
    area_code::varchar as area_code,
    'quarter' as period_type,
    quarter_start as period_start,
    'duration' as breakdown_type,
    duration as breakdown,
    count(*) as sure,
    0 as unsure,
    true as is_told
from ended
group by area_code, quarter_start, duration
order by measure, area_code, period_start, breakdown_type, breakdown
