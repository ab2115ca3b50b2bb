-- Is March's rise in plans started more than chance?
-- One row per month: its own 95% limits, the limits of the year's chart, and what stands out in it, if anything does.
-- A signal says that a cause is worth looking for, and not which; most changes from one month to the next are chance.
with months as (
    select * from published.indicator_values
    where indicator = 'cp_plans_started' and period_type = 'month' and breakdown = 'all'
),

charts as (
    select * from published.indicator_series
    where indicator = 'cp_plans_started' and period_type = 'month' and breakdown = 'all'
),

signals as (
    select
        area_code,
        period,
        string_agg(says, ' ' order by signal) as says
    from published.indicator_signals
    where indicator = 'cp_plans_started' and period_type = 'month' and breakdown = 'all'
    group by area_code, period
),

changes as (
    select * from published.indicator_changes('cp_plans_started')
    where period_type = 'month' and breakdown = 'all' and against = 'period before'
)

select
    months.area,
    months.period,
    months.value as plans_started,
    months.lower_95,
    months.upper_95,
    charts.lower_limit,
    charts.centre as mean_of_the_months,
    charts.upper_limit,
    signals.says as signal,
    changes.change as than_the_month_before
from months
left join charts
    on months.area_code = charts.area_code and months.period_start between charts.first_day and charts.last_day
left join signals on months.area_code = signals.area_code and months.period = signals.period
left join changes on months.area_code = changes.area_code and months.period = changes.period
order by months.area, months.period
