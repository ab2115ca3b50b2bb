-- One row per area, day and kind of people whose population is wanting, so that their rates could not be worked out.
with rates as (
    select
        indicator,
        people
    from conformed.indicators
    where kind = 'rate'
),

parts as (
    select
        parts.*,
        rates.people
    from marts.indicator_parts as parts
    inner join rates on parts.indicator = rates.indicator
    where parts.denominator is null and parts.numerator is not null
),

areas as (
    select * from conformed.areas
),

wanted as (
    select
        area_code,
        population_date,
        replace(people, 'residents ', '') as people,
        string_agg(distinct indicator, ', ' order by indicator) as indicators,
        max(period) filter (where period_type = 'year') as financial_year,
        min(period) as first_period
    from parts
    group by area_code, population_date, people
)

select
    null::varchar as "return",
    coalesce(wanted.financial_year, wanted.first_period) as period,
    null::varchar as submission,
    null::varchar as file,
    null::varchar as sheet,
    null::varchar as cell,
    wanted.indicators as "column",
    null::varchar as row,
    'population_missing' as code,
    'query' as severity,
    'There is no population ' || wanted.people || ' of ' || coalesce(areas.area, wanted.area_code) || ' for '
    || strftime(wanted.population_date, '%d/%m/%Y') || ' to divide by: no ' || replace(wanted.indicators, ', ', ', no ')
    || '.' as message,
    'Receive the estimate for the middle of the financial year with the population return.' as fix
from wanted
left join areas on wanted.area_code = areas.area_code
order by wanted.area_code, wanted.population_date, wanted.people
