-- One row per measure of plans that ended × council × month, or quarter where they are broken down by how long they lasted.
-- The day of cessation counts: a plan that starts and ends on one day has lasted one day.
with plans as (
    select * from conformed.cp_plans
    where is_counted and ended is not null
),

days as (
    select * from conformed.days
),

-- Before it is named, it is counted: a few thousand groups are named sooner than millions of plans.
ended_grouped as (
    select
        plans.area_code,
        last_days.month_number,
        case
            when plans.ended <= first_days.months_3 then 1
            when plans.ended <= first_days.months_6 then 2
            when plans.ended < first_days.months_12 then 3
            when plans.ended - plans.started + 1 <= 729 then 4
            else 5
        end as band,
        count(*) as plans
    from plans
    inner join days as first_days on plans.started = first_days.day
    inner join days as last_days on plans.ended = last_days.day
    group by plans.area_code, last_days.month_number, band
),

ended as (
    select
        ended_grouped.area_code::varchar as area_code,
        days.month_start,
        days.quarter_start,
        ended_grouped.band = 5 as is_two_years,
        case ended_grouped.band
            when 1 then '3_months_or_less'
            when 2 then 'over_3_to_6_months'
            when 3 then 'over_6_months_to_1_year'
            when 4 then '1_to_2_years'
            else '2_years_and_over'
        end as duration,
        ended_grouped.plans
    from ended_grouped
    inner join days on ended_grouped.month_number = days.month_number and days.day = days.month_start
)

select
    'cp_plans_ended' as measure,
    area_code,
    'month' as period_type,
    month_start as period_start,
    null::varchar as breakdown_type,
    'all' as breakdown,
    sum(plans) as sure,
    0 as unsure,
    true as is_told
from ended
group by area_code, month_start
union all
select
    'cp_plans_ended_two_years' as measure,
    area_code,
    'month' as period_type,
    month_start as period_start,
    null::varchar as breakdown_type,
    'all' as breakdown,
    coalesce(sum(plans) filter (where is_two_years), 0) as sure,
    0 as unsure,
    true as is_told
from ended
group by area_code, month_start
union all
select
    'cp_plans_ended' as measure,
    area_code,
    'quarter' as period_type,
    quarter_start as period_start,
    'duration' as breakdown_type,
    duration as breakdown,
    sum(plans) as sure,
    0 as unsure,
    true as is_told
from ended
group by area_code, quarter_start, duration
order by measure, area_code, period_start, breakdown_type, breakdown
