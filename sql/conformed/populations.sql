-- One row per population estimate: area, ages, sex, day and census base. The denominators of every rate.
with estimates as (
    select * from staging.ons__population
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
