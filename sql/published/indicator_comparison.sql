-- One row per period and breakdown of an indicator that two areas have: is one higher than the other, or are they similar?
-- asked with asked_indicator, one_area, other_area
-- indicator: code; published.indicators says what it means
-- area, other_area_name: the two areas; asked for by code or name
-- provider: the health provider, where the figure is for one
-- period_type: month, quarter, year or date
-- period: of both figures
-- period_start: its first day
-- breakdown_type: what it is broken down by; blank for the whole
-- breakdown: the part, or `all`
-- value, other_value: the two figures
-- difference: by how much the first is more
-- difference_lower_95, difference_upper_95: 95% confidence limits of the difference
-- compared: higher, lower or similar: the first beside the other; similar where those limits have nought between them
-- judged: better or worse, where the indicator says which way is better
-- why_none: why there is no answer; counts of areas of unlike size are not compared
-- Source: as published.indicator_changes. Two areas of which one is part of the other are less sure to be similar than is said.
with figures as (
    select * from published.indicator_values
    where indicator = asked_indicator
),

indicators as (
    select * from published.indicators
),

asked as (
    select
        one_area::varchar as one_area,
        other_area::varchar as other_area
),

figures_exact as (
    select
        figures.*,
        indicators.polarity,
        case when figures.population_id is not null then substr(figures.population_id, length(figures.area_code) + 1) end
            as population_kind,
        case
            when figures.lower_95 is null or figures.denominator is null then null
            else indicators.scale * figures.numerator::double / figures.denominator::double
        end as exact
    from figures
    inner join indicators on figures.indicator = indicators.indicator
),

pairs as (
    select
        one.*,
        other.area as other_area_name,
        other.value as other_value,
        other.exact as other_exact,
        other.lower_95 as other_lower,
        other.upper_95 as other_upper,
        other.denominator as other_denominator,
        other.population_kind as other_kind
    from figures_exact as one
    inner join figures_exact as other
        on
            one.provider is not distinct from other.provider
            and one.period_type = other.period_type
            and one.period = other.period
            and one.breakdown_type is not distinct from other.breakdown_type
            and one.breakdown = other.breakdown
    cross join asked
    where asked.one_area in (one.area_code, one.area) and asked.other_area in (other.area_code, other.area)
),

differences as (
    select
        *,
        case
            when value is null or other_value is null then 'One of the two is not known.'
            when lower_95 is null or other_lower is null then 'One of the two has no limits.'
            when denominator is null or other_denominator is null then 'Counts of two areas are not compared: ask for a rate.'
            when coalesce(population_kind, '') <> coalesce(other_kind, '')
                then 'The two are over populations of another age, day or base.'
        end as why_none,
        exact - other_exact - sqrt(pow(exact - lower_95::double, 2) + pow(other_upper::double - other_exact, 2))
            as difference_lower,
        exact - other_exact + sqrt(pow(upper_95::double - exact, 2) + pow(other_exact - other_lower::double, 2))
            as difference_upper
    from pairs
),

compared_pairs as (
    select
        *,
        case
            when why_none is not null then null
            when difference_lower > 0 then 'higher'
            when difference_upper < 0 then 'lower'
            else 'similar'
        end as compared
    from differences
)

select
    indicator,
    area,
    other_area_name,
    provider,
    period_type,
    period,
    period_start,
    breakdown_type,
    breakdown,
    value,
    other_value,
    case when why_none is null then value - other_value end as difference,
    case when why_none is null then floor(difference_lower * 100 + 0.5)::decimal(18, 0) * 0.01 end as difference_lower_95,
    case when why_none is null then floor(difference_upper * 100 + 0.5)::decimal(18, 0) * 0.01 end as difference_upper_95,
    compared,
    case
        when polarity = 'neither' or compared = 'similar' or compared is null then null
        when polarity = compared || ' is better' then 'better'
        else 'worse'
    end as judged,
    why_none
from compared_pairs
order by breakdown_type, breakdown, provider, period_type, period_start
