-- One row per figure and target in force on its last day: what is aimed at, who set it, and the colour where a rule was set.
-- indicator: code; published.indicators says what it means
-- area_code, area: the area that it is for
-- provider: the health provider, where the figure is for one
-- period_type: month, quarter, year or date
-- period: 2014-04, 2014-15 Q1, 2014-15 or 2015-03-31
-- period_start, period_end: first and last day of the period
-- unit: what it counts or is measured in
-- value: of the figure
-- says: the target
-- set_by: who set it
-- source: where it is written
-- valid_from, valid_until: first and last day on which it is in force; the last is blank where none is known
-- rule: the colours, and the values that have them; blank where none was set
-- colour: green, amber or red; blank without a rule
-- reason: why it has that colour, or none
with targets as (
    select * from marts.indicator_targets
)

select
    indicator,
    area_code,
    area,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    unit,
    value::decimal(18, 2) as value,
    says,
    set_by,
    source,
    valid_from,
    valid_until,
    rule,
    colour,
    reason
from targets
order by indicator, area, provider, period_start, period_end, set_by
