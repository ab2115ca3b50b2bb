-- One row per council and financial year in which more plans started than initial conferences were held.
with submissions as (
    select * from conformed.submissions
),

counts as (
    select * from marts.cp_counts
    where breakdown_type is null and period_type = 'year' and value is not null
),

together as (
    select
        plans.area_code,
        plans.period as financial_year,
        plans.value as plans,
        conferences.value as conferences,
        split_part(plans.submission_id, '; ', 1) as submission_id
    from counts as plans
    inner join counts as conferences
        on plans.area_code = conferences.area_code and plans.period = conferences.period and conferences.measure = 'icpc_held'
    where plans.measure = 'cp_plans_started' and plans.value > conferences.value
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
    'dfe_2883' as code,
    'query' as severity,
    together.area_code || ', ' || together.financial_year || ': ' || format('{:,}', together.plans::bigint)
    || ' plans started, and only ' || format('{:,}', together.conferences::bigint)
    || ' initial conferences were held (DfE rule 2883).' as message,
    'Send the conferences that are missing, or say which plans had none.' as fix
from together
inner join submissions on together.submission_id = submissions.submission_id
order by together.area_code, together.financial_year
