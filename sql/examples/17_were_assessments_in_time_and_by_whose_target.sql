-- Were single assessments completed in time, and by whose target?
-- One row per figure and target in force. A colour stands only where who set the target set a rule for one.
-- Without the counts behind the percentage it has no limits either: nobody can say what chance makes of it.
with targets as (
    select * from published.indicator_targets
    where indicator = 'single_assessments_in_time_percent'
),

percentages as (
    select * from published.indicator_values
    where indicator = 'single_assessments_in_time_percent'
)

select
    targets.area,
    targets.period,
    targets.value as percent,
    percentages.lower_95,
    percentages.upper_95,
    targets.says as target,
    targets.set_by,
    targets.rule,
    targets.colour,
    targets.reason,
    percentages.cell
from targets
inner join percentages on targets.area_code = percentages.area_code and targets.period = percentages.period
order by targets.area, targets.period_start, targets.set_by
