-- One row per measure of children on a plan × council × last day of a month; broken down, on the last day of a quarter.
-- No plan is looked at day by day: who comes and who goes is added up from month to month.
with plans as (
    select * from conformed.cp_plans
    where is_counted
),

reviewed as (
    select * from marts.cp_reviewed
),

periods as (
    select
        period_end,
        year(period_end) * 12 + month(period_end) as month_number,
        month(period_end) % 3 = 0 as closes_quarter
    from conformed.periods
    where period_type = 'month'
),

spans as (
    select * from conformed.records_coverage
    where subject = 'plans'
),

days as (
    select * from conformed.days
),

-- A month is years × 12 + months; what is reached on a day is so at the end of its month.
plan_months as (
    select
        plans.area_code,
        plans.sex,
        plans.ethnicity,
        plans.category_latest,
        first_days.like_day,
        first_days.quarter_number as enters,
        last_days.month_number as leaves_month,
        last_days.quarter_number as leaves,
        year(plans.birth_month) * 12 + month(plans.birth_month) as born
    from plans
    inner join days as first_days on plans.started = first_days.day
    inner join days as last_days on plans.open_until = last_days.day
    -- Asked of the plan and not of its two days, or each day would be held against every other.
    where year(plans.started) * 12 + month(plans.started) < year(plans.open_until) * 12 + month(plans.open_until)
),

-- By quarters, known by their last months: an end of a month that closes no quarter is not asked for.
plan_quarters as (
    select
        area_code,
        sex,
        ethnicity,
        category_latest,
        enters,
        leaves,
        born + (36000 - born) % 3 as born
    from plan_months
    where enters < leaves
),

stays as (
    select
        area_code,
        like_day,
        leaves_month,
        count(*) as children
    from plan_months
    group by area_code, like_day, leaves_month
),

stays_grouped as (
    select
        stays.area_code::varchar as area_code,
        days.month_number as enters,
        stays.leaves_month as leaves,
        days.enters_three_months as three_months,
        days.enters_over_three as over_three_months,
        days.enters_over_six as over_six_months,
        days.enters_one_year as one_year,
        days.enters_two_years as two_years,
        stays.children
    from stays
    inner join days on stays.like_day = days.day
),

ages_grouped as (
    select
        area_code::varchar as area_code,
        enters,
        leaves,
        born,
        count(*) as children
    from plan_quarters
    group by area_code, enters, leaves, born
),

ages as (
    select
        bands.age,
        bands.from_months,
        lead(bands.from_months) over (order by bands.from_months) as to_months
    from (
        values
        ('unborn', -12000), ('under_1', 0), ('1_to_4', 12), ('5_to_9', 60), ('10_to_15', 120), ('16_and_over', 192)
    ) as bands (age, from_months)
),

-- Who is counted in what, from the end of one month until before the end of another.
stretches as (
    select
        'cp_plans_open' as measure,
        null::varchar as breakdown_type,
        'all' as breakdown,
        area_code,
        enters,
        leaves,
        children as sure,
        0 as unsure
    from stays_grouped
    union all
    select
        'cp_plans_open_three_months' as measure,
        null::varchar as breakdown_type,
        'all' as breakdown,
        area_code,
        three_months as enters,
        leaves,
        children as sure,
        0 as unsure
    from stays_grouped
    union all
    select
        'cp_plans_open_two_years' as measure,
        null::varchar as breakdown_type,
        'all' as breakdown,
        area_code,
        two_years as enters,
        leaves,
        children as sure,
        0 as unsure
    from stays_grouped
    union all
    select
        'cp_plans_reviewed_in_time' as measure,
        null::varchar as breakdown_type,
        'all' as breakdown,
        area_code,
        enters,
        leaves,
        if(is_sure, children, 0) as sure,
        if(is_sure, 0, children) as unsure
    from reviewed
    union all
    select
        'cp_plans_open' as measure,
        'duration' as breakdown_type,
        bands.duration as breakdown,
        stays_grouped.area_code,
        case bands.duration
            when '3_months_or_less' then stays_grouped.enters
            when 'over_3_to_6_months' then stays_grouped.over_three_months
            when 'over_6_months_to_1_year' then stays_grouped.over_six_months
            when '1_to_2_years' then stays_grouped.one_year
            else stays_grouped.two_years
        end as enters,
        case bands.duration
            when '3_months_or_less' then least(stays_grouped.over_three_months, stays_grouped.leaves)
            when 'over_3_to_6_months' then least(stays_grouped.over_six_months, stays_grouped.leaves)
            when 'over_6_months_to_1_year' then least(stays_grouped.one_year, stays_grouped.leaves)
            when '1_to_2_years' then least(stays_grouped.two_years, stays_grouped.leaves)
            else stays_grouped.leaves
        end as leaves,
        stays_grouped.children as sure,
        0 as unsure
    from stays_grouped
    cross join (
        values
        ('3_months_or_less'), ('over_3_to_6_months'), ('over_6_months_to_1_year'), ('1_to_2_years'), ('2_years_and_over')
    ) as bands (duration)
    union all
    select
        'cp_plans_open' as measure,
        'age' as breakdown_type,
        if(ages_grouped.born is null, 'not_known', ages.age) as breakdown,
        ages_grouped.area_code,
        case
            when ages_grouped.born is null then ages_grouped.enters
            else greatest(ages_grouped.enters, ages_grouped.born + ages.from_months)
        end as enters,
        case
            when ages_grouped.born is null then ages_grouped.leaves
            else least(ages_grouped.leaves, coalesce(ages_grouped.born + ages.to_months, ages_grouped.leaves))
        end as leaves,
        ages_grouped.children as sure,
        0 as unsure
    from ages_grouped
    inner join ages on ages_grouped.born is not null or ages.age = 'unborn'
    union all
    select
        'cp_plans_open' as measure,
        'sex' as breakdown_type,
        coalesce(sex::varchar, 'U') as breakdown,
        area_code::varchar as area_code,
        enters,
        leaves,
        count(*) as sure,
        0 as unsure
    from plan_quarters
    group by sex, area_code, enters, leaves
    union all
    select
        'cp_plans_open' as measure,
        'ethnicity' as breakdown_type,
        coalesce(ethnicity::varchar, 'not_known') as breakdown,
        area_code::varchar as area_code,
        enters,
        leaves,
        count(*) as sure,
        0 as unsure
    from plan_quarters
    group by ethnicity, area_code, enters, leaves
    union all
    select
        'cp_plans_open' as measure,
        'category_of_abuse' as breakdown_type,
        coalesce(category_latest::varchar, 'not_known') as breakdown,
        area_code::varchar as area_code,
        enters,
        leaves,
        count(*) as sure,
        0 as unsure
    from plan_quarters
    group by category_latest, area_code, enters, leaves
),

steps as (
    select
        measure,
        breakdown_type,
        breakdown,
        area_code,
        if(breakdown_type is null, enters, enters + (36000 - enters) % 3) as month_number,
        sure,
        unsure
    from stretches
    where enters < leaves
    union all
    select
        measure,
        breakdown_type,
        breakdown,
        area_code,
        if(breakdown_type is null, leaves, leaves + (36000 - leaves) % 3) as month_number,
        -sure as sure,
        -unsure as unsure
    from stretches
    where enters < leaves
),

steps_of_months as (
    select
        measure,
        breakdown_type,
        breakdown,
        area_code,
        month_number,
        sum(sure) as sure,
        sum(unsure) as unsure
    from steps
    group by measure, breakdown_type, breakdown, area_code, month_number
),

what_is_counted as (
    select distinct
        measure,
        breakdown_type,
        breakdown,
        area_code
    from steps_of_months
),

-- Every end of a month that is covered, whether or not anyone came or went.
days_asked as (
    select
        what_is_counted.measure,
        what_is_counted.breakdown_type,
        what_is_counted.breakdown,
        what_is_counted.area_code,
        periods.month_number,
        periods.period_end
    from what_is_counted
    inner join spans on what_is_counted.area_code = spans.area_code
    inner join periods
        on
            spans.covers_from <= periods.period_end
            and spans.covers_to >= periods.period_end
            and (what_is_counted.breakdown_type is null or periods.closes_quarter)
),

steps_and_days as (
    select
        measure,
        breakdown_type,
        breakdown,
        area_code,
        month_number,
        null::date as period_end,
        sure,
        unsure
    from steps_of_months
    union all
    select
        measure,
        breakdown_type,
        breakdown,
        area_code,
        month_number,
        period_end,
        0 as sure,
        0 as unsure
    from days_asked
),

added_up as (
    select
        measure,
        breakdown_type,
        breakdown,
        area_code,
        period_end,
        sum(sure) over so_far as sure,
        sum(unsure) over so_far as unsure
    from steps_and_days
    window so_far as (partition by measure, breakdown_type, breakdown, area_code order by month_number)
)

select
    measure,
    area_code,
    period_end,
    breakdown_type,
    breakdown,
    sure::bigint as sure,
    unsure::bigint as unsure
from added_up
where period_end is not null
order by measure, area_code, period_end, breakdown_type, breakdown
