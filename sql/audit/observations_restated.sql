-- One row per figure that a later submission, a correction or a withdrawal changed or added: both values, cells and submissions.
-- Values are blank where one of them is small and not public, or hidden where it is published.
with restated as (
    select * from marts.observations_restated
),

figures as (
    select * from published.indicator_values
),

cells_hidden as (
    select distinct unnest(string_split(cell, '; ')) as cell
    from figures
    where status = 'suppressed'
),

judged as (
    select
        restated.*,
        not restated.is_public
        and (
            coalesce(abs(restated.value_before) between 1 and 5, false)
            or coalesce(abs(restated.value_after) between 1 and 5, false)
            or exists (
                select 1 as there_is from cells_hidden
                where cells_hidden.cell in (restated.cell_before, restated.cell_after)
            )
        ) as is_hidden
    from restated
)

select
    "return",
    measure,
    is_reckoned,
    area_code,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    breakdown_type,
    breakdown,
    change,
    why,
    case when not is_hidden then value_before end as value_before,
    case when not is_hidden then value_after end as value_after,
    case when not is_hidden then difference end as difference,
    case when not is_hidden then printed_before end as printed_before,
    case when not is_hidden then printed_after end as printed_after,
    if(is_hidden, 'suppressed', status_before) as status_before,
    if(is_hidden, 'suppressed', status_after) as status_after,
    submission_before,
    submission_after,
    cell_before,
    cell_after
from judged
order by
    "return", measure, is_reckoned, area_code, provider, period_start, period_end, breakdown_type, breakdown,
    submission_after, submission_before, cell_after, cell_before, why
