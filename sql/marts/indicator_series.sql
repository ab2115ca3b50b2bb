-- One row per monthly or quarterly series of an indicator and the base that its limits are reckoned from, or why it has none.
-- series_number: of the series, and of each base in it
-- based_from: where a recorded decision has the limits reckoned anew, the first day of what they are reckoned from
-- based_until: the last day of it, where the decision says so; later values are held against the same limits
-- first_day, last_day: of its periods; first_start, last_start: first days of the first and last that has a value
-- why_none: why it has no limits
-- A value that is hidden would be told by the mean of all; eight values are ours: with fewer one more moves the limits much.
with figures as (
    select * from marts.indicator_figures
    where period_type in ('month', 'quarter')
),

indicators as (
    select * from conformed.indicators
    where kind in ('flow', 'stock', 'percent', 'rate', 'share')
),

rebased as (
    select * from conformed.rebased
),

-- Of two decisions about one period the later one holds.
rebased_once as (
    select *
    from rebased
    qualify row_number() over (partition by indicator, area_code, based_from order by decided_on desc, reason asc) = 1
),

points as (
    select
        figures.indicator,
        figures.area_code,
        figures.area,
        figures.provider,
        figures.period_type,
        figures.period_start,
        figures.period_end,
        figures.breakdown_type,
        figures.breakdown,
        figures.value,
        figures.status = 'suppressed' as is_hidden,
        figures.value is null and coalesce(figures.low, figures.high) is not null as is_range,
        (
            select max(rebased_once.based_from)
            from rebased_once
            where
                figures.indicator = rebased_once.indicator
                and coalesce(rebased_once.area_code, figures.area_code) = figures.area_code
                and figures.period_start >= rebased_once.based_from
        ) as based_from
    from figures
    inner join indicators on figures.indicator = indicators.indicator
),

series as (
    select
        indicator,
        area_code,
        area,
        provider,
        period_type,
        breakdown_type,
        breakdown,
        based_from,
        min(period_start) as first_day,
        max(period_end) as last_day,
        count(value) as values_known,
        bool_or(is_hidden) as has_hidden,
        bool_or(is_range) as has_range,
        min(period_start) filter (where value is not null) as first_start,
        max(period_start) filter (where value is not null) as last_start
    from points
    group by indicator, area_code, area, provider, period_type, breakdown_type, breakdown, based_from
),

series_rebased as (
    select
        series.*,
        rebased_once.based_until,
        rebased_once.period as rebased_at,
        rebased_once.decided_on,
        rebased_once.decided_by,
        rebased_once.reason,
        datediff('month', series.first_start, series.last_start) // if(series.period_type = 'month', 1, 3) + 1
            as periods_between
    from series
    left join rebased_once
        on
            series.indicator = rebased_once.indicator
            and series.based_from = rebased_once.based_from
            and coalesce(rebased_once.area_code, series.area_code) = series.area_code
    -- What was decided of one area goes before what was decided of all.
    qualify row_number() over (
        partition by
            series.indicator, series.area_code, series.provider, series.period_type, series.breakdown_type, series.breakdown,
            series.based_from
        order by rebased_once.area_code nulls last
    ) = 1
)

select
    row_number() over (
        order by indicator, area_code, provider, period_type, breakdown_type, breakdown, based_from nulls first
    ) as series_number,
    indicator,
    area_code,
    area,
    provider,
    period_type,
    breakdown_type,
    breakdown,
    based_from,
    based_until,
    rebased_at,
    decided_on,
    decided_by,
    reason,
    first_day,
    last_day,
    values_known,
    first_start,
    last_start,
    case
        when has_hidden then 'A value of it is hidden.'
        when has_range then 'A value of it is a range and not one number.'
        when values_known > 0 and values_known < periods_between then 'There is a gap in it: a period between has no value.'
        when values_known < 8 then 'It has fewer than 8 values.'
    end as why_none
from series_rebased
order by series_number
