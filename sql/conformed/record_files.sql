-- One row per subject, standing submission and council: the days of which it has every record, and how many rows it has.
with submissions as (
    select
        submission_id,
        covers_from,
        period_end,
        file,
        areas_superseded
    from staging.submissions
    where standing = 'accepted'
),

board as (
    select * from staging.board
),

rows_counted as (
    select
        'plans' as sheet,
        'plans' as subject,
        submission_id,
        area_code,
        count(*) as rows
    from staging.csc__annex_a_list_7
    where accepted
    group by submission_id, area_code
    union all
    select
        'enquiries' as sheet,
        'conferences' as subject,
        submission_id,
        area_code,
        count(*) as rows
    from staging.csc__annex_a_list_5
    where accepted
    group by submission_id, area_code
    union all
    select
        'plans' as sheet,
        'plans' as subject,
        submission_id,
        area_code,
        count(*) as rows
    from staging.csc__cin_census__plans
    where accepted
    group by submission_id, area_code
    union all
    select
        'enquiries' as sheet,
        'conferences' as subject,
        submission_id,
        area_code,
        count(*) as rows
    from staging.csc__cin_census__enquiries
    where accepted
    group by submission_id, area_code
    union all
    select
        'reviews' as sheet,
        'reviews' as subject,
        submission_id,
        area_code,
        count(*) as rows
    from staging.csc__cin_census__reviews
    where accepted
    group by submission_id, area_code
    union all
    select
        'assessments' as sheet,
        'assessments' as subject,
        submission_id,
        area_code,
        count(*) as rows
    from staging.csc__cin_census__assessments
    where accepted
    group by submission_id, area_code
),

-- A census that has a council's children has all that there is of them, be it none.
census_children as (
    select distinct
        submission_id,
        area_code
    from staging.csc__cin_census__children
    where accepted
),

nothing_counted as (
    select
        sheets.sheet,
        sheets.subject,
        census_children.submission_id,
        census_children.area_code,
        0 as rows
    from census_children
    cross join (
        values ('plans', 'plans'), ('enquiries', 'conferences'), ('reviews', 'reviews'), ('assessments', 'assessments')
    ) as sheets (sheet, subject)
),

counted as (
    select * from rows_counted
    union all
    select * from nothing_counted
)

select
    counted.subject,
    submissions.submission_id,
    coalesce(counted.area_code, board.area_code) as area_code,
    submissions.covers_from,
    submissions.period_end as covers_to,
    submissions.file || '!' || counted.sheet as cell,
    sum(counted.rows)::bigint as rows
from counted
inner join submissions on counted.submission_id = submissions.submission_id
cross join board
where not list_contains(submissions.areas_superseded, coalesce(counted.area_code, board.area_code))
group by
    counted.subject, counted.sheet, submissions.submission_id, coalesce(counted.area_code, board.area_code),
    submissions.covers_from, submissions.period_end, submissions.file
order by counted.subject, submissions.submission_id, area_code
