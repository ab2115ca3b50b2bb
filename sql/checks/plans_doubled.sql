-- One row per submission that has a plan of one child and start more than once.
with submissions as (
    select * from conformed.submissions
),

plans as (
    select
        submission_id::varchar as submission_id,
        row,
        row_number() over (partition by submission_id order by row) as place
    from conformed.cp_plans
    where why_not = 'doubled'
),

together as (
    select
        submission_id,
        count(*) as plans,
        string_agg(row::varchar, ', ' order by row) filter (where place <= 10) as rows
    from plans
    group by submission_id
)

select
    submissions."return",
    submissions.period,
    submissions.submission_id as submission,
    submissions.file,
    'plans' as sheet,
    null::varchar as cell,
    'started' as "column",
    null::varchar as row,
    'plans_doubled' as code,
    'error' as severity,
    format('{:,}', together.plans) || ' rows say again a plan of the same child and start: rows ' || together.rows
    || if(together.plans > 10, ' …', '') || '. The first row of each is counted.' as message,
    'Take out the rows that are not to be there; where they differ, leave the one that is right.' as fix
from together
inner join submissions on together.submission_id = submissions.submission_id
order by together.submission_id
