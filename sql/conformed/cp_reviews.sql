-- One row per review of a child protection plan, known by its child, the plan's start and its own day.
with submissions as (
    select * from conformed.standing_submissions
),

board as (
    select * from staging.board
),

reviews as (
    select * from staging.csc__cin_census__reviews
    where accepted
)

select
    coalesce(reviews.area_code, board.area_code) as area_code,
    reviews.child,
    reviews.started,
    reviews.reviewed,
    reviews.submission_id,
    reviews.row
from reviews
inner join submissions on reviews.submission_id = submissions.submission_id
cross join board
where not list_contains(submissions.areas_superseded, coalesce(reviews.area_code, board.area_code))
qualify
    row_number() over (
        partition by reviews.child, coalesce(reviews.area_code, board.area_code), reviews.started, reviews.reviewed
        order by submissions.submission_rank, reviews.row
    ) = 1
order by area_code, reviews.child, reviews.started, reviews.reviewed
