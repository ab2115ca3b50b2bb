-- One row per child and council: the latest standing word on sex, ethnicity and month of birth.
with submissions as (
    select * from conformed.standing_submissions
),

board as (
    select * from staging.board
),

census as (
    select * from staging.csc__cin_census__children
    where accepted
),

of_census as (
    select
        coalesce(census.area_code, board.area_code)::staging.code as area_code,
        census.child,
        census.sex::staging.code as sex,
        census.ethnicity::staging.code as ethnicity,
        coalesce(census.birth_month, census.expected_birth_month) as birth_month,
        null::boolean as disability
    from census
    inner join submissions on census.submission_id = submissions.submission_id
    cross join board
    where not list_contains(submissions.areas_superseded, coalesce(census.area_code, board.area_code))
    qualify row_number() over (
        partition by census.child, coalesce(census.area_code, board.area_code)
        order by submissions.submission_rank, census.row
    ) = 1
),

of_plans as (
    select
        area_code,
        child,
        sex,
        ethnicity,
        birth_month,
        disability
    from conformed.cp_plans
    where is_latest
)

select
    area_code,
    child,
    sex,
    ethnicity,
    birth_month,
    disability
from of_census
union all
select
    area_code,
    child,
    sex,
    ethnicity,
    birth_month,
    disability
from of_plans
where
    not exists (
        select 1 as there_is from of_census
        where of_plans.child = of_census.child and of_plans.area_code = of_census.area_code
    )
