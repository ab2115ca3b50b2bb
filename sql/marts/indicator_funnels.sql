-- One row per council × rate or percentage × period × breakdown of which ten councils or more have one: is it within chance?
-- pooled_value: of all these councils together, the sum above the line over the sum below it
-- hidden: how many councils more have one that is hidden
-- lower_95, upper_95, lower_998, upper_998: where a council of this size would be by chance, were it like all together
-- standing: above or below where the council's own 95% limits leave the pooled value out
-- is_far_out: whether its 99.8% limits do, too
-- Ten councils are ours, and one hidden in twenty at most: of councils of which the small counts are hidden only the noughts and
-- the large ones are left. Figures over populations of another age, day or census base, or provisional beside final ones, are no
-- group. Limits of a proportion are those of the score test, which Wilson's limits are of; of a rate the Poisson distribution's,
-- by Cornish and Fisher's expansion.
with figures as (
    select
        *,
        case when population_id is not null then substr(population_id, length(area_code) + 1) end as population_kind
    from marts.indicator_figures
    where
        (status = 'suppressed' or (interval_basis in ('rate', 'proportion') and denominator > 0))
        and provider is null
        -- Unitary authorities, metropolitan districts, London boroughs and counties: the councils with children's services.
        and left(area_code, 3) in ('E06', 'E08', 'E09', 'E10')
),

indicators as (
    select * from conformed.indicators
    where kind in ('rate', 'percent')
),

intervals as (
    select * from marts.intervals
),

councils as (
    select figures.*
    from figures
    inner join indicators on figures.indicator = indicators.indicator
),

pooled as (
    select
        indicator,
        period_type,
        period,
        breakdown_type,
        breakdown,
        count(interval_basis) as councils,
        count(*) - count(interval_basis) as hidden,
        sum(numerator)::double as above_line,
        sum(denominator)::double as below_line
    from councils
    group by indicator, period_type, period, breakdown_type, breakdown
    having
        count(interval_basis) >= 10
        and count(*) - count(interval_basis) <= 0.05 * count(*)
        and count(distinct case when interval_basis is not null then status end) = 1
        and count(distinct case when interval_basis is not null then coalesce(population_kind, '') end) = 1
        and sum(numerator) > 0
),

beside_pooled as (
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
        pooled.hidden,
        councils.denominator::double as among,
        pooled.above_line / pooled.below_line as share,
        councils.denominator::double * pooled.above_line / pooled.below_line as expected,
        councils.scale,
        intervals.lower_95 as own_lower_95,
        intervals.upper_95 as own_upper_95,
        intervals.lower_998 as own_lower_998,
        intervals.upper_998 as own_upper_998
    from councils
    inner join intervals
        on
            councils.interval_basis = intervals.basis
            and councils.numerator = intervals.numerator
            and councils.denominator = intervals.denominator
            and councils.scale = intervals.scale
    inner join pooled
        on
            councils.indicator = pooled.indicator
            and councils.period_type = pooled.period_type
            and councils.period = pooled.period
            and councils.breakdown_type is not distinct from pooled.breakdown_type
            and councils.breakdown = pooled.breakdown
),

levels as (
    select * from conformed.confidence_levels
),

-- How many of them are expected at the limits.
limits_at_levels as (
    select
        beside_pooled.*,
        levels.confidence,
        case
            when beside_pooled.interval_basis = 'proportion'
                then beside_pooled.expected - levels.z * sqrt(beside_pooled.expected * (1 - beside_pooled.share))
            when beside_pooled.expected < 1 then 0
            else beside_pooled.expected - levels.z * sqrt(beside_pooled.expected) + (levels.z * levels.z - 1) / 6 - 0.5
        end as fewest,
        case
            when beside_pooled.interval_basis = 'proportion'
                then
                    least(
                        beside_pooled.expected + levels.z * sqrt(beside_pooled.expected * (1 - beside_pooled.share)),
                        beside_pooled.among
                    )
            else beside_pooled.expected + levels.z * sqrt(beside_pooled.expected) + (levels.z * levels.z - 1) / 6 + 0.5
        end as most
    from beside_pooled
    cross join levels
),

limits_rounded as (
    select
        *,
        floor(greatest(fewest, 0) / among * scale * 100 + 0.5)::decimal(18, 0) * 0.01 as lower_limit,
        floor(most / among * scale * 100 + 0.5)::decimal(18, 0) * 0.01 as upper_limit,
        floor(share * scale * 100 + 0.5)::decimal(18, 0) * 0.01 as pooled_value
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
    hidden,
    value,
    pooled_value,
    max(lower_limit) filter (where confidence = 95) as lower_95,
    max(upper_limit) filter (where confidence = 95) as upper_95,
    max(lower_limit) filter (where confidence = 998) as lower_998,
    max(upper_limit) filter (where confidence = 998) as upper_998,
    case
        when pooled_value < own_lower_95 then 'above'
        when pooled_value > own_upper_95 then 'below'
        else 'within'
    end as standing,
    pooled_value < own_lower_998 or pooled_value > own_upper_998 as is_far_out
from limits_rounded
group by
    indicator, area_code, area, period_type, period, period_start, period_end, breakdown_type, breakdown, councils, hidden, value,
    pooled_value, own_lower_95, own_upper_95, own_lower_998, own_upper_998
order by indicator, period_start, period_end, breakdown_type, breakdown, area_code
