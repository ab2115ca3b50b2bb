-- Are children coming back to a plan, and in which months more than over the year?
-- The year's percentage is pooled: second or subsequent plans of all plans started, not a mean of the months.
with months as (
    select * from published.indicator_values
    where indicator = 'cp_reregistration_percent' and period_type = 'month'
),

years as (
    select * from published.indicator_values
    where indicator = 'cp_reregistration_percent' and period_type = 'year'
)

select
    months.period,
    months.numerator as subsequent_plans,
    months.denominator as plans_started,
    months.value as percent,
    months.as_printed as printed_percent,
    years.value as year_percent,
    months.value > years.value as above_the_year
from months
inner join years
    on
        months.area_code = years.area_code
        and months.period_start between years.period_start and years.period_end
order by months.period
