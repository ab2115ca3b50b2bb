-- One row per value of a series that has limits, in the order of its periods.
-- place: 1 of the first value of its base
-- value_units: the value in hundredths, which is all of it
-- moving_range: how far it is from the value before, in hundredths
-- is_in_base: whether the limits are reckoned from it
with figures as (
    select * from marts.indicator_figures
),

series as (
    select * from marts.indicator_series
    where why_none is null
),

points as (
    select
        series.series_number,
        figures.period,
        figures.period_start,
        figures.period_end,
        figures.value,
        (figures.value * 100)::bigint as value_units,
        figures.period_end <= coalesce(series.based_until, figures.period_end) as is_in_base
    from series
    inner join figures
        on
            series.indicator = figures.indicator
            and series.area_code = figures.area_code
            and series.provider is not distinct from figures.provider
            and series.period_type = figures.period_type
            and series.breakdown_type is not distinct from figures.breakdown_type
            and series.breakdown = figures.breakdown
            and figures.period_start between series.first_start and series.last_start
)

select
    series_number,
    row_number() over earlier as place,
    period,
    period_start,
    period_end,
    value,
    value_units,
    abs(value_units - lag(value_units) over earlier) as moving_range,
    is_in_base
from points
window earlier as (partition by series_number order by period_start)
order by series_number, place
