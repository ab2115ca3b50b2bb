-- One row per group of areas × member: England, regions, statistical neighbours, and those that a Board declares.
-- group_code: the area that stands for the whole group, where there is one
-- area_code: the area whose group it is, where each has its own
with groups as (
    select * from staging.groups
)

select
    group_set,
    title,
    group_code,
    area_code,
    member_code,
    member_rank,
    closeness,
    since,
    until,
    source,
    licence
from groups
order by group_set, group_code, area_code, member_rank, member_code
