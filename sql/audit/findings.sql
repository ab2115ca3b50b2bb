-- One row per finding: of a submission by its contract, or of the warehouse by its checks.
with of_submissions as (
    select * from staging.findings
),

of_warehouse as (
    select * from checks.findings
),

found as (
    select
        *,
        'contract' as found_by
    from of_submissions
    union all
    select
        *,
        'warehouse' as found_by
    from of_warehouse
)

select
    "return",
    period,
    submission,
    file,
    sheet,
    cell,
    "column",
    row,
    code,
    severity,
    message,
    fix,
    found_by
from found
order by period, "return", submission, sheet, cell, code, "column", row, message
