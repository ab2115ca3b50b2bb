-- One row per council × rate or percentage × period × breakdown of which ten councils or more have one: is it within chance?
-- pooled_value: of all these councils together, the sum above the line over the sum below it
-- lower_95, upper_95, lower_998, upper_998: where a council of this size would be by chance, were it like all together
-- Limits are of the number expected: Byar's method, and Wilson's score; ten councils are ours. Figures over populations of
-- another age, day or census base, or provisional beside final ones, are no group.
with figures as (
    select
        *,
        case when population_id is not null then substr(population_id, length(area_code) + 1) end as population_kind
    from marts.indicator_figures
    where interval_basis in ('rate', 'proportion') and denominator > 0 and provider is null
),

areas as (
    select * from conformed.areas
    where kind = 'council'
),

indicators as (
    select * from conformed.indicators
    where kind in ('rate', 'percent')
),

councils as (
    select figures.*
    from figures
    inner join areas on figures.area_code = areas.area_code
    inner join indicators on figures.indicator = indicators.indicator
),

pooled as (
    select
        indicator,
        period_type,
        period,
        breakdown_type,
        breakdown,
        count(*) as councils,
        sum(numerator)::double as above_line,
        sum(denominator)::double as below_line
    from councils
    group by indicator, period_type, period, breakdown_type, breakdown
    having
        count(*) >= 10
        and count(distinct status) = 1
        and count(distinct coalesce(population_kind, '')) = 1
        and sum(numerator) > 0
),

expected as (
    select
        councils.indicator,
        councils.area_code,
        councils.area,
        councils.period_type,
        councils.period,
        councils.period_start,
        councils.period_end,
        councils.breakdown_type,
        councils.breakdown,
        councils.value,
        councils.interval_basis,
        pooled.councils,
        councils.numerator::double as observed,
        councils.denominator::double as among,
        pooled.above_line / pooled.below_line as share,
        councils.denominator::double * pooled.above_line / pooled.below_line as events,
        if(councils.interval_basis = 'rate', 10000, 100) as scale
    from councils
    inner join pooled
        on
            councils.indicator = pooled.indicator
            and councils.period_type = pooled.period_type
            and councils.period = pooled.period
            and councils.breakdown_type is not distinct from pooled.breakdown_type
            and councils.breakdown = pooled.breakdown
),

levels as (
    select
        levels_named.confidence,
        levels_named.z
    from (
        values
        (95, 1.959963984540054::double),
        (998, 3.090232306167813::double)
    ) as levels_named (confidence, z)
),

limits_at_levels as (
    select
        expected.*,
        levels.confidence,
        if(
            expected.interval_basis = 'proportion',
            (
                2 * expected.events + levels.z * levels.z
                - levels.z * sqrt(levels.z * levels.z + 4 * expected.events * (1 - expected.share))
            ) / (2 * (expected.among + levels.z * levels.z)),
            greatest(
                expected.events / expected.among * pow(1 - 1 / (9 * expected.events) - levels.z / (3 * sqrt(expected.events)), 3),
                0
            )
        ) * expected.scale as lower_limit,
        if(
            expected.interval_basis = 'proportion',
            (
                2 * expected.events + levels.z * levels.z
                + levels.z * sqrt(levels.z * levels.z + 4 * expected.events * (1 - expected.share))
            ) / (2 * (expected.among + levels.z * levels.z)),
            (expected.events + 1) / expected.among
            * pow(1 - 1 / (9 * (expected.events + 1)) + levels.z / (3 * sqrt(expected.events + 1)), 3)
        ) * expected.scale as upper_limit
    from expected
    cross join levels
),

limits_rounded as (
    select
        *,
        floor(lower_limit * 100 + 0.5)::decimal(18, 0) * 0.01 as lower_rounded,
        floor(upper_limit * 100 + 0.5)::decimal(18, 0) * 0.01 as upper_rounded,
        floor(share * scale * 100 + 0.5)::decimal(18, 0) * 0.01 as pooled_value,
        floor(observed / among * scale * 100 + 0.5)::decimal(18, 0) * 0.01 as exact_value
    from limits_at_levels
)

select
    indicator,
    area_code,
    area,
    period_type,
    period,
    period_start,
    period_end,
    breakdown_type,
    breakdown,
    councils,
    value,
    pooled_value,
    max(lower_rounded) filter (where confidence = 95) as lower_95,
    max(upper_rounded) filter (where confidence = 95) as upper_95,
    max(lower_rounded) filter (where confidence = 998) as lower_998,
    max(upper_rounded) filter (where confidence = 998) as upper_998,
    case
        when max(upper_rounded) filter (where confidence = 95) < exact_value then 'above'
        when max(lower_rounded) filter (where confidence = 95) > exact_value then 'below'
        else 'within'
    end as standing,
    coalesce(
        max(upper_rounded) filter (where confidence = 998) < exact_value
        or max(lower_rounded) filter (where confidence = 998) > exact_value,
        false
    ) as is_far_out
from limits_rounded
group by
    indicator, area_code, area, period_type, period, period_start, period_end, breakdown_type, breakdown, councils, value,
    pooled_value, exact_value
order by indicator, period_start, period_end, breakdown_type, breakdown, area_code
