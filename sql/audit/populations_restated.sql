-- One row per population estimate that was stated otherwise later: on another census base, or on the same by another submission.
-- why: another census base, or resubmission
-- rates: published rates that divide by the estimate as it was; none of them moves but by a decision
with populations as (
    select * from conformed.populations
),

statements as (
    select * from conformed.population_estimates
    where accepted
),

submissions as (
    select * from staging.submissions
    where standing in ('accepted', 'superseded')
),

rates as (
    select
        population_id,
        count(*) as rates
    from published.indicator_values
    where population_id is not null
    group by population_id
),

said as (
    select
        statements.population_id,
        statements.area_code,
        statements.area,
        statements.age_range,
        statements.sex,
        statements.reference_date,
        statements.census_base,
        statements.population,
        statements.submission_id,
        statements.cell,
        submissions.received_at
    from statements
    inner join submissions on statements.submission_id = submissions.submission_id
),

said_again as (
    select
        *,
        lag(population) over turn as population_before,
        lag(submission_id) over turn as submission_before,
        lag(cell) over turn as cell_before
    from said
    window turn as (partition by population_id order by received_at, submission_id, cell)
),

changed as (
    select
        population_id as population_id_before,
        population_id,
        area_code,
        area,
        age_range,
        sex,
        reference_date,
        'resubmission' as why,
        population_before,
        population,
        submission_before,
        submission_id,
        cell_before,
        cell
    from said_again
    where population_before <> population
),

rebased as (
    select
        earlier.population_id as population_id_before,
        later.population_id,
        later.area_code,
        later.area,
        later.age_range,
        later.sex,
        later.reference_date,
        'another census base' as why,
        earlier.population as population_before,
        later.population,
        earlier.submission_id as submission_before,
        later.submission_id,
        earlier.cell as cell_before,
        later.cell
    from populations as later
    inner join populations as earlier
        on
            later.area_code = earlier.area_code
            and later.age_range = earlier.age_range
            and later.sex = earlier.sex
            and later.reference_date = earlier.reference_date
            and later.census_base > earlier.census_base
    qualify row_number() over (partition by later.population_id order by earlier.census_base desc) = 1
),

together as (
    select * from changed
    union all
    select * from rebased
)

select
    together.area_code,
    together.area,
    together.age_range,
    together.sex,
    together.reference_date,
    together.why,
    together.population_before,
    together.population,
    together.population - together.population_before as difference,
    coalesce(rates.rates, 0) as rates,
    together.population_id_before,
    together.population_id,
    together.submission_before,
    together.submission_id,
    together.cell_before,
    together.cell
from together
left join rates on together.population_id_before = rates.population_id
order by together.area_code, together.age_range, together.sex, together.reference_date, together.why, together.population_id
