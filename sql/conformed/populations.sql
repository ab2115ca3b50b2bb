-- One row per population estimate: area, ages, sex, day and census base. The denominators of every rate.
with estimates as (
    select * from conformed.population_estimates
),

submissions as (
    select * from staging.submissions
),

-- Where two standing submissions give one estimate, the later one holds.
estimates_standing as (
    select estimates.*
    from estimates
    inner join submissions on estimates.submission_id = submissions.submission_id
    where estimates.accepted and submissions.standing = 'accepted'
    qualify row_number() over (
        partition by estimates.population_id
        order by submissions.received_at desc, estimates.submission_id desc, estimates.row asc
    ) = 1
)

select
    population_id,
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
order by population_id
