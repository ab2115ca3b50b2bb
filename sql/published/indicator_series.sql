-- One row per monthly or quarterly series of an indicator, and base of its limits: an XmR chart, or why there is none.
-- indicator: code; published.indicators says what it means
-- area_code, area: the area that it is for
-- provider: the health provider, where it is for one
-- period_type: month or quarter
-- breakdown_type: what it is broken down by; blank for the whole
-- breakdown: the part, or `all`
-- first_day, last_day: of its periods
-- values_known: how many periods have a value
-- centre: mean of the values
-- moving_range: mean of how far each value is from the one before, those that were screened left out
-- ranges_screened: moving ranges at or above 3.267 × their mean, left out first
-- lower_limit, upper_limit: centre ± 2.66 × moving_range
-- why_none: why it has no limits
-- rebased_at: the period from which a recorded decision has the limits reckoned anew; blank for the first
-- rebased_why: when, by whom and why that was decided
with series as (
    select * from marts.indicator_series
),

limits as (
    select * from marts.indicator_limits
)

select
    series.indicator,
    series.area_code,
    series.area,
    series.provider,
    series.period_type,
    series.breakdown_type,
    series.breakdown,
    series.first_day,
    series.last_day,
    series.values_known,
    limits.centre::decimal(18, 2) as centre,
    limits.moving_range::decimal(18, 2) as moving_range,
    limits.ranges_screened,
    limits.lower_limit::decimal(18, 2) as lower_limit,
    limits.upper_limit::decimal(18, 2) as upper_limit,
    coalesce(
        series.why_none,
        case when limits.series_number is null then 'What its limits are reckoned from has fewer than 8 values.' end
    ) as why_none,
    series.rebased_at,
    series.decided_by || ', ' || series.decided_on || ': ' || series.reason as rebased_why
from series
left join limits on series.series_number = limits.series_number
order by
    series.indicator, series.area, series.provider, series.period_type, series.breakdown_type, series.breakdown,
    series.first_day
