-- One row per basis × numerator × denominator that a published figure is made of: the limits that chance alone leaves it between.
-- basis: count, rate or proportion (percent); scale: for each how many a rate is, 1 of a count, 100 of a proportion
-- denominator: 1 of a count
-- lower_95, upper_95, lower_998, upper_998: in the unit of the figure, to two places, halves rounded up
-- caution: what is to be said where the numbers are small
-- Source: PHE technical guide on confidence intervals (2018): Byar's method from 10 events, exact Poisson limits below;
-- of proportions Wilson's score.
with figures as (
    select * from marts.indicator_figures
),

rates_on_bases as (
    select * from marts.rates_on_bases
),

poisson_limits as (
    select * from conformed.poisson_limits
),

pairs as (
    select
        interval_basis as basis,
        numerator,
        coalesce(denominator, 1) as denominator,
        scale
    from figures
    where interval_basis is not null
    group by interval_basis, numerator, coalesce(denominator, 1), scale
    union
    select
        'rate' as basis,
        numerator,
        population as denominator,
        scale
    from rates_on_bases
),

levels as (
    select * from conformed.confidence_levels
),

-- Counts come again and again over other populations: the limits of each are worked out once.
events as (
    select distinct numerator
    from pairs
    where basis <> 'proportion'
),

events_at_levels as (
    select
        events.numerator,
        events.numerator::double as observed,
        levels.confidence,
        levels.z
    from events
    cross join levels
),

events_limits as (
    select
        events.numerator,
        events.confidence,
        case
            when poisson_limits.events is not null
                then if(events.confidence = 95, poisson_limits.lower_95, poisson_limits.lower_998)::double
            else
                events.observed
                * (1 - 1 / (9 * events.observed) - events.z / (3 * sqrt(events.observed)))
                * (1 - 1 / (9 * events.observed) - events.z / (3 * sqrt(events.observed)))
                * (1 - 1 / (9 * events.observed) - events.z / (3 * sqrt(events.observed)))
        end as lower_limit,
        case
            when poisson_limits.events is not null
                then if(events.confidence = 95, poisson_limits.upper_95, poisson_limits.upper_998)::double
            else
                (events.observed + 1)
                * (1 - 1 / (9 * (events.observed + 1)) + events.z / (3 * sqrt(events.observed + 1)))
                * (1 - 1 / (9 * (events.observed + 1)) + events.z / (3 * sqrt(events.observed + 1)))
                * (1 - 1 / (9 * (events.observed + 1)) + events.z / (3 * sqrt(events.observed + 1)))
        end as upper_limit
    from events_at_levels as events
    left join poisson_limits on events.numerator = poisson_limits.events
),

poisson as (
    select
        pairs.basis,
        pairs.numerator,
        pairs.denominator,
        pairs.scale,
        events_limits.confidence,
        pairs.scale * events_limits.lower_limit / pairs.denominator::double as lower_limit,
        pairs.scale * events_limits.upper_limit / pairs.denominator::double as upper_limit
    from pairs
    inner join events_limits on pairs.numerator = events_limits.numerator
    where pairs.basis <> 'proportion'
),

proportions as (
    select
        pairs.basis,
        pairs.numerator,
        pairs.denominator,
        pairs.scale,
        levels.confidence,
        levels.z,
        pairs.numerator::double as observed,
        pairs.denominator::double as among
    from pairs
    cross join levels
    where pairs.basis = 'proportion'
),

wilson as (
    select
        basis,
        numerator,
        denominator,
        scale,
        confidence,
        scale * (2 * observed + z * z - z * sqrt(z * z + 4 * observed * (1 - observed / among))) / (2 * (among + z * z))
            as lower_limit,
        scale * (2 * observed + z * z + z * sqrt(z * z + 4 * observed * (1 - observed / among))) / (2 * (among + z * z))
            as upper_limit
    from proportions
),

limits_at_levels as (
    select * from poisson
    union all
    select * from wilson
),

limits_rounded as (
    select
        basis,
        numerator,
        denominator,
        scale,
        confidence,
        floor(lower_limit * 100 + 0.5)::decimal(18, 0) * 0.01 as lower_limit,
        floor(upper_limit * 100 + 0.5)::decimal(18, 0) * 0.01 as upper_limit
    from limits_at_levels
)

select
    basis,
    numerator,
    denominator,
    scale,
    max(lower_limit) filter (where confidence = 95) as lower_95,
    max(upper_limit) filter (where confidence = 95) as upper_95,
    max(lower_limit) filter (where confidence = 998) as lower_998,
    max(upper_limit) filter (where confidence = 998) as upper_998,
    -- The ONS marks rates of fewer than 20 deaths as unreliable; that the same holds of any count above or below a line is ours.
    case
        when basis = 'count' then null
        when basis = 'proportion' and denominator < 20
            then 'Small numbers: fewer than 20 below the line, so chance alone can move it far.'
        when numerator < 20 then 'Small numbers: fewer than 20 above the line, so chance alone can move it far.'
    end as caution
from limits_rounded
group by basis, numerator, denominator, scale
order by basis, numerator, denominator, scale
