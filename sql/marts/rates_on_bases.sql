-- One row per rate that is worked out × other census base of the same population: what the rate is on that base.
-- Source: the rule of marts.indicator_figures, halves rounded up, in whole numbers.
with figures as (
    select * from marts.indicator_figures
    where population_id is not null and is_ours and numerator is not null
),

indicators as (
    select * from conformed.indicators
    where kind = 'rate'
),

populations as (
    select * from conformed.populations
),

moved as (
    select
        figures.indicator,
        figures.area_code,
        figures.provider,
        figures.period_type,
        figures.period,
        figures.period_start,
        figures.period_end,
        figures.breakdown_type,
        figures.breakdown,
        others.census_base,
        others.population_id,
        others.population,
        figures.numerator,
        figures.scale,
        indicators.places,
        (figures.numerator * 100)::hugeint as dividend,
        (10 ** indicators.places)::hugeint as factor,
        (others.population * 100)::hugeint as divisor
    from figures
    inner join indicators on figures.indicator = indicators.indicator
    inner join populations as used on figures.population_id = used.population_id
    inner join populations as others
        on
            used.area_code = others.area_code
            and used.age_range = others.age_range
            and used.sex = others.sex
            and used.reference_date = others.reference_date
            and used.census_base <> others.census_base
)

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
    census_base,
    population_id,
    population,
    numerator,
    scale,
    (
        ((dividend * scale * factor * 2 + divisor) // (divisor * 2))::decimal(18, 0)
        * case places when 0 then 1.00 when 1 then 0.10 else 0.01 end
    )::decimal(18, 2) as value
from moved
order by
    indicator, area_code, provider, period_start, period_end, breakdown_type, breakdown, census_base
