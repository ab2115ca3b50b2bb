-- One row per figure that one return or several give twice, with different values.
with figures as (
    select * from marts.figures
    where values_said > 1 and not is_reckoned
),

submissions as (
    select * from conformed.submissions
),

-- Whose figure it is, where it is another council's, a region's or England's.
areas as (
    select
        area_code,
        if(is_own or kind = 'inside the Board', '', area || ', ') as said
    from conformed.areas
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
    replace(figures.of_what, '_', ' ') || ', ' || coalesce(areas.said, '') || figures.period
    || ': given ' || figures.values_said
    || ' times with different values; the one in this cell was taken.' as message,
    'Say which of them is right.' as fix
from figures
left join areas on figures.area_code = areas.area_code
left join submissions on figures.submission_id = submissions.submission_id
order by figures.submission_id, figures.cell, figures.of_what
