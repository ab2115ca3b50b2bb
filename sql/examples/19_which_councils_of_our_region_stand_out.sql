-- Which councils of our region have more or fewer children on a plan than chance leaves?
-- Needs the DfE's tables of every council: d1.
-- One row per council and day: its limits are where 95 of 100 councils of its size would be, were all of England's alike.
-- Neither more nor fewer is simply good. Councils are not alike: standing out is a reason to ask why.
with regions as (
    select * from conformed.groups
    where group_set = 'regions'
),

our_region as (
    select regions.group_code from regions
    inner join conformed.areas on regions.member_code = areas.area_code
    where areas.is_own
),

funnels as (
    select * from published.indicator_funnels
    where indicator = 'cp_plans_open_per_10000' and period_type = 'date'
)

select
    funnels.period,
    funnels.area,
    funnels.value as per_10000,
    funnels.pooled_value as all_councils,
    funnels.lower_95,
    funnels.upper_95,
    funnels.standing,
    funnels.is_far_out,
    funnels.councils,
    funnels.hidden
from funnels
inner join regions on funnels.area_code = regions.member_code
inner join our_region on regions.group_code = our_region.group_code
order by funnels.period asc, per_10000 desc, funnels.area asc
