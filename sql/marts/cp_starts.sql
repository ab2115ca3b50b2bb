-- One row per plan that started: which of the definitions of a second or subsequent plan it is by. Blank: it cannot be known.
-- as a view
with plans as (
    select * from conformed.cp_plans
    where is_counted
),

days as (
    select * from conformed.days
),

spans as (
    select
        area_code::staging.code as area_code,
        covers_from,
        covers_to
    from conformed.records_coverage
    where subject = 'plans'
),

-- Every earlier plan is held where as many are held as were declared.
started as (
    select
        plans.area_code,
        plans.submission_id,
        plans.row,
        plans.started,
        plans.transfer_in,
        days.month_start,
        days.quarter_start,
        days.year_start,
        plans.previous_ended,
        days_ended.months_24 as within_until,
        days_held.months_24 as held_for_24_months,
        case
            when plans.plan_number > 1 or plans.previous_plans > 0 then true
            when plans.previous_plans = 0 then false
        end as is_subsequent,
        coalesce(plans.previous_plans < plans.plan_number, false) as has_all_earlier,
        spans.covers_from as held_from,
        case
            when plans.age_at_start is null then 'not_known'
            when plans.age_at_start < 0 then 'unborn'
            when plans.age_at_start < 1 then 'under_1'
            when plans.age_at_start < 5 then '1_to_4'
            when plans.age_at_start < 10 then '5_to_9'
            when plans.age_at_start < 16 then '10_to_15'
            else '16_and_over'
        end as age,
        plans.sex,
        plans.ethnicity,
        plans.category_initial,
        plans.category_latest
    from plans
    left join spans
        on
            plans.area_code = spans.area_code
            and plans.started >= spans.covers_from
            and plans.started <= spans.covers_to
    inner join days on plans.started = days.day
    left join days as days_ended on plans.previous_ended = days_ended.day
    left join days as days_held on spans.covers_from = days_held.day
)

select
    area_code,
    submission_id,
    row,
    started,
    transfer_in,
    month_start,
    quarter_start,
    age,
    sex,
    ethnicity,
    category_initial,
    category_latest,
    is_subsequent,
    case
        when within_until >= started then true
        when has_all_earlier or not is_subsequent or held_for_24_months <= started then false
    end as is_within_24_months,
    case
        when previous_ended >= year_start then true
        when has_all_earlier or not is_subsequent or held_from <= year_start then false
    end as is_in_year
from started
