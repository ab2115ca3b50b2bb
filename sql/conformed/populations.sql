-- One row per population estimate: area, ages, sex, day and census base. The denominators of every rate.
with estimates as (
    select * from staging.ons__population
),

submissions as (
    select * from staging.submissions
)

select
    estimates.area_code || ':' || estimates.age_range || ':' || estimates.sex || ':'
    || estimates.reference_date || ':base-' || estimates.census_base as population_id,
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
    estimates.cell
from estimates
inner join submissions on estimates.submission_id = submissions.submission_id
where estimates.accepted and submissions.standing = 'accepted'
-- Where two standing submissions give one estimate, the later one holds.
qualify row_number() over (
    partition by
        estimates.area_code, estimates.age_range, estimates.sex, estimates.reference_date, estimates.census_base
    order by submissions.received_at desc, estimates.submission_id desc, estimates.row
) = 1
order by population_id
