-- One row per child and initial child protection conference, with the section 47 enquiry that led to it.
-- working_days: of England, from the enquiry's start to the conference; blank where the conference comes before it
with submissions as (
    select * from conformed.standing_submissions
),

board as (
    select * from staging.board
),

working_days as (
    select * from staging.working_days
),

rows_sent as (
    select
        submission_id,
        row,
        area_code,
        child,
        enquiry_started,
        conference
    from staging.csc__annex_a_list_5
    where accepted and conference is not null
    union all
    select
        submission_id,
        row,
        area_code,
        child,
        enquiry_started,
        conference
    from staging.csc__cin_census__enquiries
    where accepted and conference is not null
),

-- The latest submission holds; of several enquiries before one conference, the last.
conferences_once as (
    select
        coalesce(rows_sent.area_code, board.area_code) as area_code,
        rows_sent.child,
        rows_sent.enquiry_started,
        rows_sent.conference,
        rows_sent.submission_id,
        rows_sent.row
    from rows_sent
    inner join submissions on rows_sent.submission_id = submissions.submission_id
    cross join board
    where not list_contains(submissions.areas_superseded, coalesce(rows_sent.area_code, board.area_code))
    qualify row_number() over (
        partition by rows_sent.child, coalesce(rows_sent.area_code, board.area_code), rows_sent.conference
        order by
            submissions.submission_rank asc,
            coalesce(rows_sent.enquiry_started <= rows_sent.conference, false) desc,
            rows_sent.enquiry_started desc nulls last,
            rows_sent.row asc
    ) = 1
)

select
    conferences.area_code,
    conferences.child,
    conferences.enquiry_started,
    conferences.conference,
    case
        when conferences.conference >= conferences.enquiry_started
            then days_to_conference.working_day_number - days_to_enquiry.working_day_number
    end as working_days,
    conferences.submission_id,
    conferences.row
from conferences_once as conferences
left join working_days as days_to_conference on conferences.conference = days_to_conference.day
left join working_days as days_to_enquiry on conferences.enquiry_started = days_to_enquiry.day
order by conferences.area_code, conferences.conference, conferences.child
