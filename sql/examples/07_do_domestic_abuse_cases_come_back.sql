-- Do domestic abuse cases come back to the MARAC, and in which area?
-- A month that was not supplied leaves its quarter and year without a value: it is not a nought.
with cases as (
    select * from published.indicator_values
    where indicator = 'marac_cases' and period_type in ('quarter', 'year')
),

repeats as (
    select * from published.indicator_values
    where indicator = 'marac_repeat_percent'
)

select
    cases.area,
    cases.period,
    cases.value as cases,
    repeats.numerator as repeats,
    repeats.value as repeat_percent,
    cases.status,
    case when cases.status <> 'reported' then cases.note end as why
from cases
inner join repeats on cases.area_code = repeats.area_code and cases.period = repeats.period
order by cases.area asc, cases.period_end asc, cases.period_start desc
