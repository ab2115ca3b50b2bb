-- One row per indicator × area × provider × period × breakdown.
-- indicator: code; published.indicators says what it means
-- area_code, area: the area that it is for; GSS code and name, or the Board's own code for a smaller area
-- provider: the health provider, where the figure is for one
-- period_type: month, quarter, year (April to March) or date
-- period: 2014-04, 2014-15 Q1, 2014-15 or 2015-03-31
-- period_start, period_end: first and last day of the period
-- breakdown_type: what it is broken down by; blank for the whole
-- breakdown: the part, or `all`
-- unit: what it counts or is measured in
-- numerator: the count above the line
-- denominator: the count or the population below the line
-- value: ours, worked out from the parts, halves rounded up; the supplier's own where the parts were not supplied
-- lower_95, upper_95: 95% confidence limits, where they have been worked out
-- status: reported, suppressed, not_supplied, not_applicable, unreliable or provisional
-- qualifier: `<=`, `range` and the like where the value is not one number; a rating in the supplier's word
-- note: caveats, the supplier's words, open queries and explanations, to be shown wherever the figure is
-- as_printed: the supplier's own figure where it printed one: a rate, a percentage, a total
-- population_id: the population that made the rate; conformed.populations has its source
-- submission_id: the submissions that it came from
-- cell: the cells that it came from, as file!sheet!A1
with figures as (
    select * from marts.indicator_figures
)

select
    indicator,
    area_code,
    area,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    breakdown_type,
    breakdown,
    unit,
    numerator_shown as numerator,
    denominator_shown as denominator,
    value::decimal(18, 2) as value,
    null::decimal(18, 2) as lower_95,
    null::decimal(18, 2) as upper_95,
    status,
    qualifier,
    note,
    as_printed::decimal(18, 4) as as_printed,
    population_id,
    submission_id,
    cell
from figures
order by indicator, area, provider, period_start, period_end, breakdown_type, breakdown
