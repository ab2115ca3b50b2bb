-- One row per area that a figure can be for: councils, regions, England, groups of councils, and areas inside the Board's.
with codes as (
    select * from staging.codes
),

board as (
    select * from staging.board
),

areas_known as (
    select
        code as area_code,
        label as area,
        case
            when code like 'E92%' then 'country'
            when code like 'E12%' then 'region'
            when code like 'E%' then 'council'
            else 'group'
        end as kind
    from codes
    where list = 'areas'
),

areas_inside as (
    select
        code as area_code,
        label as area,
        'inside the Board' as kind
    from codes
    where list <> 'areas' and right(list, 6) = '_areas'
),

own_area as (
    select
        area_code,
        area,
        'council' as kind
    from board
    where area_code not in (select areas_known.area_code from areas_known)
),

areas_all as (
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
)

select
    area_code,
    area,
    kind,
    area_code in (select board.area_code from board) as is_own
from areas_all
order by area_code
