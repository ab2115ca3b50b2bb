-- For what abuse are plans made, and do the parts make the whole?
-- The shares are of the table's own total. Where that total is not the plans started, the last column says so.
with parts as (
    select * from published.indicator_values
    where indicator = 'cp_plans_started' and breakdown_type = 'category_of_abuse'
),

shares as (
    select * from published.indicator_values
    where indicator = 'cp_plans_started_share_percent' and breakdown_type = 'category_of_abuse'
),

wholes as (
    select * from published.indicator_values
    where indicator = 'cp_plans_started' and breakdown = 'all'
)

select
    parts.period,
    parts.breakdown as category,
    parts.value as plans,
    shares.value as percent,
    shares.as_printed as printed_percent,
    sum(parts.value) over (partition by parts.period) as table_total,
    wholes.value as plans_started,
    sum(parts.value) over (partition by parts.period) - wholes.value as difference
from parts
inner join shares on parts.area_code = shares.area_code and parts.period = shares.period and parts.breakdown = shares.breakdown
inner join wholes on parts.area_code = wholes.area_code and parts.period = wholes.period
order by parts.period asc, plans desc, category asc
