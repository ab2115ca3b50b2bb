-- One row per area that a figure can be for: councils, regions, England, groups of councils, and areas inside the Board's.
-- valid_from, valid_until: the first and the last day of the area under this code, where it has not always been or is no more
-- became: the areas that took its place; of a new area, replaced has those whose place it took
-- series_note: why its figures are no series with those before or after, or with which they are
with codes as (
    select * from staging.codes
),

area_codes as (
    select * from conformed.area_codes
),

board as (
    select * from staging.board
),

areas_listed as (
    select
        code as area_code,
        label as area,
        case
            when code like 'E92%' then 'country'
            when code like 'E12%' or code like 'E13%' then 'region'
            when code like 'E%' then 'council'
            else 'group'
        end as kind
    from codes
    where list in ('areas', 'regions', 'councils')
    qualify row_number() over (partition by code order by list = 'areas' desc) = 1
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
    where area_code not in (select areas_listed.area_code from areas_listed)
),

areas_all as (
    select
        area_code,
        area,
        kind
    from areas_listed
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
),

councils as (
    select
        code as area_code,
        label as area,
        valid_from,
        valid_until,
        became
    from codes
    where list = 'councils'
),

steps as (
    select
        area_code,
        area,
        valid_until,
        unnest(became) as successor,
        len(became) as successors
    from councils
),

steps_named as (
    select
        steps.area_code,
        steps.area,
        steps.valid_until,
        steps.successor,
        councils.area as successor_area,
        steps.successors = 1 and count(*) over (partition by steps.successor) = 1 as is_same_area
    from steps
    inner join councils on steps.successor = councils.area_code
),

afterwards as (
    select
        area_code,
        'A council until ' || strftime(min(valid_until), '%d/%m/%Y') || '; since then '
        || string_agg(successor_area || ' (' || successor || ')', ' and ' order by successor)
        || if(bool_and(is_same_area), ', the same area.', '.') as note
    from steps_named
    group by area_code
),

beforehand as (
    select
        successor as area_code,
        'A council since ' || strftime(max(valid_until + 1), '%d/%m/%Y') || '; before, '
        || if(bool_and(is_same_area), 'the same area as ', 'all or part of ')
        || string_agg(area || ' (' || area_code || ')', ', ' order by area_code)
        || if(bool_and(is_same_area), '.', ': no series with them.') as note,
        list(area_code order by area_code) as replaced
    from steps_named
    group by successor
),

-- Recoded, and still the same council.
recoded as (
    select
        area_code,
        string_agg('Until ' || strftime(valid_until, '%d/%m/%Y') || ' under the code ' || code, '; ' order by valid_until)
        || ': the same council, and one series.' as note
    from area_codes
    where code <> area_code
    group by area_code
)

select
    areas_all.area_code,
    areas_all.area,
    areas_all.kind,
    areas_all.area_code in (select board.area_code from board) as is_own,
    councils.valid_from,
    councils.valid_until,
    councils.became,
    beforehand.replaced,
    coalesce(afterwards.note, beforehand.note, recoded.note) as series_note
from areas_all
left join councils on areas_all.area_code = councils.area_code
left join afterwards on areas_all.area_code = afterwards.area_code
left join beforehand on areas_all.area_code = beforehand.area_code
left join recoded on areas_all.area_code = recoded.area_code
order by areas_all.area_code
