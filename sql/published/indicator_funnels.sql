-- One row per council × rate or percentage × period × breakdown of which ten councils or more have one: a funnel plot's points.
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
with funnels as (
    select * from marts.indicator_funnels
),

indicators as (
    select * from published.indicators
)

select
    funnels.indicator,
    funnels.area_code,
    funnels.area,
    funnels.period_type,
    funnels.period,
    funnels.period_start,
    funnels.period_end,
    funnels.breakdown_type,
    funnels.breakdown,
    funnels.councils,
    funnels.hidden,
    funnels.value::decimal(18, 2) as value,
    funnels.pooled_value::decimal(18, 2) as pooled_value,
    funnels.lower_95::decimal(18, 2) as lower_95,
    funnels.upper_95::decimal(18, 2) as upper_95,
    funnels.lower_998::decimal(18, 2) as lower_998,
    funnels.upper_998::decimal(18, 2) as upper_998,
    funnels.standing,
    funnels.is_far_out,
    case
        when indicators.polarity = 'neither' or funnels.standing = 'within' then null
        when indicators.polarity = if(funnels.standing = 'above', 'higher is better', 'lower is better') then 'better'
        else 'worse'
    end as judged
from funnels
inner join indicators on funnels.indicator = indicators.indicator
order by
    funnels.indicator, funnels.period_start, funnels.period_end, funnels.breakdown_type, funnels.breakdown, funnels.area
