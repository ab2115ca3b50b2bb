-- Are fewer children on a plan than in England and among our neighbours, for each 10,000?
-- Each rate of ours beside each that was printed of others. Those of another day are shown, and not compared.
-- The others' rates came without counts or population: they are taken as exact, and of whatever estimate their publisher used.
with rates as (
    select * from published.indicator_values
    where indicator = 'cp_plans_open_per_10000' and period_type = 'date'
),

ours as (
    select rates.* from rates
    inner join conformed.areas on rates.area_code = areas.area_code
    where areas.is_own
),

others as (
    select * from rates
    where area in ('England', 'Statistical neighbours')
)

select
    ours.area,
    ours.period,
    ours.value as per_10000,
    ours.lower_95,
    ours.upper_95,
    ours.population_id,
    others.area as other_area,
    others.period as other_period,
    others.as_printed as other_per_10000,
    case
        when ours.period <> others.period then null
        when ours.lower_95 > others.as_printed then 'higher'
        when ours.upper_95 < others.as_printed then 'lower'
        when ours.lower_95 is not null then 'similar'
    end as compared,
    case when ours.period <> others.period then 'The two are of different days.' end as why_none
from ours
cross join others
order by ours.period, others.area, others.period
