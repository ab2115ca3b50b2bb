-- One row per finding: of a submission by its contract, or of the warehouse by its checks.
-- finding_id: names it, in every submission in which the same value stands in the same cell
-- value: what it is about, as printed; of children's records it can be compared and not read
-- explanation: what it was answered with, by whom and when; blank while it is open
with of_submissions as (
    select * from staging.findings
),

of_warehouse as (
    select * from checks.findings
),

answers as (
    select * from staging.answers
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
    found.finding_id,
    found."return",
    found.period,
    found.submission,
    found.file,
    found.sheet,
    found.cell,
    found."column",
    found.row,
    found.code,
    found.severity,
    found.message,
    found.fix,
    found.value,
    found.found_by,
    case when found.severity = 'query' then answers.answered_at end as answered_at,
    case when found.severity = 'query' then answers.answered_by end as answered_by,
    case when found.severity = 'query' then answers.explanation end as explanation
from found
left join answers on found.finding_id = answers.finding_id
order by
    found.period, found."return", found.submission, found.sheet, found.cell, found.code, found."column", found.row,
    found.message, found.finding_id
