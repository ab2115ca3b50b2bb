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
-- lower_95, upper_95: 95% confidence limits of a count, rate, percentage or share that was worked out here from whole counts
-- lower_998, upper_998: 99.8% confidence limits of the same
-- status: reported, suppressed, not_supplied, not_applicable, unreliable or provisional
-- qualifier: `<=`, `range` and the like where the value is not one number; a rating in the supplier's word
-- note: caveats, the supplier's words, open queries and explanations, to be shown wherever the figure is
-- as_printed: the supplier's own figure where it printed one: a rate, a percentage, a total
-- population_id: the population that made the rate; conformed.populations has its source
-- submission_id: the submissions that it came from
-- cell: the cells that it came from, as file!sheet!A1
with figures as (
    select * from marts.indicator_figures
),

intervals as (
    select * from marts.intervals
)

select
    figures.indicator,
    figures.area_code,
    figures.area,
    figures.provider,
    figures.period_type,
    figures.period,
    figures.period_start,
    figures.period_end,
    figures.breakdown_type,
    figures.breakdown,
    figures.unit,
    figures.numerator_shown as numerator,
    figures.denominator_shown as denominator,
    figures.value::decimal(18, 2) as value,
    intervals.lower_95::decimal(18, 2) as lower_95,
    intervals.upper_95::decimal(18, 2) as upper_95,
    intervals.lower_998::decimal(18, 2) as lower_998,
    intervals.upper_998::decimal(18, 2) as upper_998,
    figures.status,
    figures.qualifier,
    nullif(concat_ws(' ', figures.note, intervals.caution), '') as note,
    figures.as_printed::decimal(18, 4) as as_printed,
    figures.population_id,
    figures.submission_id,
    figures.cell
from figures
left join intervals
    on
        figures.interval_basis = intervals.basis
        and figures.numerator = intervals.numerator
        and coalesce(figures.denominator, 1) = intervals.denominator
        and figures.scale = intervals.scale
order by
    figures.indicator, figures.area, figures.provider, figures.period_start, figures.period_end, figures.breakdown_type,
    figures.breakdown
