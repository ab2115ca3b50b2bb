-- One row per population estimate that a submission gives, whatever became of it: area, ages, sex, day and census base.
with estimates_of_areas as (
    select * from staging.ons__population
),

estimates_of_councils as (
    select * from staging.ons__population_by_council
    where population is not null
),

estimates as (
    select
        area_code,
        area,
        age_range,
        sex,
        reference_date,
        census_base,
        population,
        published,
        source,
        licence,
        submission_id,
        row,
        accepted,
        cell
    from estimates_of_areas
    union all
    select
        coalesce(council, region, country) as area_code,
        case
            when council is not null then council_name
            when region is not null then region_name
            else country_name
        end as area,
        ages as age_range,
        sex,
        make_date(left(year, 4)::integer, 6, 30) as reference_date,
        census_base,
        population,
        null::date as published,
        source,
        licence,
        submission_id,
        row,
        accepted,
        cell
    from estimates_of_councils
)

select
    area_code || ':' || age_range || ':' || sex || ':' || reference_date || ':base-' || census_base as population_id,
    area_code,
    area,
    age_range,
    sex,
    reference_date,
    census_base,
    population,
    published,
    source,
    licence,
    submission_id,
    row,
    accepted,
    cell
from estimates
order by submission_id, row, cell
