-- One row per code that an area has or had, and the days that it stood: a figure under any of them is the area's.
-- valid_from, valid_until: blank where the code has always been, or is still
-- area_code: the code under which all of its figures are
with codes as (
    select * from staging.codes
    where list in ('areas', 'regions', 'councils')
),

formers as (
    select
        code as area_code,
        label as area,
        unnest(former) as code,
        unnest(former_until) as valid_until
    from codes
),

own as (
    select
        codes.code,
        codes.code as area_code,
        codes.label as area,
        coalesce(codes.valid_from, (max(formers.valid_until) + 1)::date) as valid_from,
        codes.valid_until
    from codes
    left join formers on codes.code = formers.area_code
    group by codes.code, codes.label, codes.valid_from, codes.valid_until, codes.list
    qualify row_number() over (partition by codes.code order by codes.list) = 1
)

select
    code,
    area_code,
    area,
    valid_from,
    valid_until
from own
union all
select
    code,
    area_code,
    area,
    (lag(valid_until) over (partition by area_code order by valid_until) + 1)::date as valid_from,
    valid_until
from formers
order by area_code, valid_from nulls first, code
