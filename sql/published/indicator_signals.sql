-- One row per signal of a series: a value, or values in a row, that chance alone would seldom make (published.indicator_series).
-- indicator: code; published.indicators says what it means
-- area_code, area: the area that it is for
-- provider: the health provider, where it is for one
-- period_type: month or quarter
-- period: the last period of the signal
-- period_start, period_end: its first and last day
-- breakdown_type: what it is broken down by; blank for the whole
-- breakdown: the part, or `all`
-- signal: outside, seven on one side, seven rising or falling, two of three in the outer third
-- since: the first period of the signal
-- periods: how many periods it is made of
-- direction: higher or lower
-- judged: better or worse, where the indicator says which way is better
-- value: of the last period
-- lower_limit, centre, upper_limit: of the series
-- says: the signal in a sentence
with signals as (
    select * from marts.indicator_signals
),

series as (
    select * from marts.indicator_series
),

limits as (
    select * from marts.indicator_limits
),

indicators as (
    select * from published.indicators
)

select
    series.indicator,
    series.area_code,
    series.area,
    series.provider,
    series.period_type,
    signals.period,
    signals.period_start,
    signals.period_end,
    series.breakdown_type,
    series.breakdown,
    signals.signal,
    signals.since,
    signals.periods,
    signals.direction,
    case
        when indicators.polarity = 'neither' then null
        when indicators.polarity = signals.direction || ' is better' then 'better'
        else 'worse'
    end as judged,
    signals.value::decimal(18, 2) as value,
    limits.lower_limit::decimal(18, 2) as lower_limit,
    limits.centre::decimal(18, 2) as centre,
    limits.upper_limit::decimal(18, 2) as upper_limit,
    case signals.signal
        when 'outside'
            then
                if(signals.direction = 'higher', 'Above the upper limit of ', 'Below the lower limit of ')
                || if(signals.direction = 'higher', limits.upper_limit, limits.lower_limit)::decimal(18, 2) || '.'
        when 'seven on one side'
            then
                signals.periods || ' in a row ' || if(signals.direction = 'higher', 'above', 'below') || ' the mean since '
                || signals.since || '.'
        when 'seven rising or falling'
            then
                signals.periods || ' in a row, each ' || signals.direction || ' than the one before, since '
                || signals.since || '.'
        else
            'Two of three in a row near the ' || if(signals.direction = 'higher', 'upper', 'lower') || ' limit, since '
            || signals.since || '.'
    end as says
from signals
inner join series on signals.series_number = series.series_number
inner join limits on signals.series_number = limits.series_number
inner join indicators on series.indicator = indicators.indicator
order by
    series.indicator, series.area, series.provider, series.period_type, signals.period_start, series.breakdown_type,
    series.breakdown, signals.signal
