-- One row per submission and rule: plans of a child that start before the child's earlier plan has ended, and are not counted.
with submissions as (
    select * from conformed.submissions
),

plans as (
    select * from conformed.cp_plans
    where why_not = 'overlapping'
),

judged as (
    select
        submission_id::varchar as submission_id,
        row,
        if(ended is null, '8935', '8940') as dfe_rule
    from plans
),

ranked as (
    select
        *,
        row_number() over (partition by submission_id, dfe_rule order by row) as place
    from judged
),

together as (
    select
        submission_id,
        dfe_rule,
        count(*) as plans,
        string_agg(row::varchar, ', ' order by row) filter (where place <= 10) as rows
    from ranked
    group by submission_id, dfe_rule
)

select
    submissions."return",
    submissions.period,
    submissions.submission_id as submission,
    submissions.file,
    'plans' as sheet,
    null::varchar as cell,
    if(together.dfe_rule = '8935', 'ended', 'started') as "column",
    null::varchar as row,
    if(together.dfe_rule = '8935', 'dfe_8935', 'dfe_8940') as code,
    'error' as severity,
    format('{:,}', together.plans)
    || if(
        together.dfe_rule = '8935',
        ' open plans start before the same child''s earlier plan has ended (DfE rule 8935, more than one open plan): rows ',
        ' plans overlap an earlier plan of the same child (DfE rule 8940): rows '
    ) || together.rows || if(together.plans > 10, ' …', '') || '. They are in no count.' as message,
    'End the earlier plan, or take out the plan that is not one; until then the later plan is left out.' as fix
from together
inner join submissions on together.submission_id = submissions.submission_id
order by together.submission_id, together.dfe_rule
