-- One row per submission whose rows received are not those accepted and those set aside: a fault of this software.
with submissions as (
    select * from staging.submissions
)

select
    "return",
    period,
    submission_id as submission,
    file,
    null::varchar as sheet,
    null::varchar as cell,
    null::varchar as "column",
    null::varchar as row,
    'rows_unaccounted' as code,
    'blocker' as severity,
    rows_received || ' rows were received, ' || rows_accepted || ' accepted and ' || rows_rejected || ' set aside.' as message,
    'Do not use these figures; report it to whoever keeps the software.' as fix
from submissions
where rows_received <> rows_accepted + rows_rejected
order by submission_id
