-- Do more domestic abuse cases come back to one MARAC than to the other, or is it chance?
-- Of so few cases even 14 percentage points can be chance. The return does not name its second area.
-- One comparison in twenty stands out though nothing is behind it: one quarter of three is a reason to ask, no finding.
with comparisons as (
    select *
    from published.indicator_comparison('marac_repeat_percent', 'Cambridgeshire Central', 'Cambridgeshire, area not named')
    where period_type in ('quarter', 'year')
),

percentages as (
    select * from published.indicator_values
    where indicator = 'marac_repeat_percent'
)

select
    comparisons.period,
    comparisons.area,
    ones.denominator as cases,
    comparisons.value as repeat_percent,
    comparisons.other_area_name as other_area,
    others.denominator as other_cases,
    comparisons.other_value as other_repeat_percent,
    comparisons.difference,
    comparisons.difference_lower_95,
    comparisons.difference_upper_95,
    comparisons.compared,
    comparisons.why_none
from comparisons
inner join percentages as ones on comparisons.area = ones.area and comparisons.period = ones.period
inner join percentages as others on comparisons.other_area_name = others.area and comparisons.period = others.period
order by comparisons.period_type, comparisons.period
