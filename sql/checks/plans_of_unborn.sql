-- One row per submission with plans of unborn children that may be another child's as well.
-- A number for the time before birth and the number given at birth are two children until somebody says otherwise.
with submissions as (
    select * from conformed.submissions
),

plans as (
    select
        area_code,
        child,
        started,
        ended,
        birth_month,
        age_at_start < 0 as is_before_birth,
        submission_id
    from conformed.cp_plans
    where is_counted and birth_month is not null
),

unborn as (
    select * from plans
    where is_before_birth
),

-- The same plan under two numbers. Twins stand in one list, and their plans end together.
with_one_start as (
    select
        unborn.child,
        others.child as other_child,
        if(unborn.submission_id > others.submission_id, unborn.submission_id, others.submission_id) as submission_id
    from unborn
    inner join unborn as others
        on
            unborn.area_code = others.area_code
            and unborn.birth_month = others.birth_month
            and unborn.started = others.started
            and unborn.child < others.child
    where unborn.submission_id <> others.submission_id or unborn.ended is distinct from others.ended
),

-- A plan that ends as another child's begins.
days_of_change as (
    select
        area_code,
        child,
        birth_month,
        unnest([ended, ended + 1]) as changed
    from unborn
    where ended is not null
),

one_after_another as (
    select
        days_of_change.child,
        others.child as other_child,
        others.submission_id
    from days_of_change
    inner join plans as others
        on
            days_of_change.area_code = others.area_code
            and days_of_change.birth_month = others.birth_month
            and days_of_change.changed = others.started
            and days_of_change.child <> others.child
),

pairs as (
    select
        submission_id,
        child,
        other_child
    from with_one_start
    union
    select
        submission_id,
        child,
        other_child
    from one_after_another
),

ranked as (
    select
        submission_id::varchar as submission_id,
        child || ' and ' || other_child as children,
        row_number() over (partition by submission_id order by child, other_child) as place
    from pairs
),

together as (
    select
        submission_id,
        count(*) as number,
        string_agg(children, '; ' order by children) filter (where place <= 10) as children
    from ranked
    group by submission_id
)

select
    submissions."return",
    submissions.period,
    submissions.submission_id as submission,
    submissions.file,
    'plans' as sheet,
    null::varchar as cell,
    'child' as "column",
    null::varchar as row,
    'plans_of_unborn' as code,
    'query' as severity,
    'A plan begun before birth may be one child''s under two numbers, which are counted as two children: '
    || together.children || if(together.number > 10, format('; and {:,} more', together.number - 10), '') || '.' as message,
    'Say whether they are one child. If so, leave the number used before birth out of the lists, and send the plan under the '
    || 'number given at birth.' as fix
from together
inner join submissions on together.submission_id = submissions.submission_id
order by together.submission_id
