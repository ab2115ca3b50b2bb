-- One row per figure and target as readers saw them at `as_at`: a day ('2015-07-31', the end of it) or a moment, in UTC.
-- asked with as_at
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
-- known_from: since when it was said so
-- known_until: when something else was said, or nothing; blank for what stands
with remarks as (
    select * from audit.remark_versions
    where remark = 'target' and is_said
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
    remarks.unit,
    remarks.value,
    remarks.name as says,
    remarks.set_by,
    remarks.source,
    remarks.valid_from,
    remarks.valid_until,
    remarks.rule,
    remarks.verdict as colour,
    remarks.says as reason,
    remarks.known_from,
    remarks.known_until
from remarks
cross join asked
where
    remarks.known_from < asked.before
    and (remarks.known_until >= asked.before or remarks.known_until is null)
order by
    remarks.indicator, remarks.area, remarks.provider, remarks.period_start, remarks.period_end, remarks.set_by
