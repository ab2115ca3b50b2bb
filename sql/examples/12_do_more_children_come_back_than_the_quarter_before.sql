-- Do more children come back to a plan than the quarter before, or is it chance?
-- Similar, where the 95% limits of the difference have nought between them. Neither way is simply good.
-- The year before was printed without its counts: of such a figure nobody can say what chance makes of it.
with changes as (
    select * from published.indicator_changes('cp_reregistration_percent')
    where period_type in ('quarter', 'year')
),

percentages as (
    select * from published.indicator_values
    where indicator = 'cp_reregistration_percent'
)

select
    changes.area,
    changes.period,
    percentages.numerator as subsequent_plans,
    percentages.denominator as plans_started,
    changes.value as percent,
    percentages.lower_95,
    percentages.upper_95,
    changes.period_before,
    changes.value_before as percent_before,
    changes.difference,
    changes.difference_lower_95,
    changes.difference_upper_95,
    changes.change,
    changes.why_none
from changes
inner join percentages
    on
        changes.area_code = percentages.area_code
        and changes.period_type = percentages.period_type
        and changes.period = percentages.period
        and changes.breakdown = percentages.breakdown
order by changes.area, changes.period_type, changes.period, changes.against
