-- One row per published figure as readers saw it at `as_at`: a day ('2015-07-31', the end of it) or a moment, in UTC.
-- asked with as_at
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
-- known_from: since when the figure was known so
-- known_until: when another version took its place; blank for one that stands
with figure_versions as (
    select * from audit.figure_versions
),

indicator_versions as (
    select * from audit.indicator_versions
),

asked as (
    select as_at::timestamp + if(length(as_at::varchar) <= 10, interval '1 day', interval '1 microsecond') as before
)

select
    figure_versions.indicator,
    figure_versions.area_code,
    figure_versions.area,
    figure_versions.provider,
    figure_versions.period_type,
    figure_versions.period,
    figure_versions.period_start,
    figure_versions.period_end,
    figure_versions.breakdown_type,
    figure_versions.breakdown,
    figure_versions.unit,
    figure_versions.numerator,
    figure_versions.denominator,
    figure_versions.value,
    figure_versions.lower_95,
    figure_versions.upper_95,
    figure_versions.lower_998,
    figure_versions.upper_998,
    figure_versions.status,
    figure_versions.qualifier,
    nullif(
        concat_ws(
            ' ',
            figure_versions.note,
            case
                when indicator_versions.known_until is not null
                    then
                        'Under the definition in force until ' || indicator_versions.known_until::date || ': '
                        || indicator_versions.definition
            end
        ),
        ''
    ) as note,
    figure_versions.as_printed,
    figure_versions.population_id,
    figure_versions.submission_id,
    figure_versions.cell,
    figure_versions.known_from,
    figure_versions.known_until
from figure_versions
cross join asked
left join indicator_versions
    on
        figure_versions.indicator = indicator_versions.indicator
        and figure_versions.known_from >= indicator_versions.known_from
        and (figure_versions.known_from < indicator_versions.known_until or indicator_versions.known_until is null)
where
    figure_versions.is_published
    and figure_versions.known_from < asked.before
    and (figure_versions.known_until >= asked.before or figure_versions.known_until is null)
order by
    figure_versions.indicator, figure_versions.area, figure_versions.provider, figure_versions.period_start,
    figure_versions.period_end, figure_versions.breakdown_type, figure_versions.breakdown
