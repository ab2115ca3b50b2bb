-- One row per submission whose declared numbers of previous plans are not those that are held, and which way.
with submissions as (
    select * from conformed.submissions
),

plans as (
    select
        submission_id::varchar as submission_id,
        previous_plans - (plan_number - 1) as more_declared
    from conformed.cp_plans
    where is_counted and previous_plans <> plan_number - 1
),

together as (
    select
        submission_id,
        count(*) filter (where more_declared > 0) as more,
        count(*) filter (where more_declared < 0) as fewer
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
    'previous_plans' as "column",
    null::varchar as row,
    'previous_plans_differ' as code,
    'query' as severity,
    'Of ' || format('{:,}', together.more) || ' plans more previous plans are declared than are held, of '
    || format('{:,}', together.fewer) || ' fewer. The first can be plans older than the records; the second cannot.' as message,
    'Say whether the earlier plans were this council''s; correct NumberOfPreviousCPP where it is too low.' as fix
from together
inner join submissions on together.submission_id = submissions.submission_id
order by together.submission_id
