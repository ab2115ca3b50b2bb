-- One row per subject, council and span of days of which every record is held: what is not covered is not known.
with windows as (
    select distinct
        subject,
        area_code,
        covers_from,
        covers_to
    from conformed.record_files
),

windows_after_earlier as (
    select
        *,
        max(covers_to) over (
            partition by subject, area_code
            order by covers_from, covers_to
            rows between unbounded preceding and 1 preceding
        ) as covered_before
    from windows
),

-- A new span begins where a day is missing.
windows_in_spans as (
    select
        *,
        count(*) filter (where covered_before is null or covers_from > covered_before + 1) over (
            partition by subject, area_code
            order by covers_from, covers_to
            rows between unbounded preceding and current row
        ) as span
    from windows_after_earlier
)

select
    subject,
    area_code,
    span,
    min(covers_from) as covers_from,
    max(covers_to) as covers_to
from windows_in_spans
group by subject, area_code, span
order by subject, area_code, span
