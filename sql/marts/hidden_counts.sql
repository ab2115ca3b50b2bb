-- One row per count that must not be shown: 1 to 5 of a return that is not public, and what would give one away.
with parts as (
    select
        indicator,
        area_code,
        provider,
        period_type,
        period,
        period_start,
        period_end,
        breakdown_type,
        breakdown,
        numerator
    from marts.indicator_parts
    where not (is_public and denominator_is_public) and numerator is not null
),

periods as (
    select * from conformed.periods
),

small_counts as (
    select
        *,
        numerator between 1 and 5 as is_small
    from parts
),

-- A breakdown shown beside its total: one hidden part is the total less the others.
among_breakdowns as (
    select
        *,
        not is_small
        and numerator > 0
        and count(*) filter (where is_small) over same_total = 1
        and row_number() over (
            partition by indicator, area_code, provider, period, breakdown_type order by is_small or numerator = 0, numerator, breakdown
        ) = 1 as gives_away
    from small_counts
    where breakdown_type is not null
    window same_total as (partition by indicator, area_code, provider, period, breakdown_type)
),

-- Months shown beside their quarter: likewise.
among_months as (
    select
        small_counts.*,
        not small_counts.is_small
        and small_counts.numerator > 0
        and count(*) filter (where small_counts.is_small) over same_quarter = 1
        and row_number() over (
            partition by
                small_counts.indicator,
                small_counts.area_code,
                small_counts.provider,
                periods.quarter,
                small_counts.breakdown_type,
                small_counts.breakdown
            order by small_counts.is_small or small_counts.numerator = 0, small_counts.numerator, small_counts.period
        ) = 1 as gives_away
    from small_counts
    inner join periods on small_counts.period = periods.period
    where small_counts.period_type = 'month'
    window same_quarter as (
        partition by
            small_counts.indicator,
            small_counts.area_code,
            small_counts.provider,
            periods.quarter,
            small_counts.breakdown_type,
            small_counts.breakdown
    )
),

hidden as (
    select
        indicator,
        area_code,
        provider,
        period,
        breakdown_type,
        breakdown,
        'a count of 1 to 5' as why
    from small_counts
    where is_small
    union all
    select
        indicator,
        area_code,
        provider,
        period,
        breakdown_type,
        breakdown,
        'it would give away a count of 1 to 5' as why
    from among_breakdowns
    where gives_away
    union all
    select
        indicator,
        area_code,
        provider,
        period,
        breakdown_type,
        breakdown,
        'it would give away a count of 1 to 5' as why
    from among_months
    where gives_away
)

select
    indicator,
    area_code,
    provider,
    period,
    breakdown_type,
    breakdown,
    min(why) as why
from hidden
group by all
order by all
