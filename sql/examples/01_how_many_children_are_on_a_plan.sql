-- How many children are on a plan, and how does that compare for each 10,000?
-- One row per area and day. The printed rate stands beside ours; each rate names the population that made it.
-- England's and the neighbours' figures are of the year before: do not set them beside the last row as if of one day.
with counts as (
    select * from published.indicator_values
    where indicator = 'cp_plans_open' and period_type = 'date'
),

rates as (
    select * from published.indicator_values
    where indicator = 'cp_plans_open_per_10000' and period_type = 'date'
)

select
    rates.area,
    rates.period,
    counts.value as children,
    rates.value as per_10000,
    rates.as_printed as printed_per_10000,
    rates.denominator as population,
    rates.population_id
from rates
left join counts on rates.area_code = counts.area_code and rates.period = counts.period
order by rates.area, rates.period
