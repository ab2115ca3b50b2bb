-- One row per measure of conferences held and assessments completed × council × month, or quarter where it is broken down.
-- A conference before its enquiry has no working days: it is held, and in time for nothing.
with conferences as (
    select
        area_code,
        date_trunc('month', conference)::date as month_start,
        date_trunc('quarter', conference)::date as quarter_start,
        working_days,
        case
            when working_days <= 10 then '0_to_10'
            when working_days <= 15 then '11_to_15'
            when working_days <= 20 then '16_to_20'
            when working_days > 20 then '21_and_over'
            else 'not_known'
        end as band
    from conformed.cp_conferences
),

assessments as (
    select
        area_code,
        date_trunc('month', authorised)::date as month_start,
        working_days
    from conformed.assessments
    where authorised is not null
)

select
    'icpc_held' as measure,
    area_code,
    'month' as period_type,
    month_start as period_start,
    null::varchar as breakdown_type,
    'all' as breakdown,
    count(*) as sure,
    0 as unsure,
    true as is_told
from conferences
group by area_code, month_start
union all
select
    'icpc_within_15_days' as measure,
    area_code,
    'month' as period_type,
    month_start as period_start,
    null::varchar as breakdown_type,
    'all' as breakdown,
    count(*) filter (where working_days <= 15) as sure,
    0 as unsure,
    true as is_told
from conferences
group by area_code, month_start
union all
select
    'icpc_held' as measure,
    area_code,
    'quarter' as period_type,
    quarter_start as period_start,
    'working_days' as breakdown_type,
    band as breakdown,
    count(*) as sure,
    0 as unsure,
    true as is_told
from conferences
group by area_code, quarter_start, band
union all
select
    'assessments_completed' as measure,
    area_code,
    'month' as period_type,
    month_start as period_start,
    null::varchar as breakdown_type,
    'all' as breakdown,
    count(*) as sure,
    0 as unsure,
    true as is_told
from assessments
group by area_code, month_start
union all
select
    'assessments_within_45_days' as measure,
    area_code,
    'month' as period_type,
    month_start as period_start,
    null::varchar as breakdown_type,
    'all' as breakdown,
    count(*) filter (where working_days <= 45) as sure,
    0 as unsure,
    true as is_told
from assessments
group by area_code, month_start
order by measure, area_code, period_start, breakdown_type, breakdown
