-- One row per area that a figure can be for: councils, regions, England, groups of councils, and areas inside the Board's.
with codes as (
    select * from staging.codes
),

board as (
    select * from staging.board
),

areas_inside as (
    select
        code as area_code,
        label as area,
        'inside the Board' as kind
    from codes
    where list like '%\_areas' escape '\'
),

areas_known as (
    select
        code as area_code,
        label as area,
        case when code like 'E92%' then 'country' when code like 'E12%' then 'region' when code like 'E%' then 'council' else 'group' end as kind
    from codes
    where list = 'areas'
),

own_area as (
    select
        area_code,
        area,
        'council' as kind
    from board
    where area_code not in (select area_code from areas_known)
)

select
    area_code,
    area,
    kind
from areas_known
union all
select
    area_code,
    area,
    kind
from areas_inside
union all
select
    area_code,
    area,
    kind
from own_area
order by area_code
