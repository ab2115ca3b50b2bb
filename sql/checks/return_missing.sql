-- One row per return that was owed and of which nothing was received.
with expected as (
    select * from staging.expected
),

submissions as (
    select * from staging.submissions
),

missing as (
    select expected.*
    from expected
    left join submissions on expected."return" = submissions."return" and expected.period = submissions.period
    where submissions.submission_id is null
)

select
    "return",
    period,
    null::varchar as submission,
    null::varchar as file,
    null::varchar as sheet,
    null::varchar as cell,
    null::varchar as "column",
    null::varchar as row,
    'return_missing' as code,
    'query' as severity,
    title || ' for ' || period || ' was not received; it was due on ' || strftime(due, '%d/%m/%Y')
    || '.' as message,
    'Ask ' || agency || ' for it, or for word that there is none.' as fix
from missing
order by period_start, period_end, "return"
