-- One row per subject of records whose accepted rows are not plans, older versions of them and rows that say one twice.
with submissions as (
    select * from conformed.submissions
),

files as (
    select
        submission_id,
        sum(rows) as rows
    from conformed.record_files
    where subject = 'plans'
    group by submission_id
),

accepted as (
    select
        sum(rows) as rows,
        max(submission_id) as submission_id
    from files
),

kept as (
    select coalesce(sum(rows_sent), 0) as rows
    from conformed.cp_plans
)

select
    submissions."return",
    submissions.period,
    submissions.submission_id as submission,
    submissions.file,
    'plans' as sheet,
    null::varchar as cell,
    null::varchar as "column",
    null::varchar as row,
    'plans_unaccounted' as code,
    'blocker' as severity,
    format('{:,}', accepted.rows::bigint) || ' rows of plans were accepted, and ' || format('{:,}', kept.rows::bigint)
    || ' are plans, older versions of them or said twice.' as message,
    'Do not use these figures; report it to whoever keeps the software.' as fix
from accepted
cross join kept
inner join submissions on accepted.submission_id = submissions.submission_id
where accepted.rows <> kept.rows
order by accepted.submission_id
