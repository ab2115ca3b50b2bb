-- One row per figure that one return or several give twice, with different values.
with figures as (
    select * from marts.figures
    where values_said > 1 and not is_reckoned
),

submissions as (
    select * from conformed.submissions
)

select
    submissions."return",
    submissions.period,
    figures.submission_id as submission,
    submissions.file,
    split_part(figures.cell, '!', 2) as sheet,
    split_part(split_part(figures.cell, '!', 3), ';', 1) as cell,
    figures.of_what as "column",
    null::varchar as row,
    'said_twice' as code,
    'query' as severity,
    replace(figures.of_what, '_', ' ') || ', ' || figures.period || ': given ' || figures.values_said
    || ' times with different values; the one in this cell was taken.' as message,
    'Say which of them is right.' as fix
from figures
left join submissions on figures.submission_id = submissions.submission_id
order by figures.submission_id, figures.cell, figures.of_what
