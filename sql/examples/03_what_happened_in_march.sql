-- Did more children start a plan at the end of the year than before?
-- One row per quarter and the mean of its months; the months stand beside.
with quarters as (
    select * from published.indicator_values
    where indicator = 'cp_plans_started' and period_type = 'quarter' and breakdown = 'all'
),

means as (
    select * from published.indicator_values
    where indicator = 'cp_plans_started_monthly_mean' and period_type = 'quarter'
),

months as (
    select * from published.indicator_values
    where indicator = 'cp_plans_started' and period_type = 'month' and breakdown = 'all'
)

select
    quarters.period,
    quarters.value as plans_started,
    means.value as mean_of_the_months,
    string_agg(strftime(months.period_start, '%b') || ' ' || months.value::integer, ', ' order by months.period_start) as by_month
from quarters
inner join means on quarters.area_code = means.area_code and quarters.period = means.period
inner join months
    on quarters.area_code = months.area_code and months.period_start between quarters.period_start and quarters.period_end
group by quarters.period, quarters.value, means.value
order by quarters.period
