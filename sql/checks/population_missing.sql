-- One row per rate that could not be worked out for want of a population.
with parts as (
    select * from marts.indicator_parts
)

select
    null::varchar as "return",
    period,
    submission_id as submission,
    null::varchar as file,
    null::varchar as sheet,
    null::varchar as cell,
    indicator as "column",
    null::varchar as row,
    'population_missing' as code,
    'query' as severity,
    indicator || ', ' || period || ': there is no population aged 0 to 17 of ' || area_code || ' to divide by.' as message,
    'Receive the estimate for the middle of the financial year with the population return.' as fix
from parts
where indicator_kind = 'rate' and denominator is null and numerator is not null
order by all
