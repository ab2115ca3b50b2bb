-- On which population does each agency's printed rate stand, and is it one that is known?
-- One row per agency and known population of its area: the people that would give all of its rates, beside those estimated.
-- Two agencies whose ranges do not meet divide by different populations, whatever their pages say.
with implied as (
    select distinct
        agency,
        area_code,
        reference_date,
        rates,
        agreed_least,
        agreed_most
    from marts.populations_implied
    where agreed_least is not null
),

used as (
    select distinct population_id from published.indicator_values
    where as_printed is not null and population_id is not null
),

known as (
    select * from conformed.populations
    where age_range = '0-17' and sex = 'all'
)

select
    implied.agency,
    known.area,
    implied.rates as printed_rates,
    implied.agreed_least as at_least,
    implied.agreed_most as at_most,
    known.reference_date as known_of,
    known.census_base,
    known.population as known_population,
    known.population between implied.agreed_least and implied.agreed_most as gives_the_rates,
    greatest(known.population - implied.agreed_most, implied.agreed_least - known.population, 0) as out_by,
    used.population_id is not null as is_used_here,
    known.source
from implied
inner join known on implied.area_code = known.area_code
left join used on known.population_id = used.population_id
order by implied.agency, known.area, implied.reference_date, known.reference_date, known.census_base
