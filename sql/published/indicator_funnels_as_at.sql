-- One row per council and figure of a funnel as readers saw it at `as_at`: a day ('2015-07-31', its end) or a moment, in UTC.
-- asked with as_at
-- indicator: code; published.indicators says what it means
-- area_code, area: the council
-- period_type: month, quarter, year or date
-- period: 2014-04, 2014-15 Q1, 2014-15 or 2015-03-31
-- period_start, period_end: first and last day of the period
-- breakdown_type: what it is broken down by; blank for the whole
-- breakdown: the part, or `all`
-- councils: how many are in the group
-- hidden: how many more would be, and are hidden: one in twenty at most
-- value: the council's
-- pooled_value: of all of them together: the sum above the line over the sum below it, which is no mean and no median
-- lower_95, upper_95: where 95 of 100 councils of this size would be, were they all like the pooled value
-- lower_998, upper_998: where 998 of 1,000 would be
-- standing: within, above or below: above and below where the council's own 95% limits leave the pooled value out
-- is_far_out: whether its own 99.8% limits do, too
-- judged: better or worse than chance would have it, where the indicator says which way is better
-- known_from: since when it was said so
-- known_until: when something else was said, or nothing; blank for what stands
with remarks as (
    select * from audit.remark_versions
    where remark = 'councils' and is_said
),

asked as (
    select as_at::timestamp + if(length(as_at::varchar) <= 10, interval '1 day', interval '1 microsecond') as before
)

select
    remarks.indicator,
    remarks.area_code,
    remarks.area,
    remarks.period_type,
    remarks.period,
    remarks.period_start,
    remarks.period_end,
    remarks.breakdown_type,
    remarks.breakdown,
    remarks.councils,
    remarks.hidden,
    remarks.value,
    remarks.centre as pooled_value,
    remarks.lower_limit as lower_95,
    remarks.upper_limit as upper_95,
    remarks.lower_998,
    remarks.upper_998,
    remarks.verdict as standing,
    remarks.is_far_out,
    remarks.judged,
    remarks.known_from,
    remarks.known_until
from remarks
cross join asked
where
    remarks.known_from < asked.before
    and (remarks.known_until >= asked.before or remarks.known_until is null)
order by
    remarks.indicator, remarks.period_start, remarks.period_end, remarks.breakdown_type, remarks.breakdown, remarks.area
