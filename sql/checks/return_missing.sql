-- One row per return that was owed and of which nothing was received.
with expected as (
    select * from staging.expected
),

submissions as (
    select * from staging.submissions
)

select
    expected."return",
    expected.period,
    null::varchar as submission,
    null::varchar as file,
    null::varchar as sheet,
    null::varchar as cell,
    null::varchar as "column",
    null::varchar as row,
    'return_missing' as code,
    'query' as severity,
    expected.title || ' for ' || expected.period || ' was not received; it was due on ' || strftime(expected.due, '%d/%m/%Y')
    || '.' as message,
    'Ask ' || expected.agency || ' for it, or for word that there is none.' as fix
from expected
where not exists (
    select 1 as received from submissions
    where submissions."return" = expected."return" and submissions.period = expected.period
)
order by expected.period_start, expected.period_end, expected."return"
