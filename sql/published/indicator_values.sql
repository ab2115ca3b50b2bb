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
-- note: caveats, the supplier's words and open queries, to be shown wherever the figure is
-- as_printed: the supplier's own figure where it printed one: a rate, a percentage, a total
-- population_id: the population that made the rate; conformed.populations has its source
-- submission_id: the submissions that it came from
-- cell: the cells that it came from, as file!sheet!A1
with figures as (
    select * from marts.indicator_figures
),

areas as (
    select * from conformed.areas
),

indicators as (
    select * from staging.indicators
)

select
    figures.indicator,
    figures.area_code,
    coalesce(areas.area, figures.area_code) as area,
    figures.provider,
    figures.period_type,
    figures.period,
    figures.period_start,
    figures.period_end,
    figures.breakdown_type,
    figures.breakdown,
    indicators.unit,
    case when indicators.kind <> 'largest' and indicators.unit <> 'percent' or figures.denominator is not null then figures.numerator end::decimal(18, 2) as numerator,
    figures.denominator::decimal(18, 2) as denominator,
    figures.value::decimal(18, 2) as value,
    null::decimal(18, 2) as lower_95,
    null::decimal(18, 2) as upper_95,
    figures.status,
    figures.qualifier,
    concat_ws(
        ' ',
        figures.note,
        case
            when figures.qualifier = 'range'
                then 'Between ' || rtrim(rtrim(figures.low::varchar, '0'), '.') || ' and ' || rtrim(rtrim(figures.high::varchar, '0'), '.') || '.'
        end,
        indicators.caveats
    ) as note,
    figures.as_printed::decimal(18, 2) as as_printed,
    figures.population_id,
    figures.submission_id,
    figures.cell
from figures
inner join indicators on figures.indicator = indicators.code
left join areas on figures.area_code = areas.area_code
order by figures.indicator, area, figures.provider, figures.period_start, figures.period_end, figures.breakdown_type, figures.breakdown
