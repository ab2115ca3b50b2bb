-- One row per submission with plans that started on no day of an initial conference, and councils with more of the first.
with submissions as (
    select * from conformed.submissions
),

spans as (
    select * from conformed.records_coverage
    where subject = 'conferences'
),

conferences as (
    select
        area_code,
        child,
        conference
    from conformed.cp_conferences
),

-- A transfer-in has a conference of its own kind; a plan whose conference is not covered cannot be judged.
plans as (
    select
        plans.submission_id::varchar as submission_id,
        plans.area_code::varchar as area_code,
        plans.child,
        plans.started
    from conformed.cp_plans as plans
    inner join spans
        on
            plans.area_code::varchar = spans.area_code
            and plans.started >= spans.covers_from
            and plans.started <= spans.covers_to
    where plans.is_counted and not coalesce(plans.transfer_in, false)
),

together as (
    select
        plans.submission_id,
        count(*) as plans,
        count(*) filter (where conferences.child is null) as without
    from plans
    left join conferences
        on
            plans.area_code = conferences.area_code
            and plans.child = conferences.child
            and plans.started = conferences.conference
    group by plans.submission_id
    having count(*) > count(conferences.child)
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
    'plans_without_conference' as code,
    'query' as severity,
    format('{:,}', together.without) || ' of ' || format('{:,}', together.plans)
    || ' plans started on a day on which no initial conference for the child is recorded (DfE rule 2885).' as message,
    'Correct the start of the plan or the day of the conference, or say why they differ.' as fix
from together
inner join submissions on together.submission_id = submissions.submission_id
order by together.submission_id
