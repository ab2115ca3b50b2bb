-- One row per population estimate: area, ages, sex, day and census base. The denominators of every rate.
with estimates_by_council as (
    select
        submission_id,
        row,
        accepted,
        cell,
        coalesce(council, region, country) as area_code,
        case
            when council is not null then council_name
            when region is not null then region_name
            else country_name
        end as area,
        ages as age_range,
        'all' as sex,
        make_date(left(year, 4)::integer, 6, 30) as reference_date,
        -- The releases that carry them have been on this base since 2023.
        2021 as census_base,
        population,
        null::date as published,
        'ONS mid-year estimates, as carried by the DfE''s Children in need' as source,
        'Open Government Licence v3' as licence
    from staging.ons__population_by_council
    where population is not null
),

estimates as (
    select
        submission_id,
        row,
        accepted,
        cell,
        area_code,
        area,
        age_range,
        sex,
        reference_date,
        census_base,
        population,
        published,
        source,
        licence
    from staging.ons__population
    union all
    select
        submission_id,
        row,
        accepted,
        cell,
        area_code,
        area,
        age_range,
        sex,
        reference_date,
        census_base,
        population,
        published,
        source,
        licence
    from estimates_by_council
),

submissions as (
    select * from staging.submissions
),

-- Where two standing submissions give one estimate, the later one holds.
estimates_standing as (
    select
        estimates.area_code,
        estimates.area,
        estimates.age_range,
        estimates.sex,
        estimates.reference_date,
        estimates.census_base,
        estimates.population,
        estimates.published,
        estimates.source,
        estimates.licence,
        estimates.submission_id,
        estimates.cell,
        row_number() over (
            partition by
                estimates.area_code, estimates.age_range, estimates.sex, estimates.reference_date, estimates.census_base
            order by submissions.received_at desc, estimates.submission_id desc, estimates.row asc
        ) as choice
    from estimates
    inner join submissions on estimates.submission_id = submissions.submission_id
    where estimates.accepted and submissions.standing = 'accepted'
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
    cell
from estimates_standing
where choice = 1
order by population_id
