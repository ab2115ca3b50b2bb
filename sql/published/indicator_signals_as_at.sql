-- One row per signal of a series as readers saw it at `as_at`: a day ('2015-07-31', the end of it) or a moment, in UTC.
-- asked with as_at
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
-- known_from: since when it was said so
-- known_until: when something else was said, or nothing; blank for what stands
with remarks as (
    select * from audit.remark_versions
    where remark = 'signal' and is_said
),

asked as (
    select as_at::timestamp + if(length(as_at::varchar) <= 10, interval '1 day', interval '1 microsecond') as before
)

select
    remarks.indicator,
    remarks.area_code,
    remarks.area,
    remarks.provider,
    remarks.period_type,
    remarks.period,
    remarks.period_start,
    remarks.period_end,
    remarks.breakdown_type,
    remarks.breakdown,
    remarks.name as signal,
    remarks.since,
    remarks.periods,
    remarks.verdict as direction,
    remarks.judged,
    remarks.value,
    remarks.lower_limit,
    remarks.centre,
    remarks.upper_limit,
    remarks.says,
    remarks.known_from,
    remarks.known_until
from remarks
cross join asked
where
    remarks.known_from < asked.before
    and (remarks.known_until >= asked.before or remarks.known_until is null)
order by
    remarks.indicator, remarks.area, remarks.provider, remarks.period_type, remarks.period_start, remarks.breakdown_type,
    remarks.breakdown, remarks.name
