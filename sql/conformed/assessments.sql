-- One row per single assessment, known by its child, the day of referral and its own start.
-- working_days: of England, from the referral to the day on which it was authorised
with submissions as (
    select * from conformed.standing_submissions
),

board as (
    select * from staging.board
),

working_days as (
    select * from staging.working_days
),

sent as (
    select * from staging.csc__cin_census__assessments
    where accepted
),

assessments_once as (
    select
        coalesce(sent.area_code, board.area_code) as area_code,
        sent.child,
        sent.referred,
        sent.assessment_started,
        sent.authorised,
        sent.submission_id,
        sent.row
    from sent
    inner join submissions on sent.submission_id = submissions.submission_id
    cross join board
    where not list_contains(submissions.areas_superseded, coalesce(sent.area_code, board.area_code))
    qualify row_number() over (
        partition by sent.child, coalesce(sent.area_code, board.area_code), sent.referred, sent.assessment_started
        order by submissions.submission_rank, sent.row
    ) = 1
)

select
    assessments.area_code,
    assessments.child,
    assessments.referred,
    assessments.assessment_started,
    assessments.authorised,
    case
        when assessments.authorised >= assessments.referred
            then days_to_end.working_day_number - days_to_referral.working_day_number
    end as working_days,
    assessments.submission_id,
    assessments.row
from assessments_once as assessments
left join working_days as days_to_end on assessments.authorised = days_to_end.day
left join working_days as days_to_referral on assessments.referred = days_to_referral.day
order by assessments.area_code, assessments.referred, assessments.assessment_started, assessments.child
