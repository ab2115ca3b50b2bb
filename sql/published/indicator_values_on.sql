-- One row per published figure, its rates on the census base `asked_base`: first (as published), latest, or a year such as 2021.
-- asked with asked_base
-- indicator: code; published.indicators says what it means
-- area_code, area: the area that it is for; GSS code and name, or the Board's own code for a smaller area
-- provider: the health provider, where the figure is for one
-- period_type: month, quarter, year (April to March) or date
-- period: 2014-04, 2014-15 Q1, 2014-15 or 2015-03-31
-- period_start, period_end: first and last day of the period
-- breakdown_type: what it is broken down by; blank for the whole
-- breakdown: the part, or `all`
-- unit: what it counts or is measured in
-- numerator: the count above the line
-- denominator: the count or the population below the line
-- value: ours, worked out from the parts, halves rounded up; the supplier's own where the parts were not supplied
-- lower_95, upper_95: 95% confidence limits of a count, rate, percentage or share that was worked out here from whole counts
-- lower_998, upper_998: 99.8% confidence limits of the same
-- status: reported, suppressed, not_supplied, not_applicable, unreliable or provisional
-- qualifier: `<=`, `range` and the like where the value is not one number; a rating in the supplier's word
-- note: caveats, the supplier's words, open queries and explanations, to be shown wherever the figure is
-- as_printed: the supplier's own figure where it printed one: a rate, a percentage, a total
-- population_id: the population that made the rate; conformed.populations has its source
-- submission_id: the submissions that it came from
-- cell: the cells that it came from, as file!sheet!A1
with figures as (
    select * from published.indicator_values
),

rates as (
    select indicator from published.indicators
    where kind = 'rate'
),

others as (
    select * from marts.rates_on_bases
),

intervals as (
    select * from marts.intervals
    where basis = 'rate'
),

asked as (
    select lower(asked_base::varchar) as base
),

-- Each rate on its own base and on every other that there is.
on_every_base as (
    select
        figures.indicator,
        figures.area_code,
        figures.provider,
        figures.period_type,
        figures.period,
        figures.breakdown_type,
        figures.breakdown,
        regexp_extract(figures.population_id, ':base-([0-9]+)', 1) as base,
        figures.population_id,
        figures.denominator,
        figures.value,
        figures.lower_95,
        figures.upper_95,
        figures.lower_998,
        figures.upper_998
    from figures
    inner join rates on figures.indicator = rates.indicator
    where figures.population_id is not null
    union all
    select
        others.indicator,
        others.area_code,
        others.provider,
        others.period_type,
        others.period,
        others.breakdown_type,
        others.breakdown,
        others.census_base::varchar as base,
        others.population_id,
        others.population::decimal(18, 2) as denominator,
        others.value,
        intervals.lower_95::decimal(18, 2) as lower_95,
        intervals.upper_95::decimal(18, 2) as upper_95,
        intervals.lower_998::decimal(18, 2) as lower_998,
        intervals.upper_998::decimal(18, 2) as upper_998
    from others
    left join intervals
        on
            others.numerator = intervals.numerator
            and others.population = intervals.denominator
            and others.scale = intervals.scale
),

on_the_base as (
    select on_every_base.*
    from on_every_base
    cross join asked
    where asked.base in ('first', 'latest', on_every_base.base)
    qualify row_number() over (
        partition by
            on_every_base.indicator, on_every_base.area_code, on_every_base.provider, on_every_base.period_type,
            on_every_base.period, on_every_base.breakdown_type, on_every_base.breakdown
        order by if(asked.base = 'latest', -1, 1) * on_every_base.base::integer
    ) = 1
),

placed as (
    select
        figures.*,
        asked.base as base_asked,
        on_the_base.population_id as population_there,
        on_the_base.denominator as denominator_there,
        on_the_base.value as value_there,
        on_the_base.lower_95 as lower_95_there,
        on_the_base.upper_95 as upper_95_there,
        on_the_base.lower_998 as lower_998_there,
        on_the_base.upper_998 as upper_998_there,
        rates.indicator is not null and figures.value is null and figures.note is not null and asked.base <> 'first'
            as stays_on_first,
        figures.population_id is not null and rates.indicator is not null as is_divided
    from figures
    cross join asked
    left join rates on figures.indicator = rates.indicator
    left join on_the_base
        on
            figures.indicator = on_the_base.indicator
            and figures.area_code = on_the_base.area_code
            and figures.provider is not distinct from on_the_base.provider
            and figures.period_type = on_the_base.period_type
            and figures.period = on_the_base.period
            and figures.breakdown_type is not distinct from on_the_base.breakdown_type
            and figures.breakdown = on_the_base.breakdown
)

select
    indicator,
    area_code,
    area,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    breakdown_type,
    breakdown,
    unit,
    numerator,
    if(is_divided, denominator_there, denominator) as denominator,
    if(is_divided, value_there, value) as value,
    if(is_divided, lower_95_there, lower_95) as lower_95,
    if(is_divided, upper_95_there, upper_95) as upper_95,
    if(is_divided, lower_998_there, lower_998) as lower_998,
    if(is_divided, upper_998_there, upper_998) as upper_998,
    if(is_divided and population_there is null, 'not_supplied', status) as status,
    qualifier,
    nullif(
        concat_ws(
            ' ',
            note,
            case
                when is_divided and population_there is null
                    then 'There is no population on the ' || base_asked || ' base.'
                when is_divided and population_there <> population_id
                    then
                        'On the ' || regexp_extract(population_there, ':base-([0-9]+)', 1) || ' base; as published, on the '
                        || regexp_extract(population_id, ':base-([0-9]+)', 1) || ' base, ' || value || '.'
                when stays_on_first then 'What is said of it is on the base first used.'
            end
        ),
        ''
    ) as note,
    as_printed,
    if(is_divided, population_there, population_id) as population_id,
    submission_id,
    cell
from placed
order by indicator, area, provider, period_start, period_end, breakdown_type, breakdown
